"""Stromen van het register lezen: wie er op twee dagen in staat, op welke grondslagen, en wat daartussen veranderde."""

from collections.abc import Sequence
from datetime import date

from services.telling.domain.registerstromen import AAN_WERK_GEBONDEN, Grond, Inschrijvingen
from services.telling.store.registerstand import WIE_STAAT, wie_staat
from shared.db import Tx

# begonnen en geeindigd: door welke gebeurtenis een begin (of einde) het laatst in het register kwam. Wie alleen een ander
# einde boekt, boekt hetzelfde begin af en bij: dat begin blijft van wie het bracht. Alleen van wie in deze tijd beweegt.
# mens: op welke grondslagen (als bits) iemand op beide dagen staat; is dat gelijk, dan is verder lezen niet nodig.
_STROMEN = """
{wie_staat}, overgang as (
  select * from (
    select dag as eind, maand as eind_maand, lag(dag) over w as begin, lag(maand) over w as begin_maand
    from unnest($1::date[], $2::smallint[]) d (dag, maand) window w as (order by dag)
  ) o where begin is not null
), mutatie as materialized (
  select persoon_nr, grondslag, van, tot, delta, bekend_op, publicatienr, soort, reden
  from registerboeking where bekend_op <= $3 and persoon_nr in (
    select n.persoon_nr from netto n join (select min(begin) as begin, max(eind) as eind from overgang) o
      on (n.van > o.begin and n.van <= o.eind) or (n.tot > o.begin and n.tot <= o.eind)
  )
), begonnen as materialized (
  select distinct on (persoon_nr, grondslag, van) persoon_nr, grondslag, van, soort, reden from mutatie
  group by persoon_nr, grondslag, van, bekend_op, publicatienr, soort, reden having sum(delta) > 0
  order by persoon_nr, grondslag, van, bekend_op desc, publicatienr desc
), geeindigd as materialized (
  select distinct on (persoon_nr, grondslag, tot) persoon_nr, grondslag, tot, soort, reden from mutatie
  where tot is not null
  group by persoon_nr, grondslag, tot, bekend_op, publicatienr, soort, reden having sum(delta) > 0
  order by persoon_nr, grondslag, tot, bekend_op desc, publicatienr desc
), code as materialized (
  select grondslag, 1 << (row_number() over (order by grondslag) - 1)::integer as bit, grondslag = any($5::text[]) as gebonden
  from (select distinct grondslag from netto) g
)
select o.eind, s.inschrijvingen, s.personen from overgang o cross join lateral (
  with dag as materialized (
    select n.persoon_nr, n.grondslag, c.bit, n.van, n.tot, d.op_begin, d.op_eind,
      d.op_begin and (not c.gebonden or (o.begin_maand, n.persoon_nr) in (select maand, persoon_nr from werkend)) as begin,
      d.op_eind and (not c.gebonden or (o.eind_maand, n.persoon_nr) in (select maand, persoon_nr from werkend)) as eind
    from netto n join code c using (grondslag) cross join lateral (
      select n.van <= o.begin and (n.tot is null or o.begin < n.tot) as op_begin,
        n.van <= o.eind and (n.tot is null or o.eind < n.tot) as op_eind
    ) d where d.op_begin or d.op_eind
  ), mens as materialized (
    select persoon_nr, bit_or(case when begin then bit else 0 end) as begin, bit_or(case when eind then bit else 0 end) as eind
    from dag group by persoon_nr
  ), grond as (
    select persoon_nr, grondslag, bool_or(begin) as begin, bool_or(eind) as eind,
      bool_or(op_begin) and bool_or(op_eind) as loopt,
      max(van) filter (where op_eind) as van, max(tot) filter (where op_begin) as tot
    from dag where persoon_nr in (select persoon_nr from mens where begin <> eind)
    group by persoon_nr, grondslag having bool_or(begin or eind)
  )
  select (select array_agg(array[grondslag, 'beide', null, null] order by grondslag) from code where bit & b.begin > 0)
    as inschrijvingen, b.personen
  from (select begin, count(*) as personen from mens where begin = eind and begin > 0 group by begin) b
  union all
  select inschrijvingen, count(*) from (
    select g.persoon_nr, array_agg(
      array[g.grondslag, case when not g.eind then 'begin' when not g.begin then 'eind' else 'beide' end,
        case when g.begin = g.eind then null when g.loopt then $7::text else coalesce(b.soort, e.soort) end,
        case when g.begin = g.eind or g.loopt then null else coalesce(b.reden, e.reden) end]
      order by g.begin and g.eind desc, case when g.eind then g.van else coalesce(g.tot, 'infinity') end, g.grondslag
    ) as inschrijvingen
    from grond g
    left join begonnen b on not g.begin and b.persoon_nr = g.persoon_nr and b.grondslag = g.grondslag and b.van = g.van
    left join geeindigd e on not g.eind and e.persoon_nr = g.persoon_nr and e.grondslag = g.grondslag and e.tot = g.tot
    group by g.persoon_nr
  ) ieder group by inschrijvingen
) s
"""


async def registerstromen(
    tx: Tx, dagen: Sequence[date], bekend_op: int | None
) -> dict[date, list[tuple[Inschrijvingen, int]]]:
    """Per dag na de eerste: elke combinatie van inschrijvingen sinds de dag ervoor, en hoeveel personen haar hebben.

    `dagen` op volgorde. `bekend_op` (microseconden sinds 1970): zoals toen bekend; None: alles.
    """
    await tx.execute("set local jit = off; set local work_mem = '64MB'")
    vraag = _STROMEN.format(wie_staat=WIE_STAAT)
    uit: dict[date, list[tuple[Inschrijvingen, int]]] = {dag: [] for dag in dagen[1:]}
    for dag, inschrijvingen, aantal in await tx.fetch(vraag, *wie_staat(dagen, None, bekend_op), AAN_WERK_GEBONDEN):
        gronden = tuple(Grond(code, waar != "eind", waar != "begin", *waarom) for code, waar, *waarom in inschrijvingen)
        uit[dag].append((gronden, aantal))
    return uit
