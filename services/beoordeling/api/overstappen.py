"""Overstappen tussen beschut werk, banenafspraak en regulier werk, per kwartaal."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request

from services.beoordeling.api.aanvragen import mag_gemeente
from services.beoordeling.domain.overstappen import kwartaal, matrix
from services.beoordeling.store import deelname
from shared.api import Opdracht, Probleem, lees_tx, lezer

router = APIRouter()
_LEZER = lezer("beoordeling:lezen")


@router.get("/v1/overstappen")
async def overstappen(
    request: Request,
    periode: Annotated[str, Query(description="een kwartaal, bijvoorbeeld 2024-Q3")],
    gemeente: Annotated[str | None, Query(description="CBS-code: alleen wie daar werkt")] = None,
    opdracht: Opdracht = _LEZER,
) -> dict[str, Any]:
    """Personen naar hoe zij voor het kwartaal en aan het eind ervan meededen, zoals nu bekend uit banen en register. Wie in
    beschut werk werkt telt als beschut, ook naast ander werk."""
    dagen = kwartaal(periode)
    if dagen is None:
        raise Probleem(400, "onjuiste_periode", "Dit is geen kwartaal", "Verwacht bijvoorbeeld 2024-Q3.")
    waar = mag_gemeente(opdracht, gemeente)
    async with lees_tx(request) as tx:
        aantallen = await deelname.overstappen(tx, *dagen, waar)
        uit, terug = await deelname.terugkeer(tx, *dagen, waar)
    return {
        "periode": periode,
        "stand": dagen[0],
        "standNa": dagen[1],
        "gemeente": waar,
        "overstappen": matrix(aantallen),
        "uitgestroomdMetTerugkeerrecht": uit,
        "teruggekeerd": terug,
    }
