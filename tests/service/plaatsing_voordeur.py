"""Plaatsing door haar voordeur: de echte app met haar rechten op een verse database, zonder relay."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from banenspoor_contracts import Reden

from deploy.lokaal import uitgever
from deploy.lokaal.stack import Stack
from services.plaatsing.app import DIENST
from shared.service import maak_app
from shared.settings import Instellingen
from tests.conftest import MaakDatabase
from tests.service.intake_voordeur import Voordeur, sleutels
from tests.service.plaatsing_proef import Plaatsing, baan, uren

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
            yield Plaatsingsdeur(client, database, tokens, app)


MAANDEN = (9, 10, 11, 12)
"""De maanden van `baan_met_uren`."""


async def baan_met_uren(deur: Plaatsingsdeur, dienst: Plaatsing, persoon: UUID | None = None, **anders: Any) -> str:
    """Het adres van een baan P-1 sinds januari 2017, met uren van september tot en met december."""
    uit = await deur.stuur("/v1/plaatsingen", baan("P-1", persoon or uuid4(), **anders))
    await dienst.goed("uren", *(uren("P-1", maand) for maand in MAANDEN))
    return f"/v1/plaatsingen/{uit.json()['resultaat']['plaatsing']}"


async def opnieuw(dienst: Plaatsing) -> list[tuple[str, Reden]]:
    """Wat er na de maanden van `baan_met_uren` nog gezegd is: (maand, reden)."""
    return [(f.maand[5:], f.reden) for f in (await dienst.uren_gezegd())[len(MAANDEN) :]]


def codes(antwoord: httpx.Response) -> list[tuple[str, str]]:
    """Waarom een rij is afgewezen: (kolom, code)."""
    assert antwoord.status_code == 422, antwoord.text
    return [(f["kolom"], f["code"]) for f in antwoord.json()["fouten"]]
