"""Per periode van een vraag onthouden wat zij opleverde, zolang er voor die periode niets bij geboekt is."""

from collections.abc import Awaitable, Callable, Hashable, Mapping
from dataclasses import replace
from typing import TypeVar

from services.telling.domain.perioden import Periode
from services.telling.domain.regels import Regelboek
from services.telling.domain.selectie import Selectie
from services.telling.store.geheugen import per_periode
from services.telling.store.grootboek import REGISTERMAAND, WERKGEVERMAAND
from services.telling.vraag import Vraag
from shared.db import Tx

T = TypeVar("T")


async def onthoud(
    tx: Tx,
    soort: str,
    vraag: Vraag,
    boeken: tuple[Regelboek, ...],
    momenten: Hashable,
    maak: Callable[[Selectie], Awaitable[Mapping[Periode, T]]],
) -> Mapping[Periode, T]:
    """Wat `maak` van elke periode van de vraag maakt, met deze regelboeken en kennismomenten; `soort` zegt wat het is.

    Een wat-als rekent met een boek dat nergens vastligt: dat wordt niet onthouden.
    """
    s = vraag.selectie
    if any(boek.stempel is None for boek in boeken):
        return await maak(s)
    wat = (soort, vraag.maat, replace(s, perioden=()), tuple(boek.stempel for boek in boeken), momenten)
    ook = (REGISTERMAAND, WERKGEVERMAAND)
    maanden = {p: (p.eerste - 1, *p.maanden, *ook) for p in s.perioden}  # een stroom begint aan het eind van de vorige
    return await per_periode(tx, wat, maanden, lambda nieuw: maak(replace(s, perioden=tuple(nieuw))))
