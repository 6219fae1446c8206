"""Een nieuwe afnemer vullen met wat er al is; scope `beheer`."""

import json
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response

from services.plaatsing import afname
from shared.api import Opdracht, Probleem, Rij, lees_lichaam, lees_opdracht, voer_uit
from shared.db import Tx

router = APIRouter()


class VullingRij(Rij):
    """Waar het verder gaat: `volgende` van de vorige keer."""

    na: UUID | None = None


@router.post("/v1/afnemers/{naam}/vulling")
async def vul(verzoek: Request, naam: str) -> Response:
    """Zegt de stand van een volgende groep banen aan deze afnemer; herhaal met `na` tot `volgende` leeg is."""
    lichaam = await lees_lichaam(verzoek) or b"{}"
    rij = lees_opdracht(lichaam, VullingRij)
    afnemer = verzoek.app.state.bedrijf.instellingen.afnemerslijst.get(naam)

    async def werk(tx: Tx, _wie: Opdracht) -> tuple[int, dict[str, Any]]:
        if afnemer is None:
            raise Probleem(
                404, "onbekende_afnemer", "Deze afnemer kennen wij niet", "zij staat niet in deploy/afnemers.yml"
            )
        gezegd, volgende = await afname.vul(tx, naam, afnemer, rij.na)
        return 200, {"gezegd": gezegd, "volgende": volgende and str(volgende)}

    return await voer_uit(verzoek, "beheer", json.dumps([naam, str(rij.na)]).encode(), werk)
