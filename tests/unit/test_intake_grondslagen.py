"""Grondslagen en einden als gedateerde gegevens."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest
from banenspoor_contracts import CorrectieReden, EindReden, Grondslag, Registratie, RegistratieBeeindigd, Woonplaats

from services.intake.domain import (
    Gevolg,
    Tijdlijn,
    Weigering,
    aow_op,
    beeindig_lopende,
    corrigeer,
    geregistreerd,
    grens,
    na_grens,
    ontbrekend_bewijs,
    registreer,
    vervallen,
)
from services.intake.domain.grondslagen import regels

D = date.fromisoformat
PW, VSO = Grondslag.PW_INDICATIE, Grondslag.VSO_PRO
GRONINGEN = (Woonplaats(gemeente="0014", van=D("2010-01-01")),)
LOPEND = Tijdlijn(UUID(int=1), (Registratie(grondslag=PW, van=D("2010-01-01"), tot=None),), gezegd=True)


def test_every_ground_has_exactly_one_rule_with_a_source() -> None:
    assert set(regels()) == set(Grondslag)
    assert all(r.artikel and r.bron for r in regels().values())


@pytest.mark.parametrize(
    ("grondslag", "te_vroeg"),
    [(Grondslag.PW_PRAKTIJKROUTE, "2016-12-31"), (Grondslag.IVA_LOONDISPENSATIE, "2025-12-31")],
)
def test_a_ground_cannot_begin_before_its_rule_existed(grondslag: Grondslag, te_vroeg: str) -> None:
    nieuw, dag = Tijdlijn(UUID(int=1)), D(te_vroeg)
    uit = registreer(nieuw, grondslag, dag, "0014")
    assert isinstance(uit, Weigering)
    assert uit.code == "grondslag_bestond_niet"
    assert isinstance(registreer(nieuw, grondslag, dag + timedelta(days=1), "0014"), Gevolg)


def test_only_these_two_grounds_have_a_first_day() -> None:
    met_dag = {g for g, r in regels().items() if r.regel_van is not None}
    assert met_dag == {Grondslag.PW_PRAKTIJKROUTE, Grondslag.IVA_LOONDISPENSATIE}


@pytest.mark.parametrize(
    ("geboren", "bereikt"),
    [
        ("1947-12-31", "2012-12-31"),
        ("1948-01-01", "2013-02-01"),
        ("1950-09-30", "2015-12-30"),
        ("1952-12-31", "2018-12-31"),
        ("1953-01-01", "2019-05-01"),
        ("1955-08-31", "2021-12-31"),
        ("1957-02-28", "2023-12-28"),
        ("1957-03-01", "2024-03-01"),
        ("1964-09-30", "2031-12-30"),
        ("1964-10-01", None),
    ],
)
def test_the_pension_age_follows_the_birth_classes_of_the_law(geboren: str, bereikt: str | None) -> None:
    assert aow_op(D(geboren)) == (D(bereikt) if bereikt else None)


def test_death_ends_the_day_after_and_pension_on_the_day_itself_never_before_that_day() -> None:
    dood = grens(None, D("2020-05-01"), D("2020-05-02"))
    assert dood is not None
    uit = na_grens(replace(LOPEND, grens=dood))
    assert [(f.tot, f.reden) for f in uit.feiten if isinstance(f, RegistratieBeeindigd)] == [
        (D("2020-05-02"), EindReden.OVERLEDEN)
    ]
    assert geregistreerd(uit.tijdlijn.registraties, D("2020-05-01"))
    assert not geregistreerd(uit.tijdlijn.registraties, D("2020-05-02"))
    assert grens(D("1957-03-01"), None, D("2024-02-29")) is None
    assert grens(D("1957-03-01"), None, D("2024-03-01")) is not None


def test_a_correction_cannot_reach_past_death_and_is_the_same_twice() -> None:
    tijdlijn = replace(LOPEND, grens=grens(None, D("2020-05-01"), D("2020-05-02")))
    uit = corrigeer(tijdlijn, PW, D("2011-01-01"), CorrectieReden.DATUM)
    assert isinstance(uit, Gevolg)
    assert [(r.van, r.tot) for r in uit.tijdlijn.registraties] == [(D("2011-01-01"), D("2020-05-02"))]
    assert corrigeer(uit.tijdlijn, PW, D("2011-01-01"), CorrectieReden.DATUM) == Gevolg(uit.tijdlijn)


@pytest.mark.parametrize(
    ("op", "bekend", "tot"),
    [
        ("2014-06-01", "2014-06-01", "2017-01-01"),
        ("2016-06-01", "2016-06-01", "2019-01-01"),
        ("2016-06-01", "2020-01-01", None),
        ("2017-12-29", "2017-12-29", "2020-01-01"),
        ("2017-12-30", "2017-12-30", None),
        ("2025-12-31", "2026-01-02", None),
        ("2026-01-01", "2026-01-02", None),
    ],
)
def test_a_lapse_ends_the_registration_only_if_the_rule_of_that_day_says_so(
    op: str, bekend: str, tot: str | None
) -> None:
    uit = vervallen(LOPEND, PW, D(op), EindReden.HERBEOORDELING, D(bekend))
    assert isinstance(uit, Gevolg)
    assert uit.tijdlijn.registraties[0].tot == (D(tot) if tot else None)
    assert len(uit.feiten) == (tot is not None)
    assert uit.tijdlijn.vervallen == {PW}


def test_own_deregistration_only_where_allowed_and_after_a_lapse() -> None:
    def meld_af(t: Tijdlijn, g: Grondslag, tot: str) -> str | None:
        geregistreerd = registreer(t, g, D("2010-01-01"), "0014")
        assert not isinstance(geregistreerd, Weigering)
        uit = beeindig_lopende(geregistreerd.tijdlijn, g, D(tot), EindReden.EIGEN_VERZOEK)
        return uit.code if isinstance(uit, Weigering) else None

    leeg = Tijdlijn(UUID(int=1))
    geleverd = registreer(leeg, PW, D("2010-01-01"), "0014", tot=D("2015-01-01"), reden=EindReden.EIGEN_VERZOEK)
    assert not isinstance(geleverd, Weigering)  # wat het register meldt is elders besloten
    assert meld_af(leeg, PW, "2022-01-01") == "afmelden_kan_niet"
    assert meld_af(replace(leeg, vervallen=frozenset({PW})), PW, "2022-01-01") is None
    assert meld_af(leeg, VSO, "2020-12-31") == "afmelden_kan_niet"
    assert meld_af(leeg, VSO, "2021-01-01") is None


def test_missing_evidence_is_named() -> None:
    assert ontbrekend_bewijs(Grondslag.PW_PRAKTIJKROUTE, ["loonwaarde_op"]) == ("loonwaarde_procent",)
    assert ontbrekend_bewijs(PW, []) == ()


def test_a_registration_that_began_after_death_is_not_ended_but_must_be_corrected() -> None:
    """Wie na haar begin gestorven blijkt: het einde uit een levering kan niet, zonder dat de hele levering stukgaat."""
    dood = replace(LOPEND, grens=grens(None, D("2009-06-01"), D("2018-01-01")))
    uit = beeindig_lopende(replace(dood, woonplaatsen=GRONINGEN), PW, D("2020-01-01"), None)
    assert isinstance(uit, Weigering)
    assert (uit.kolom, uit.code) == ("van", "na_aow_of_overlijden")
