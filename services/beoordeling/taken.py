"""Wat de dag brengt: herinneringen aan termijnen, banen die beginnen of eindigen, en een nieuw jaar met een ander aantal.

Elke dag één keer, door één instantie, en herhaald zonder gevolg.
"""

import asyncio
from collections.abc import Collection
from datetime import date, datetime, timedelta
from uuid import UUID

from banenspoor_contracts import TermijnLooptAf

from services.beoordeling.plaats import volg
from services.beoordeling.store import aanvragen, deelname, plaatsen
from shared import outbox
from shared.api import AMSTERDAM
from shared.db import VOORBIJGAAND, Pool, vergrendel
from shared.log import log
from shared.settings import Instellingen

STAP = 500
"""Zoveel aanvragen of mensen per transactie."""
ELKE = 600.0
"""Seconden tussen twee keer kijken of er een nieuwe dag is."""
TERUG = timedelta(days=31)
"""Zo ver kijkt een dag terug naar banen die begonnen of eindigden: zolang mag de dienst stilstaan."""
_SLOT = """
select pg_try_advisory_xact_lock(hashtext('banenspoor-dagtaak'))
  and not exists (select from relay_stand where afwijking is not null)
"""
_HISTORIE = "select historie from relay_stand"


async def herinner(pool: Pool, vandaag: date, dagen: int) -> int:
    """Zegt van elke klok die binnen zoveel dagen afloopt één keer dat zij afloopt; het aantal."""
    aantal = 0
    while True:
        async with pool.acquire() as tx, tx.transaction():
            if not await tx.fetchval(_SLOT):
                return aantal
            kandidaten = await aanvragen.te_herinneren(tx, vandaag, vandaag + timedelta(days=dagen), STAP)
            await vergrendel(tx, {str(a.persoon) for a in kandidaten})
            nu = await aanvragen.op_nummer(tx, [a.aanvraag for a in kandidaten])
            zelfde = [(a, a.loopt_af) for a in kandidaten if nu.get(a.aanvraag) == a and a.loopt_af is not None]
            await outbox.put(
                tx, [TermijnLooptAf(persoon=a.persoon, aanvraag=a.aanvraag, uiterlijk=dag) for a, dag in zelfde]
            )
            await aanvragen.herinnerd(tx, [a.aanvraag for a, _ in zelfde])
        aantal += len(zelfde)
        if len(kandidaten) < STAP:
            return aantal


async def loop_bij(pool: Pool, nu: datetime) -> int:
    """Brengt bij van wie een baan in beschut werk net begon of eindigde, en merkt waar iemand wacht; het aantal mensen.

    Zolang historie geladen wordt, wordt wie daarin wacht niets gegeven: dan is nog niet bekend wie er al werkt.
    """
    vandaag = nu.astimezone(AMSTERDAM).date()
    async with pool.acquire() as tx:
        wie = sorted(await deelname.verschoven(tx, vandaag - TERUG, vandaag))
    for begin in range(0, len(wie), STAP):
        await _volg(pool, wie[begin : begin + STAP], nu)
    async with pool.acquire() as tx, tx.transaction():
        if await tx.fetchval(_SLOT) and not await tx.fetchval(_HISTORIE):
            await plaatsen.markeer_wachtenden(tx)
    return len(wie)


async def _volg(pool: Pool, wie: Collection[UUID], nu: datetime) -> None:
    async with pool.acquire() as tx, tx.transaction():
        if await tx.fetchval(_SLOT):
            await vergrendel(tx, map(str, wie))
            await outbox.put(tx, await volg(tx, wie, nu, "dagtaak"))


async def elke_dag(pool: Pool, instellingen: Instellingen) -> None:
    """Loopt zolang de dienst loopt; een storing die vanzelf overgaat wacht tot de volgende keer."""
    gedaan: date | None = None
    while True:
        nu = datetime.now(AMSTERDAM)
        if nu.date() != gedaan:
            try:
                aantal = await herinner(pool, nu.date(), instellingen.herinnering_dagen)
                log.info("termijnen_herinnerd", aantal=aantal)
                await loop_bij(pool, nu)
                gedaan = nu.date()
            except VOORBIJGAAND as fout:
                log.warning("dagtaak_later", fout=type(fout).__name__)
        await asyncio.sleep(ELKE)
