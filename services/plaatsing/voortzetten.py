"""Elke dag: wat jaarlijks komt loopt door tot de levering er is. Wat er hoort te staan wordt telkens opnieuw bepaald."""

import asyncio
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from banenspoor_contracts import Feit

from services.plaatsing.domain.kalender import AMSTERDAM
from services.plaatsing.domain.verschil import Moment
from services.plaatsing.domain.voortzetten import jaarvormen, voortzetting, zet_voort
from services.plaatsing.store import banen, intrekking
from services.plaatsing.store import voortzetten as store
from services.plaatsing.store.leveringen import Plek
from services.plaatsing.store.omgeving import omgeving
from shared import outbox
from shared.db import VOORBIJGAAND, Pool, Tx
from shared.log import log
from shared.settings import Instellingen

STAP = 500
ELKE = 900


@dataclass(frozen=True, slots=True)
class Stap:
    """Wat één stap deed: zoveel banen nagegaan, zoveel maanden gezegd; `volgende` None: klaar."""

    gedaan: int
    gezegd: int
    volgende: int | None


async def stap(tx: Tx, na: int, nu: datetime, vandaag: date, jaren: int, correlatie: UUID | None = None) -> Stap:
    """Gaat de volgende banen na en zet hun voortgezette maanden zoals zij nu horen; nog eens doen verandert niets."""
    vormen = jaarvormen()
    werk = await store.volgende(tx, vormen, na, STAP)
    bereik = {w.plaatsing: banen.ALTIJD for w in werk}
    dossiers = list((await banen.dossiers_met_slot(tx, {w.persoon for w in werk}, bereik)).values())
    laatste = await store.laatste_jaren(tx, vormen)
    rondom = await omgeving(
        tx,
        {d.baan.persoon for d in dossiers},
        {w for d in dossiers for w in d.baan.werkgevers},
        {r.leverancier for d in dossiers for r in d.regels.values()},
    )
    feiten, weg = list[Feit](), list[Plek]()
    for dossier in dossiers:
        gewenst = voortzetting(dossier.baan, dossier.regels.values(), laatste, vandaag, jaren)
        gevolg, vervallen = zet_voort(dossier, gewenst, Moment(nu), rondom)
        feiten += gevolg
        weg += [(dossier.baan.nr, sleutel) for sleutel in vervallen]
    await intrekking.verwijder(tx, weg)
    await banen.bewaar(tx, dossiers)
    await outbox.put(tx, feiten, correlatie=correlatie)
    return Stap(len(werk), len(feiten), werk[-1].nr if len(werk) == STAP else None)


async def zet_alles_voort(pool: Pool, nu: datetime, jaren: int) -> int:
    """Gaat alle banen na, in stappen; hoeveel maanden er gezegd zijn."""
    na: int | None = 0
    gezegd = 0
    while na is not None:
        async with pool.acquire() as conn, conn.transaction():
            gedaan = await stap(conn, na, nu, nu.astimezone(AMSTERDAM).date(), jaren)
        gezegd, na = gezegd + gedaan.gezegd, gedaan.volgende
    return gezegd


async def elke_dag(pool: Pool, instellingen: Instellingen) -> None:
    """Loopt zolang de dienst loopt; een storing die vanzelf overgaat wacht tot de volgende keer."""
    gedaan: date | None = None
    while True:
        nu = datetime.now(AMSTERDAM)
        if nu.date() != gedaan:
            try:
                log.info("uren_voortgezet", maanden=await zet_alles_voort(pool, nu, instellingen.voortzetten_jaren))
                gedaan = nu.date()
            except VOORBIJGAAND as fout:
                log.warning("voortzetten_later", fout=type(fout).__name__)
        await asyncio.sleep(ELKE)
