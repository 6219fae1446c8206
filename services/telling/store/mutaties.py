"""Wat er tussen twee kennismomenten geboekt is: opgeteld per reden, of boeking voor boeking.

Kennismomenten zijn in microseconden sinds 1970; een venster is `(van, tot]`. `van` −1 is vóór alles.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Literal, NamedTuple

from banenspoor_contracts.wie_telt import AAN_WERK_GEBONDEN, DIENSTBETREKKING

from services.telling.domain.hoofdbaan import Soort, Tellend
from services.telling.domain.register import Gebeurtenis, Inschrijving
from services.telling.domain.selectie import Selectie, Stand
from services.telling.domain.stroomverloop import Werkplek
from services.telling.store import werkgevers
from services.telling.store.cijfers import GEMEENTE, kenmerken, kolom_grondslagen, van_werkgever
from services.telling.store.hoofdbanen import RUIM
from shared.db import Tx

_PER_REDEN = """
with delta as materialized (
  select maand, cel_id, {werkgever_nr} as werkgever_nr, reden, sum(delta_uren_x100)::bigint as x100, count(*) as boekingen
  from boeking where maand = any($1::smallint[]) and bekend_op > $2 and bekend_op <= $3 group by 1, 2, 3, 4
)
select d.reden, d.maand, {kenmerken}, sum(d.x100)::bigint as x100, 0 as gezegd, {van_werkgever},
       sum(d.boekingen)::bigint as boekingen
from delta d join cel c using (cel_id) {werkgevers}
group by 1, 2, 3, 4, 5, 6, 7, 8, 11, 12, 13
"""
_TELLEND = """
with tellend as materialized (
  select t.maand, c.cel_id from unnest($4::smallint[], $5::text[], $6::text[]) t (maand, grondslagen, vorm)
  join cel c on c.{grondslagen} = t.grondslagen and c.vorm = t.vorm
), geraakt as materialized (
  select distinct b.maand, b.{wie} from boeking b join tellend using (maand, cel_id)
  where b.maand = any($1::smallint[]) and b.bekend_op > $2 and b.bekend_op <= $3
)
select b.maand, b.{wie} as wie, case when b.bekend_op > $2 then b.bekend_op else -1 end as moment,
       case when b.bekend_op > $2 then br.partitie else 0 end as partitie,
       case when b.bekend_op > $2 then b.publicatienr else 0 end as nummer,
       case when b.bekend_op > $2 then b.reden else 0 end as reden, b.persoon_nr, b.plaatsing_nr, b.werkgever_nr, b.cel_id,
       sum(b.delta_uren_x100)::integer as x100
from boeking b join tellend t using (maand, cel_id) join geraakt g using (maand, {wie}) join bron br on br.bron_id = b.bron
where b.maand = any($1::smallint[]) and b.bekend_op <= $3
group by 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 order by 1, 2, 3, 4, 5
"""
_SOORTEN = """
select cel_id, werkgever_nr, row_number() over (order by c.sleutel collate "C", w.werkgever) as rang,
       (${wie}::uuid is null or w.werkgever = ${wie}) and (${groep}::uuid is null or s.groep = ${groep}) as past,
       0 as maand, {kenmerken}, 0 as x100, 0 as gezegd, {van_werkgever}
from unnest($1::int[], $2::int[]) n (cel_id, werkgever_nr) join cel c using (cel_id)
join werkgever w using (werkgever_nr) left join werkgeverstand s using (werkgever_nr)
"""
# Van wie geraakt is haar registraties en haar uren in de gevraagde maanden, op volgorde van bekend worden.
_GEBEURTENISSEN = """
with geraakt as materialized ({geraakt}), feiten as (
  select persoon_nr, bekend_op, bron, publicatienr, soort || coalesce(':' || r.reden, '') as naam,
         grondslag, van, tot, 0 as maand, 0 as plaatsing_nr, 0 as cel_id, delta::bigint as delta
  from registerboeking r join geraakt using (persoon_nr) where bekend_op <= $2
  union all
  select b.persoon_nr, b.bekend_op, b.bron, b.publicatienr, n.naam, null, null, null, b.maand, b.plaatsing_nr, b.cel_id,
         b.delta_uren_x100
  from boeking b join geraakt using (persoon_nr) join cel using (cel_id) join reden n using (reden)
  where b.maand = any($3::smallint[]) and b.bekend_op <= $2 and {uren}
)
select persoon_nr, case when na then bekend_op else -1 end, (case when na then topic else '' end) collate "C",
       case when na then partitie else 0 end, case when na then publicatienr else 0 end, case when na then naam else '' end,
       grondslag, van, tot, maand, plaatsing_nr, cel_id, sum(delta)::bigint
from (select *, bekend_op > $1 as na from feiten join bron on bron_id = bron) f
group by 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12 order by 1, 2, 3, 4, 5
"""
_GEBONDEN = """
vorm = any($5::text[]) and b.persoon_nr in (select persoon_nr from registerboeking where grondslag = any($4::text[]))
"""
_REGISTER = _GEBEURTENISSEN.format(
    uren=_GEBONDEN,
    geraakt=f"""
  select distinct persoon_nr from registerboeking where bekend_op > $1 and bekend_op <= $2
  union
  select distinct b.persoon_nr from boeking b join cel using (cel_id)
  where b.maand = any($3::smallint[]) and b.bekend_op > $1 and b.bekend_op <= $2 and {_GEBONDEN}
""",  # noqa: S608
)
# Wie in de gevraagde maanden uren heeft en in het venster geraakt werd.
_VERLOOP = _GEBEURTENISSEN.format(
    uren="true",
    geraakt="""
  select persoon_nr from boeking where maand = any($3::smallint[]) and bekend_op <= $2 group by persoon_nr
  having bool_or(bekend_op > $1)
    or persoon_nr in (select persoon_nr from registerboeking where bekend_op > $1 and bekend_op <= $2)
""",
)
_PLEKKEN = """
select c.cel_id, row_number() over (order by c.sleutel collate "C") as rang, {gemeente} as gemeente, c.vorm,
       c.{grondslagen} as grondslagen
from cel c where c.cel_id = any($1::int[])
"""


class Delta(NamedTuple):
    """Wat er met één reden bij gelijke kenmerken bijkwam (`stand.uren_x100`), en uit hoeveel boekingen."""

    reden: int
    stand: Stand
    boekingen: int


class Soorten(NamedTuple):
    """Onder welke kenmerken er verloond is: de volgorde die bij gelijke uren beslist, en de kenmerken van wie gevraagd is."""

    rang: Mapping[Soort, int]
    stand: Mapping[Soort, Stand]


async def per_reden(
    tx: Tx, selectie: Selectie, maanden: Sequence[int], plaats: str, peilmoment: str, van: int, tot: int
) -> list[Delta]:
    """De uren die in `(van, tot]` geboekt zijn, per reden en op de kenmerken die de selectie nodig heeft."""
    werkgever = selectie.werkgever_nodig
    vraag = _PER_REDEN.format(
        werkgever_nr="werkgever_nr" if werkgever else "0",
        kenmerken=kenmerken(plaats, peilmoment, selectie.nodig),
        van_werkgever=van_werkgever(selectie.nodig),
        werkgevers=werkgevers.WERKGEVERS.format(wie=4, groep=5) if werkgever else "",
    )
    alleen = [selectie.werkgever, selectie.groep] if werkgever else []
    await tx.execute(RUIM)
    rijen = await tx.fetch(vraag, list(maanden), van, tot, *alleen)
    return [Delta(reden, Stand(*rij), boekingen) for reden, *rij, boekingen in rijen]


async def tellend(
    tx: Tx,
    wie: Literal["persoon_nr", "werkgever_nr"],
    soorten: Mapping[int, Collection[tuple[str, str]]],
    peilmoment: str,
    van: int,
    tot: int,
) -> list[Tellend]:
    """De tellende boekingen van elke `wie` die er in `(van, tot]` een had, op volgorde; wat eerder was is opgeteld.

    `soorten`: per maand welke (grondslagen, vorm) tellen.
    """
    rijen = [(maand, *soort) for maand, van_maand in soorten.items() for soort in van_maand]
    kolommen = [list(kolom) for kolom in zip(*rijen, strict=True)] if rijen else [[], [], []]
    await tx.execute(RUIM)
    vraag = _TELLEND.format(grondslagen=kolom_grondslagen(peilmoment), wie=wie)
    return [Tellend(*rij) for rij in await tx.fetch(vraag, list(soorten), van, tot, *kolommen)]


async def soorten(tx: Tx, selectie: Selectie, boekingen: Iterable[Tellend], plaats: str, peilmoment: str) -> Soorten:
    """De kenmerken en de volgorde van alles waaronder deze boekingen verloond zijn."""
    alle = sorted({boeking.soort for boeking in boekingen})
    vraag = _SOORTEN.format(
        wie=3,
        groep=4,
        kenmerken=kenmerken(plaats, peilmoment, selectie.nodig),
        van_werkgever=van_werkgever(selectie.nodig),
    )
    cellen, nummers = [cel for cel, _ in alle], [nummer for _, nummer in alle]
    rang, stand = dict[Soort, int](), dict[Soort, Stand]()
    for cel_id, nummer, plek, past, *rij in await tx.fetch(vraag, cellen, nummers, selectie.werkgever, selectie.groep):
        rang[cel_id, nummer] = plek
        if past:
            stand[cel_id, nummer] = Stand(*rij)
    return Soorten(rang, stand)


async def register(tx: Tx, maanden: Sequence[int], van: int, tot: int) -> list[Gebeurtenis]:
    """Wat er met wie in `(van, tot]` geraakt werd in het register gebeurde, op volgorde; wat eerder was is opgeteld.

    Uren in een dienstbetrekking (in `maanden`) alleen van wie ooit een grondslag had die aan werk gebonden is.
    """
    gebonden = sorted(AAN_WERK_GEBONDEN), sorted(DIENSTBETREKKING)
    return await _gebeurtenissen(tx, _REGISTER, van, tot, sorted(set(maanden)), *gebonden)


async def verloop(tx: Tx, maanden: Sequence[int], van: int, tot: int) -> list[Gebeurtenis]:
    """Wat er met wie in deze maanden werkte, en in `(van, tot]` geraakt werd, gebeurde, op volgorde; wat eerder was is
    opgeteld."""
    return await _gebeurtenissen(tx, _VERLOOP, van, tot, list(maanden))


async def _gebeurtenissen(tx: Tx, vraag: str, *argumenten: object) -> list[Gebeurtenis]:
    await tx.execute(RUIM)
    uit = list[Gebeurtenis]()
    for *wat, grond, begin, eind, maand, plaatsing, cel, delta in await tx.fetch(vraag, *argumenten):
        persoon, moment, topic, partitie, nummer, naam = wat
        inschrijving = None if grond is None else Inschrijving(grond, begin, eind)
        uit.append(
            Gebeurtenis(persoon, moment, topic, partitie, nummer, naam, inschrijving, maand, plaatsing, cel, delta)
        )
    return uit


async def plekken(tx: Tx, cellen: Collection[int], plaats: str, peilmoment: str) -> dict[int, Werkplek]:
    """Waar en hoe er onder deze cellen gewerkt wordt, en hun volgorde bij gelijke uren."""
    vraag = _PLEKKEN.format(gemeente=GEMEENTE[plaats], grondslagen=kolom_grondslagen(peilmoment))
    return {cel: Werkplek(*rest) for cel, *rest in await tx.fetch(vraag, list(cellen))}
