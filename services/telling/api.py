"""`GET /v1/tellingen`: een cijfer, met alles wat nodig is om te weten wat het waard is."""

from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request

from services.telling import antwoord, schaal
from services.telling.domain.grootboek import microseconden
from services.telling.domain.perioden import Onjuist
from services.telling.domain.regels import Regelboek
from services.telling.handlers import TOPICS
from services.telling.store import cijfers, regels
from services.telling.uitkomst import uitkomst
from services.telling.vraag import Parameters, Vraag, lees_vraag
from shared.api import Opdracht, Probleem, alleen_over_iedereen, lees_tx, lezer
from shared.db import Tx
from shared.peil import vast_tot

BRONNEN = ("intake", "plaatsing")
"""De diensten waarvan telling hoort; hun peilen bepalen samen wat vast is."""
LEZEN = "tellingen:lezen"
_ALTIJD = datetime.max.replace(tzinfo=UTC)
router = APIRouter()


@router.get("/v1/tellingen", summary="Cijfers per periode, uitgesplitst naar keuze")
async def tellingen(
    verzoek: Request, parameters: Annotated[Parameters, Query()], opdracht: Annotated[Opdracht, lezer(LEZEN)]
) -> dict[str, Any]:
    """Het cijfer en zijn stand, uit één momentopname van de database."""
    try:
        vraag = lees_vraag(parameters, opdracht.nu)
        if vraag.selectie.over_een_werkgever:
            alleen_over_iedereen(opdracht)
        async with lees_tx(verzoek) as tx:
            return await beantwoord(tx, vraag, opdracht.nu)
    except Onjuist as fout:
        raise Probleem(400, fout.code, fout.titel, fout.detail) from None


async def beantwoord(tx: Tx, vraag: Vraag, nu: datetime) -> dict[str, Any]:
    """Leest regels en standen zoals toen bekend en rekent; `tx` is één momentopname (repeatable read)."""
    selectie = vraag.selectie
    toen = None if vraag.bekend_op is None else microseconden(vraag.bekend_op)
    regels_op = _ALTIJD if vraag.regels_nu or vraag.bekend_op is None else vraag.bekend_op
    boek = Regelboek(await regels.bekend_op(tx, regels_op))
    uit = await uitkomst(tx, vraag, boek, toen)
    vast, gehoord_tot = await vast_tot(tx, BRONNEN), await cijfers.gehoord_tot(tx, BRONNEN)
    bekend_op, demo = vraag.bekend_op or nu, await schaal.demo(tx)
    return {
        "reeks": selectie.reeks,
        "maat": vraag.maat,
        "per": list(selectie.per),
        "plaats": uit.plaats,
        "bekendOp": antwoord.moment(bekend_op),
        "vast": vast is not None and bekend_op <= vast and not (vraag.regels_nu or selectie.werkgever_nu),
        "vastTot": antwoord.moment(vast),
        "positie": await cijfers.posities(tx, TOPICS),
        "versheidSeconden": None if gehoord_tot is None else max(0, int((nu - gehoord_tot).total_seconds())),
        "volledigheid": uit.volledigheid,
        "demo": demo and {"schaal": demo.schaal, "regio": demo.regio},
        "cellen": uit.cellen,
        "voetnoten": uit.voetnoten,
    }
