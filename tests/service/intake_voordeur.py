"""Intake door haar voordeur: de echte app op een verse database, zonder relay; wat zij zegt lezen wij uit `uitgaand`."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from banenspoor_contracts import Feit, feit_van
from fastapi import FastAPI

from deploy.lokaal import uitgever
from deploy.lokaal.stack import Stack
from services.intake.app import DIENST
from shared.kluis import HMAC, SLEUTELS, kluis
from shared.service import maak_app
from shared.settings import Instellingen
from tests.conftest import Database, MaakDatabase

BSNS = ("123456782", "111222333", "100000009", "273279865", "942884000", "111111110", "999990342", "999990019")
SCOPES = ("registraties:schrijven", "registraties:lezen", "pseudoniemen", "historie")


@contextmanager
def sleutels(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Een kluis met vaste sleutels."""
    monkeypatch.setenv(SLEUTELS, json.dumps({"1": base64.b64encode(bytes(32)).decode()}))
    monkeypatch.setenv(HMAC, base64.b64encode(bytes(range(32))).decode())
    kluis.cache_clear()
    yield
    kluis.cache_clear()


class Voordeur:
    """Een client met een token, en wat er daarna in de database staat."""

    def __init__(self, client: httpx.AsyncClient, database: Database, tokens: Path, app: FastAPI) -> None:
        self.client, self.database, self._tokens, self.app = client, database, tokens, app

    def kop(self, *scopes: str, client: str = "gemeente-0014", **namens: str) -> dict[str, str]:
        """De kop met een token; `namens`: werkgever, gemeente of persoon."""
        token = uitgever.token(self._tokens, scopes or SCOPES, client=client, **namens)
        return {"Authorization": f"Bearer {token}"}

    async def rijen(self, soort: str, *rijen: dict[str, Any], proef: bool = False) -> dict[str, Any]:
        """Stuurt rijen als NDJSON en geeft de uitslag."""
        antwoord = await self.client.post(
            f"/v1/{soort}" + ("?proef=true" if proef else ""),
            content="\n".join(map(json.dumps, rijen)),
            headers=self.kop() | {"Content-Type": "application/x-ndjson", "Idempotency-Key": str(uuid4())},
        )
        assert antwoord.status_code == 200, antwoord.text
        uit: dict[str, Any] = antwoord.json()
        return uit

    async def wissel(self, *bsns: Any, proef: bool = False) -> dict[str, Any]:
        """Wisselt BSN's om voor pseudoniemen."""
        pad = "/v1/pseudoniemen" + ("?proef=true" if proef else "")
        antwoord = await self.client.post(pad, json={"bsns": list(bsns)}, headers=self.kop("pseudoniemen"))
        assert antwoord.status_code == 200, antwoord.text
        uit: dict[str, Any] = antwoord.json()
        return uit

    async def persoon(self, bsn: str) -> UUID:
        """Het pseudoniem van dit BSN."""
        return UUID((await self.wissel(bsn))["pseudoniemen"][0])

    async def feiten(self) -> list[Feit]:
        """Alles wat gezegd gaat worden, in volgorde, gelezen met het contract; de bytes zijn die van het contract."""
        uit = []
        for rij in await self.database.pool.fetch("select type, sleutel, data from uitgaand order by volgorde"):
            soort = feit_van(rij["type"])
            assert soort is not None
            feit = soort.model_validate_json(rij["data"])
            assert feit.bytes_() == rij["data"]
            assert feit.sleutel() == rij["sleutel"]
            uit.append(feit)
        return uit

    async def namen(self) -> list[str]:
        """De namen van alles wat gezegd gaat worden."""
        return [feit.naam for feit in await self.feiten()]

    async def aantal(self, tabel: str) -> int:
        """Hoeveel rijen deze tabel heeft."""
        uit: int = await self.database.pool.fetchval(f"select count(*) from {tabel}")
        return uit


@asynccontextmanager
async def voordeur_van(
    stack: Stack, db: MaakDatabase, tokens: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Voordeur]:
    """De echte toepassing van intake, met haar rechten en haar database."""
    database = await db("intake")
    jwks = await asyncio.to_thread(uitgever.zorg_voor, tokens)
    instellingen = Instellingen(
        dienst="intake", database_url=database.url, kafka=stack.kafka, jwks=jwks, uitgever=uitgever.UITGEVER
    )
    app = maak_app(DIENST, instellingen)
    app.state.pool = database.pool
    app.state.mag_schrijven = lambda: True
    with sleutels(monkeypatch):
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://intake") as client:
            yield Voordeur(client, database, tokens, app)
