"""Om de beurt: lang rekenen laat tussendoor andere verzoeken voor."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from typing import TypeVar

HAP = 50
"""Na zoveel rijen rekenen komt een ander verzoek aan de beurt: naast een blok van duizend wacht één rij niet lang."""
T = TypeVar("T")


async def in_happen(alle: Iterable[T]) -> AsyncIterator[T]:
    """Alle, op volgorde; na elke hap mag eerst een ander."""
    for nr, een in enumerate(alle, start=1):
        yield een
        if nr % HAP == 0:
            await asyncio.sleep(0)
