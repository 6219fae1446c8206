"""Boekingen lezen die in een cijfer meetellen, per blad, op volgorde van bekend worden; en wie er achter een nummer zit."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple
from uuid import UUID

from services.telling.domain.regels import Plaats
from services.telling.domain.selectie import Selectie, Stand
from services.telling.store import werkgevers
from services.telling.store.cijfers import GEMEENTE, kenmerken, kolom_grondslagen, van_werkgever
from services.telling.store.hoofdbanen import RUIM
from shared.db import Tx

# Eerst de plekken op het blad uit zo smal mogelijke rijen, dan pas hun kenmerken: een blad is klein, een kwartaal niet.
_BLAD = """
with tellend as materialized (
  select t.maand, c.cel_id from unnest($4::smallint[], $5::text[], $6::text[], $7::text[]) t (maand, grondslagen, vorm, sector)
  join cel c on c.{grondslagen} = t.grondslagen and c.vorm = t.vorm and (t.sector is null or c.sector = t.sector)
  where $8::text[] is null or {van_cel}
), blad as materialized (
  select b.*, br.topic, br.partitie
  from boeking b join tellend using (maand, cel_id) join bron br on br.bron_id = b.bron {werkgevers}
  and b.maand = any($1::smallint[]) and b.bekend_op <= $2
    and ($3::bigint[] is null or (b.bekend_op, br.partitie, b.publicatienr, b.been) > ($3[1], $3[2], $3[3], $3[4]))
    and ($8::text[] is null or {van_zetel})
  order by b.bekend_op, br.partitie, b.publicatienr, b.been limit $9
)
select r.naam, b.bekend_op, b.topic, b.partitie, b.publicatienr, b.been, b.persoon_nr, b.plaatsing_nr, b.werkgever_nr,
       b.maand, {kenmerken}, b.delta_uren_x100, 0 as gezegd, {van_werkgever}
from blad b join cel c using (cel_id) join reden r on r.reden = b.reden
join werkgever w using (werkgever_nr) left join werkgeverstand s using (werkgever_nr)
order by b.bekend_op, b.partitie, b.publicatienr, b.been
"""
_GEMEENTEN = {
    Plaats.WERK: "select distinct gemeente_werk as gemeente from cel",
    Plaats.WOON: "select distinct gemeente_woon as gemeente from cel",
    Plaats.ZETEL: "select distinct gemeente_zetel as gemeente from werkgeverstand union select null",
}


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
    """Elke gemeente die bij deze plaats voorkomt; None is onbekend."""
    return [rij["gemeente"] for rij in await tx.fetch(_GEMEENTEN[Plaats(plaats)])]


async def blad(
    tx: Tx,
    selectie: Selectie,
    soorten: Mapping[int, Collection[tuple[str, str, str | None]]],
    gemeenten: Iterable[str | None] | None,
    plaats: str,
    peilmoment: str,
    toen: int,
    na: Sequence[int] | None,
    hoeveel: int,
) -> list[Geboekt]:
    """De eerste `hoeveel` boekingen na plek `na` die op `toen` bekend waren.

    `soorten`: per maand welke (grondslagen, vorm, sector) meetellen, sector None is elke; `gemeenten` None: alle.
    """
    rijen = [(maand, *soort) for maand, van_maand in soorten.items() for soort in van_maand]
    kolommen = [list(kolom) for kolom in zip(*rijen, strict=True)] if rijen else [[], [], [], []]
    werkgever, nodig, zetel = selectie.werkgever_nodig, selectie.nodig, plaats == Plaats.ZETEL
    in_gebied = f"coalesce({GEMEENTE[plaats]}, '') = any($8::text[])"
    vraag = _BLAD.format(
        grondslagen=kolom_grondslagen(peilmoment),
        van_cel="true" if zetel else in_gebied,
        van_zetel=in_gebied if zetel and werkgever else "true",
        kenmerken=kenmerken(plaats, peilmoment, nodig),
        van_werkgever=van_werkgever(nodig),
        werkgevers=werkgevers.WERKGEVERS.format(wie=10, groep=11) if werkgever else "where true",
    )
    alleen = [selectie.werkgever, selectie.groep] if werkgever else []
    waar = None if gemeenten is None else [code or "" for code in gemeenten]
    await tx.execute(RUIM)
    gevonden = await tx.fetch(vraag, list(soorten), toen, na, *kolommen, waar, hoeveel, *alleen)
    return [
        Geboekt(reden, bekend, topic, partitie, nummer, been, persoon, plaatsing, werkgever, Stand(*stand))
        for reden, bekend, topic, partitie, nummer, been, persoon, plaatsing, werkgever, *stand in gevonden
    ]


async def namen(tx: Tx, tabel: str, nummers: Collection[int]) -> dict[int, UUID]:
    """De pseudoniemen achter deze nummers in `tabel` (persoon, plaatsing of werkgever); wie vergeten is, ontbreekt."""
    vraag = f"select {tabel}_nr, {tabel} from {tabel} where {tabel}_nr = any($1::int[])"  # noqa: S608
    return dict(await tx.fetch(vraag, list(nummers)))
