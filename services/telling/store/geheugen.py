"""Onthouden wat een maand opleverde, zolang er in die maand niets bij geboekt is.

Elke boeking geeft haar maand een nieuwe versie (`maandversie`), in dezelfde transactie. Wie leest, ziet de versies uit zijn
eigen momentopname: wat bij die versies onthouden is, is precies wat opnieuw lezen zou geven. Zo is een antwoord nooit oud, en
rekent een lopende maand die verandert alleen zichzelf opnieuw uit. Het geheugen is van dit proces.
"""

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable, Iterable, Mapping
from typing import Any, TypeVar

from shared.db import Tx

K = TypeVar("K", bound=Hashable)
T = TypeVar("T")
MEESTE = 100_000
"""Zoveel cellen (of regels op bladen) worden hooguit onthouden, alle uitkomsten samen; de langst ongebruikte gaat weg."""
DATABASE = """
select pg_postmaster_start_time()::text || ' ' || oid from pg_database where datname = current_database()
"""
"""Welke database dit is, zolang zij draait: na een herstel is het een andere."""
_VERSIES = """
select maand, string_agg(shard || ':' || xid || ':' || keer, ',' order by shard) as versie
from maandversie where maand = any($1::smallint[]) group by maand
"""


class Geheugen:
    """Wat bij een sleutel hoort, samen met de versie waarbij het gold; begrensd op hoeveel cellen dat samen zijn."""

    def __init__(self, meeste: int = MEESTE) -> None:
        self._meeste, self._samen = meeste, 0
        self._inhoud: OrderedDict[Hashable, tuple[Hashable, Any, int]] = OrderedDict()

    def vind(self, sleutel: Hashable, versie: Hashable) -> tuple[Any] | None:
        """Wat er bij deze sleutel onthouden is, in een tupel, of None als dat er niet is of bij een andere versie hoort."""
        gevonden = self._inhoud.get(sleutel)
        if gevonden is None or gevonden[0] != versie:
            return None
        self._inhoud.move_to_end(sleutel)
        return (gevonden[1],)

    def bewaar(self, sleutel: Hashable, versie: Hashable, waarde: Any) -> None:
        """Onthoudt een waarde; zij wordt gedeeld en mag niet gewijzigd worden. Wat niet past, wordt niet onthouden."""
        eerder, omvang = self._inhoud.pop(sleutel, None), _omvang(waarde)
        self._samen -= eerder[2] if eerder else 0
        if omvang > self._meeste:
            return
        self._inhoud[sleutel] = versie, waarde, omvang
        self._samen += omvang
        while self._samen > self._meeste:
            self._samen -= self._inhoud.popitem(last=False)[1][2]


def _omvang(waarde: Any) -> int:
    """Uit hoeveel cellen een uitkomst bestaat; elke uitkomst is er ten minste één."""
    if isinstance(waarde, Mapping):
        return 1 + sum(map(_omvang, waarde.values()))
    return 1 + sum(map(_omvang, waarde)) if type(waarde) in (list, tuple) else 1


UITKOMSTEN, BLADEN = Geheugen(), Geheugen(meeste=20_000)
"""Van dit proces: uitkomsten van perioden, en bladen met boekingen."""


async def per_periode(
    tx: Tx,
    wat: Hashable,
    maanden: Mapping[K, Iterable[int]],
    maak: Callable[[list[K]], Awaitable[Mapping[K, T]]],
    geheugen: Geheugen = UITKOMSTEN,
) -> dict[K, T]:
    """De uitkomst van elke periode: onthouden, of anders door `maak` gemaakt en onthouden.

    `wat` zegt alles waarvan de uitkomst nog meer afhangt (de vraag, de regels, het kennismoment); `maanden` welke maanden een
    periode leest.
    """
    versies = dict(await tx.fetch(_VERSIES, sorted({maand for alle in maanden.values() for maand in alle})))
    database = await tx.fetchval(DATABASE)
    uit, nieuw = dict[K, T](), dict[K, Hashable]()
    for periode, alle in maanden.items():
        versie: Hashable = tuple(versies.get(maand) for maand in alle)
        gevonden = geheugen.vind((database, wat, periode), versie)
        if gevonden is None:
            nieuw[periode] = versie
        else:
            uit[periode] = gevonden[0]
    if nieuw:
        gemaakt = await maak(list(nieuw))
        for periode in nieuw:
            uit[periode] = gemaakt[periode]
            geheugen.bewaar((database, wat, periode), nieuw[periode], gemaakt[periode])
    return {periode: uit[periode] for periode in maanden}
