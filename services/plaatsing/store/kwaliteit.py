"""Een levering naast een vorige van dezelfde leverancier, en naast wat andere leveranciers over dezelfde banen leverden."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from services.plaatsing.domain.levering import Verschil
from shared.db import Tx

_BANEN = """
select plaatsing_nr, sum(uren) as uren, sum(dagen) as dagen, min(van) as van
from (
  select plaatsing_nr, van, case when soort = 'regulier' then tot - van else 0 end as dagen,
    case when soort = 'regulier' then (array_agg(uren_x100 order by nr desc))[1] else 0 end as uren
  from regelversie where levering_nr = {nr} group by plaatsing_nr, soort, van, tot
) r group by plaatsing_nr
"""
_VERGELIJK = f"""
with nu as ({_BANEN.format(nr="$1")}), vorige as ({_BANEN.format(nr="$2")}), naast as (
  select p.plaatsing, n.uren, n.dagen, v.uren as vorige_uren, v.dagen as vorige_dagen, case
    when v.plaatsing_nr is null then 'nieuw'
    when n.plaatsing_nr is null and p.tot <= (select min(van) from nu) then 'geeindigd'
    when n.plaatsing_nr is null then 'verdwenen'
    when (n.uren * v.dagen - v.uren * n.dagen) * 100 > $3 * abs(v.uren * n.dagen) and v.dagen > 0 then 'meer'
    when (v.uren * n.dagen - n.uren * v.dagen) * 100 > $3 * abs(v.uren * n.dagen) and n.dagen > 0 then 'minder'
  end as soort
  from nu n full join vorige v using (plaatsing_nr) join plaatsing p on p.nr = plaatsing_nr
), genummerd as (
  select *, count(*) over (partition by soort) as aantal,
    row_number() over (partition by soort order by plaatsing) as volgnummer
  from naast where soort is not null
)
select soort, aantal, plaatsing, uren::bigint, dagen::bigint, vorige_uren::bigint, vorige_dagen::bigint
from genummerd where volgnummer <= $4 order by soort, plaatsing
"""  # noqa: S608  # vaste tekst
_ANDEREN = """
with eigen as (select distinct plaatsing_nr from regelversie where levering_nr = $1)
select leverancier, sum(vervangen)::bigint as vervangen, sum(bevestigd)::bigint as bevestigd,
  sum(vervangen_door)::bigint as vervangen_door, sum(zelfde_maand)::bigint as zelfde_maand
from (
  select l.leverancier, count(*) filter (where not v.gelijk) as vervangen, count(*) filter (where v.gelijk) as bevestigd,
    0 as vervangen_door, 0 as zelfde_maand
  from regelversie v join levering l on l.nr = v.na_levering where v.levering_nr = $1 group by 1
  union all
  select l.leverancier, 0, 0, count(*), 0
  from eigen join regelversie v using (plaatsing_nr) join levering l on l.nr = v.levering_nr
  where v.na_levering = $1 and not v.gelijk and l.ingetrokken_op is null group by 1
  union all
  select u.leverancier, 0, 0, 0, count(distinct u.plaatsing_nr)
  from eigen join urenregel u using (plaatsing_nr)
  where u.soort <> 'voortgezet' and exists (
    select from regelversie v where v.plaatsing_nr = u.plaatsing_nr and v.levering_nr = $1
      and (v.soort, v.van, v.tot) <> (u.soort, u.van, u.tot)
      and date_trunc('month', v.van::timestamp) < u.tot and date_trunc('month', u.van::timestamp) < v.tot
  ) group by 1
) a where leverancier <> $2 group by leverancier having sum(vervangen + bevestigd + vervangen_door + zelfde_maand) > 0
order by leverancier
"""


@dataclass(frozen=True, slots=True)
class Afwijking:
    """Een baan die anders is: uren (honderdsten) en dagen van haar gewone regels, nu en in de vorige levering."""

    plaatsing: UUID
    uren_x100: int | None
    dagen: int | None
    vorige_uren_x100: int | None
    vorige_dagen: int | None


@dataclass(frozen=True, slots=True)
class Andere:
    """Regels die een andere leverancier raken: van hem vervangen, van hem bevestigd, door hem vervangen.

    `zelfde_maand`: banen waarvan hij nu een andere regel heeft in een maand die deze levering ook raakt: die tellen op.
    """

    leverancier: str
    vervangen: int
    bevestigd: int
    vervangen_door: int
    zelfde_maand: int


async def vergelijk(
    tx: Tx, nr: int, vorige: int, afwijking: int, hooguit: int
) -> Mapping[Verschil, tuple[int, list[Afwijking]]]:
    """Per soort verschil hoeveel banen, en de eerste daarvan. `afwijking`: procent uren per dag dat geen verschil is."""
    uit: dict[Verschil, tuple[int, list[Afwijking]]] = {}
    lijsten: dict[Verschil, list[Afwijking]] = defaultdict(list)
    for soort, aantal, *waarden in await tx.fetch(_VERGELIJK, nr, vorige, afwijking, hooguit):
        lijsten[Verschil(soort)].append(Afwijking(*waarden))
        uit[Verschil(soort)] = aantal, lijsten[Verschil(soort)]
    return uit


async def anderen(tx: Tx, nr: int, leverancier: str) -> list[Andere]:
    """Welke andere leveranciers over dezelfde banen en maanden leverden."""
    rijen: list[Any] = await tx.fetch(_ANDEREN, nr, leverancier)
    return [Andere(*rij) for rij in rijen]
