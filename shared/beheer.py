"""Beheerroutes van elke dienst: nummers, posities, vastTot, geparkeerde sleutels en het sluiten van de historie."""

from typing import Any

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel

from shared import dead_letter
from shared.api import Opdracht, Probleem, lees_tx, lezer, voer_uit
from shared.db import Tx
from shared.dead_letter import Geweigerd
from shared.peil import vast_tot

router = APIRouter(prefix="/v1")
_BEHEER = lezer("beheer")

_WACHTEND = """
select count(*) from uitgaand u where u.publicatienr is null
union all
select coalesce(sum(genummerd - bevestigd), 0) from relay_merk
"""
_LIJST = """
select g.topic, g.sleutel, count(*) as aantal, min(g.ce_time) as oudste, s.sinds,
       (array_agg(g.code order by g.publicatienr))[1] as code, (array_agg(g.melding order by g.publicatienr))[1] as melding
from geparkeerd g join geparkeerd_sleutel s using (topic, sleutel)
group by g.topic, g.sleutel, s.sinds order by s.sinds, g.topic, g.sleutel limit 1000
"""
_TOON = """
select topic, partitie, publicatienr, ce_id as "id", ce_time as "tijd", type, code, melding, length(waarde) as bytes
from geparkeerd where topic = $1 and sleutel = $2 order by publicatienr limit 1000
"""
_SLUIT_SLOT = "select pg_try_advisory_xact_lock(hashtext('banenspoor-historie'))"
_ONGENUMMERD = "select exists (select from uitgaand where publicatienr is null)"
_SLUIT = "update relay_stand set historie = false where historie"


class Herstel(BaseModel):
    """De data die in de plaats komen van die van de eerste geparkeerde gebeurtenis."""

    data: dict[str, Any]


def _per_topic(rijen: list[Any], veld: str) -> dict[str, dict[str, int]]:
    uit: dict[str, dict[str, int]] = {}
    for rij in rijen:
        uit.setdefault(rij["topic"], {})[str(rij["partitie"])] = rij[veld]
    return uit


@router.get("/beheer/nummers")
async def nummers(verzoek: Request, _wie: Opdracht = _BEHEER) -> dict[str, Any]:
    """Wat deze dienst gezegd heeft: het hoogste nummer per topic en partitie, en hoeveel er nog wacht."""
    async with lees_tx(verzoek) as tx:
        merken = await tx.fetch("select topic, partitie, genummerd from relay_merk")
        wachtend = sum(int(r[0]) for r in await tx.fetch(_WACHTEND))
    return {"nummers": _per_topic(list(merken), "genummerd"), "wachtend": wachtend}


@router.get("/beheer/posities")
async def posities(verzoek: Request, _wie: Opdracht = _BEHEER) -> dict[str, Any]:
    """Wat deze dienst verwerkt heeft: het laatste nummer per topic en partitie."""
    async with lees_tx(verzoek) as tx:
        rijen = await tx.fetch("select topic, partitie, publicatienr from verwerkt")
    return {"posities": _per_topic(list(rijen), "publicatienr")}


@router.get("/beheer/vast-tot")
async def vastgesteld_tot(verzoek: Request, _wie: Opdracht = _BEHEER) -> dict[str, Any]:
    """Tot welk moment niets meer verandert (alleen een dienst die peilen hoort), en of de historie nog open is."""
    bronnen = verzoek.app.state.bedrijf.dienst.peilbronnen
    async with lees_tx(verzoek) as tx:
        historie = await tx.fetchval("select historie from relay_stand")
        tot = await vast_tot(tx, bronnen) if bronnen else None
    return {"vastTot": tot.isoformat() if tot else None, "historie": historie}


@router.get("/beheer/geparkeerd")
async def geparkeerd(verzoek: Request, _wie: Opdracht = _BEHEER) -> dict[str, Any]:
    """De geparkeerde sleutels, de oudste eerst."""
    async with lees_tx(verzoek) as tx:
        return {"sleutels": [dict(r) for r in await tx.fetch(_LIJST)]}


@router.get("/beheer/geparkeerd/{topic}/{sleutel}")
async def toon(topic: str, sleutel: str, verzoek: Request, _wie: Opdracht = _BEHEER) -> dict[str, Any]:
    """De wachtende gebeurtenissen van één sleutel, op volgorde; zonder hun inhoud."""
    async with lees_tx(verzoek) as tx:
        return {"gebeurtenissen": [dict(r) for r in await tx.fetch(_TOON, topic, sleutel)]}


@router.post("/beheer/geparkeerd/{topic}/{sleutel}/redrive", response_model=None)
async def redrive(topic: str, sleutel: str, verzoek: Request) -> Response:
    """Verwerkt de wachtende gebeurtenissen van een sleutel opnieuw, van voren af aan."""

    async def werk(tx: Tx, wie: Opdracht) -> tuple[int, dict[str, Any]]:
        inbox = verzoek.app.state.bedrijf.inbox
        if inbox is None:
            raise Probleem(404, "hoort_niets", "Deze dienst hoort niets")
        klaar, reden = await _of_409(dead_letter.redrive(tx, topic, sleutel, inbox.verwerk_los, wie.client))
        return 200, {"verwerkt": klaar, "reden": reden}

    return await voer_uit(verzoek, "beheer", f"{topic}/{sleutel}".encode(), werk)


@router.post("/beheer/geparkeerd/{topic}/{sleutel}/discard", response_model=None)
async def discard(topic: str, sleutel: str, verzoek: Request) -> Response:
    """Verwerpt de eerste wachtende gebeurtenis van een sleutel; nooit een `uren-verloond`."""

    async def werk(tx: Tx, wie: Opdracht) -> tuple[int, dict[str, Any]]:
        await _of_409(dead_letter.verwerp(tx, topic, sleutel, wie.client))
        return 200, {"verworpen": 1}

    return await voer_uit(verzoek, "beheer", f"{topic}/{sleutel}".encode(), werk)


@router.post("/beheer/geparkeerd/{topic}/{sleutel}/repair", response_model=None)
async def repair(topic: str, sleutel: str, herstel: Herstel, verzoek: Request) -> Response:
    """Vervangt de data van de eerste wachtende gebeurtenis; daarna `redrive`."""

    async def werk(tx: Tx, wie: Opdracht) -> tuple[int, dict[str, Any]]:
        await _of_409(dead_letter.herstel(tx, topic, sleutel, herstel.data, wie.client))
        return 200, {"hersteld": 1}

    return await voer_uit(verzoek, "beheer", f"{topic}/{sleutel}/".encode() + await verzoek.body(), werk)


@router.post("/historie/sluit", response_model=None)
async def sluit_historie(verzoek: Request) -> Response:
    """Sluit het laden van historie, voorgoed. 409 zolang er een lading open is of er nog iets genummerd moet worden.

    Anders zou historie nog een nummer krijgen na het eerste peil dat iets vastlegt.
    """

    async def werk(tx: Tx, _wie: Opdracht) -> tuple[int, dict[str, Any]]:
        if await tx.fetchval("select exists (select from geparkeerd)"):
            raise Probleem(409, "geparkeerd", "Er staan gebeurtenissen geparkeerd: eerst herstellen (banenspoor dlq)")
        if not await tx.fetchval(_SLUIT_SLOT) or await tx.fetchval(_ONGENUMMERD):
            raise Probleem(409, "lading_open", "Er wordt nog historie geladen; probeer het zo weer")
        antwoord = await tx.execute(_SLUIT)
        return 200, {"gesloten": True, "wasAlGesloten": antwoord.endswith(" 0")}

    return await voer_uit(verzoek, "historie", b"sluit", werk)


async def _of_409(werk: Any) -> Any:
    try:
        return await werk
    except Geweigerd as fout:
        raise Probleem(409, "geweigerd", str(fout)) from None
