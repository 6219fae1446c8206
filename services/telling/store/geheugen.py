"""Onthouden wat een maand opleverde, zolang er in die maand niets bij geboekt is.

Elke boeking geeft haar maand een nieuwe versie (`maandversie`), in dezelfde transactie. Wie leest, ziet de versies uit zijn
eigen momentopname: wat bij die versies onthouden is, is precies wat opnieuw lezen zou geven. Zo is een antwoord nooit oud, en
rekent een lopende maand die verandert alleen zichzelf opnieuw uit.
"""

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Collection, Hashable, Iterable, Mapping
from typing import Any, TypeVar

from shared.db import Tx

K = TypeVar("K", bound=Hashable)
T = TypeVar("T")
MEESTE = 20_000
"""Zoveel uitkomsten (elk die van één periode van één vraag) worden hooguit onthouden; de langst ongebruikte gaat weg."""

_VERSIES = """
select maand, string_agg(shard || ':' || xid || ':' || keer, ',' order by shard) as versie
from maandversie where maand = any($1::smallint[]) group by maand
"""
_DATABASE = """
select pg_postmaster_start_time()::text || ' ' || oid from pg_database where datname = current_database()
"""
_onthouden: OrderedDict[Hashable, tuple[Hashable, Any]] = OrderedDict()


async def per_periode(
    tx: Tx, wat: Hashable, maanden: Mapping[K, Iterable[int]], maak: Callable[[Collection[K]], Awaitable[Mapping[K, T]]]
) -> dict[K, T]:
    """De uitkomst van elke periode: onthouden, of anders door `maak` gemaakt en onthouden.

    `wat` zegt alles waarvan de uitkomst nog meer afhangt (de vraag, de regels, het kennismoment); `maanden` welke maanden een
    periode leest. Een uitkomst wordt gedeeld en mag dus niet gewijzigd worden.
    """
    alle = sorted({maand for van_periode in maanden.values() for maand in van_periode})
    versies = dict(await tx.fetch(_VERSIES, alle))
    database = await tx.fetchval(_DATABASE)
    uit, nieuw = dict[K, T](), dict[K, tuple[Hashable, Hashable]]()
    for periode, van_periode in maanden.items():
        sleutel: Hashable = (database, wat, periode)
        versie: Hashable = tuple(versies.get(maand) for maand in van_periode)
        eerder = _onthouden.get(sleutel)
        if eerder is not None and eerder[0] == versie:
            _onthouden.move_to_end(sleutel)
            uit[periode] = eerder[1]
        else:
            nieuw[periode] = sleutel, versie
    if nieuw:
        gemaakt = await maak(list(nieuw))
        for periode, bij in nieuw.items():
            uit[periode] = gemaakt[periode]
            _onthouden[bij[0]] = bij[1], gemaakt[periode]
            _onthouden.move_to_end(bij[0])
        while len(_onthouden) > MEESTE:
            _onthouden.popitem(last=False)
    return {periode: uit[periode] for periode in maanden}
