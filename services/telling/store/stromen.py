"""Stromen lezen: van wie aan een van twee peilmomenten werkt, haar situatie op beide, zoals toen bekend."""

from collections.abc import Collection, Mapping, Sequence

from banenspoor_contracts.wie_telt import DIENSTBETREKKING

from services.telling.domain.regels import Plaats
from services.telling.domain.selectie import Opname
from services.telling.domain.stromen import Situatie, Verloop
from services.telling.domain.stroomverloop import BESCHUT
from services.telling.store.hoofdbanen import RUIM, WIE_WERKT, wie_werkt
from shared.db import Tx

# verloop: wie aan het begin of aan het eind van een overgang werkt, en waar. elders: de momenten waarop zo iemand niet werkt;
# alleen daarvan hoeft het register en wat zij anders doet gelezen te worden.
_VERLOPEN = """
{wie_werkt}, moment (maand, peildag, woon) as (select * from unnest($1::smallint[], $7::date[], $8::boolean[])
), overgang (begin, eind) as (select * from unnest($9::smallint[], $10::smallint[])
), plek as materialized (
  select h.maand, h.persoon_nr, {gemeente} as gemeente
  from hoofd h join tellend t on t.maand = h.maand and t.rang = 16777216 - (h.beste & 16777215)
  join cel c using (cel_id) join moment m on m.maand = h.maand
), verloop as materialized (
  select eind, persoon_nr, b.gemeente as begin_gemeente, e.gemeente as eind_gemeente,
    b.werkt is not null as begin_werkt, e.werkt is not null as eind_werkt
  from (select o.eind, p.persoon_nr, p.gemeente, true as werkt from plek p join overgang o on o.begin = p.maand) b
  full join (select o.eind, p.persoon_nr, p.gemeente, true as werkt from plek p join overgang o on o.eind = p.maand) e
    using (eind, persoon_nr)
), elders as materialized (
  select v.eind, v.persoon_nr, case when v.begin_werkt then o.eind else o.begin end as maand
  from verloop v join overgang o using (eind) where not (v.begin_werkt and v.eind_werkt)
), netto as (
  select persoon_nr, grondslag, van, tot from registerboeking
  where bekend_op <= $2 and persoon_nr in (select persoon_nr from elders)
  group by persoon_nr, grondslag, van, tot having sum(delta) > 0
), gronden as (
  select e.eind, e.persoon_nr, string_agg(distinct n.grondslag, ',' order by n.grondslag) as gronden
  from elders e join moment m using (maand) join netto n using (persoon_nr)
  where n.van <= m.peildag and (n.tot is null or m.peildag < n.tot)
  group by e.eind, e.persoon_nr
), werk as (
  select maand, persoon_nr, sum(delta_uren_x100) filter (where vorm = any($11::text[])) > 0 as dienstbetrekking,
    sum(delta_uren_x100) filter (where vorm = any($12::text[])) > 0 as beschut
  from boeking join cel using (cel_id)
  where maand = any($1::smallint[]) and bekend_op <= $2 and persoon_nr in (select persoon_nr from elders)
  group by maand, persoon_nr
)
select v.eind, v.begin_werkt, v.begin_gemeente, v.eind_werkt, v.eind_gemeente, coalesce(g.gronden, '') as gronden,
  coalesce(w.dienstbetrekking, false) as dienstbetrekking, coalesce(w.beschut, false) as beschut, count(*) as personen
from verloop v left join elders e using (eind, persoon_nr) left join gronden g using (eind, persoon_nr)
left join werk w on w.maand = e.maand and w.persoon_nr = e.persoon_nr
group by 1, 2, 3, 4, 5, 6, 7, 8
"""
_GEMEENTE = "case when m.woon then c.gemeente_woon else c.gemeente_werk end"


async def verlopen(
    tx: Tx,
    momenten: Sequence[Opname],
    tellend: Mapping[int, Collection[tuple[str, str]]],
    gebied_nodig: bool,
    bekend_op: int | None,
) -> list[tuple[Verloop, int]]:
    """Elk verloop tussen twee momenten na elkaar, en hoeveel personen het hebben; alleen wie aan een van beide werkt.

    `momenten`: opnames van elk één maand; `tellend`: per maand welke (grondslagen, vorm) tellen. Zonder `gebied_nodig`
    blijven gemeenten leeg. `bekend_op` (microseconden sinds 1970): zoals toen bekend; None: alles.
    """
    maanden = [opname.maanden[-1] for opname in momenten]
    vraag = _VERLOPEN.format(wie_werkt=WIE_WERKT, gemeente=_GEMEENTE if gebied_nodig else "null::text")
    wie = {maand: (opname.peilmoment.waarde, tellend[maand]) for maand, opname in zip(maanden, momenten, strict=True)}
    await tx.execute(RUIM)
    rijen = await tx.fetch(
        vraag,
        *wie_werkt(wie, bekend_op),
        [opname.peildag(maand) for maand, opname in zip(maanden, momenten, strict=True)],
        [opname.plaats.waarde == Plaats.WOON for opname in momenten],
        maanden[:-1],
        maanden[1:],
        sorted(DIENSTBETREKKING),
        sorted(BESCHUT),
    )
    return [(_verloop(*van), personen) for *van, personen in rijen]


def _verloop(
    maand: int, begin: bool, van: str | None, eind: bool, naar: str | None, gronden: str, dienst: bool, beschut: bool
) -> Verloop:
    """Wie aan één kant niet werkt, heeft daar gronden en eventueel ander werk."""
    niet = Situatie(False, None, gronden, dienst, beschut)
    return Verloop(maand, Situatie(True, van) if begin else niet, Situatie(True, naar) if eind else niet)
