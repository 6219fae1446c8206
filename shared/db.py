"""PostgreSQL: de pool, het slot op een persoon, en wat voorbijgaande storing is."""

import asyncio
import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, TypeAlias

import asyncpg

if TYPE_CHECKING:
    Tx: TypeAlias = "asyncpg.Connection[Any] | asyncpg.pool.PoolConnectionProxy[Any]"
    Pool: TypeAlias = "asyncpg.Pool[Any]"
else:
    Tx = Pool = Any

VOORBIJGAAND: tuple[type[BaseException], ...] = (
    OSError,
    asyncio.TimeoutError,
    asyncpg.InterfaceError,
    asyncpg.PostgresConnectionError,
    asyncpg.exceptions.InsufficientResourcesError,  # schijf vol, te veel verbindingen
    asyncpg.exceptions.OperatorInterventionError,  # database stopt
    asyncpg.exceptions.TransactionRollbackError,  # deadlock, serialisatie
    asyncpg.exceptions.LockNotAvailableError,
)
"""Fouten die vanzelf overgaan: opnieuw proberen, nooit parkeren (protocol 13)."""


async def _codecs(conn: "asyncpg.Connection[Any]") -> None:
    for soort in ("json", "jsonb"):
        await conn.set_type_codec(
            soort,
            schema="pg_catalog",
            encoder=lambda w: json.dumps(w, ensure_ascii=False, default=str),
            decoder=json.loads,
        )


async def _schoon(conn: "asyncpg.Connection[Any]") -> None:
    """Terug in de pool. Buiten een transactie zetten wij niets op een verbinding, dus alleen een open transactie gaat weg."""
    if conn.is_in_transaction():
        await conn.reset()


async def verbind(url: str) -> "asyncpg.Connection[Any]":
    """Eén verbinding buiten de pool (voor het slot van de relay)."""
    conn = await asyncpg.connect(url, timeout=5, command_timeout=60)
    await _codecs(conn)
    return conn


async def maak_pool(url: str, grootte: int) -> "Pool":
    """De pool van een dienst; elke verbinding leest en schrijft json als Pythonwaarden."""
    return await asyncpg.create_pool(
        url,
        min_size=1,
        max_size=grootte,
        timeout=5,
        command_timeout=300,
        init=_codecs,
        reset=_schoon,
        max_inactive_connection_lifetime=60,
    )


_SLOTEN = "insert into slot (sleutel) select unnest($1::text[]) on conflict do nothing returning sleutel"
_VERGRENDEL = "select 1 from slot where sleutel = any($1::text[]) order by sleutel for update"


async def vergrendel(tx: Tx, sleutels: Iterable[str]) -> None:
    """Neemt de rijsloten van personen (of andere sleutels), op volgorde; duurt tot het einde van de transactie.

    Wie gebeurtenissen over een sleutel zegt, neemt eerst dit slot en leest dan pas de stand (protocol 1):
    zo is de volgorde van invoegen in `uitgaand` per sleutel die van vastleggen.
    """
    gesorteerd = sorted(set(sleutels))
    if gesorteerd:
        nieuw = {rij["sleutel"] for rij in await tx.fetch(_SLOTEN, gesorteerd)}
        if bekend := [s for s in gesorteerd if s not in nieuw]:
            await tx.execute(_VERGRENDEL, bekend)


_HISTORIE_SLOT = "select pg_advisory_xact_lock_shared(hashtext('banenspoor-historie'))"


async def neem_historieslot(tx: Tx) -> bool:
    """Neemt het gedeelde slot van het laden van historie (wacht op wie sluit); onwaar als de historie gesloten is."""
    await tx.execute(_HISTORIE_SLOT)
    return bool(await tx.fetchval("select historie from relay_stand"))
