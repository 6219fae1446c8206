"""Beoordeling door haar voordeur: stappen bij één aanvraag, de lijst van wat afloopt, en wie wat mag."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from deploy.lokaal import uitgever
from deploy.lokaal.stack import Stack
from services.beoordeling.app import DIENST
from shared.service import maak_app
from shared.settings import Instellingen
from tests.conftest import MaakDatabase
from tests.service.intake_voordeur import Voordeur, sleutels
from tests.service.test_beoordeling_service import aanvraag, gezegd

SCHRIJVEN = ("beoordeling:schrijven", "beoordeling:lezen", "historie")


class Beoordelingsdeur(Voordeur):
    """Als die van intake, met één rij per vraag erbij."""

    def kop(self, *scopes: str, client: str = "uwv", **namens: str) -> dict[str, str]:
        return super().kop(*(scopes or SCHRIJVEN), client=client, **namens)

    async def stuur(self, pad: str, rij: dict[str, Any], sleutel: str | None = None, **wie: Any) -> httpx.Response:
        kop = self.kop(*wie.pop("scopes", ()), **wie)
        return await self.client.post(pad, json=rij, headers=kop | {"Idempotency-Key": sleutel or str(uuid4())})

    async def lees(self, pad: str, *scopes: str, **namens: str) -> httpx.Response:
        return await self.client.get(pad, headers=self.kop(*scopes, **namens))

    async def nieuw(self, referentie: str = "A1", **anders: Any) -> str:
        """Het pad van een nieuwe aanvraag."""
        uit = await self.stuur("/v1/aanvragen", aanvraag(referentie, **anders))
        assert uit.status_code == 200, uit.text
        return f"/v1/aanvragen/{uit.json()['resultaat']['aanvraag']}"


@pytest.fixture
async def bdeur(
    stack: Stack, db: MaakDatabase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Beoordelingsdeur]:
    """De echte toepassing van beoordeling op een verse database."""
    database = await db("beoordeling")
    jwks = await asyncio.to_thread(uitgever.zorg_voor, tmp_path)
    instellingen = Instellingen(
        dienst="beoordeling", database_url=database.url, kafka=stack.kafka, jwks=jwks, uitgever=uitgever.UITGEVER
    )
    with sleutels(monkeypatch):
        app = maak_app(DIENST, instellingen)
        app.state.pool = database.pool
        app.state.mag_schrijven = lambda: True
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://beoordeling") as client:
            yield Beoordelingsdeur(client, database, tmp_path, app)


async def test_an_application_from_receipt_to_decision_by_its_own_routes(bdeur: Beoordelingsdeur) -> None:
    pad = await bdeur.nieuw()
    uit = await bdeur.stuur(f"{pad}/opschortingen", {"van": "2024-03-10", "tot": "2024-03-17"})
    assert uit.json()["resultaat"] == {
        "aanvraag": pad.rsplit("/", 1)[1],
        "toestand": "IN_BEHANDELING",
        "uiterlijk": "2024-04-29",
        "looptAf": "2024-05-06",
    }
    assert (
        await bdeur.stuur(f"{pad}/adviezen", {"uitkomst": "POSITIEF", "uitgebrachtOp": "2024-04-02"})
    ).status_code == 200
    assert (
        await bdeur.stuur(f"{pad}/besluiten", {"uitkomst": "POSITIEF", "besluitOp": "2024-04-09"})
    ).status_code == 200
    gelezen = (await bdeur.lees(pad)).json()
    assert (gelezen["toestand"], gelezen["besluit"]["binnenTermijn"]) == ("POSITIEF", True)
    assert [s["handeling"] for s in gelezen["stappen"]] == ["ONTVANG", "HERVAT", "ADVISEER", "BESLIS_POSITIEF"]
    assert (await bdeur.stuur(f"{pad}/intrekkingen", {"op": "2024-05-01"})).json()["code"] == "al_besloten"


async def test_a_command_with_the_same_key_is_carried_out_once(bdeur: Beoordelingsdeur) -> None:
    pad = await bdeur.nieuw()
    een = await bdeur.stuur(f"{pad}/intrekkingen", {"op": "2024-05-01"}, sleutel="k1")
    twee = await bdeur.stuur(f"{pad}/intrekkingen", {"op": "2024-05-01"}, sleutel="k1")
    assert (een.json()["aanvaard"], twee.json()["herhaald"]) == (1, True)
    assert (await bdeur.stuur(f"{pad}/intrekkingen", {"op": "2024-05-02"}, sleutel="k1")).status_code == 422
    assert [naam for naam, _ in await gezegd(bdeur.database.pool)] == ["aanvraag-ontvangen", "aanvraag-ingetrokken"]


async def test_what_is_wrong_is_said_by_column_and_never_repeated(bdeur: Beoordelingsdeur) -> None:
    pad = await bdeur.nieuw()
    fout = await bdeur.stuur(f"{pad}/adviezen", {"uitkomst": "schizofrenie", "uitgebrachtOp": "2024-04-02"})
    assert (fout.status_code, fout.headers["content-type"]) == (422, "application/problem+json")
    assert fout.json()["fouten"][0]["kolom"] == "uitkomst"
    assert "schizofrenie" not in fout.text
    assert (await bdeur.stuur(f"/v1/aanvragen/{uuid4()}/intrekkingen", {"op": "2024-05-01"})).status_code == 404
    for lichaam in (b"{", b"[]", b"3"):
        kop = bdeur.kop() | {"Idempotency-Key": str(uuid4())}
        assert (await bdeur.client.post(f"{pad}/intrekkingen", content=lichaam, headers=kop)).status_code in (400, 422)
    historie = await bdeur.stuur(f"{pad}/intrekkingen", {"op": "2024-05-01", "bekendOp": "2024-05-01"})
    assert historie.json()["code"] == "historie"


async def test_the_list_of_what_will_be_late_is_per_municipality_and_by_term(bdeur: Beoordelingsdeur) -> None:
    vandaag = date.today()  # noqa: DTZ011
    for nr, weken in enumerate((7, 9, 2)):
        op = (vandaag - timedelta(weeks=weken)).isoformat()
        await bdeur.nieuw(f"A{nr}", ontvangen_op=op, gemeente="0014" if nr < 2 else "0034")
    af = (await bdeur.lees("/v1/aanvragen?verlopend=14d")).json()["aanvragen"]
    assert [(a["referentie"], a["verlopen"], a["wachtOp"]) for a in af] == [
        ("A1", True, "advies"),
        ("A0", False, "advies"),
    ]
    pagina = (await bdeur.lees("/v1/aanvragen?aantal=1&gemeente=0014")).json()
    assert [a["referentie"] for a in pagina["aanvragen"]] == ["A1"]
    volgende = (await bdeur.lees(f"/v1/aanvragen?aantal=1&gemeente=0014&na={pagina['volgende']}")).json()
    assert ([a["referentie"] for a in volgende["aanvragen"]], volgende["volgende"]) == (["A0"], None)
    assert [a["referentie"] for a in (await bdeur.lees("/v1/aanvragen", gemeente="0034")).json()["aanvragen"]] == ["A2"]
    for vraag, status in (("gemeente=9999", 400), ("verlopend=twee", 400), ("na=x", 400)):
        assert (await bdeur.lees(f"/v1/aanvragen?{vraag}")).status_code == status
    assert (await bdeur.lees("/v1/aanvragen?gemeente=0014", gemeente="0034")).status_code == 403


async def test_only_who_may_reads_or_writes(bdeur: Beoordelingsdeur) -> None:
    pad = await bdeur.nieuw()
    assert (await bdeur.lees("/v1/aanvragen", "tellingen:lezen")).status_code == 403
    assert (
        await bdeur.stuur(f"{pad}/intrekkingen", {"op": "2024-05-01"}, scopes=("beoordeling:lezen",))
    ).status_code == 403
    assert (await bdeur.lees(pad, gemeente="0034")).status_code == 404
    assert (await bdeur.lees(pad, gemeente="0014")).status_code == 200
    assert UUID(pad.rsplit("/", 1)[1]).version == 7
