"""Leveringen zonder database: wat intrekken terugzet, de jaarsluiting, overgeslagen maanden, en laat of stil."""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from banenspoor_contracts import Contract, Reden, Sector, Sectorperiode, Vorm
from hypothesis import given
from hypothesis import strategies as st

from services.plaatsing.domain.dossier import Dossier, Omgeving, neem_regel
from services.plaatsing.domain.intrekking import Voorbeeld, zet_terug
from services.plaatsing.domain.jaarsluiting import geleverd_sinds, late_maanden, na_sluiting, sluit_op
from services.plaatsing.domain.kalender import dagen_per_maand
from services.plaatsing.domain.levering import Groep, inhoud, leverancierstand, ontbrekend
from services.plaatsing.domain.plaatsing import Baan
from services.plaatsing.domain.uren import Regel, UrenSoort
from services.plaatsing.domain.verschil import Moment

NU = datetime(2024, 6, 15, 12, tzinfo=UTC)
WERKGEVER = uuid4()
OMGEVING = Omgeving({}, {WERKGEVER: (Sectorperiode(sector=Sector.MARKT, van=date(2010, 1, 1)),)}, {})


def regel(maand: int, uren_x100: int = 10000, leverancier: str = "A", lang: int = 1) -> Regel:
    van, tot = date(2017, maand, 1), date(2017, maand + lang, 1)
    return Regel(UrenSoort.REGULIER, van, tot, uren_x100, None, leverancier)


def dossier(*regels: Regel) -> Dossier:
    baan = Baan(
        *(uuid4(), uuid4(), "A", "P-1", WERKGEVER, None, Vorm.FORMEEL, Contract.VAST, 2550, "0014"),
        *(Sector.MARKT, None, date(2017, 1, 1), None),
        nr=1,
    )
    uit = Dossier(baan)
    for r in regels:
        assert isinstance(neem_regel(uit, r, NU.date(), Moment(NU), OMGEVING), list)
    uit.nieuwe_regels.clear()
    return uit


def test_only_months_that_change_are_said_and_the_supplier_is_the_one_who_remains() -> None:
    d = dossier(regel(1, lang=2), regel(3), regel(4))
    terug = {
        regel(1, lang=2).sleutel: regel(1, 6000, "B", 2),
        regel(3).sleutel: regel(3, leverancier="B"),
        regel(4).sleutel: None,
    }
    feiten = zet_terug(d, terug, Moment(NU), OMGEVING)
    assert [(f.maand, f.reden, f.nieuw.uren_x100 if f.nieuw else None) for f in feiten] == [
        ("2017-01", Reden.LEVERING_INGETROKKEN, 3152),
        ("2017-02", Reden.LEVERING_INGETROKKEN, 2848),
        ("2017-04", Reden.LEVERING_INGETROKKEN, None),
    ]
    assert [d.gezegd[f"2017-0{m}"].leverancier for m in (1, 2, 3, 4)] == ["B", "B", "A", "A"]
    assert {r.leverancier for r in d.regels.values()} == {"B"}
    assert regel(4).sleutel not in d.regels


def test_a_line_that_is_not_there_does_not_come_back() -> None:
    d = dossier(regel(1))
    assert zet_terug(d, {regel(2).sleutel: regel(2)}, Moment(NU), OMGEVING) == []
    assert zet_terug(d, {regel(1).sleutel: regel(1)}, Moment(NU), OMGEVING) == []
    assert d.nieuwe_regels == set()


def test_the_preview_counts_each_job_once_per_month() -> None:
    beeld, van = Voorbeeld(), date(2017, 1, 1)
    uitbetaling = Regel(UrenSoort.UITBETALING, date(2017, 1, 1), date(2017, 2, 1), 500, None, "A")
    beeld.neem(1, van, None, regel(1), None)
    beeld.neem(1, van, None, uitbetaling, None)
    beeld.neem(2, van, None, regel(1), regel(1, 9000))
    beeld.neem(3, van, None, regel(1), regel(1, leverancier="B"))
    assert (beeld.vervallen, beeld.vorige, beeld.blijven, beeld.banen) == (2, 1, 1, 2)
    assert beeld.maanden == {"2017-01": [2, -11500]}


@pytest.mark.parametrize(
    ("maand", "dag", "laat"),
    [
        ("2017-12", date(2018, 4, 30), False),
        ("2017-12", date(2018, 5, 1), True),
        ("2017-01", date(2018, 5, 1), True),
        ("2018-01", date(2018, 5, 1), False),
        ("2014-12", date(2024, 1, 1), False),
    ],
)
def test_the_year_closes_on_the_first_of_may_of_the_next(maand: str, dag: date, laat: bool) -> None:
    assert na_sluiting(maand, dag) is laat


def test_before_the_law_no_year_closes() -> None:
    assert (sluit_op(2014), sluit_op(2015)) == (None, date(2016, 5, 1))


def test_a_confirmation_does_not_make_a_line_late_but_a_change_does() -> None:
    op = [datetime(2018, 4, 30, 21, 59, tzinfo=UTC), datetime(2018, 4, 30, 22, 0, tzinfo=UTC)]  # 22:00 UTC is 1 mei
    zelfde = geleverd_sinds([(op[0], regel(11)), (op[1], regel(11, leverancier="B"))])
    anders = geleverd_sinds([(op[0], regel(11)), (op[1], regel(11, 1))])
    van = date(2017, 1, 1)
    assert late_maanden([regel(11)], zelfde, van, None) == frozenset()
    assert late_maanden([regel(11)], anders, van, None) == {"2017-11"}
    assert late_maanden([], anders, van, None) == frozenset()


def test_skipped_months_lie_between_the_two_deliveries() -> None:
    assert ontbrekend(["2018-02"], ["2017-10", "2017-11"]) == ["2017-12", "2018-01"]
    assert ontbrekend(["2017-09"], ["2017-10"]) == []
    assert ontbrekend([], ["2017-10"]) == ontbrekend(["2017-10"], []) == []


@given(
    st.lists(
        st.tuples(st.integers(0, 400), st.integers(1, 120), st.integers(-9999, 9999), st.integers(1, 4)), max_size=8
    )
)
def test_the_hours_of_a_delivery_per_month_add_up_to_its_lines(regels: list[tuple[int, int, int, int]]) -> None:
    begin, groepen = date(2017, 1, 1), []
    for van, dagen, uren_x100, aantal in regels:
        eerste = begin + timedelta(days=van)
        laatste = eerste + timedelta(days=dagen)
        samen = len(dagen_per_maand(eerste, laatste)) == 1
        groepen.append(Groep(eerste, laatste, samen, uren_x100, aantal, 0, 0, None, None))
    som = sum(g.uren_x100 * (1 if g.samen else g.aantal) for g in groepen)
    uit = inhoud(groepen, {})
    assert sum(m.uren_x100 for m in uit.maanden.values()) == som
    assert uit.regels == sum(g.aantal for g in groepen)


def test_a_supplier_is_late_from_the_closing_day_and_silent_after_enough_days() -> None:
    kalender = {"2018-01": date(2018, 2, 20), "2018-02": date(2018, 3, 20)}
    dag, laatst = date(2018, 2, 19), date(2018, 1, 20)
    op_tijd = leverancierstand([], laatst, kalender, dag, 31)
    assert (op_tijd.te_laat, op_tijd.verwacht, op_tijd.stil_sinds) == ((), ("2018-01", date(2018, 2, 20)), None)
    te_laat = leverancierstand([], laatst, kalender, date(2018, 2, 20), 31)
    assert te_laat.te_laat_sinds == date(2018, 2, 20)
    assert te_laat.verwacht == ("2018-02", date(2018, 3, 20))
    assert te_laat.stil_sinds == laatst
    assert leverancierstand(["2018-01"], laatst, kalender, date(2018, 2, 20), 99).te_laat_sinds is None
    assert leverancierstand([], None, {}, dag, 1).stil_sinds is None
