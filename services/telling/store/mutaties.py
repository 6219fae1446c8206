"""Wat er tussen twee kennismomenten geboekt is: opgeteld per reden, of boeking voor boeking.

Kennismomenten zijn in microseconden sinds 1970; een venster is `(van, tot]`. `van` −1 is vóór alles.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from banenspoor_contracts.wie_telt import AAN_WERK_GEBONDEN, DIENSTBETREKKING

from services.telling.domain.hoofdbaan import Tellend
from services.telling.domain.register import Inschrijving
from services.telling.domain.registerverloop import Gebeurtenis
from services.telling.domain.selectie import Stand
from services.telling.store.cijfers import kenmerken, kolom_grondslagen
from services.telling.store.hoofdbanen import RUIM
from shared.db import Tx

_PER_REDEN = """
with delta as materialized (
  select maand, cel_id, reden, sum(delta_uren_x100)::bigint as x100, count(*) as boekingen
  from boeking where maand = any($1::smallint[]) and bekend_op > $2 and bekend_op <= $3 group by 1, 2, 3
)
select d.reden, d.maand, {kenmerken}, sum(d.x100)::bigint as x100, sum(d.boekingen)::bigint as boekingen
from delta d join cel c using (cel_id) group by 1, 2, 3, 4, 5, 6, 7, 8
"""
_TELLEND = """
with tellend as materialized (
  select t.maand, c.cel_id from unnest($4::smallint[], $5::text[], $6::text[]) t (maand, grondslagen, vorm)
  join cel c on c.{grondslagen} = t.grondslagen and c.vorm = t.vorm
), geraakt as materialized (
  select distinct b.maand, b.persoon_nr from boeking b join tellend using (maand, cel_id)
  where b.maand = any($1::smallint[]) and b.bekend_op > $2 and b.bekend_op <= $3
)
select b.maand, b.persoon_nr, case when b.bekend_op > $2 then b.bekend_op else -1 end as moment,
       case when b.bekend_op > $2 then br.partitie else 0 end as partitie,
       case when b.bekend_op > $2 then b.publicatienr else 0 end as nummer,
       case when b.bekend_op > $2 then b.reden else 0 end as reden, b.plaatsing_nr, b.cel_id, sum(b.delta_uren_x100)::integer
from boeking b join tellend t using (maand, cel_id) join geraakt g using (maand, persoon_nr)
join bron br on br.bron_id = b.bron
where b.maand = any($1::smallint[]) and b.bekend_op <= $3
group by 1, 2, 3, 4, 5, 6, 7, 8 order by 1, 2, 3, 4, 5
"""
_CELLEN = """
select c.cel_id, row_number() over (order by c.sleutel collate "C") as rang, {kenmerken}
from cel c where c.cel_id = any($1::int[])
"""

_REGISTER = """
with geraakt as materialized (
  select distinct persoon_nr from registerboeking where bekend_op > $1 and bekend_op <= $2
  union
  select distinct b.persoon_nr from boeking b join cel using (cel_id)
  where b.maand = any($3::smallint[]) and b.bekend_op > $1 and b.bekend_op <= $2 and vorm = any($5::text[])
    and b.persoon_nr in (select persoon_nr from registerboeking where grondslag = any($4::text[]))
), regels as (
  select persoon_nr, bekend_op, bron, publicatienr, soort || coalesce(':' || r.reden, '') as naam,
         grondslag, van, tot, 0 as maand, delta::bigint as delta
  from registerboeking r join geraakt using (persoon_nr) where bekend_op <= $2
  union all
  select b.persoon_nr, b.bekend_op, b.bron, b.publicatienr, n.naam, null, null, null, b.maand, b.delta_uren_x100
  from boeking b join geraakt using (persoon_nr) join cel using (cel_id) join reden n using (reden)
  where b.maand = any($3::smallint[]) and b.bekend_op <= $2 and vorm = any($5::text[])
    and b.persoon_nr in (select persoon_nr from registerboeking where grondslag = any($4::text[]))
)
select persoon_nr, case when na then bekend_op else -1 end, (case when na then topic else '' end) collate "C",
       case when na then partitie else 0 end, case when na then publicatienr else 0 end, case when na then naam else '' end,
       grondslag, van, tot, maand, sum(delta)::bigint
from (select *, bekend_op > $1 as na from regels join bron on bron_id = bron) r
group by 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 order by 1, 2, 3, 4, 5
"""


class Delta(NamedTuple):
    """Wat er met één reden bij gelijke kenmerken bijkwam (`stand.uren_x100`), en uit hoeveel boekingen."""

    reden: int
    stand: Stand
    boekingen: int


class Cellen(NamedTuple):
    """De kenmerken van cellen (als standen zonder uren), en de volgorde die bij gelijke uren beslist."""

    rang: Mapping[int, int]
    stand: Mapping[int, Stand]


async def per_reden(
    tx: Tx, maanden: Sequence[int], plaats: str, peilmoment: str, nodig: Collection[str], van: int, tot: int
) -> list[Delta]:
    """De uren die in `(van, tot]` geboekt zijn, per reden en op grove kenmerken; `nodig` als bij standen."""
    vraag = _PER_REDEN.format(kenmerken=kenmerken(plaats, peilmoment, nodig))
    await tx.execute(RUIM)
    rijen = await tx.fetch(vraag, list(maanden), van, tot)
    return [Delta(reden, Stand(*rij), boekingen) for reden, *rij, boekingen in rijen]


async def tellend(
    tx: Tx, soorten: Mapping[int, Collection[tuple[str, str]]], peilmoment: str, van: int, tot: int
) -> list[Tellend]:
    """De tellende boekingen van wie er in `(van, tot]` een had, op volgorde; wat eerder was is per baan opgeteld.

    `soorten`: per maand welke (grondslagen, vorm) tellen.
    """
    rijen = [(maand, *soort) for maand, van_maand in soorten.items() for soort in van_maand]
    kolommen = [list(kolom) for kolom in zip(*rijen, strict=True)] if rijen else [[], [], []]
    await tx.execute(RUIM)
    vraag = _TELLEND.format(grondslagen=kolom_grondslagen(peilmoment))
    return [Tellend(*rij) for rij in await tx.fetch(vraag, list(soorten), van, tot, *kolommen)]


async def cellen(tx: Tx, nummers: Collection[int], plaats: str, peilmoment: str, nodig: Collection[str]) -> Cellen:
    """Kenmerken en volgorde van deze cellen."""
    vraag = _CELLEN.format(kenmerken=kenmerken(plaats, peilmoment, nodig))
    rijen = await tx.fetch(vraag, list(nummers))
    return Cellen(
        {cel_id: rang for cel_id, rang, *_ in rijen},
        {cel_id: Stand._make((0, *van, 0, 0)) for cel_id, _, *van in rijen},
    )


async def register(tx: Tx, maanden: Sequence[int], van: int, tot: int) -> list[Gebeurtenis]:
    """Wat er met wie in `(van, tot]` geraakt werd in het register gebeurde, op volgorde; wat eerder was is opgeteld.

    Uren in een dienstbetrekking (in `maanden`) alleen van wie ooit een grondslag had die aan werk gebonden is.
    """
    await tx.execute(RUIM)
    rijen = await tx.fetch(
        _REGISTER, van, tot, sorted(set(maanden)), sorted(AAN_WERK_GEBONDEN), sorted(DIENSTBETREKKING)
    )
    uit = list[Gebeurtenis]()
    for persoon, moment, topic, partitie, nummer, naam, grond, begin, eind, maand, delta in rijen:
        inschrijving = None if grond is None else Inschrijving(grond, begin, eind)
        uit.append(Gebeurtenis(persoon, moment, topic, partitie, nummer, naam, inschrijving, maand, delta))
    return uit
