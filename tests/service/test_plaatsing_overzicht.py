"""Eén werkgever over alle regio's, door de voordeur: bladzijden, één tabel, zijn groep, en wie wat mag zien."""

import csv
import io
import json
from collections.abc import AsyncIterator
from fractions import Fraction
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from deploy.lokaal.stack import Stack
from tests.conftest import MaakDatabase
from tests.service.plaatsing_proef import BEDRIJF, GEMEENTE, UITZENDER, WERKGEVERS, baan, uren
from tests.service.plaatsing_voordeur import Plaatsingsdeur, plaatsingsdeur_van

TWEEDE = "444444444L01"
LEZEN = "plaatsingen:lezen"


@pytest.fixture
async def deur(
    stack: Stack, db: MaakDatabase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Plaatsingsdeur]:
    """Een gemeente met twee nummers, en een bedrijf dat bij een uitzender inleent."""
    async with plaatsingsdeur_van(stack, db, tmp_path, monkeypatch) as deur:
        gemeente = {"sector": "overheid", "subsector": "gemeente", "van": "2011-01-01", "groep": "87654321"}
        await deur.rijen(
            "werkgevers", *WERKGEVERS, gemeente | {"werkgever": GEMEENTE}, gemeente | {"werkgever": TWEEDE}
        )
        await deur.rijen(
            "plaatsingen",
            baan("=P-1", uuid4()),
            baan("P-2", uuid4(), gemeente_werk="0034", tot="2018-01-01"),
            baan("P-3", uuid4(), werkgever=UITZENDER, inlener=BEDRIJF, vorm="uitzendrelatie"),
            baan("P-4", uuid4(), werkgever=GEMEENTE),
            baan("P-5", uuid4(), werkgever=TWEEDE),
        )
        await deur.rijen(
            "uren",
            *(uren("=P-1", maand) for maand in (11, 12)),
            uren("P-2", 12, "-10,5"),
            uren("P-3", 12, "40"),
            uren("P-4", 12),
            uren("P-5", 12),
        )
        yield deur


async def _werkgever(deur: Plaatsingsdeur, nummer: str) -> str:
    """De sleutel van deze werkgever: het antwoord op wat er al staat."""
    rij = next(r for r in WERKGEVERS if r["werkgever"] == nummer)
    return str((await deur.stuur("/v1/werkgevers", rij)).json()["resultaat"]["werkgever"])


async def _json(deur: Plaatsingsdeur, pad: str) -> Any:
    antwoord = await deur.lees(pad, LEZEN)
    assert antwoord.status_code == 200, antwoord.text
    return antwoord.json()


async def test_pages_hold_every_job_once_with_its_months(deur: Plaatsingsdeur) -> None:
    pad = f"/v1/werkgevers/{await _werkgever(deur, BEDRIJF)}/plaatsingen"
    eerste = await _json(deur, f"{pad}?hooguit=2")
    tweede = await _json(deur, f"{pad}?hooguit=2&na={eerste['volgende']}")
    assert (len(eerste["plaatsingen"]), len(tweede["plaatsingen"]), tweede["volgende"]) == (2, 1, None)
    assert tweede["totalen"] is None
    alle = {p["gemeenteWerk"] + p["rol"]: p for p in (*eerste["plaatsingen"], *tweede["plaatsingen"])}
    assert alle["0014formeel"]["referentie"] == "=P-1"
    assert [(m["maand"], m["urenX100"]) for m in alle["0014formeel"]["maanden"]] == [
        ("2017-11", 11092),
        ("2017-12", 11092),
    ]
    assert (alle["0014ingeleend"]["referentie"], alle["0014ingeleend"]["vorm"]) == (None, "uitzendrelatie")
    totalen = eerste["totalen"]
    assert (totalen["plaatsingen"], totalen["lopend"]) == (3, 2)
    assert [(m["maand"], m["rol"], m["urenX100"], m["plaatsingen"]) for m in totalen["perMaand"]] == [
        ("2017-11", "formeel", 11092, 1),
        ("2017-12", "formeel", 11092 - 1050, 2),
        ("2017-12", "ingeleend", 4000, 1),
    ]
    assert totalen["perGemeente"] == [
        {"gemeente": "0014", "plaatsingen": 2, "lopend": 2},
        {"gemeente": "0034", "plaatsingen": 1, "lopend": 0},
    ]
    assert "persoon" not in json.dumps([eerste, tweede])


async def test_one_table_opens_safely_and_adds_up(deur: Plaatsingsdeur) -> None:
    pad = f"/v1/werkgevers/{await _werkgever(deur, BEDRIJF)}/plaatsingen"
    antwoord = await deur.lees(pad, LEZEN, accept="text/csv")
    assert antwoord.headers["content-type"] == "text/csv; charset=utf-8"
    rijen = list(csv.DictReader(io.StringIO(antwoord.text)))
    maanden = [rij for rij in rijen if rij["regel"] == "maand"]
    assert {rij["referentie"] for rij in maanden} == {"'=P-1", "P-2", ""}
    assert sorted(rij["uren"] for rij in maanden) == ["-10.50", "110.92", "110.92", "40.00"]
    totalen = [(r["rol"], r["maand"], r["uren"], r["plaatsingen"]) for r in rijen if r["regel"] == "totaal"]
    assert totalen == [
        ("formeel", "2017-11", "110.92", "1"),
        ("formeel", "2017-12", "100.42", "2"),
        ("ingeleend", "2017-12", "40.00", "1"),
        ("", "", "251.34", "3"),
    ]


async def test_a_group_is_one_employer(deur: Plaatsingsdeur) -> None:
    gemeente = await _werkgever(deur, GEMEENTE)
    alleen = await _json(deur, f"/v1/werkgevers/{gemeente}/plaatsingen")
    assert (alleen["werkgevers"], alleen["totalen"]["plaatsingen"]) == ([gemeente], 1)
    samen = await _json(deur, f"/v1/werkgevers/{gemeente}/plaatsingen?groep=ja")
    assert (len(samen["werkgevers"]), samen["totalen"]["plaatsingen"]) == (2, 2)
    assert {p["rol"] for p in samen["plaatsingen"]} == {"formeel"}
    await deur.rijen("werkgevers", {"werkgever": TWEEDE, "sector": "overheid", "van": "2020-01-01"})
    assert (await _json(deur, f"/v1/werkgevers/{gemeente}/plaatsingen?groep=ja"))["werkgevers"] == [gemeente]
    uitzender = await _werkgever(deur, UITZENDER)
    assert (await _json(deur, f"/v1/werkgevers/{uitzender}/plaatsingen?groep=ja"))["werkgevers"] == [uitzender]


async def test_an_employer_sees_its_own_and_nothing_else(deur: Plaatsingsdeur) -> None:
    bedrijf, gemeente = await _werkgever(deur, BEDRIJF), await _werkgever(deur, GEMEENTE)
    eigen = f"/v1/werkgevers/{bedrijf}/plaatsingen"

    async def status(pad: str, *scopes: str, **namens: str) -> int:
        return (await deur.lees(pad, *scopes, **namens)).status_code

    assert await status(eigen, "raadplegingen", werkgever=bedrijf) == 200
    assert await status(eigen, LEZEN, werkgever=bedrijf) == 200
    assert await status(eigen, LEZEN, werkgever=gemeente) == 404
    assert await status(f"/v1/werkgevers/{uuid4()}/plaatsingen", LEZEN) == 404
    assert await status(f"{eigen}?groep=ja", LEZEN, werkgever=bedrijf) == 403
    assert await status(eigen, "raadplegingen") == 403
    assert await status(eigen, LEZEN, gemeente="0014") == 403
    assert await status(eigen, "ondersteuning:lezen") == 403
    assert await status(f"{eigen}?groep=misschien", LEZEN) == 400
    assert await status(f"{eigen}?hooguit=0", LEZEN) == 400


async def test_the_municipality_of_groningen_had_43_jobs_at_the_end_of_2017(deur: Plaatsingsdeur) -> None:
    """Brief 000: taakstelling 36 banen, 43 gerealiseerd eind 2017. Synthetisch: 43 mensen van 25,5 uur over twee nummers en drie
    werkgemeenten, naast de twee banen van de gemeente die in de proef al bestaan en nu eerder eindigen."""
    taakstelling, banen = 36, 43
    oud = [baan(n, uuid4(), werkgever=w) for n, w in (("P-4", GEMEENTE), ("P-5", TWEEDE))]
    for rij in oud:
        weg = {"referentie": rij["referentie"], "reden": "VERGISSING"}
        assert (await deur.rijen("plaatsing-ongedaan", weg))["aanvaard"] == 1
    mensen = [
        baan(
            f"G-{n}",
            uuid4(),
            werkgever=(GEMEENTE, TWEEDE)[n % 2],
            gemeente_werk=("0014", "0037", "0047")[n % 3],
            van="2017-10-01",
        )
        for n in range(banen)
    ]
    await deur.rijen("plaatsingen", *mensen)
    kwartaal = [
        uren(m["referentie"], maand, u) for m in mensen for maand, u in ((10, "110,92"), (11, "110,91"), (12, "110,92"))
    ]
    await deur.rijen("uren", *kwartaal)
    gemeente = await _werkgever(deur, GEMEENTE)
    alles = await _json(deur, f"/v1/werkgevers/{gemeente}/plaatsingen?groep=ja&hooguit=100")
    uren_x100 = sum(m["urenX100"] for m in alles["totalen"]["perMaand"] if m["maand"] >= "2017-10")
    assert Fraction(uren_x100, 100) / Fraction(1331, 4) == banen > taakstelling
    assert (alles["totalen"]["plaatsingen"], len(alles["plaatsingen"])) == (banen, banen)
    assert sum(g["plaatsingen"] for g in alles["totalen"]["perGemeente"]) == banen
