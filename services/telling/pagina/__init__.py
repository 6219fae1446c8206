"""De eerste bladzijde, op het adres van telling: cijfers voor wie ze leest, zonder script en zonder token.

Zij toont wat `/v1/tellingen` zonder token zegt: het land en de regio's, in stappen, zonder kleine aantallen. Alleen in een demo,
waar alle mensen verzonnen zijn, toont zij alles van nu en van elk eerder moment.
"""

from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response

from services.telling.domain.perioden import Onjuist
from services.telling.openbaar import openbaar_van
from services.telling.pagina.beeld import bladzijde, foutblad
from services.telling.pagina.gegevens import verzamel
from shared.api import lees_tx

router = APIRouter(include_in_schema=False)
_STIJL = (Path(__file__).parent / "stijl.css").read_text(encoding="utf-8")
_KOPPEN = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


@router.get("/")
async def eerste(
    verzoek: Request,
    periode: Annotated[str, Query(max_length=7)] = "",
    bekend_op: Annotated[str, Query(alias="bekendOp", max_length=40)] = "",
) -> HTMLResponse:
    """De cijfers van één kwartaal, zonder keuze van het laatste waarvan de meeste uren gehoord zijn."""
    try:
        grens = openbaar_van(verzoek.app)
        async with grens.slot, lees_tx(verzoek) as tx:
            gegevens = await verzamel(tx, periode.strip(), bekend_op.strip(), grens)
            return HTMLResponse(bladzijde(gegevens), headers=_KOPPEN)
    except Onjuist as fout:
        return HTMLResponse(foutblad(fout.titel, fout.detail), 400, headers=_KOPPEN)


@router.get("/stijl.css")
async def stijl() -> Response:
    """De opmaak van de bladzijde."""
    koppen = {"X-Content-Type-Options": "nosniff", "Cache-Control": "max-age=3600"}
    return Response(_STIJL, media_type="text/css", headers=koppen)
