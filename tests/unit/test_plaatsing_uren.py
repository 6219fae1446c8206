"""Urenregels: lezen, verdelen over maanden, en welke regel niet kan."""

from datetime import date, timedelta
from itertools import accumulate

import pytest
from banenspoor_contracts import Contract
from hypothesis import given
from hypothesis import strategies as st

from services.plaatsing.domain.kalender import (
    dagen_per_maand,
    laatste_dag,
    laatste_dag_kwartaal,
    maand_van,
    peildag,
)
from services.plaatsing.domain.uren import (
    Regel,
    UrenSoort,
    beoordeel,
    buiten_periode,
    honderdsten,
    in_maand,
    maanden,
    verdeel,
)

VANDAAG = date(2024, 6, 15)
dagen = st.dates(date(2010, 1, 1), date(2030, 12, 31))


def regel(van: date, tot: date, uren: int = 15200, soort: UrenSoort = UrenSoort.REGULIER) -> Regel:
    """Een regel van leverancier A."""
    return Regel(soort, van, tot, uren, None, "A")


@pytest.mark.parametrize(
    ("tekst", "verwacht"),
    [
        ("152", 15200),
        ("152,5", 15250),
        ("152.05", 15205),
        (" -8,25 ", -825),
        ("+0,01", 1),
        ("-0,01", -1),
        ("0", 0),
        ("9999999,99", 999999999),
    ],
)
def test_hours_are_read_exactly(tekst: str, verwacht: int) -> None:
    assert honderdsten(tekst) == verwacht


@pytest.mark.parametrize("tekst", ["", "1,234", "1.234,5", "12e3", "NaN", "één", "1,", ",5", "10000000", "1 2", "²"])
def test_what_is_no_amount_of_hours_is_refused(tekst: str) -> None:
    with pytest.raises(ValueError, match="geen aantal uren"):
        honderdsten(tekst)


@given(st.integers(-(10**9), 10**9), st.lists(st.integers(1, 31), min_size=1, max_size=13))
def test_the_parts_add_up_exactly_and_never_change_sign(aantal: int, per_maand: list[int]) -> None:
    delen = verdeel(aantal, per_maand)
    assert sum(delen) == aantal
    assert len(delen) == len(per_maand)
    assert all(deel * aantal >= 0 for deel in delen)


@given(st.integers(0, 10**9), st.lists(st.integers(1, 31), min_size=1, max_size=13))
def test_every_running_total_is_the_exact_share_rounded_down(aantal: int, per_maand: list[int]) -> None:
    totaal = sum(per_maand)
    for gehad, dag in zip(accumulate(verdeel(aantal, per_maand)), accumulate(per_maand), strict=True):
        assert gehad == aantal * dag // totaal


@given(st.integers(-(10**6), 10**6), st.lists(st.integers(1, 31), min_size=1, max_size=5))
def test_a_reversal_takes_exactly_what_was_given(aantal: int, per_maand: list[int]) -> None:
    assert verdeel(-aantal, per_maand) == [-deel for deel in verdeel(aantal, per_maand)]


@given(dagen, st.integers(1, 366))
def test_the_months_of_a_period_hold_all_its_days(van: date, lengte: int) -> None:
    delen = dagen_per_maand(van, van + timedelta(days=lengte))
    assert sum(aantal for _, aantal in delen) == lengte
    assert [m for m, _ in delen] == sorted({maand_van(van + timedelta(days=d)) for d in range(lengte)})


@given(dagen, st.integers(1, 366), dagen, st.none() | dagen, st.integers(-(10**6), 10**6))
def test_a_line_falls_in_its_months_within_the_job_and_nowhere_else(
    van: date, lengte: int, begin: date, einde: date | None, uren: int
) -> None:
    lijn = regel(van, van + timedelta(days=lengte), uren)
    delen = maanden(lijn, begin, einde)
    parts = [in_maand(lijn, maand, begin, einde) for maand, _ in delen]
    assert sum(p for p in parts if p is not None) == (uren if delen else 0)
    assert None not in parts
    assert in_maand(lijn, "2009-12", begin, einde) is None


def test_four_weeks_over_a_month_border() -> None:
    lijn = regel(date(2017, 11, 20), date(2017, 12, 18), 10001)
    assert [in_maand(lijn, m, date(2015, 1, 1), None) for m in ("2017-11", "2017-12")] == [3928, 6073]


def test_days_outside_the_job_get_nothing() -> None:
    lijn = regel(date(2017, 11, 1), date(2018, 1, 1), 10000)
    assert in_maand(lijn, "2017-11", date(2017, 12, 10), None) is None
    assert in_maand(lijn, "2017-12", date(2017, 12, 10), None) == 10000


BAAN = (date(2024, 1, 10), date(2024, 5, 10))


@pytest.mark.parametrize(
    ("van", "tot", "code"),
    [
        (date(2024, 2, 1), date(2024, 3, 1), None),
        (date(2024, 1, 1), date(2024, 2, 1), None),  # deels voor het begin: de uren zijn van de dagen erna
        (date(2024, 5, 1), date(2024, 6, 1), None),
        (date(2023, 12, 1), date(2024, 1, 1), "voor_begin"),
        (date(2024, 1, 1), date(2024, 1, 10), "voor_begin"),
        (date(2024, 5, 10), date(2024, 6, 1), "na_einde"),
        (date(2024, 2, 1), date(2024, 2, 1), "einde_voor_begin"),
        (date(2024, 2, 2), date(2024, 2, 1), "einde_voor_begin"),
        (date(2024, 5, 20), date(2024, 6, 17), "toekomst"),
        (date(2023, 2, 1), date(2024, 2, 3), "tijdvak_te_lang"),
        (date(2024, 3, 1), date(2024, 3, 29), "tijdvak_overlap"),
        (date(2024, 3, 15), date(2024, 4, 15), "tijdvak_overlap"),
        (date(2024, 3, 1), date(2024, 4, 1), None),  # hetzelfde tijdvak: de verbetering
    ],
)
def test_a_line_that_cannot_be_is_refused_with_its_own_code(van: date, tot: date, code: str | None) -> None:
    maart = regel(date(2024, 3, 1), date(2024, 4, 1))
    weigering = beoordeel(regel(van, tot), *BAAN, {maart.sleutel: maart}, VANDAAG)
    assert (weigering and weigering.code) == code


def test_today_is_not_the_future() -> None:
    lijn = regel(date(2024, 6, 1), VANDAAG + timedelta(days=1))
    assert beoordeel(lijn, date(2024, 1, 1), None, {}, VANDAAG) is None


def test_a_payout_may_lie_over_regular_hours() -> None:
    maart = regel(date(2024, 3, 1), date(2024, 4, 1))
    uitbetaling = regel(date(2024, 3, 15), date(2024, 4, 15), soort=UrenSoort.UITBETALING)
    assert beoordeel(uitbetaling, *BAAN, {maart.sleutel: maart}, VANDAAG) is None


def test_hours_outside_a_job_are_found_and_no_hours_are_no_trouble() -> None:
    januari, juni = regel(date(2024, 1, 1), date(2024, 1, 5), 0), regel(date(2024, 6, 1), date(2024, 6, 8))
    assert buiten_periode([januari], *BAAN) is None
    assert buiten_periode([januari, juni], *BAAN) is juni


def test_the_same_hours_in_another_delivery_say_the_same() -> None:
    lijn = Regel(UrenSoort.REGULIER, date(2024, 3, 1), date(2024, 4, 1), 100, Contract.VAST, "A", "levering 1")
    weer = Regel(UrenSoort.REGULIER, date(2024, 3, 1), date(2024, 4, 1), 100, Contract.VAST, "B", "levering 2")
    anders = Regel(UrenSoort.REGULIER, date(2024, 3, 1), date(2024, 4, 1), 100, Contract.TIJDELIJK, "A", "levering 1")
    assert weer.zegt_hetzelfde(lijn)
    assert not anders.zegt_hetzelfde(lijn)


@pytest.mark.parametrize(
    ("maand", "maandeinde", "kwartaaleinde"),
    [
        ("2023-12", date(2023, 12, 31), date(2023, 12, 31)),
        ("2024-02", date(2024, 2, 29), date(2024, 3, 31)),
        ("2023-07", date(2023, 7, 31), date(2023, 9, 30)),
    ],
)
def test_months_and_quarters_end_by_the_calendar(maand: str, maandeinde: date, kwartaaleinde: date) -> None:
    assert (laatste_dag(maand), laatste_dag_kwartaal(maand)) == (maandeinde, kwartaaleinde)
    assert peildag(maand, None) == peildag(maand, maandeinde + timedelta(days=1)) == maandeinde
    assert peildag(maand, date.fromisoformat(maand + "-05")) == date.fromisoformat(maand + "-04")
