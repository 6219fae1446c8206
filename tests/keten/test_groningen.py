"""Gouden cijfers: regio Groningen eind 2017 (brief van het college, medio 2018), door de voordeur en op volle grootte.

1.145 markt + 156 overheid + 1.956 inleen = 3.257 extra banen, streefcijfer 1.504. De nulmeting van de regio is niet
gepubliceerd: die is hier aangenomen en als gegeven ingevoerd. De bevolking is synthetisch.
"""

import random
from fractions import Fraction
from typing import Any

import pytest

from deploy.synthetisch import BAAN_KWARTAAL, MAX_MAAND, Bevolking, Kolom, maak
from tests.keten.conftest import Keten

EXTRA = {"markt": 1145, "overheid": 156, "inleen": 1956}
NULMETING = {"markt": 612, "overheid": 87, "inleen": 803}  # aangenomen, niet gepubliceerd
GEMEENTEN = ("0014", "0037", "0047", "0106")
VRAAG: dict[str, Any] = {"reeks": "kwartaal", "periode": "2017-Q4", "per": "sector,vorm", "regio": "AM01"}


def nulmeting() -> list[dict[str, Any]]:
    """De aangenomen nulmeting van de regio, als rijen van het regelbestand."""
    return [
        {
            "versie": "groningen-aangenomen",
            "gebied": "AM01",
            "sector": "" if kolom == "inleen" else kolom,
            "vorm": "inleen" if kolom == "inleen" else "formeel",
            "banen": banen,
            "besloten_op": "2013-01-01",
            "bekend_op": "2014-12-22",
        }
        for kolom, banen in NULMETING.items()
    ]


@pytest.fixture(scope="module")
def bevolking() -> Bevolking:
    """De synthetische bevolking van de regio, bekend op de publicatiedag."""
    kolommen = [Kolom(k, (EXTRA[k] + NULMETING[k]) * BAAN_KWARTAAL) for k in EXTRA]
    return maak(kolommen, GEMEENTEN, 2017, 4, zaad=2018, bekend_op="2018-04-25")


@pytest.fixture(scope="module")
def groningen(keten: Keten, bevolking: Bevolking) -> Keten:
    """De keten met de hele regio erin."""
    keten.importeer("nulmeting", nulmeting())
    for soort, rijen in bevolking.bestanden().items():
        uit = keten.importeer(soort, rijen, "--wacht")
        assert (uit["aanvaard"], uit["fouten"]) == (len(rijen), 0)
    return keten


def extra(antwoord: Any) -> dict[str, str]:
    """Kolom → exacte extra banen."""
    return {(c["sector"] or "inleen"): c["extraExact"] for c in antwoord["cellen"]}


def test_the_population_has_no_balancing_row_and_no_month_over_two_hundred_hours(bevolking: Bevolking) -> None:
    uren = [int(r["uren"].replace(".", "")) for r in bevolking.uren]
    assert min(uren) > 0
    assert max(uren) <= MAX_MAAND
    assert len(bevolking.uren) > 14_000


def test_every_printed_cell_comes_out_exactly(groningen: Keten) -> None:
    antwoord = groningen.tellingen(**VRAAG)
    assert extra(antwoord) == {kolom: f"{banen}/1" for kolom, banen in EXTRA.items()}
    assert {(c["sector"], c["vorm"], c["extra"]) for c in antwoord["cellen"]} == {
        ("markt", "formeel", 1145),
        ("overheid", "formeel", 156),
        (None, "inleen", 1956),
    }
    [totaal] = groningen.tellingen(**{**VRAAG, "per": "regio"})["cellen"]
    assert (totaal["regio"], totaal["extra"], totaal["extraExact"]) == ("AM01", 3257, "3257/1")
    assert (totaal["doelstelling"], totaal["status"]) == (1504, "indicatief")


def test_the_regions_municipalities_add_up(groningen: Keten) -> None:
    cellen = groningen.tellingen(**{**VRAAG, "per": "gemeente", "maat": "uren"})["cellen"]
    totaal = (sum(EXTRA.values()) + sum(NULMETING.values())) * BAAN_KWARTAAL
    assert {c["gemeente"] for c in cellen} == set(GEMEENTEN)
    assert sum(Fraction(c["urenExact"]) * 100 for c in cellen) == totaal


def test_as_known_before_and_on_the_day_of_publication(groningen: Keten) -> None:
    voor = groningen.tellingen(**VRAAG, bekendOp="2018-04-24")
    assert all(c["uren"] == 0 for c in voor["cellen"])
    assert extra(groningen.tellingen(**VRAAG, bekendOp="2018-04-25")) == {k: f"{b}/1" for k, b in EXTRA.items()}


def test_removing_any_one_hours_row_is_seen(groningen: Keten, bevolking: Bevolking) -> None:
    kolommen = {p["referentie"]: p["vorm"] for p in bevolking.plaatsingen}
    telt = [r for r in bevolking.uren if kolommen[r["referentie"]] in ("formeel", "wsw_detachering", "uitzendrelatie")]
    geregistreerd = {r["bsn"] for r in bevolking.registraties}
    van = {p["referentie"]: p["bsn"] for p in bevolking.plaatsingen}
    for rij in random.Random(7).sample([r for r in telt if van[r["referentie"]] in geregistreerd], 3):
        weg = {**rij, "uren": "0.00", "bekend_op": ""}
        groningen.importeer("uren", [weg], "--wacht")
        assert extra(groningen.tellingen(**VRAAG)) != {k: f"{b}/1" for k, b in EXTRA.items()}
        groningen.importeer("uren", [{**rij, "bekend_op": ""}], "--wacht", "--opnieuw")
        assert extra(groningen.tellingen(**VRAAG)) == {k: f"{b}/1" for k, b in EXTRA.items()}
    assert extra(groningen.tellingen(**VRAAG, bekendOp="2018-12-31")) == {k: f"{b}/1" for k, b in EXTRA.items()}


def test_the_same_file_twice_changes_nothing(groningen: Keten, bevolking: Bevolking) -> None:
    voor = groningen.client.get("telling", "/v1/beheer/posities")
    for soort, rijen in bevolking.bestanden().items():
        uit = groningen.importeer(soort, rijen)
        assert (uit["aanvaard"], uit["ongewijzigd"]) == (0, len(rijen))
    groningen.wacht()
    assert groningen.client.get("telling", "/v1/beheer/posities") == voor


def test_a_request_without_series_is_refused_and_says_why(groningen: Keten) -> None:
    uit = groningen.opdracht("telling", "--periode", "2017-Q4", status=2)
    assert uit == ""


def test_the_terminal_prints_the_same(groningen: Keten) -> None:
    uit = groningen.opdracht(
        "telling", "--reeks", "kwartaal", "--periode", "2017-Q4", "--per", "sector,vorm", "--regio", "AM01"
    )
    for getal in ("1.145", "156", "1.956"):
        assert getal in uit
