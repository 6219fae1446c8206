"""Plaatsing door haar voordeur: de echte app met haar rechten op een verse database, zonder relay."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from deploy.lokaal import uitgever
from deploy.lokaal.stack import Stack
from services.plaatsing.app import DIENST
from shared.service import maak_app
from shared.settings import Instellingen
from tests.conftest import MaakDatabase
from tests.service.intake_voordeur import Voordeur, sleutels

SCHRIJVEN = ("plaatsingen:schrijven", "ondersteuning:schrijven", "historie")


class Plaatsingsdeur(Voordeur):
    """Als die van intake, met één rij per vraag erbij."""

    def kop(self, *scopes: str, client: str = "A", **namens: str) -> dict[str, str]:
        """De kop met een token; zonder scopes mag het schrijven."""
        return super().kop(*(scopes or SCHRIJVEN), client=client, **namens)

    async def stuur(self, pad: str, rij: dict[str, Any], **wie: Any) -> httpx.Response:
        """Eén rij als JSON; `wie`: `scopes`, `client` of namens wie."""
        kop = self.kop(*wie.pop("scopes", ()), **wie)
        return await self.client.post(pad, json=rij, headers=kop | {"Idempotency-Key": str(uuid4())})

    async def lees(self, pad: str, *scopes: str, accept: str = "application/json", **namens: str) -> httpx.Response:
        """Eén leesvraag."""
        return await self.client.get(pad, headers=self.kop(*scopes, **namens) | {"Accept": accept})


@asynccontextmanager
async def plaatsingsdeur_van(
    stack: Stack, db: MaakDatabase, tokens: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Plaatsingsdeur]:
    """De echte toepassing van plaatsing."""
    database = await db("plaatsing")
    jwks = await asyncio.to_thread(uitgever.zorg_voor, tokens)
    instellingen = Instellingen(
        dienst="plaatsing", database_url=database.url, kafka=stack.kafka, jwks=jwks, uitgever=uitgever.UITGEVER
    )
    with sleutels(monkeypatch):
        app = maak_app(DIENST, instellingen)
        app.state.pool = database.pool
        app.state.mag_schrijven = lambda: True
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://plaatsing") as client:
            yield Plaatsingsdeur(client, database, tokens)
