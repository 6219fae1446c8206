"""De import door de voordeur van de echte intake en beoordeling, op echte databases; alleen de socket ontbreekt."""

import asyncio
import csv
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
import typer
from typer.testing import CliRunner

from deploy.lokaal import uitgever
from deploy.lokaal.stack import Stack
from services.beoordeling.app import DIENST as BEOORDELING
from services.intake.app import DIENST as INTAKE
from shared import beheer_cli, importeer
from shared.client import Client, OpdrachtFout
from shared.service import maak_app
from shared.settings import Instellingen
from tests.conftest import Database, MaakDatabase
from tests.service.intake_voordeur import BSNS, sleutels

KOP = "referentie,soort,bsn,aanvrager,gemeente,ontvangen_op"


class Brug(httpx.BaseTransport):
    """Brengt een verzoek uit een andere draad naar de toepassing in de lus van de proef."""

    def __init__(self, toepassingen: dict[str, Any]) -> None:
        self._lus = asyncio.get_running_loop()
        self._naar = {host: httpx.ASGITransport(app) for host, app in toepassingen.items()}

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        async def stuur() -> httpx.Response:
            antwoord = await self._naar[request.url.host].handle_async_request(request)
            return httpx.Response(antwoord.status_code, headers=antwoord.headers, content=await antwoord.aread())

        return asyncio.run_coroutine_threadsafe(stuur(), self._lus).result(60)


@dataclass
class Huis:
    """Intake en beoordeling, en een opdrachtregel ervoor."""

    map_: Path
    intake: Database
    beoordeling: Database
    client: Client

    async def lees(self, pad: str, **vraag: Any) -> Any:
        return await asyncio.to_thread(self.client.get, "beoordeling", pad, **vraag)

    async def post(self, dienst: str, pad: str, inhoud: Any) -> Any:
        return await asyncio.to_thread(lambda: self.client.post(dienst, pad, json=inhoud))

    async def draai(self, *opdracht: str, status: int = 0) -> Any:
        app = typer.Typer()
        app.command("importeer")(importeer.maak_app(lambda: [*INTAKE.soorten, *BEOORDELING.soorten]))
        app.add_typer(beheer_cli.app)
        uit = await asyncio.to_thread(
            CliRunner().invoke, app, [*opdracht, "--json", "--dir", str(self.map_)], catch_exceptions=False
        )
        assert uit.exit_code == status, uit.output
        return json.loads(uit.stdout.splitlines()[-1]) if uit.stdout else uit.stderr  # erboven: de logs van de diensten

    async def importeer(self, soort: str, *regels: str, opties: tuple[str, ...] = (), status: int = 0) -> Any:
        pad = self.map_ / f"{soort}.csv"
        pad.write_text("\n".join(regels) + "\n", encoding="utf-8")
        return await self.draai("importeer", soort, str(pad), *opties, status=status)

    def fouten(self, soort: str) -> list[tuple[str, str, str]]:
        with (self.map_ / f"{soort}.csv.fouten.csv").open(encoding="utf-8", newline="") as tekst:
            return [(r["rij"], r["kolom"], r["code"]) for r in csv.DictReader(tekst)]

    async def namen(self) -> list[str]:
        rijen = await self.beoordeling.pool.fetch("select type from uitgaand order by volgorde")
        return [rij["type"].split(".")[2] for rij in rijen]


@pytest.fixture
async def huis(stack: Stack, db: MaakDatabase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Huis]:
    databases = {"intake": await db("intake"), "beoordeling": await db("beoordeling")}
    jwks = await asyncio.to_thread(uitgever.zorg_voor, tmp_path)
    toepassingen = {}
    for dienst in (INTAKE, BEOORDELING):
        instellingen = Instellingen(
            dienst=dienst.naam,
            database_url=databases[dienst.naam].url,
            kafka=stack.kafka,
            jwks=jwks,
            uitgever=uitgever.UITGEVER,
        )
        app = maak_app(dienst, instellingen)
        app.state.pool = databases[dienst.naam].pool
        app.state.mag_schrijven = lambda: True
        toepassingen[dienst.naam] = app
    (tmp_path / "state.json").write_text(json.dumps({"adressen": {n: f"http://{n}" for n in toepassingen}}))
    client = Client(tmp_path, Brug(toepassingen))
    monkeypatch.setattr(importeer, "Client", lambda _map: client)
    monkeypatch.setattr(beheer_cli, "Client", lambda _map: client)
    with sleutels(monkeypatch):
        yield Huis(tmp_path, databases["intake"], databases["beoordeling"], client)


def aanvraag(referentie: str, bsn: str, gemeente: str = "0014", op: str = "2024-03-04") -> str:
    return f"{referentie},BESCHUT_WERK,{bsn},GEMEENTE,{gemeente},{op}"


async def test_three_files_make_a_decision(huis: Huis) -> None:
    assert (await huis.importeer("aanvragen", KOP, aanvraag("A1", BSNS[0]), aanvraag("A2", BSNS[1])))["aanvaard"] == 2
    await huis.importeer("adviezen", "referentie;uitkomst;uitgebracht_op", "A1;POSITIEF;2024-04-02")
    await huis.importeer("besluiten", "referentie,besluit_op,uitkomst", "A1,2024-04-09,POSITIEF")
    assert await huis.namen() == [
        "aanvraag-ontvangen",
        "aanvraag-ontvangen",
        "advies-uitgebracht",
        "besluit-beschut-werk-genomen",
    ]


async def test_wrong_rows_come_back_with_row_column_and_code(huis: Huis) -> None:
    uit = await huis.importeer(
        "aanvragen",
        KOP,
        aanvraag("A1", BSNS[0]),
        aanvraag("A2", "123456789"),
        aanvraag("A3", BSNS[1], gemeente="9999"),
        aanvraag("A4", BSNS[1], op="2999-01-01"),
        aanvraag("", BSNS[1]),
        aanvraag("A1", BSNS[1]),
        aanvraag("A5", "23.456.782"),
        status=1,
    )
    assert (uit["rijen"], uit["aanvaard"], uit["fouten"]) == (7, 1, 6)
    assert huis.fouten("aanvragen") == [
        ("3", "bsn", "elfproef"),
        ("4", "gemeente", "onbekende_gemeente"),
        ("5", "ontvangen_op", "toekomst"),
        ("6", "referentie", "verplicht"),
        ("7", "referentie", "andere_persoon"),
        ("8", "bsn", "elfproef"),
    ]
    tekst = (huis.map_ / "aanvragen.csv.fouten.csv").read_text()
    assert not any(bsn in tekst for bsn in (*BSNS, "123456789"))


async def test_the_same_file_twice_and_an_older_one_again_change_nothing(huis: Huis) -> None:
    oud, nieuw = aanvraag("A1", BSNS[0]), aanvraag("A1", BSNS[0], gemeente="0034")
    await huis.importeer("aanvragen", KOP, oud)
    await huis.importeer("aanvragen", KOP, nieuw)
    uit = await huis.importeer("aanvragen", KOP, oud)
    assert (uit["aanvaard"], uit["ongewijzigd"]) == (0, 1)
    assert await huis.beoordeling.pool.fetchval("select gemeente from aanvraag") == "0034"
    assert len(await huis.namen()) == 2


async def test_a_trial_leaves_no_trace(huis: Huis) -> None:
    uit = await huis.importeer("aanvragen", KOP, aanvraag("A1", BSNS[0]), opties=("--proef",))
    assert uit["aanvaard"] == 1
    for tabel in ("aanvraag", "uitgaand", "idempotentie"):
        assert await huis.beoordeling.pool.fetchval(f"select count(*) from {tabel}") == 0
    assert await huis.intake.pool.fetchval("select count(*) from kluis") == 0


async def test_a_register_file_keeps_its_numbers_and_goes_to_intake(huis: Huis) -> None:
    kop = "bsn,grondslag,van,gemeente"
    uit = await huis.importeer("registraties", kop, f"{BSNS[0]},WSW,2015-01-01,0014", "123456789,WSW,x,0014", status=1)
    assert (uit["aanvaard"], uit["fouten"]) == (1, 1)
    assert huis.fouten("registraties") == [("3", "bsn", "elfproef"), ("3", "van", "onjuist")]


async def test_history_is_taken_until_it_is_closed(huis: Huis, monkeypatch: pytest.MonkeyPatch) -> None:
    rijen = (f"{KOP},bekend_op", f"{aanvraag('A1', BSNS[0])},2024-03-05")
    assert (await huis.importeer("aanvragen", *rijen))["aanvaard"] == 1
    monkeypatch.setattr(beheer_cli, "DIENSTEN", ("intake", "beoordeling"))
    monkeypatch.setattr(beheer_cli, "wacht", lambda *_: None)  # hier is geen keten om op te wachten, en geen relay
    await huis.beoordeling.pool.execute("update uitgaand set publicatienr = 1, ce_time = now()")
    gesloten = await huis.draai("historie", "sluit")
    assert [(d["dienst"], d["gesloten"], d["wasAlGesloten"]) for d in gesloten["diensten"]] == [
        ("intake", True, False),
        ("beoordeling", True, False),
    ]
    assert all(d["wasAlGesloten"] for d in (await huis.draai("historie", "sluit"))["diensten"])
    await huis.importeer("aanvragen", rijen[0], f"{aanvraag('A2', BSNS[0])},2024-03-05", status=1)
    assert huis.fouten("aanvragen") == [("2", "bekend_op", "historie_gesloten")]


async def test_open_terms_are_listed_page_by_page(huis: Huis) -> None:
    dagen = ["2024-03-06", "2024-03-04", "2024-03-05"]
    await huis.importeer("aanvragen", KOP, *(aanvraag(f"A{n}", BSNS[0], op=dag) for n, dag in enumerate(dagen)))
    eerste = await huis.lees("/v1/aanvragen", verlopend="14d", aantal=2)
    rest = await huis.lees("/v1/aanvragen", verlopend="14d", aantal=2, na=eerste["volgende"])
    assert [(a["referentie"], a["uiterlijk"]) for a in [*eerste["aanvragen"], *rest["aanvragen"]]] == [
        ("A1", "2024-04-29"),
        ("A2", "2024-04-30"),
        ("A0", "2024-05-01"),
    ]
    assert rest["volgende"] is None
    assert {"wachtOp": "advies", "verlopen": True, "soort": "BESCHUT_WERK"}.items() <= eerste["aanvragen"][0].items()
    for verkeerd in ({"verlopend": "2 weken"}, {"na": "morgen"}):
        with pytest.raises(OpdrachtFout, match="weigert"):
            await huis.lees("/v1/aanvragen", **verkeerd)


async def test_one_application_by_json_gives_its_id_and_term(huis: Huis) -> None:
    wissel = await huis.post("intake", "/v1/pseudoniemen", {"bsns": [BSNS[0]]})
    rij = {
        "referentie": "A1",
        "soort": "BESCHUT_WERK",
        "persoon": wissel["pseudoniemen"][0],
        "aanvrager": "BURGER",
        "gemeente": "0014",
        "ontvangenOp": "2024-03-04",
    }
    uit = await huis.post("beoordeling", "/v1/aanvragen", rij)
    assert uit["resultaat"]["uiterlijk"] == "2024-04-29"


async def test_parked_keys_are_shown_repaired_and_tried_again(huis: Huis, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(beheer_cli, "DIENSTEN", ("intake", "beoordeling"))
    sleutel = "00000000-0000-0000-0000-000000000007"
    await huis.intake.pool.execute("insert into geparkeerd_sleutel values ('beschut-werk', $1)", sleutel)
    for nummer in (1, 2):
        await huis.intake.pool.execute(
            "insert into geparkeerd values ('beschut-werk', $1, 0, $2, $2, gen_random_uuid(), now(), 'bron',"
            " 'nl.banenafspraak.aanvraag-ontvangen.v1', null, '{}', 'ongeldig', 'soort: missing')",
            sleutel,
            nummer,
        )
    (regel,) = (await huis.draai("dlq", "list"))["sleutels"]
    assert (regel["dienst"], regel["sleutel"], regel["aantal"], regel["code"]) == ("intake", sleutel, 2, "ongeldig")
    assert (await huis.draai("dlq", "list", "--dienst", "beoordeling"))["sleutels"] == []
    plek = ("beschut-werk", sleutel, "--dienst", "intake")
    getoond = await huis.draai("dlq", "show", *plek)
    assert [g["publicatienr"] for g in getoond["gebeurtenissen"]] == [1, 2]
    (huis.map_ / "data.json").write_text('{"heel": true}')
    assert await huis.draai("dlq", "repair", *plek, "--data", str(huis.map_ / "data.json")) == {"hersteld": 1}
    assert await huis.draai("dlq", "discard", *plek) == {"verworpen": 1}
    assert await huis.intake.pool.fetchval("select array_agg(publicatienr) from geparkeerd") == [2]
    await huis.draai("dlq", "discard", "beschut-werk", "niets", "--dienst", "intake", status=2)
