"""Te realiseren aantallen, gevulde plaatsen en de wachtlijst, zonder database."""

import csv
from datetime import date
from fractions import Fraction
from pathlib import Path
from uuid import UUID

import pytest
from banenspoor_contracts import AantalBron, PlaatsingEindReden, gemeenten
from hypothesis import given
from hypothesis import strategies as st

from services.beoordeling.domain.machine import Handeling, Toestand
from services.beoordeling.domain.plaatsen import (
    Aantal,
    Volgorde,
    Wachtende,
    financieringspad,
    geldend,
    gevuld,
    na_einde,
    plicht,
    te_realiseren,
    verdeel,
    volgorde,
)

REGELING, VERORDENING = AantalBron.REGELING, AantalBron.VERORDENING
WORTEL = Path(__file__).resolve().parents[2]


def aantal(getal: int, bron: AantalBron = REGELING, gemeente: str = "0014", besloten: str = "2017-01-23") -> Aantal:
    return Aantal(gemeente, 2017, getal, bron, date.fromisoformat(besloten), date(2017, 1, 1))


def test_a_verordening_may_set_a_higher_number_and_never_a_lower_one() -> None:
    op = date(2017, 6, 1)
    assert geldend([aantal(44), aantal(50, VERORDENING)], op)["0014"].aantal == 50
    assert geldend([aantal(44), aantal(40, VERORDENING)], op)["0014"].aantal == 44
    assert geldend([aantal(44), aantal(40, besloten="2017-05-01")], op)["0014"].aantal == 40
    assert geldend([aantal(44)], date(2016, 12, 31)) == {}


def test_without_a_number_there_is_no_duty_to_say() -> None:
    assert te_realiseren({}) is None
    assert plicht(None, 7) is None
    assert (plicht(44, 7), plicht(44, 60)) == (7, 44)


def test_a_place_is_thirty_one_hours_or_a_job() -> None:
    assert gevuld(2, 4650, 31) == Fraction(3, 2)
    assert gevuld(2, 4650, 0) == 2


def test_the_path_of_the_funding_is_not_a_duty() -> None:
    assert [(j, n) for j, n, _ in financieringspad()] == [(2017, 2600), (2048, 30000)]


@pytest.mark.parametrize(
    ("reden", "geregistreerd", "handeling", "waarheen"),
    [
        (PlaatsingEindReden.ANDERE_BAAN, True, Handeling.STROOM_UIT, "BANENAFSPRAAK"),
        (PlaatsingEindReden.ANDERE_BAAN, False, Handeling.STROOM_UIT, "REGULIER_WERK"),
        (PlaatsingEindReden.CONTRACT_AFGELOPEN, False, Handeling.MAAK_VRIJ, "ONBEKEND"),
        (PlaatsingEindReden.PENSIOEN, False, Handeling.BEEINDIG, "PENSIOEN"),
    ],
)
def test_who_leaves_for_other_work_may_come_back(
    reden: PlaatsingEindReden, geregistreerd: bool, handeling: Handeling, waarheen: str
) -> None:
    assert na_einde(reden, geregistreerd) == (handeling, waarheen)


# --- de wachtlijst ---

WACHTENDEN = st.lists(
    st.builds(
        Wachtende,
        st.uuids(),
        st.uuids(),
        st.sampled_from([Toestand.POSITIEF, Toestand.WACHTLIJST]),
        st.dates(date(2017, 1, 1), date(2017, 1, 5)),
        st.dates(date(2016, 1, 1), date(2016, 1, 5)),
        st.none() | st.integers(0, 3),
    ),
    max_size=12,
    unique_by=lambda w: w.aanvraag,
)
BEZET = st.fractions(0, 8, max_denominator=31)


@given(st.integers(0, 8), BEZET, WACHTENDEN, st.sampled_from(Volgorde))
def test_nobody_is_overtaken_and_no_place_is_given_twice(
    getal: int, bezet: Fraction, wachtenden: list[Wachtende], regel: Volgorde
) -> None:
    uit = verdeel(getal, bezet, wachtenden, regel)
    rij = volgorde(wachtenden, regel)
    assert list(uit.aanbieden) == rij[: len(uit.aanbieden)]
    over = rij[len(uit.aanbieden) :]
    assert [w for w in over if w.toestand is Toestand.POSITIEF] == list(uit.op_lijst)
    if uit.aanbieden:
        assert bezet + len(uit.aanbieden) - 1 < getal
    if over:
        assert bezet + len(uit.aanbieden) >= getal


def test_the_order_is_the_municipalitys_own() -> None:
    een, twee = UUID(int=1), UUID(int=2)
    a = Wachtende(een, een, Toestand.POSITIEF, date(2017, 2, 1), date(2016, 1, 1), None)
    b = Wachtende(twee, twee, Toestand.POSITIEF, date(2017, 1, 1), date(2016, 2, 1), 3)
    assert volgorde([a, b], Volgorde.BESLUIT) == [b, a]
    assert volgorde([a, b], Volgorde.AANVRAAG) == [a, b]
    assert volgorde([a, b], Volgorde.VOORRANG) == [b, a]


def test_without_a_number_nobody_gets_a_place_or_waits() -> None:
    w = Wachtende(UUID(int=1), UUID(int=1), Toestand.POSITIEF, date(2017, 2, 1), date(2016, 1, 1), None)
    assert verdeel(None, Fraction(0), [w], Volgorde.BESLUIT) == verdeel(0, Fraction(0), [], Volgorde.BESLUIT)


# --- opgegane gemeenten ---


@pytest.mark.parametrize("dag", [date(2015, 1, 1), date(2018, 12, 31), date(2019, 1, 1), date(2026, 1, 1)])
def test_every_municipality_belongs_to_exactly_one_on_every_day(dag: date) -> None:
    per_gemeente = {g: gemeenten.delen(g, dag) for g in {gemeenten.op_dag(c, dag) for c in gemeenten.GEMEENTEN}}
    assert sorted(deel for delen in per_gemeente.values() for deel in delen) == sorted(gemeenten.GEMEENTEN)


def test_groningen_takes_in_haren_and_ten_boer_in_2019() -> None:
    assert gemeenten.delen("0014", date(2018, 12, 31)) == {"0014"}
    assert gemeenten.delen("0014", date(2019, 1, 1)) == {"0014", "0009", "0017"}
    assert gemeenten.op_dag("0788", date(2024, 1, 1)) == "0788"  # Haaren werd gesplitst: delen is een besluit


def test_the_successors_are_those_of_the_areas() -> None:
    with (WORTEL / "deploy" / "gegevens" / "10-gebieden.csv").open(encoding="utf-8") as tekst:
        opvolgers = {r["gemeente"]: (r["opvolger"], r["tot"]) for r in csv.DictReader(tekst) if r["opvolger"]}
    eigen = {
        g.code: (g.opvolger, f"{g.laatste_jaar + 1}-01-01")
        for g in gemeenten.GEMEENTEN.values()
        if g.opvolger and g.laatste_jaar
    }
    assert eigen == opvolgers
