"""Onderhoud van de kluis: welke sleutels nog nodig zijn, en alles onder de nieuwste brengen."""

from typing import Annotated, Any

from fastapi import APIRouter, Request, Response

from services.intake import hersleutel
from shared.api import Opdracht, lees_tx, lezer, voer_uit
from shared.db import Tx
from shared.kluis import kluis

router = APIRouter(prefix="/v1/kluis")


@router.get("/sleutels")
async def sleutels(verzoek: Request, _wie: Annotated[Opdracht, lezer("beheer")]) -> dict[str, Any]:
    """Welke sleutelnummers er zijn, met hoeveel blobs; een oudere zonder blobs kan weg. Nooit een sleutel."""
    async with lees_tx(verzoek) as tx:
        gebruik = await hersleutel.sleutels_in_gebruik(tx)
    aanwezig = kluis().nummers
    return {
        "nieuwste": aanwezig[-1],
        "inGebruik": {str(nummer): aantal for nummer, aantal in gebruik.items()},
        "kanWeg": [nummer for nummer in aanwezig[:-1] if nummer not in gebruik],
    }


@router.post("/hersleutel", response_model=None)
async def hersleutel_stap(verzoek: Request) -> Response:
    """Versleutelt een volgende groep blobs opnieuw met de nieuwste sleutel; herhaal tot `hersleuteld` 0 is."""

    async def werk(tx: Tx, _wie: Opdracht) -> tuple[int, dict[str, Any]]:
        for plek in hersleutel.VERSLEUTELD:
            if gedaan := await hersleutel.stap(tx, kluis(), plek):
                return 200, {"hersleuteld": gedaan}
        return 200, {"hersleuteld": 0}

    return await voer_uit(verzoek, "beheer", b"hersleutel", werk)
