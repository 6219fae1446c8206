"""Ondersteuning: de stand van nu, en een geschiedenis waar alleen bij komt."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any

import asyncpg
from banenspoor_contracts import Instrument, VerstrekkerSoort

from services.plaatsing.domain.ondersteuning import Loonwaarde, Periode, Sleutel
from shared.db import Tx

_PERIODEN = """
select plaatsing_nr, instrument, van, tot, verstrekker, gemeente, bekend_op
from instrument where plaatsing_nr = any($1::bigint[])
"""
_LOONWAARDEN = """
select plaatsing_nr, op, procent_x100, methode, bekend_op from loonwaarde where plaatsing_nr = any($1::bigint[])
"""
_BEWAAR_PERIODEN = """
insert into instrument (plaatsing_nr, instrument, van, tot, verstrekker, gemeente, bekend_op)
select * from unnest($1::bigint[], $2::text[], $3::date[], $4::date[], $5::text[], $6::text[], $7::timestamptz[])
on conflict (plaatsing_nr, instrument, van) do update set tot = excluded.tot, verstrekker = excluded.verstrekker,
  gemeente = excluded.gemeente, bekend_op = excluded.bekend_op
"""
_BEWAAR_LOONWAARDEN = """
insert into loonwaarde (plaatsing_nr, op, procent_x100, methode, bekend_op)
select * from unnest($1::bigint[], $2::date[], $3::int[], $4::text[], $5::timestamptz[])
on conflict (plaatsing_nr, op) do update set procent_x100 = excluded.procent_x100, methode = excluded.methode,
  bekend_op = excluded.bekend_op
"""
_TEKEN_PERIODEN = """
insert into instrument_historie (plaatsing_nr, instrument, van, tot, verstrekker, gemeente, bekend_op, client)
select n.plaatsing_nr, n.instrument, n.van, n.tot, n.verstrekker, n.gemeente, n.bekend_op, $8
from unnest($1::bigint[], $2::text[], $3::date[], $4::date[], $5::text[], $6::text[], $7::timestamptz[])
  with ordinality as n (plaatsing_nr, instrument, van, tot, verstrekker, gemeente, bekend_op, volgorde)
order by n.volgorde
"""
_TEKEN_LOONWAARDEN = """
insert into loonwaarde_historie (plaatsing_nr, op, procent_x100, methode, bekend_op, client)
select n.plaatsing_nr, n.op, n.procent_x100, n.methode, n.bekend_op, $6
from unnest($1::bigint[], $2::date[], $3::int[], $4::text[], $5::timestamptz[])
  with ordinality as n (plaatsing_nr, op, procent_x100, methode, bekend_op, volgorde)
order by n.volgorde
"""
_PERIODEN_TOEN = """
select instrument, van, tot, verstrekker, gemeente, coalesce(bekend_op, opgetekend_op) as bekend, opgetekend_op
from instrument_historie
where plaatsing_nr = $1 and ($2::timestamptz is null or coalesce(bekend_op, opgetekend_op) <= $2) order by nr
"""
_LOONWAARDEN_TOEN = """
select op, procent_x100, methode, coalesce(bekend_op, opgetekend_op) as bekend, opgetekend_op
from loonwaarde_historie
where plaatsing_nr = $1 and ($2::timestamptz is null or coalesce(bekend_op, opgetekend_op) <= $2) order by nr
"""


async def perioden(tx: Tx, nrs: Collection[int]) -> dict[int, dict[Sleutel, Periode]]:
    """De instrumenten van deze banen (naar hun volgnummer), zoals nu bekend."""
    uit: dict[int, dict[Sleutel, Periode]] = defaultdict(dict)
    for rij in await tx.fetch(_PERIODEN, list(nrs)):
        periode = Periode(
            instrument=Instrument(rij["instrument"]),
            van=rij["van"],
            tot=rij["tot"],
            verstrekker=VerstrekkerSoort(rij["verstrekker"]),
            gemeente=rij["gemeente"],
            bekend_op=rij["bekend_op"],
        )
        uit[rij["plaatsing_nr"]][periode.sleutel] = periode
    return uit


async def loonwaarden(tx: Tx, nrs: Collection[int]) -> dict[int, dict[date, Loonwaarde]]:
    """De loonwaarden van deze banen, zoals nu bekend."""
    uit: dict[int, dict[date, Loonwaarde]] = defaultdict(dict)
    for rij in await tx.fetch(_LOONWAARDEN, list(nrs)):
        loonwaarde = Loonwaarde(rij["op"], rij["procent_x100"], rij["methode"], rij["bekend_op"])
        uit[rij["plaatsing_nr"]][rij["op"]] = loonwaarde
    return uit


async def bewaar_perioden(tx: Tx, nieuw: Sequence[tuple[int, Periode]], client: str) -> None:
    """Tekent elke verandering op, en bewaart per periode de laatste. `nieuw`: (volgnummer van de baan, periode)."""
    alle = [(nr, p.instrument, p.van, p.tot, p.verstrekker, p.gemeente, p.bekend_op) for nr, p in nieuw]
    await _schrijf(tx, _TEKEN_PERIODEN, alle, client)
    laatst = {(nr, instrument, van): rij for rij in alle for nr, instrument, van in [rij[:3]]}
    await _schrijf(
        tx, _BEWAAR_PERIODEN, [laatst[sleutel] for sleutel in sorted(laatst)]
    )  # wat eerder begint, eindigt eerst


async def bewaar_loonwaarden(tx: Tx, nieuw: Sequence[tuple[int, Loonwaarde]], client: str) -> None:
    """Tekent elke verandering op, en bewaart per dag de laatste."""
    alle = [(nr, w.op, w.procent_x100, w.methode, w.bekend_op) for nr, w in nieuw]
    await _schrijf(tx, _TEKEN_LOONWAARDEN, alle, client)
    await _schrijf(tx, _BEWAAR_LOONWAARDEN, list({rij[:2]: rij for rij in alle}.values()))


async def perioden_toen(tx: Tx, nr: int, bekend_op: datetime | None) -> list[Any]:
    """Alles wat over de instrumenten van deze baan is opgetekend en op dat moment bekend was (None: nu), op volgorde."""
    return list(await tx.fetch(_PERIODEN_TOEN, nr, bekend_op))


async def loonwaarden_toen(tx: Tx, nr: int, bekend_op: datetime | None) -> list[Any]:
    """Als `perioden_toen`, over de loonwaarde."""
    return list(await tx.fetch(_LOONWAARDEN_TOEN, nr, bekend_op))


async def _schrijf(tx: Tx, opdracht: str, rijen: Sequence[tuple[Any, ...]], *meer: str) -> None:
    if not rijen:
        return
    try:
        await tx.execute(opdracht, *map(list, zip(*rijen, strict=True)), *meer)
    except asyncpg.IntegrityConstraintViolationError as fout:  # haar tekst heeft de rij, en die hoort in geen log
        raise RuntimeError(f"ondersteuning is niet te bewaren: {fout.constraint_name}") from None
