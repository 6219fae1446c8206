"""De klok: acht weken, pauzes waar dan ook, weekend en feestdag; nageteld met een telling dag voor dag."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from banenspoor_contracts import AanvraagSoort
from hypothesis import given
from hypothesis import strategies as st

from services.beoordeling.domain.feestdagen import eerstvolgende_werkdag, feestdagen, pasen, werkdag
from services.beoordeling.domain.termijnen import Klok, Klokstap, Pauze, Termijn, Verlenging, termijn, termijnen

DAG = timedelta(days=1)


@pytest.mark.parametrize(
    ("jaar", "dag"),
    [
        (2008, (3, 23)),
        (2011, (4, 24)),
        (2017, (4, 16)),
        (2019, (4, 21)),
        (2024, (3, 31)),
        (2025, (4, 20)),
        (2038, (4, 25)),
    ],
)
def test_easter_is_when_it_was(jaar: int, dag: tuple[int, int]) -> None:
    assert pasen(jaar) == date(jaar, *dag)


def test_the_kings_day_moved_in_2014() -> None:
    assert date(2013, 4, 30) in feestdagen(2013)
    assert date(2013, 4, 27) not in feestdagen(2013)
    assert date(2014, 4, 30) not in feestdagen(2014)
    assert date(2015, 4, 27) in feestdagen(2015)


@pytest.mark.parametrize(
    ("dag", "werkdag_"),
    [
        (date(2024, 3, 29), date(2024, 4, 2)),  # Goede Vrijdag, paasweekend, Tweede Paasdag
        (date(2021, 5, 5), date(2021, 5, 6)),  # Bevrijdingsdag telt elk jaar
        (date(2024, 5, 9), date(2024, 5, 10)),  # Hemelvaart; de vrijdag erna is een gewone dag
        (date(2027, 12, 25), date(2027, 12, 27)),  # Kerst op zaterdag en zondag
        (date(2025, 12, 31), date(2025, 12, 31)),
        (date(2028, 1, 1), date(2028, 1, 3)),
    ],
)
def test_a_term_ends_on_a_day_that_people_work(dag: date, werkdag_: date) -> None:
    assert eerstvolgende_werkdag(dag) == werkdag_


def test_rules_of_one_kind_and_clock_do_not_overlap() -> None:
    for soort in AanvraagSoort:
        for klok in Klok:
            regels = sorted(
                (r for r in termijnen() if r.klok == klok and r.soort in (None, soort)), key=lambda r: r.van
            )
            for eerder, later in pairwise(regels):
                assert eerder.tot <= later.van


def regel() -> Termijn:
    gevonden = termijn(AanvraagSoort.BESCHUT_WERK, Klok.ADVIES, date(2024, 1, 1))
    assert gevonden is not None
    return gevonden


def naief(begin: date, stappen: list[Klokstap]) -> date:
    """Elke dag die de klok loopt een voor een afgeteld, over pauzes heen; dan door tot een werkdag."""
    nog, dag = 56 + 7 * sum(s.weken for s in stappen if isinstance(s, Verlenging)), begin
    stil = [(s.van, s.tot or date.max) for s in stappen if isinstance(s, Pauze)]
    while nog:
        if not any(van <= dag < tot for van, tot in stil):
            nog -= 1
        dag += DAG
    # een pauze die begint op de laatste dag, of in het weekend waarin de termijn doorloopt, telt ook mee
    while staat := next((p for p in stil if p[0] == dag), None):
        stil.remove(staat)
        dag = staat[1]
    while dag.weekday() >= 5 or dag in feestdagen(dag.year):
        dag += DAG
    return dag


@st.composite
def klokken(draw: st.DrawFn) -> tuple[date, list[Klokstap]]:
    """Een begin (schrikkeljaren, jaareinden) en pauzes na elkaar die elk binnen de dan lopende termijn beginnen."""
    begin, stappen = draw(st.dates(date(2015, 1, 1), date(2040, 12, 31))), list[Klokstap]()
    vorige = begin
    for _ in range(draw(st.integers(0, 4))):
        if draw(st.booleans()) and draw(st.booleans()):
            stappen.append(Verlenging(vorige, draw(st.integers(1, 8))))
            continue
        einde = regel().einde(begin, stappen)
        assert einde is not None
        kaal = begin + timedelta(days=56 + 7 * sum(s.weken for s in stappen if isinstance(s, Verlenging)))
        kaal += timedelta(days=sum((s.tot - s.van).days for s in stappen if isinstance(s, Pauze) and s.tot))
        van = draw(st.dates(vorige, max(vorige, kaal)))
        tot = van + timedelta(days=draw(st.integers(1, 200)))
        stappen.append(Pauze(van, tot))
        vorige = tot
    return begin, stappen


@given(klokken())
def test_the_end_equals_a_count_day_by_day_and_a_term_never_shrinks(klok: tuple[date, list[Klokstap]]) -> None:
    begin, stappen = klok
    einden = [regel().einde(begin, stappen[:n]) for n in range(len(stappen) + 1)]
    assert None not in einden
    assert einden == sorted(einden)  # type: ignore[type-var]
    assert einden[0] is not None
    assert einden[0] >= begin + timedelta(weeks=8)
    assert einden[-1] == naief(begin, stappen)
    assert all(werkdag(dag) for dag in einden if dag)


@given(klokken(), st.integers(0, 400))
def test_in_term_equals_a_naive_recount(klok: tuple[date, list[Klokstap]], na: int) -> None:
    begin, stappen = klok
    op = begin + timedelta(days=na)
    einde = regel().einde(begin, stappen)
    assert einde is not None
    assert (op <= einde) == (op <= naief(begin, stappen))


@given(st.dates(date(2015, 1, 1), date(2060, 1, 1)), st.dates(date(2015, 1, 1), date(2060, 1, 1)))
def test_who_is_received_later_is_never_due_earlier(een: date, ander: date) -> None:
    eerst, later = sorted((een, ander))
    assert regel().uiterlijk(eerst) <= regel().uiterlijk(later)


def test_a_standing_clock_has_no_end() -> None:
    assert regel().einde(date(2024, 3, 4), [Pauze(date(2024, 3, 10))]) is None
