"""Criteria en bevindingen lezen: alleen de beoordelaar, en elke keer vastgelegd vóór het antwoord."""

import secrets
from typing import Any
from uuid import UUID

import structlog
from fastapi import APIRouter, Request

from services.beoordeling.domain.bevinding import uit_tekst
from services.beoordeling.rijen import BEOORDELAAR
from services.beoordeling.store import aanvragen, bevindingen
from shared.api import Opdracht, Probleem, lees_tx, lezer
from shared.db import Pool

router = APIRouter()
_BEOORDELAAR = lezer(BEOORDELAAR)
_VERANTWOORDING = lezer("verantwoording")


@router.get("/v1/aanvragen/{aanvraag}/bevindingen")
async def lees_bevinding(request: Request, aanvraag: UUID, opdracht: Opdracht = _BEOORDELAAR) -> dict[str, Any]:
    """De criteria en bevindingen achter een advies. Een token namens een gemeente leest alleen die gemeente."""
    async with lees_tx(request) as tx:
        gevonden = (await aanvragen.op_nummer(tx, [aanvraag])).get(aanvraag)
        mag = gevonden is not None and opdracht.gemeente in (None, gevonden.gemeente) and opdracht.werkgever is None
        inhoud = await bevindingen.lees(tx, aanvraag) if mag else None
    await _verantwoord(request, opdracht, aanvraag, inhoud is not None)
    if inhoud is None:
        raise Probleem(404, "onbekende_bevinding", "Bij deze aanvraag is geen bevinding")
    return {"aanvraag": str(aanvraag)} | uit_tekst(inhoud)


@router.get("/v1/aanvragen/{aanvraag}/inzagen")
async def wie_keek(request: Request, aanvraag: UUID, opdracht: Opdracht = _VERANTWOORDING) -> dict[str, Any]:
    """Wie wanneer naar de bevinding van deze aanvraag keek; nooit wat er stond."""
    async with lees_tx(request) as tx:
        gezien = await bevindingen.inzagen(tx, aanvraag)
    return {
        "inzagen": [
            {"nr": i.nr, "op": i.op, "client": i.client, "gemeente": i.gemeente, "uitkomst": i.uitkomst} for i in gezien
        ]
    }


async def _verantwoord(request: Request, opdracht: Opdracht, aanvraag: UUID, beantwoord: bool) -> None:
    pool: Pool = request.app.state.pool
    activiteit = f"{request.app.state.bedrijf.instellingen.verwerkingen}bevinding"
    delen = str(structlog.contextvars.get_contextvars().get("traceparent") or "").split("-")
    trace = bytes.fromhex(delen[1]) if len(delen) == 4 else secrets.token_bytes(16)
    async with pool.acquire() as tx, tx.transaction():
        wie = (opdracht.client, opdracht.gemeente, aanvraag)
        await bevindingen.leg_inzage_vast(tx, *wie, beantwoord, activiteit, trace)
