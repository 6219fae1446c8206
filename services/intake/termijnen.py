"""Wat de dag vanzelf brengt: de AOW-leeftijd eindigt registraties, en van wie de bewaartermijn verliep komt op de lijst.

Elke dag één keer, door één instantie, en herhaald zonder gevolg.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from uuid import UUID

from services.intake import kluisboek, store, vernietigen
from services.intake.domain import aow_vroegst, na_grens
from services.intake.domain.bewaartermijnen import termijnen as bewaartermijnen
from services.intake.kluisboek import Levensloop
from shared import outbox
from shared.api import AMSTERDAM
from shared.db import VOORBIJGAAND, Pool, Tx, vergrendel
from shared.kluis import kluis
from shared.log import log
from shared.settings import Instellingen

STAP = 500
"""Zoveel mensen per transactie."""
ELKE = 600.0
"""Seconden tussen twee keer kijken of er een nieuwe dag is."""
_SLOT = """
select pg_try_advisory_xact_lock(hashtext('banenspoor-termijnen'))
  and not exists (select from relay_stand where afwijking is not null)
"""
_VOLGENDE = "select persoon from termijn where maand <= $1 and persoon > $2 order by persoon limit $3"
_KLAAR = "delete from termijn where persoon = any($1::uuid[])"
_ZET = """
insert into termijn (persoon, maand) select * from unnest($1::uuid[], $2::date[])
on conflict (persoon) do update set maand = excluded.maand
"""


async def zet(tx: Tx, levens: Mapping[UUID, Levensloop]) -> None:
    """Onthoudt in welke maand naar elk van deze mensen gekeken moet worden."""
    dagen = [(p, aow_vroegst(leven.geboortedatum)) for p, leven in levens.items() if leven.geboortedatum]
    if dagen:
        await tx.execute(_ZET, [p for p, _ in dagen], [dag.replace(day=1) for _, dag in dagen])


async def klaar(tx: Tx, wie: Iterable[UUID]) -> None:
    """Naar deze mensen hoeft niet meer gekeken te worden."""
    await tx.execute(_KLAAR, list(wie))


async def verloop(pool: Pool, vandaag: date) -> int:
    """Beëindigt wat op of voor `vandaag` moest eindigen; het aantal mensen. Is een ander bezig, dan gebeurt er niets."""
    aantal, na = 0, UUID(int=0)
    while True:
        async with pool.acquire() as conn, conn.transaction():
            if not await conn.fetchval(_SLOT):
                return aantal
            wie = [r["persoon"] for r in await conn.fetch(_VOLGENDE, vandaag, na, STAP)]
            aantal += await _beeindig(conn, wie, vandaag)
        if len(wie) < STAP:
            return aantal
        na = wie[-1]


async def _beeindig(tx: Tx, wie: list[UUID], vandaag: date) -> int:
    await vergrendel(tx, map(str, wie))
    levens = await kluisboek.lees_levenslopen(tx, kluis(), wie)
    grenzen = {p: leven.grens(vandaag) for p, leven in levens.items()}
    stand = await store.tijdlijnen(tx, [p for p, g in grenzen.items() if g is not None], grenzen)
    gevolgen = [(t, na_grens(t)) for t in stand.values()]
    await store.bewaar(tx, [(t, g.tijdlijn) for t, g in gevolgen])
    await outbox.put(tx, [f for _, g in gevolgen for f in g.feiten])
    await klaar(tx, stand)
    return sum(bool(g.feiten) for _, g in gevolgen)


async def kondig_vernietiging_aan(pool: Pool, instellingen: Instellingen, vandaag: date) -> None:
    """Zet klaar van wie de bewaartermijn verlopen is; vernietigen doet een mens."""
    async with pool.acquire() as conn, conn.transaction():
        if await conn.fetchval(_SLOT):
            regels = bewaartermijnen(instellingen.bewaartermijnen)
            await vernietigen.kondig_aan(conn, vandaag, regels, instellingen.vernietiging_aankondiging_dagen)


async def elke_dag(pool: Pool, instellingen: Instellingen) -> None:
    """Loopt zolang de dienst loopt; een storing die vanzelf overgaat wacht tot de volgende keer."""
    gedaan: date | None = None
    while True:
        vandaag = datetime.now(AMSTERDAM).date()
        if vandaag != gedaan:
            try:
                log.info("termijnen_verlopen", aantal=await verloop(pool, vandaag))
                await kondig_vernietiging_aan(pool, instellingen, vandaag)
                gedaan = vandaag
            except VOORBIJGAAND as fout:
                log.warning("termijnen_later", fout=type(fout).__name__)
        await asyncio.sleep(ELKE)
