"""Banen: wat er op `plaatsingen` gezegd wordt."""

from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from banenspoor_contracts import (
    Contract,
    PlaatsingBeeindigd,
    PlaatsingEindReden,
    PlaatsingGestart,
    PlaatsingGewijzigd,
    PlaatsingOmgezet,
    PlaatsingVerlengd,
    Sector,
    Vorm,
    Wijziging,
)

from services.plaatsing.domain.plaatsing import Baan, keur, na, raakt_uren, zelfde_opgave
from services.plaatsing.domain.vervolg import vervolg

BAAN = Baan(
    plaatsing=UUID(int=1),
    persoon=UUID(int=2),
    bron="A",
    referentie="P-1",
    werkgever=UUID(int=3),
    inlener=None,
    vorm=Vorm.FORMEEL,
    contract=Contract.TIJDELIJK,
    uren_per_week_x100=2550,
    gemeente_werk="0014",
    sector=Sector.MARKT,
    subsector=None,
    van=date(2017, 1, 1),
    tot=None,
)
TOEN, LATER = datetime(2018, 1, 1, tzinfo=UTC), datetime(2019, 1, 1, tzinfo=UTC)


def test_a_new_job_is_started_with_version_one() -> None:
    baan, feiten = vervolg(BAAN, None, TOEN)
    assert baan.versie == 1
    [gestart] = feiten
    assert isinstance(gestart, PlaatsingGestart)
    assert (gestart.plaatsing, gestart.persoon, gestart.versie) == (BAAN.plaatsing, BAAN.persoon, 1)
    assert gestart.gegevens == BAAN.gegevens
    assert gestart.bekend_op == TOEN


def test_a_change_names_each_field_with_what_was_and_is() -> None:
    eerst, _ = vervolg(BAAN, None, None)
    anders = replace(BAAN, plaatsing=UUID(int=99), gemeente_werk="0034", uren_per_week_x100=3600)
    baan, feiten = vervolg(anders, eerst, None)
    assert baan == replace(anders, plaatsing=BAAN.plaatsing, versie=2)
    [gewijzigd] = feiten
    assert isinstance(gewijzigd, PlaatsingGewijzigd)
    assert gewijzigd.gewijzigd == {
        "gemeenteWerk": Wijziging(vorig="0014", nieuw="0034"),
        "urenPerWeekX100": Wijziging(vorig=2550, nieuw=3600),
    }
    assert gewijzigd.stand == baan.gegevens


def test_an_end_that_appears_ends_the_job_and_other_changes_follow() -> None:
    eerst, _ = vervolg(BAAN, None, None)
    baan, feiten = vervolg(replace(BAAN, tot=date(2018, 1, 1), gemeente_werk="0034"), eerst, None)
    beeindigd, gewijzigd = feiten
    assert isinstance(beeindigd, PlaatsingBeeindigd)
    assert isinstance(gewijzigd, PlaatsingGewijzigd)
    assert (beeindigd.tot, beeindigd.reden, beeindigd.versie) == (date(2018, 1, 1), PlaatsingEindReden.ONBEKEND, 2)
    assert (gewijzigd.versie, set(gewijzigd.gewijzigd)) == (3, {"gemeenteWerk"})
    assert gewijzigd.stand.tot == date(2018, 1, 1)
    assert baan.versie == 3


@pytest.mark.parametrize(
    ("eerst", "daarna", "soort"),
    [
        (None, date(2018, 1, 1), PlaatsingBeeindigd),
        (date(2019, 1, 1), date(2018, 1, 1), PlaatsingBeeindigd),
        (date(2018, 1, 1), date(2019, 1, 1), PlaatsingVerlengd),
        (date(2018, 1, 1), None, PlaatsingVerlengd),
    ],
)
def test_an_end_that_comes_earlier_ends_and_one_that_goes_or_comes_later_extends(
    eerst: date | None, daarna: date | None, soort: type
) -> None:
    voor, _ = vervolg(replace(BAAN, tot=eerst), None, None)
    baan, [feit] = vervolg(replace(BAAN, tot=daarna), voor, None, PlaatsingEindReden.ONTSLAG)
    assert type(feit) is soort
    assert baan.tot == daarna
    if isinstance(feit, PlaatsingBeeindigd):
        assert (feit.tot, feit.reden) == (daarna, PlaatsingEindReden.ONTSLAG)
    else:
        assert isinstance(feit, PlaatsingVerlengd)
        assert feit.stand.tot == daarna


def test_temporary_to_permanent_and_hired_in_to_formal_are_conversions() -> None:
    ingeleend = replace(BAAN, vorm=Vorm.UITZENDRELATIE, inlener=UUID(int=4))
    eerst, _ = vervolg(ingeleend, None, None)
    formeel = replace(BAAN, werkgever=UUID(int=4), contract=Contract.VAST, gemeente_werk="0034")
    baan, [omgezet, gewijzigd] = vervolg(formeel, eerst, None)
    assert isinstance(omgezet, PlaatsingOmgezet)
    assert set(omgezet.gewijzigd) == {"vorm", "contract", "werkgever", "inlener"}
    assert isinstance(gewijzigd, PlaatsingGewijzigd)
    assert set(gewijzigd.gewijzigd) == {"gemeenteWerk"}
    assert (omgezet.versie, gewijzigd.versie, baan.versie) == (2, 3, 3)
    eerst, _ = vervolg(replace(BAAN, contract=Contract.VAST), None, None)
    _, [terug] = vervolg(BAAN, eerst, None)
    assert isinstance(terug, PlaatsingGewijzigd)


def test_what_stays_here_changes_nothing_on_the_bus() -> None:
    eerst, _ = vervolg(BAAN, None, None)
    baan, feiten = vervolg(replace(BAAN, ikv="7"), eerst, None)
    assert (feiten, baan.ikv, baan.versie) == ([], "7", 1)
    assert not zelfde_opgave(replace(BAAN, ikv="7"), eerst)
    assert zelfde_opgave(replace(BAAN, plaatsing=UUID(int=99)), eerst)


@pytest.mark.parametrize(("veld", "waarde", "raakt"), [("ikv", "7", False), ("route", "binnenwerk", False),
                                                       ("uren_per_week_x100", 100, False), ("tot", date(2018, 1, 1), True),
                                                       ("werkgever", UUID(int=9), True)])  # fmt: skip
def test_only_what_hours_depend_on_touches_them(veld: str, waarde: object, raakt: bool) -> None:
    assert raakt_uren(replace(BAAN, **{veld: waarde}), BAAN) is raakt  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("anders", "code"),
    [
        ({}, None),
        ({"tot": date(2017, 1, 1)}, "einde_voor_begin"),
        ({"inlener": UUID(int=4)}, "geen_inleen"),
        ({"inlener": UUID(int=4), "vorm": Vorm.UITZENDRELATIE}, None),
        ({"persoon": UUID(int=5)}, "andere_persoon"),
    ],
)
def test_a_job_that_cannot_be_is_refused(anders: dict[str, object], code: str | None) -> None:
    weigering = keur(replace(BAAN, **anders), BAAN)  # type: ignore[arg-type]
    assert (weigering and weigering.code) == code


@pytest.mark.parametrize(
    ("vorig", "nieuw", "verwacht"),
    [(TOEN, LATER, LATER), (LATER, TOEN, LATER), (None, TOEN, None), (TOEN, None, None), (None, None, None)],
)
def test_knowledge_never_goes_back_and_the_log_time_comes_after_all_history(
    vorig: datetime | None, nieuw: datetime | None, verwacht: datetime | None
) -> None:
    assert na(vorig, nieuw) == verwacht
