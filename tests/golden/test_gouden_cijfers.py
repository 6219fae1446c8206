"""Gouden cijfers: elke gepubliceerde cel van 2012-Q4 tot en met 2023-Q4, uit gebeurtenissen, op haar eigen publicatiedag."""

import os
from collections import defaultdict
from fractions import Fraction
from pathlib import Path

import asyncpg
import pytest
import typer

from deploy.demo.blad import blad, getal, groei, vorig_kwartaal
from deploy.demo.schaal import op_schaal
from deploy.demo.vergelijk import NIET_TE_MAKEN, Vergeleken, half_omhoog, vergelijk
from deploy.lokaal.databases import rollen
from tests.golden.conftest import Geladen

pytestmark = pytest.mark.timeout(24 * 3600)
Cellen = list[Vergeleken]
OFFICIEEL, PUBLICATIE = "2024-07-12", "2024-04-30"


@pytest.fixture(scope="module")
def cellen(demo: Geladen) -> Cellen:
    """Alle cellen, gelezen; drukt ze af naast de gepubliceerde, en schrijft zo gevraagd het blad."""
    uit = list(vergelijk(demo.tellingen, demo.doelen, demo.schaal))
    typer.echo(f"\ndemo 1 : {demo.schaal} geladen in {demo.duur:.0f} s")
    for c in uit:
        if c.doel.gepubliceerd:
            naam = f"{c.doel.periode:<8} {c.doel.reeks:<10} {c.doel.cel:<19} {c.gelezen_op}"
            typer.echo(f"{naam} {getal(c.berekend):>8} {getal(c.doel.gedrukt):>8} {c.verschil:>4}")
    for periode, cel, anders, waarom in NIET_TE_MAKEN:
        typer.echo(f"{periode:<8} {cel:<10} {anders} komt niet uit: {waarom}")
    if pad := os.environ.get("BANENSPOOR_DEMO_BLAD"):
        Path(pad).write_text(blad(uit, demo.schaal), encoding="utf-8")
    return uit


def _maal(demo: Geladen, exact: str | None) -> int:
    return half_omhoog(Fraction(exact or "") * demo.schaal)


def test_every_published_cell_is_exact(cellen: Cellen) -> None:
    gedrukt = [c for c in cellen if c.doel.gepubliceerd]
    assert len(gedrukt) == 132
    assert [c for c in gedrukt if c.verschil] == []


def test_the_table_of_letter_2023_is_exact(demo: Geladen) -> None:
    vraag = {"reeks": "jaarmeting", "periode": "2023", "bekendOp": OFFICIEEL}
    per = {
        (c["sector"], c["vorm"]): _maal(demo, c["extraExact"])
        for c in demo.tellingen(**vraag, per="sector,vorm")["cellen"]
    }
    assert per == {
        ("markt", "formeel"): 76_027,
        ("overheid", "formeel"): 10_788,
        ("markt", "inleen"): -1_996,
        ("overheid", "inleen"): 846,
    }
    sectoren = {c["sector"]: _maal(demo, c["extraExact"]) for c in demo.tellingen(**vraag, per="sector")["cellen"]}
    assert sectoren == {"markt": 74_031, "overheid": 11_634}
    [totaal] = demo.tellingen(**vraag)["cellen"]
    assert (_maal(demo, totaal["extraExact"]), _maal(demo, totaal["gatExact"])) == (85_665, 19_335)


def test_the_quarter_as_known_at_its_publication(demo: Geladen) -> None:
    vraag = {"reeks": "kwartaal", "periode": "2023-Q4", "bekendOp": PUBLICATIE}
    [totaal] = demo.tellingen(**vraag)["cellen"]
    assert (_maal(demo, totaal["extraExact"]), totaal["status"]) == (86_264, "indicatief")
    per = {
        (c["sector"], c["vorm"]): _maal(demo, c["extraExact"])
        for c in demo.tellingen(**vraag, per="sector,vorm")["cellen"]
    }
    assert per == {("markt", "formeel"): 76_258, ("overheid", "formeel"): 10_835, (None, "inleen"): -830}


async def test_the_difference_between_the_two_is_late_hours_by_reason(demo: Geladen) -> None:
    vraag = {"periode": "2023-Q4", "reeks": "kwartaal", "maat": "uren"}
    [toen] = demo.tellingen(**vraag, bekendOp=PUBLICATIE)["cellen"]
    [later] = demo.tellingen(**vraag, bekendOp=OFFICIEEL)["cellen"]
    verwacht: dict[str, int] = defaultdict(int)
    for laat in op_schaal(demo.doelen, demo.schaal).laat:
        verwacht[laat.reden] += laat.uren_x100 if laat.jaar == 2023 else 0
    verbinding = await asyncpg.connect(demo.stack.postgres_url("telling", rollen("telling")[0]))
    try:
        rijen = await verbinding.fetch(
            """select r.naam, sum(b.delta_uren_x100)::bigint as uren
               from boeking b join reden r using (reden) join cel c using (cel_id)
               where b.maand between 2023 * 12 + 9 and 2023 * 12 + 11 and c.vorm <> 'beschut_werk'
                 and c.grondslagen_kwartaal <> '' and to_timestamp(b.bekend_op / 1e6) > timestamptz '2024-05-01'
               group by 1"""
        )
    finally:
        await verbinding.close()
    assert {rij["naam"]: rij["uren"] for rij in rijen} == dict(verwacht)
    assert (Fraction(later["urenExact"]) - Fraction(toen["urenExact"])) * 100 == sum(verwacht.values())


def test_the_bridge_between_the_two_names_every_step(demo: Geladen) -> None:
    vraag = {"periode": "2023", "bekendOp": PUBLICATIE, "bekendOpJaarmeting": OFFICIEEL}
    begin, *stappen, _, einde = demo.client.get("telling", "/v1/tellingen/reeksbrug", **vraag)["stappen"]
    assert (_maal(demo, begin["extraExact"]), _maal(demo, einde["extraExact"])) == (86_264, 85_665)
    geboekt = [Fraction(stap["extraExact"]) for stap in stappen if stap["soort"] == "boekingen"]
    assert {stap["naam"] for stap in stappen if stap["soort"] == "boekingen"} == {
        laat.reden for laat in op_schaal(demo.doelen, demo.schaal).laat if laat.jaar == 2023
    }
    assert sum(geboekt) == Fraction(einde["extraExact"]) - Fraction(begin["extraExact"])


def test_a_printed_growth_is_of_two_figures_each_at_its_own_date(cellen: Cellen, demo: Geladen) -> None:
    totaal = {c.doel.periode: c.berekend for c in cellen if (c.doel.reeks, c.doel.cel) == ("kwartaal", "totaal")}
    for periode, gedrukt in groei(totaal):
        assert totaal[periode] - totaal[vorig_kwartaal(periode)] == gedrukt, periode
    [toen] = demo.tellingen(reeks="kwartaal", periode="2020-Q4", bekendOp="2021-07-26")["cellen"]
    assert _maal(demo, toen["extraExact"]) == 66_097


def test_before_the_restated_baseline_the_first_one_applies(demo: Geladen) -> None:
    [cel] = demo.tellingen(reeks="kwartaal", periode="2015-Q3", bekendOp="2016-01-25")["cellen"]
    assert cel["regels"]["nulmeting"]["versie"] == f"demo 1 : {demo.schaal} v0"
    assert _maal(demo, cel["nulmetingExact"]) == 65_530


def test_regions_add_up_and_one_in_other_borders_has_no_extra_jobs(demo: Geladen) -> None:
    vraag = {"reeks": "kwartaal", "periode": "2023-Q4", "bekendOp": PUBLICATIE}
    [totaal] = demo.tellingen(**vraag)["cellen"]
    antwoord = demo.tellingen(**vraag, per="regio")
    regios = antwoord["cellen"]
    assert len(regios) == 35
    assert sum(Fraction(c["banenExact"]) for c in regios) == Fraction(totaal["banenExact"])
    anders = {c["regio"] for c in regios if c["extra"] is None}
    assert anders == {"AM10", "AM13", "AM18", "AM35", "AM37"}
    assert any("andere grenzen" in noot for noot in antwoord["voetnoten"])


def test_the_keys_nobody_published_are_marked_as_assumed(demo: Geladen) -> None:
    aangenomen = {}
    for jaar in range(2015, 2024):
        cel = demo.tellingen(reeks="jaarmeting", periode=str(jaar), per="sector")["cellen"][0]
        aangenomen[jaar] = cel["regels"]["sleutel"]["aangenomen"]
    assert [jaar for jaar, is_zo in aangenomen.items() if not is_zo] == [2016, 2020, 2023]


def test_history_is_closed_and_every_expected_month_was_heard(demo: Geladen) -> None:
    antwoord = demo.tellingen(reeks="kwartaal", periode="2023-Q4")
    assert antwoord["vastTot"] is not None
    assert antwoord["volledigheid"]["verwacht"] == antwoord["volledigheid"]["gehoord"]
