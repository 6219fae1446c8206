"""`GET /v1/tellingen`: een cijfer, met alles wat nodig is om te weten wat het waard is."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request

from services.telling import antwoord
from services.telling.domain.figuur import figuur
from services.telling.domain.gebieden import Grenzen
from services.telling.domain.grootboek import microseconden
from services.telling.domain.perioden import Onjuist
from services.telling.domain.regels import Regelboek
from services.telling.domain.register import tellende_vormen, verwacht
from services.telling.domain.selectie import Opname, Selectie, Stand, opnames
from services.telling.handlers import TOPICS
from services.telling.store import cijfers, regels
from services.telling.vraag import Parameters, Vraag, lees_vraag
from shared.api import Opdracht, Probleem, lees_tx, lezer
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
    alle = opnames(selectie, boek)
    standen = await _standen(tx, selectie, alle, toen)
    grenzen = Grenzen.uit(boek) if selectie.gebied_nodig else None
    _ken_gebied(selectie, grenzen)
    cellen, voetnoten = antwoord.cellen(figuur(standen, boek, selectie), grenzen.namen if grenzen else {})
    vast, gehoord_tot = await vast_tot(tx, BRONNEN), await cijfers.gehoord_tot(tx, BRONNEN)
    bekend_op = vraag.bekend_op or nu
    return {
        "reeks": selectie.reeks,
        "maat": vraag.maat,
        "per": list(selectie.per),
        "plaats": sorted({opname.plaats.waarde for opname in alle}),
        "bekendOp": antwoord.moment(bekend_op),
        "vast": vast is not None and bekend_op <= vast and not vraag.regels_nu,
        "vastTot": antwoord.moment(vast),
        "positie": await cijfers.posities(tx, TOPICS),
        "versheidSeconden": None if gehoord_tot is None else max(0, int((nu - gehoord_tot).total_seconds())),
        "volledigheid": await _volledigheid(tx, boek, alle, standen, toen),
        "cellen": cellen,
        "voetnoten": voetnoten,
    }


def _ken_gebied(selectie: Selectie, grenzen: Grenzen | None) -> None:
    """Een regio die in geen enkel gebied voorkomt, is een vergissing van de vrager."""
    if grenzen is not None and selectie.regio not in (None, "onbekend") and selectie.regio not in grenzen.namen:
        raise Onjuist("onbekende_regio", "Onbekende regio", f"regio={selectie.regio} staat niet in de gebieden.")


async def _standen(tx: Tx, selectie: Selectie, alle: Sequence[Opname], toen: int | None) -> list[Stand]:
    """De standen van alle opnames; opnames met dezelfde plaats en hetzelfde peilmoment in één vraag."""
    nodig = set(selectie.per) & {"subsector", "contract"} | ({"gemeente"} if selectie.gebied_nodig else set())
    groepen: dict[tuple[str, str], list[int]] = {}
    for opname in alle:
        groepen.setdefault((opname.plaats.waarde, opname.peilmoment.waarde), []).extend(opname.maanden)
    return [
        stand
        for (plaats, peilmoment), maanden in groepen.items()
        for stand in await cijfers.standen(tx, maanden, plaats, peilmoment, nodig, toen)
    ]


async def _volledigheid(
    tx: Tx, boek: Regelboek, alle: Sequence[Opname], standen: Sequence[Stand], toen: int | None
) -> dict[str, int]:
    """Van hoeveel baan-maanden uren te verwachten waren en van hoeveel er iets gezegd is; heel het land, alle maanden."""
    vormen = tellende_vormen(boek.wet(alle[-1].periode.einde).waarde)
    maanden = [maand for opname in alle for maand in opname.maanden]
    return {
        "verwacht": verwacht(await cijfers.verwacht(tx, vormen, toen), maanden),
        "gehoord": sum(stand.gezegd for stand in standen if stand.vorm in vormen),
    }
