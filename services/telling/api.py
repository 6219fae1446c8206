"""`GET /v1/tellingen`: een cijfer, met alles wat nodig is om te weten wat het waard is."""

from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from services.telling import antwoord, openbaar, schaal
from services.telling.domain.grootboek import microseconden
from services.telling.domain.perioden import Onjuist
from services.telling.domain.regels import Regelboek
from services.telling.domain.watals import WatAlsBoek
from services.telling.handlers import TOPICS
from services.telling.openbaar import Openbaar, openbaar_van
from services.telling.store import cijfers, regels
from services.telling.uitkomst import uitkomst
from services.telling.vraag import Parameters, Vraag, bestandsnaam, lees_vraag
from shared.api import AMSTERDAM, Opdracht, Probleem, lees_tx, lezer_of_ieder
from shared.db import Tx
from shared.peil import vast_tot

BRONNEN = ("intake", "plaatsing")
"""De diensten waarvan telling hoort; hun peilen bepalen samen wat vast is."""
LEZEN, OPENBAAR = "tellingen:lezen", "tellingen:openbaar"
_ALTIJD = datetime.max.replace(tzinfo=UTC)
router = APIRouter()


@router.get("/v1/tellingen", summary="Cijfers per periode, uitgesplitst naar keuze")
async def tellingen(
    verzoek: Request,
    uit: Response,
    parameters: Annotated[Parameters, Query()],
    opdracht: Annotated[Opdracht | None, lezer_of_ieder(LEZEN, OPENBAAR)],
) -> dict[str, Any]:
    """Het cijfer en zijn stand, uit één momentopname van de database.

    Zonder token, of met alleen `tellingen:openbaar`: het land en regio × sector, in stappen, afgerond, zonder kleine aantallen.
    """
    try:
        if opdracht is None or LEZEN not in opdracht.scopes:
            nu = datetime.now(AMSTERDAM) if opdracht is None else opdracht.nu
            grens = openbaar_van(verzoek.app)
            async with grens.slot, lees_tx(verzoek) as tx:
                inhoud = await beantwoord_openbaar(tx, parameters, nu, grens)
        else:
            vraag = lees_vraag(parameters, opdracht.nu)
            async with lees_tx(verzoek) as tx:
                inhoud = await beantwoord(tx, vraag, opdracht.nu)
        uit.headers["Content-Disposition"] = f'inline; filename="{inhoud["bestandsnaam"]}.json"'
        return inhoud
    except Onjuist as fout:
        raise Probleem(400, fout.code, fout.titel, fout.detail) from None


async def beantwoord_openbaar(tx: Tx, parameters: Parameters, nu: datetime, grens: Openbaar) -> dict[str, Any]:
    """Wat iedereen te zien krijgt; `Onjuist` bij wat niet openbaar is."""
    vraag = openbaar.lees(parameters, nu, await cijfers.gehoord_tot(tx, BRONNEN), grens.stap)
    return await openbaar.toon(tx, await beantwoord(tx, vraag, nu), vraag, await regelboek(tx, vraag), grens)


async def regelboek(tx: Tx, vraag: Vraag) -> Regelboek:
    """De regels waarmee deze vraag beantwoord wordt: zoals toen bekend, of die van nu, of met een wat-als."""
    op = _ALTIJD if vraag.regels_nu or vraag.bekend_op is None else vraag.bekend_op
    boek = Regelboek(await regels.bekend_op(tx, op))
    return WatAlsBoek(boek, vraag.wat_als) if vraag.wat_als else boek


async def beantwoord(tx: Tx, vraag: Vraag, nu: datetime) -> dict[str, Any]:
    """Leest regels en standen zoals toen bekend en rekent; `tx` is één momentopname (repeatable read)."""
    selectie = vraag.selectie
    toen = None if vraag.bekend_op is None else microseconden(vraag.bekend_op)
    boek = await regelboek(tx, vraag)
    uit = await uitkomst(tx, vraag, boek, toen)
    vast, gehoord_tot = await vast_tot(tx, BRONNEN), await cijfers.gehoord_tot(tx, BRONNEN)
    bekend_op, demo = vraag.bekend_op or nu, await schaal.demo(tx)
    return {
        "reeks": selectie.reeks,
        "maat": vraag.maat,
        "per": list(selectie.per),
        "plaats": uit.plaats,
        "watAls": vraag.wat_als and dict(vraag.wat_als.gevraagd),
        "bestandsnaam": bestandsnaam(vraag),
        "bekendOp": antwoord.moment(bekend_op),
        "vast": vast is not None and bekend_op <= vast and not vraag.regels_nu and not vraag.wat_als,
        "vastTot": antwoord.moment(vast),
        "positie": await cijfers.posities(tx, TOPICS),
        "versheidSeconden": None if gehoord_tot is None else max(0, int((nu - gehoord_tot).total_seconds())),
        "volledigheid": uit.volledigheid,
        "demo": demo and {"schaal": demo.schaal, "regio": demo.regio},
        "cellen": uit.cellen,
        "voetnoten": uit.voetnoten,
    }
