"""Wat jaarlijks komt en doorloopt, zonder database: welke maanden, van welk jaar, en tot wanneer."""

import csv
from datetime import date
from importlib import resources
from uuid import uuid4

import pytest
from banenspoor_contracts import Contract, Sector, Vorm

from services.plaatsing.domain.plaatsing import Baan
from services.plaatsing.domain.uren import Regel, UrenSoort
from services.plaatsing.domain.voortzetten import jaarvormen, voortgezette_maanden, voortzetting

LAATSTE = {("W", vorm): 2016 for vorm in Vorm}


def baan(vorm: Vorm = Vorm.WSW_BESCHUT, van: date = date(2010, 1, 1), tot: date | None = None) -> Baan:
    vast = (uuid4(), uuid4(), "A", "P-1", uuid4(), None, vorm, Contract.VAST, 2550, "0014", Sector.OVERHEID, None)
    return Baan(*vast, van, tot)


def jaar(jaar_: int, uren_x100: int = 36600, soort: UrenSoort = UrenSoort.REGULIER) -> Regel:
    return Regel(soort, date(jaar_, 1, 1), date(jaar_ + 1, 1, 1), uren_x100, Contract.TIJDELIJK, "W", str(jaar_))


def maanden(b: Baan, *regels: Regel, vandaag: date = date(2017, 3, 1), jaren: int = 2) -> dict[str, int]:
    uit = voortzetting(b, regels, LAATSTE, vandaag, jaren)
    assert {r.soort for r in uit.values()} <= {UrenSoort.VOORTGEZET}
    return {f"{r.van:%Y-%m}": r.uren_x100 for r in uit.values()}


def test_every_month_that_has_passed_gets_the_hours_of_the_same_month() -> None:
    uitbetaling = jaar(2016, 366, UrenSoort.UITBETALING)
    assert maanden(baan(), jaar(2016), uitbetaling) == {"2017-01": 3131, "2017-02": 2929}
    assert maanden(baan(), jaar(2016), vandaag=date(2017, 1, 31)) == {}
    assert list(maanden(baan(), jaar(2016), vandaag=date(2017, 2, 1))) == ["2017-01"]


def test_the_line_keeps_supplier_and_contract_and_belongs_to_no_delivery() -> None:
    [regel] = voortzetting(baan(), [jaar(2016)], LAATSTE, date(2017, 2, 1), 2).values()
    assert (regel.leverancier, regel.contract, regel.levering) == ("W", Contract.TIJDELIJK, None)
    assert (regel.van, regel.tot) == (date(2017, 1, 1), date(2017, 2, 1))


@pytest.mark.parametrize("vorm", [v for v in Vorm if v not in (Vorm.WSW_BESCHUT, Vorm.WSW_DETACHERING, Vorm.WIW_ID)])
def test_only_yearly_forms_go_on(vorm: Vorm) -> None:
    assert maanden(baan(vorm), jaar(2016)) == {}


def test_it_stops_with_the_job_and_after_so_many_years() -> None:
    einde = date(2017, 2, 10)
    assert list(maanden(baan(tot=einde), jaar(2016), vandaag=date(2018, 1, 1))) == ["2017-01", "2017-02"]
    assert {m[:4] for m in maanden(baan(), jaar(2016), vandaag=date(2021, 1, 1))} == {"2017", "2018"}
    assert maanden(baan(), jaar(2016), jaren=0) == {}


def test_who_is_not_in_the_last_supply_of_that_supplier_has_stopped() -> None:
    assert maanden(baan(), jaar(2015)) == {}
    assert maanden(baan()) == {}


def test_what_goes_on_does_not_feed_itself() -> None:
    door = voortzetting(baan(), [jaar(2016)], LAATSTE, date(2018, 1, 1), 1)
    weer = voortzetting(baan(), [jaar(2016), *door.values()], LAATSTE, date(2018, 1, 1), 1)
    assert weer == door


def test_a_month_with_a_delivered_line_is_not_marked() -> None:
    b = baan()
    door = voortzetting(b, [jaar(2016)], LAATSTE, date(2017, 4, 1), 2)
    echt = Regel(UrenSoort.REGULIER, date(2017, 2, 1), date(2017, 3, 1), 0, None, "W")
    assert voortgezette_maanden(b, [jaar(2016), echt, *door.values()]) == {"2017-01", "2017-03"}


def test_every_form_of_the_table_says_where_it_comes_from() -> None:
    bestand = resources.files("services.plaatsing") / "gegevens" / "voortzetten.csv"
    rijen = list(csv.DictReader(bestand.read_text("utf-8").splitlines()))
    assert {Vorm(r["vorm"]) for r in rijen} == jaarvormen()
    assert all("afleiding" in r["bron"] for r in rijen)
