"""`GET /v1/regels/{soort}`: de regels zoals zij op een moment bekend zijn, met versie, bron en periode."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request

from services.telling import antwoord
from services.telling.domain.perioden import Onjuist
from services.telling.domain.regels import Regel, herkomst
from services.telling.regelinvoer import SCHRIJVEN, SOORTEN
from services.telling.store import regels
from services.telling.vraag import lees_moment
from shared.api import Opdracht, Probleem, lees_tx, lezer

LEZEN = "tellingen:lezen"
_NAMEN = tuple(soort.naam for soort in SOORTEN)
router = APIRouter()


@router.get("/v1/regels/{soort}", summary="De regels van één soort, zoals toen bekend")
async def lees_regels(
    verzoek: Request,
    soort: str,
    opdracht: Annotated[Opdracht, lezer(LEZEN, SCHRIJVEN)],
    bekend_op: Annotated[str | None, Query(alias="bekendOp", description="zoals toen bekend; standaard nu")] = None,
) -> dict[str, Any]:
    """Per sleutel de regel die toen het laatst bekend was, op volgorde van sleutel. Wat zij verving, is eerder te vragen."""
    if soort not in _NAMEN:
        raise Probleem(404, "onbekende_soort", "Deze soort regel is er niet", f"Wel: {', '.join(_NAMEN)}.")
    try:
        op = lees_moment(bekend_op, opdracht.nu) or opdracht.nu
    except Onjuist as fout:
        raise Probleem(400, fout.code, fout.titel, fout.detail) from None
    async with lees_tx(verzoek) as tx:
        geldend = (await regels.bekend_op(tx, op)).geldend(soort)
    return {
        "soort": soort,
        "bekendOp": antwoord.moment(op),
        "regels": [_regel(geldend[sleutel]) for sleutel in sorted(geldend)],
    }


def _regel(regel: Regel) -> dict[str, Any]:
    bron = herkomst(regel)
    return {
        "sleutel": regel.sleutel,
        "versie": regel.versie,
        "bron": regel.bron,
        "van": bron.van,
        "tot": regel.inhoud.get("tot"),
        "beslotenOp": bron.besloten_op,
        "bekendOp": antwoord.moment(regel.bekend),
        "aangenomen": bron.aangenomen,
        "inhoud": dict(regel.inhoud),
    }
