"""Een eigen administratie naast het register, door de opdrachtregel en de voordeur."""

import asyncio
import csv
import json
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from banenspoor_contracts import EindReden, Grondslag, Registratie, Vorm, Woonplaats
from typer.testing import CliRunner

from services.intake import aansluiten_cli, levering_cli
from services.intake.domain import Tijdlijn
from services.intake.domain.aansluiting import Uitkomst, sluit_aan
from shared.client import Client
from tests.service.intake_voordeur import BSNS, Voordeur
from tests.service.test_importeer_voordeur import Brug

VANDAAG = date(2024, 6, 1)


@pytest.fixture
async def voordeur(voordeur: Voordeur, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Voordeur:
    """De gedeelde voordeur, waar ook de opdrachtregel mee praat."""
    app: Any = voordeur.client._transport.app  # type: ignore[attr-defined]
    (tmp_path / "state.json").write_text(json.dumps({"adressen": {"intake": "http://intake"}}))
    client = Client(tmp_path, Brug({"intake": app}))
    monkeypatch.setattr(aansluiten_cli, "Client", lambda _map: client)
    monkeypatch.setattr(levering_cli, "Client", lambda _map: client)
    return voordeur


async def draai(app: Any, *opdracht: str, status: int) -> Any:
    uit = await asyncio.to_thread(CliRunner().invoke, app, [*opdracht, "--json"], catch_exceptions=False)
    assert uit.exit_code == status, uit.output
    return json.loads(uit.stdout.splitlines()[-1]) if uit.stdout else uit.stderr


def rij(bsn: str, van: str = "2018-01-01", **anders: Any) -> dict[str, Any]:
    return {"bsn": bsn, "grondslag": "WSW", "van": van, "gemeente": "0014"} | anders


async def test_every_row_gets_its_outcome_and_the_list_has_no_number(voordeur: Voordeur, tmp_path: Path) -> None:
    await voordeur.rijen(
        "registraties",
        rij(BSNS[0]),
        rij(BSNS[1], tot="2020-01-01", reden="HERBEOORDELING"),
        rij(BSNS[2]),
        rij(BSNS[3], grondslag="LID2_VOOR18"),
        rij(BSNS[4]),
        rij(BSNS[6]),
    )
    await voordeur.rijen("registratie-correcties", {"bsn": BSNS[2], "grondslag": "WSW", "reden": "ONTERECHT"})
    await voordeur.rijen("verhuizingen", {"bsn": BSNS[6], "gemeente": "0344", "van": "2024-01-01"})
    pad = tmp_path / "eigen.csv"
    regels = ["bsn;referentie;van", f"{BSNS[0]};a;", f"{BSNS[1]};b;", f"{BSNS[2]};c;", f"{BSNS[3]};d;", f"{BSNS[5]};e;"]
    regels += ["123456789;=f();", f"{BSNS[0]};g;2018-02-01", f"{BSNS[6]};h;"]
    pad.write_text("\n".join(regels), encoding="utf-8")
    uit = await draai(aansluiten_cli.app, str(pad), "--gemeente", "0014", status=1)
    inhoud = pad.with_suffix(".aansluiting.csv").read_text(encoding="utf-8")
    gelezen = list(csv.DictReader(inhoud.splitlines()))
    assert [(r["rij"], r["referentie"], r["uitkomst"], r["reden"]) for r in gelezen] == [
        ("2", "a", "gevonden", ""),
        ("3", "b", "niet_in_register", "geeindigd"),
        ("4", "c", "niet_in_register", "weggecorrigeerd"),
        ("5", "d", "telt_niet", "Wfsv art. 122n lid 1 jo. art. 38b lid 2"),
        ("6", "e", "niet_in_register", "onbekend_nummer"),
        ("7", "'=f()", "fout", "elfproef"),
        ("8", "g", "dubbel", ""),
        ("9", "h", "woont_elders", "verhuisd"),
        ("", "", "niet_in_bestand", ""),
    ]
    assert gelezen[1]["uitleg"] == "WSW eindigde op 2020-01-01 (HERBEOORDELING)."
    assert gelezen[-1]["persoon"] == str(await voordeur.persoon(BSNS[4]))
    assert not any(bsn in inhoud for bsn in (*BSNS, "123456789"))
    assert {"uitkomst": "niet_in_bestand", "reden": "", "aantal": 1} in uit["uitkomsten"]
    assert await voordeur.aantal("kluis") == 6  # een onbekend nummer krijgt geen pseudoniem
    assert await voordeur.database.pool.fetchval("select count(*) from raadpleging where naam = 'aansluiten'") == 2


async def test_a_municipality_learns_nothing_of_strangers(voordeur: Voordeur) -> None:
    await voordeur.rijen("registraties", rij(BSNS[0], gemeente="0344"))
    wie = [str(await voordeur.persoon(BSNS[0])), "00000000-0000-4000-8000-000000000009"]
    kop = voordeur.kop("gemeente", gemeente="0014")
    vraag = {"rijen": [{"persoon": p} for p in wie]}
    antwoord = await voordeur.client.post("/v1/aansluitingen", json=vraag, headers=kop)
    eerste, tweede = antwoord.json()["uitkomsten"]
    assert eerste == tweede
    assert eerste["reden"] == "onbekend_bij_gemeente"
    assert (await voordeur.client.get("/v1/aansluitingen/register", headers=kop)).json()["personen"] == []
    vreemd = await voordeur.client.get("/v1/aansluitingen/register?gemeente=0344", headers=kop)
    assert vreemd.status_code == 403


async def test_the_command_for_a_full_list_applies_and_is_a_no_op_the_second_time(
    voordeur: Voordeur, tmp_path: Path
) -> None:
    await voordeur.rijen("registraties", rij(BSNS[0]), rij(BSNS[1]))
    pad = tmp_path / "lijst.csv"
    pad.write_text(f"bsn,grondslag,van,gemeente\n{BSNS[0]},WSW,2018-01-01,0014\n{BSNS[2]},WSW,2018-01-01,0014\n")
    opdracht = (str(pad), "--grondslag", "WSW", "--peildatum", "2024-06-01")
    proef = await draai(levering_cli.app, *opdracht, "--proef", status=0)
    assert (proef["totaal"]["begin"], proef["totaal"]["einde"]) == (1, 1)
    assert await voordeur.aantal("kluis") == 2
    assert "te veel einden" in await draai(levering_cli.app, *opdracht, status=2)
    await draai(levering_cli.app, *opdracht, "--akkoord", status=0)
    assert len(await voordeur.feiten()) == 4
    assert (await draai(levering_cli.app, *opdracht, status=0))["herhaald"] is True
    assert len(await voordeur.feiten()) == 4


def tijdlijn(*registraties: tuple[Grondslag, date, date | None], woont: str = "0014", **anders: Any) -> Tijdlijn:
    perioden = tuple(Registratie(grondslag=g, van=van, tot=tot) for g, van, tot in registraties)
    woon = (Woonplaats(gemeente=woont, van=date(2010, 1, 1)),)
    return Tijdlijn(UUID(int=1), perioden, woon, **anders)


G, DAG = Grondslag, date(2018, 1, 1)


@pytest.mark.parametrize(
    ("wie", "rest", "uitkomst", "reden"),
    [
        (tijdlijn((G.WSW, DAG, None)), {}, "gevonden", ""),
        (tijdlijn((G.WSW, DAG, None)), {"grondslag": G.WSW, "van": DAG}, "gevonden", ""),
        (tijdlijn((G.WSW, DAG, None)), {"grondslag": G.WAJONG_OUD}, "wijkt_af", "andere_grondslag"),
        (tijdlijn((G.WSW, DAG, None)), {"van": date(2018, 1, 2)}, "wijkt_af", "ander_begin"),
        (tijdlijn((G.WSW, DAG, VANDAAG)), {}, "niet_in_register", "geeindigd"),
        (tijdlijn((G.WSW, date(2024, 7, 1), None)), {}, "niet_in_register", "begint_later"),
        (tijdlijn(), {}, "niet_in_register", "nooit_geregistreerd"),
        (tijdlijn((G.WSW, DAG, None), woont="0344"), {"gemeente": "0014"}, "woont_elders", "verhuisd"),
        (
            tijdlijn((G.WSW, DAG, None)),
            {"vormen": [Vorm.WSW_BESCHUT]},
            "telt_niet",
            "Wfsv art. 122n lid 4 (tot 2020: lid 3) en art. 38g lid 2",
        ),
        (tijdlijn((G.WSW, DAG, None)), {"vormen": [Vorm.WSW_BESCHUT, Vorm.FORMEEL]}, "gevonden", ""),
    ],
)
def test_the_outcome(wie: Tijdlijn, rest: dict[str, Any], uitkomst: str, reden: str) -> None:
    uit = sluit_aan(wie, VANDAAG, **rest)
    assert (uit.uitkomst, uit.reden) == (Uitkomst(uitkomst), reden)


def test_the_reason_of_the_last_end_is_told() -> None:
    wie = tijdlijn((G.WSW, DAG, date(2020, 1, 1)))
    redenen = {(G.WSW, date(2020, 1, 1)): str(EindReden.OVERLEDEN)}
    assert sluit_aan(wie, VANDAAG, redenen=redenen).uitleg == "WSW eindigde op 2020-01-01 (OVERLEDEN)."
