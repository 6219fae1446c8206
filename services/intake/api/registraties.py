"""Eén registratie corrigeren of beëindigen, van wie het pseudoniem bekend is: dezelfde regels als de rijen in bulk."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response

from services.intake import kluisboek, toegang, verwerk
from services.intake.rijen import PersoonBeeindigingRij, PersoonCorrectieRij, RegisterRij
from shared.api import Fout, Opdracht, Probleem, aanroeper, lees_lichaam, lees_rij, voer_uit
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
    try:
        gelezen = lees_rij(1, json.loads(lichaam), model)
    except ValueError:
        raise Probleem(400, "geen_json", "Het lichaam is geen JSON") from None

    async def doe(tx: Tx, opdracht: Opdracht) -> tuple[int, dict[str, Any]]:
        nu = await kluisboek.bekend(tx, persoon)
        if nu is None:
            raise toegang.onbekende_persoon()
        if isinstance(gelezen, list):
            return _afgewezen(gelezen)
        if gelezen.bekend_op is not None:
            return _afgewezen([Fout(1, "bekend_op", "onjuist", "historie wordt met bestanden geladen")])
        uitslag = await werk.van_persoon(tx, nu, gelezen, opdracht)
        return _afgewezen(uitslag.fouten) if uitslag.fouten else (200, asdict(uitslag))

    return await voer_uit(verzoek, SCHRIJVEN, str(persoon).encode() + lichaam, doe)


def _afgewezen(fouten: list[Fout]) -> tuple[int, dict[str, Any]]:
    probleem = Probleem(422, fouten[0].code, "De opdracht is afgewezen", fouten=[asdict(f) for f in fouten])
    return 422, probleem.inhoud
