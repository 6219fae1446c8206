"""Boekingen lezen die in een cijfer meetellen, per blad, op volgorde van bekend worden; en wie er achter een nummer zit."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple
from uuid import UUID

from services.telling.domain.selectie import Stand
from services.telling.store.cijfers import kenmerken, kolom_gemeente, kolom_grondslagen
from services.telling.store.hoofdbanen import RUIM
from shared.db import Tx

_BLAD = """
with tellend as materialized (
  select t.maand, c.cel_id from unnest($4::smallint[], $5::text[], $6::text[], $7::text[]) t (maand, grondslagen, vorm, sector)
  join cel c on c.{grondslagen} = t.grondslagen and c.vorm = t.vorm and (t.sector is null or c.sector = t.sector)
  where $8::text[] is null or coalesce(c.{gemeente}, '') = any($8::text[])
), blad as materialized (
  select b.*, br.topic, br.partitie from boeking b join tellend using (maand, cel_id) join bron br on br.bron_id = b.bron
  where b.maand = any($1::smallint[]) and b.bekend_op <= $2
    and ($3::bigint[] is null or (b.bekend_op, br.partitie, b.publicatienr, b.been) > ($3[1], $3[2], $3[3], $3[4]))
  order by b.bekend_op, br.partitie, b.publicatienr, b.been limit $9
)
select r.naam, b.bekend_op, b.topic, b.partitie, b.publicatienr, b.been, b.persoon_nr, b.plaatsing_nr, b.werkgever_nr,
       b.maand, {kenmerken}, b.delta_uren_x100
from blad b join cel c using (cel_id) join reden r on r.reden = b.reden
order by b.bekend_op, b.partitie, b.publicatienr, b.been
"""
_GEMEENTEN = "select distinct {gemeente} as gemeente from cel"


class Geboekt(NamedTuple):
    """Eén boeking: waarom, waar zij vandaan komt, van wie (nummers), en haar uren bij haar kenmerken (`stand`)."""

    reden: str
    bekend_op: int
    topic: str
    partitie: int
    publicatienr: int
    been: int
    persoon_nr: int
    plaatsing_nr: int | None
    werkgever_nr: int | None
    stand: Stand

    @property
    def plek(self) -> tuple[int, int, int, int]:
        """Waar zij staat in de volgorde van bekend worden."""
        return self.bekend_op, self.partitie, self.publicatienr, self.been


async def gemeenten(tx: Tx, plaats: str) -> list[str | None]:
    """Elke gemeente die bij deze plaats in een cel voorkomt; None is onbekend."""
    vraag = _GEMEENTEN.format(gemeente=kolom_gemeente(plaats))
    return [rij["gemeente"] for rij in await tx.fetch(vraag)]


async def blad(
    tx: Tx,
    soorten: Mapping[int, Collection[tuple[str, str, str | None]]],
    gemeenten: Iterable[str | None] | None,
    plaats: str,
    peilmoment: str,
    nodig: Collection[str],
    toen: int,
    na: Sequence[int] | None,
    hoeveel: int,
) -> list[Geboekt]:
    """De eerste `hoeveel` boekingen na plek `na` die op `toen` bekend waren.

    `soorten`: per maand welke (grondslagen, vorm, sector) meetellen, sector None is elke; `gemeenten` None: alle.
    """
    rijen = [(maand, *soort) for maand, van_maand in soorten.items() for soort in van_maand]
    kolommen = [list(kolom) for kolom in zip(*rijen, strict=True)] if rijen else [[], [], [], []]
    vraag = _BLAD.format(
        grondslagen=kolom_grondslagen(peilmoment),
        gemeente=kolom_gemeente(plaats),
        kenmerken=kenmerken(plaats, peilmoment, nodig),
    )
    waar = None if gemeenten is None else [code or "" for code in gemeenten]
    await tx.execute(RUIM)
    gevonden = await tx.fetch(vraag, list(soorten), toen, na, *kolommen, waar, hoeveel)
    return [
        Geboekt(reden, bekend, topic, partitie, nummer, been, persoon, plaatsing, werkgever, Stand(*stand))
        for reden, bekend, topic, partitie, nummer, been, persoon, plaatsing, werkgever, *stand in gevonden
    ]


async def namen(tx: Tx, tabel: str, nummers: Collection[int]) -> dict[int, UUID]:
    """De pseudoniemen achter deze nummers in `tabel` (persoon, plaatsing of werkgever); wie vergeten is, ontbreekt."""
    vraag = f"select {tabel}_nr, {tabel} from {tabel} where {tabel}_nr = any($1::int[])"  # noqa: S608
    return dict(await tx.fetch(vraag, list(nummers)))
