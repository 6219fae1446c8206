"""Doelgroepverklaringen: de stand van nu, en een geschiedenis waar alleen bij komt."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any

from services.plaatsing.domain.verklaring import Verklaring
from shared.db import Tx

_NU = "select plaatsing_nr, van, tot, bekend_op from doelgroepverklaring where plaatsing_nr = any($1::bigint[])"
_BEWAAR = """
insert into doelgroepverklaring (plaatsing_nr, van, tot, bekend_op)
select * from unnest($1::bigint[], $2::date[], $3::date[], $4::timestamptz[])
on conflict (plaatsing_nr, van) do update set tot = excluded.tot, bekend_op = excluded.bekend_op
"""
_TEKEN = """
insert into doelgroepverklaring_historie (plaatsing_nr, van, tot, bekend_op, client)
select n.plaatsing_nr, n.van, n.tot, n.bekend_op, $5
from unnest($1::bigint[], $2::date[], $3::date[], $4::timestamptz[])
  with ordinality as n (plaatsing_nr, van, tot, bekend_op, volgorde)
order by n.volgorde
"""
_TOEN = """
select van, tot, coalesce(bekend_op, opgetekend_op) as bekend, opgetekend_op from doelgroepverklaring_historie
where plaatsing_nr = $1 and ($2::timestamptz is null or coalesce(bekend_op, opgetekend_op) <= $2) order by nr
"""


async def verklaringen(tx: Tx, nrs: Collection[int]) -> dict[int, dict[date, Verklaring]]:
    """De verklaringen van deze banen (naar hun volgnummer), zoals nu bekend."""
    uit: dict[int, dict[date, Verklaring]] = defaultdict(dict)
    for rij in await tx.fetch(_NU, list(nrs)):
        uit[rij["plaatsing_nr"]][rij["van"]] = Verklaring(rij["van"], rij["tot"], rij["bekend_op"])
    return uit


async def bewaar(tx: Tx, nieuw: Sequence[tuple[int, Verklaring]], client: str) -> None:
    """Tekent elke verandering op, en bewaart per begin de laatste. `nieuw`: (volgnummer van de baan, verklaring)."""
    if not nieuw:
        return
    alle = [(nr, v.van, v.tot, v.bekend_op) for nr, v in nieuw]
    await tx.execute(_TEKEN, *map(list, zip(*alle, strict=True)), client)
    laatst = {rij[:2]: rij for rij in alle}
    rijen = [laatst[sleutel] for sleutel in sorted(laatst)]  # wat eerder begint, eindigt eerst
    await tx.execute(_BEWAAR, *map(list, zip(*rijen, strict=True)))


async def toen(tx: Tx, nr: int, bekend_op: datetime | None) -> list[Any]:
    """Alles wat over de verklaringen van deze baan is opgetekend en op dat moment bekend was (None: nu), op volgorde."""
    return list(await tx.fetch(_TOEN, nr, bekend_op))
