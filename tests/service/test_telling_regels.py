"""Elke soort regel komt binnen als rij en als bestand, en is terug te lezen zoals toen bekend."""

from fractions import Fraction
from typing import Any

import pytest

from services.telling.regelinvoer import SOORTEN
from tests.service.test_telling_cijfers import NORM, VAST, Telling, telling
from tests.service.test_telling_grootboek import BEGIN, bericht, boek, cel, uren

__all__ = ["telling"]
Json = dict[str, Any]
GEBIED = {
    "gemeente": "0014",
    "gemeente_naam": "Groningen",
    "regio": "AM01",
    "regio_naam": "Groningen",
    "van": "2012-01-01",
}
RIJEN: dict[str, Json] = {
    "gebieden": GEBIED,
    "norm": NORM,
    "wie-telt": {"versie": "wfsv-38b", "van": "2012-01-01", "besloten_op": "2015-05-01"},
    "peilmoment": {"reeks": "lopend", "moment": "maand", "van": "2012-01-01", "besloten_op": "2012-01-01"},
    "meetvenster": {"venster": "Q4", "van": "2012-01-01", "besloten_op": "2012-01-01"},
    "plaats": {"reeks": "lopend", "plaats": "werk", "van": "2012-01-01", "besloten_op": "2012-01-01"},
    "verdeelsleutel": {"peiljaar": "2023", "markt": "72,8", "overheid": "27,2", "besloten_op": "2024-07-12"},
    "nulmeting": VAST | {"vorm": "inleen", "uren": "12047413,40"},
    "doelstellingen": {
        "doel": "banenafspraak",
        "gebied": "NL",
        "sector": "markt",
        "periode": "2023",
        "aantal": 80_000,
        "besloten_op": "2013-04-11",
        "status": "vastgesteld",
    },
    "werkgevers-totalen": {"jaar": "2023", "sector": "markt", "aantal": 50},
}


async def lees(telling: Telling, soort: str, **parameters: str) -> list[Json]:
    antwoord = await telling.lees(f"/v1/regels/{soort}", **parameters)
    assert antwoord.status_code == 200, antwoord.text
    assert antwoord.json()["soort"] == soort
    uit: list[Json] = antwoord.json()["regels"]
    return uit


def test_van_elke_soort_is_er_hier_een_voorbeeld() -> None:
    assert {soort.naam for soort in SOORTEN} == set(RIJEN)


async def test_elke_soort_komt_binnen_als_bestand_en_als_rij_en_is_terug_te_lezen(telling: Telling) -> None:
    for soort, vorm in RIJEN.items():
        rij = vorm | {"bron": "een brief", "aangenomen": "ja"}
        assert (await telling.regels(soort, rij | {"bekend_op": "2020-01-01"}))["aanvaard"] == 1
        [regel] = await lees(telling, soort)
        assert (regel["bron"], regel["aangenomen"], bool(regel["versie"])) == ("een brief", True, True)
        assert (regel["van"], regel["beslotenOp"]) == (rij.get("van"), rij.get("besloten_op"))
        assert regel["bekendOp"] == "2020-01-01T00:00:00.000000+01:00"
        assert await lees(telling, soort, bekendOp="2019-12-30") == []
        een = await telling.regel(soort, vorm | {"bron": "een andere brief"})
        assert een.status_code == 200, een.text
        await telling.relay(BEGIN)
        assert [r["bron"] for r in await lees(telling, soort)] == ["een andere brief"]
        assert [r["bron"] for r in await lees(telling, soort, bekendOp="2020-01-02")] == ["een brief"]


async def test_een_gebied_heeft_een_einde(telling: Telling) -> None:
    await telling.regels("gebieden", GEBIED | {"tot": "2021-01-01", "opvolger": "0363", "bekend_op": "2020-01-01"})
    [regel] = await lees(telling, "gebieden")
    assert (regel["van"], regel["tot"], regel["inhoud"]["opvolger"]) == ("2012-01-01", "2021-01-01", "0363")


async def test_wat_niet_kan_zegt_waarom(telling: Telling) -> None:
    for soort, bekend_op, status, code in (
        ("kleur", "2020-01-01", 404, "onbekende_soort"),
        ("norm", "gisteren", 400, "onjuist_moment"),
        ("norm", "2999-01-01", 400, "toekomst"),
    ):
        antwoord = await telling.lees(f"/v1/regels/{soort}", bekendOp=bekend_op)
        assert (antwoord.status_code, antwoord.json()["code"]) == (status, code), soort
    assert (await telling.als(None, "/v1/regels/norm")).status_code == 401


async def test_het_land_is_gelijk_in_alle_grenzen_ook_met_onbekende_gemeenten(telling: Telling) -> None:
    """Herindeling, een splitsing, een gemeente van later en een die nergens staat: regio's tellen altijd op tot het land."""
    basis = GEBIED | {"bekend_op": "2012-01-01"}
    await telling.regels(
        "gebieden",
        basis,
        basis | {"gemeente": "0003", "regio": "AM01", "tot": "2021-01-01", "opvolger": "1979"},
        basis | {"gemeente": "1979", "regio": "AM03", "van": "2021-01-01"},
        basis | {"gemeente": "0053", "regio": "AM03", "tot": "2019-01-01"},
    )
    await telling.regels("norm", NORM | {"bekend_op": "2012-01-01"})
    gemeenten = ("0014", "0003", "1979", "0053", "0363", "9998")
    await boek(
        telling.pool,
        *(bericht(uren(10_001 * 3**nr, maand=f"2018-1{nr % 3}", cel=cel(code))) for nr, code in enumerate(gemeenten)),
    )
    vraag = {"reeks": "kwartaal", "periode": "2018-Q4"}
    [land] = (await telling.cijfer(**vraag))["cellen"]
    gezien = set()
    for grenzen in ("toen", "2012", "2019", "2021", "2026", "2199"):
        for plaats in ("werk", "woon"):
            for per in ("regio", "gemeente", "regio,gemeente", "regio,sector"):
                cellen = (await telling.cijfer(**vraag, per=per, grenzen=grenzen, plaats=plaats))["cellen"]
                assert sum(c["uren"] for c in cellen) == pytest.approx(land["uren"], abs=len(cellen))
                assert sum(Fraction(c["banenExact"]) for c in cellen) == Fraction(land["banenExact"])
                gezien |= {(c["regio"], round(c["uren"])) for c in cellen if per == "regio" and c["uren"]}
                assert any(c.get("regio", c.get("gemeente")) == "onbekend" for c in cellen), (grenzen, per)
    assert len({uren_ for regio, uren_ in gezien if regio == "AM01"}) > 1, (
        "in andere grenzen verschuift er ook echt iets"
    )
    assert all(c["extra"] is None and c["voetnoten"] for c in (await telling.cijfer(**vraag, per="regio"))["cellen"])
