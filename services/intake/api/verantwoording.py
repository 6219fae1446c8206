"""Is de keten van raadplegingen heel?"""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request

from services.intake import verantwoording
from shared.api import Opdracht, Probleem, lees_tx, lezer
from shared.kluis import kluis

router = APIRouter(prefix="/v1/verantwoording")


@router.get("/keten")
async def keten(
    verzoek: Request,
    _wie: Annotated[Opdracht, lezer("verantwoording")],
    nr: Annotated[
        int | None, Query(ge=1, le=2**62, description="anker: nummer van een eerder genoteerde schakel")
    ] = None,
    hash: Annotated[str | None, Query(pattern="^[0-9a-f]{64}$", description="anker: haar hash")] = None,
) -> dict[str, Any]:
    """Loopt de hele keten na: heel, of het nummer van de eerste schakel die niet klopt.

    `laatste` is de laatste goede schakel: wie nummer en hash elders bewaart en ze de volgende keer als anker meegeeft, merkt
    ook dat iemand de hele keten opnieuw schreef.
    """
    if (nr is None) != (hash is None):
        raise Probleem(400, "onjuist", "Een anker is een nummer met zijn hash")
    async with lees_tx(verzoek) as tx:
        anker = None if nr is None or hash is None else (nr, hash)
        controle, breuk = await verantwoording.controleer(tx, kluis(), anker)
    return {
        "heel": breuk is None,
        "laatste": {"nr": controle.nr, "hash": controle.hash.hex()},
        "eersteFout": None if breuk is None else {"nr": breuk.nr, "reden": breuk.reden},
    }
