"""Eén registratie corrigeren of beëindigen, van wie het pseudoniem bekend is: dezelfde regels als de rijen in bulk."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response

from services.intake import kluisboek, toegang, verwerk
from services.intake.rijen import PersoonBeeindigingRij, PersoonCorrectieRij, RegisterRij
from shared.api import Fout, Opdracht, aanroeper, afgewezen, lees_een, lees_lichaam, voer_uit
from shared.db import Tx

router = APIRouter()
SCHRIJVEN = "registraties:schrijven"


@router.post("/v1/registraties/{persoon}/correcties")
async def corrigeer(verzoek: Request, persoon: UUID) -> Response:
    """De grondslag gold in werkelijkheid van `van` tot `tot`; zonder `van` nooit. 404 bij een onbekend pseudoniem."""
    return await _voer_uit(verzoek, persoon, PersoonCorrectieRij, verwerk.correcties)


@router.post("/v1/registraties/{persoon}/beeindigingen")
async def beeindig(verzoek: Request, persoon: UUID) -> Response:
    """Wat op deze grondslag loopt, eindigt op `tot` om `reden`. 404 bij een onbekend pseudoniem."""
    return await _voer_uit(verzoek, persoon, PersoonBeeindigingRij, verwerk.beeindigingen)


async def _voer_uit(
    verzoek: Request, persoon: UUID, model: type[RegisterRij], werk: verwerk.Registerwerk[Any]
) -> Response:
    aanroeper(verzoek, SCHRIJVEN)
    lichaam = await lees_lichaam(verzoek)
    gelezen = lees_een(lichaam, model)

    async def doe(tx: Tx, opdracht: Opdracht) -> tuple[int, dict[str, Any]]:
        nu = await kluisboek.bekend(tx, persoon)
        if nu is None:
            raise toegang.onbekende_persoon()
        if isinstance(gelezen, list):
            return afgewezen(gelezen)
        if gelezen.bekend_op is not None:
            return afgewezen([Fout(1, "bekend_op", "onjuist", "historie wordt met bestanden geladen")])
        uitslag = await werk.van_persoon(tx, nu, gelezen, opdracht)
        return afgewezen(uitslag.fouten) if uitslag.fouten else (200, asdict(uitslag))

    return await voer_uit(verzoek, SCHRIJVEN, str(persoon).encode() + lichaam, doe)
