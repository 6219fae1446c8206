"""`GET /v1/beschut-werk`: aanvragen, beoordelingen, besluiten en plaatsen per periode, zoals toen bekend."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request

from services.telling import antwoord, schaal
from services.telling.api import LEZEN
from services.telling.beschut import TOPIC
from services.telling.beschut_land import Land
from services.telling.beschut_vraag import Parameters, Vraag, lees
from services.telling.domain.beschut import Wat
from services.telling.domain.beschutcijfers import Beschutbaan, Groep, Sleutel, groepeer, plaatsen
from services.telling.domain.gebieden import Grenzen
from services.telling.domain.grootboek import microseconden
from services.telling.domain.perioden import Onjuist, Periode, eerste_dag
from services.telling.store import beschut as store
from services.telling.store import cijfers, regels
from services.telling.store.beschut import Aantal, Filter
from shared.api import AMSTERDAM, Opdracht, Probleem, lees_tx, lezer
from shared.db import Tx
from shared.peil import vast_tot

BRONNEN = ("beoordeling", "plaatsing")
"""De diensten waaruit deze cijfers volgen: hun peilen bepalen wat vast is."""
router = APIRouter()


@router.get("/v1/beschut-werk", summary="Beschut werk en andere aanvragen per periode")
async def beschut_werk(
    verzoek: Request, parameters: Annotated[Parameters, Query()], opdracht: Annotated[Opdracht, lezer(LEZEN)]
) -> dict[str, Any]:
    """De cijfers en hun stand, uit één momentopname van de database."""
    try:
        vraag = lees(parameters, opdracht.nu)
        async with lees_tx(verzoek) as tx:
            return await beantwoord(tx, vraag, opdracht.nu)
    except Onjuist as fout:
        raise Probleem(400, fout.code, fout.titel, fout.detail) from None


async def beantwoord(tx: Tx, vraag: Vraag, nu: datetime) -> dict[str, Any]:
    """Telt op zoals toen bekend; `tx` is één momentopname (repeatable read)."""
    moment = vraag.bekend_op or nu
    toen = cijfers.ALTIJD if vraag.bekend_op is None else microseconden(vraag.bekend_op)
    land = Land(Grenzen.uit(await regels.bekend_op(tx, vraag.bekend_op)), vraag)
    filter_ = Filter(toen, vraag.eerste, vraag.laatste, vraag.soort, vraag.aanvrager, vraag.kantoor)
    nodig = ["gemeente", *(k for k in ("soort", "aanvrager", "kantoor") if k in vraag.per or vraag.alleen_gebied)]
    sommen = land.sommen(await store.sommen(tx, filter_, nodig))
    vervolg = land.vervolg(await store.vervolg(tx, filter_, nodig, moment.astimezone(AMSTERDAM).date()))
    banen = await store.banen_tussen(tx, toen, vraag.eerste, vraag.laatste)
    aantallen = await store.aantallen(tx, toen, [p.jaar for p in vraag.perioden])
    per_periode, samen = groepeer(sommen, vervolg, vraag.perioden)
    vast = await vast_tot(tx, BRONNEN)
    demo = await schaal.demo(tx)
    return {
        "periode": [str(p) for p in vraag.perioden],
        "per": list(vraag.per),
        "soort": vraag.soort,
        "bekendOp": antwoord.moment(moment),
        "vast": vast is not None and moment <= vast,
        "vastTot": antwoord.moment(vast),
        "positie": await cijfers.posities(tx, (TOPIC, "plaatsingen")),
        "demo": demo and {"schaal": demo.schaal, "regio": demo.regio},
        "cellen": _cellen(vraag, land, per_periode, banen, aantallen),
        "totaal": [
            land.kenmerken(sleutel) | groep.cijfers(_maanden(vraag.perioden))
            for sleutel, groep in sorted(samen.items(), key=lambda paar: str(paar[0]))
        ],
        "gemeenten": _gemeenten(vraag, land, banen) if vraag.alleen_gebied else None,
    }


def _maanden(perioden_: Iterable[Periode]) -> int:
    return sum(len(p.maanden) for p in perioden_)


def _cellen(
    vraag: Vraag,
    land: Land,
    per_periode: Mapping[tuple[int, Sleutel], Groep],
    banen: Sequence[Beschutbaan],
    aantallen: Sequence[Aantal],
) -> list[dict[str, Any]]:
    uit, leeg = [], Groep()
    for nr, p in enumerate(vraag.perioden):
        per_sleutel = land.banen(banen, p) if vraag.alleen_gebied else {}
        moet = land.te_realiseren(aantallen, p) if vraag.alleen_gebied else {}
        sleutels = {s for n, s in per_periode if n == nr} | per_sleutel.keys() | moet.keys()
        for sleutel in sorted(sleutels or ({land.geen} if not vraag.per else set()), key=str):
            cel: dict[str, Any] = {"periode": str(p)} | land.kenmerken(sleutel)
            cel |= per_periode.get((nr, sleutel), leeg).cijfers(len(p.maanden))
            if vraag.alleen_gebied:
                cel |= plaatsen(per_sleutel.get(sleutel, []), eerste_dag(p.eerste), p.einde)
                cel |= {"teRealiseren": moet.get(sleutel)}
            uit.append(cel)
    return uit


def _gemeenten(vraag: Vraag, land: Land, banen: Sequence[Beschutbaan]) -> dict[str, Any]:
    """Gemeenten die in deze perioden zelf geen advies vroegen, en die geen enkele plaats boden (aanbod of baan)."""
    bestaan = {g for g in land.bestaande(vraag.laatste) if land.telt(g)}
    vroegen = {
        land.gemeente(s.kenmerken[2]) for s in land.alle if s.feit is Wat.AANVRAAG and s.kenmerken[1] == "GEMEENTE"
    }
    boden = {land.gemeente(s.kenmerken[2]) for s in land.alle if s.feit is Wat.AANGEBODEN}
    boden |= {land.gemeente(b.gemeente) for b in banen}
    zonder_aanvraag, zonder_aanbod = sorted(bestaan - vroegen), sorted(bestaan - boden)
    return {
        "aantal": len(bestaan),
        "zonderAanvraag": len(zonder_aanvraag),
        "zonderAanbod": len(zonder_aanbod),
        "welkeZonderAanvraag": zonder_aanvraag,
        "welkeZonderAanbod": zonder_aanbod,
    }
