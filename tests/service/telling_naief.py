"""Voor de eigenschappen van telling: voorbeelden van hypothesis op echte PostgreSQL, elk in een teruggedraaide transactie."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import date, datetime
from typing import Any

from banenspoor_contracts import Registratie
from hypothesis import HealthCheck, given, settings
from hypothesis.strategies import SearchStrategy

from services.telling.api import beantwoord
from services.telling.vraag import Parameters, lees_vraag
from shared.db import Tx

NU = datetime.fromisoformat("2026-01-01T00:00:00+00:00")


async def voor_elk(
    pool: Any, voorbeelden: SearchStrategy[Any], proef: Callable[[Tx, Any], Awaitable[None]], hoeveel: int = 60
) -> None:
    """Laat hypothesis (in een eigen draad) voorbeelden maken en doe de proef in een transactie die niet blijft."""
    loop = asyncio.get_running_loop()

    async def een(voorbeeld: Any) -> None:
        async with pool.acquire() as conn:
            tr = conn.transaction(isolation="repeatable_read")
            await tr.start()
            try:
                await proef(conn, voorbeeld)
            finally:
                await tr.rollback()

    @settings(max_examples=hoeveel, deadline=None, suppress_health_check=list(HealthCheck))
    @given(voorbeelden)
    def alle(voorbeeld: Any) -> None:
        asyncio.run_coroutine_threadsafe(een(voorbeeld), loop).result()

    await asyncio.to_thread(alle)


async def antwoord(tx: Tx, **parameters: str) -> dict[str, Any]:
    """Het antwoord van de API op een vraag, binnen deze transactie."""
    return await beantwoord(tx, lees_vraag(Parameters(**parameters), NU), NU)


def geldt(registratie: Registratie, dag: date) -> bool:
    """Geldt deze registratie op `dag`?"""
    return registratie.van <= dag and (registratie.tot is None or dag < registratie.tot)
