"""Hoeveel mensen en werkgevers er achter elk vak van land × regio × kolom zitten, per maand."""

from collections.abc import Collection, Mapping

from services.telling.domain.openbaar import KOLOM_INLEEN, Achter, Lezing, Vak, is_inleen
from services.telling.domain.regels import Plaats
from services.telling.store.cijfers import kolom_grondslagen
from services.telling.store.hoofdbanen import RUIM
from shared.db import Tx

# tellend: de cellen waarvan de uren in die maand tellen, elk in haar vak. Wie in een maand op nul uitkomt, zit er niet achter.
_ACHTER = """
with tellend as materialized (
  select t.maand, c.cel_id, coalesce(g.regio, 'onbekend') as regio,
         case when c.vorm = any($6::text[]) then $7::text else c.sector end as kolom
  from unnest($2::smallint[], $3::text[], $4::text[]) t (maand, grondslagen, vorm)
  join cel c on c.{grondslagen} = t.grondslagen and c.vorm = t.vorm
  left join (select e->>0 as gemeente, e->>1 as regio from jsonb_array_elements($5::jsonb) e) g on g.gemeente = c.{gemeente}
), achter as (
  select b.maand, t.regio, t.kolom, b.persoon_nr, b.werkgever_nr
  from boeking b join tellend t using (maand, cel_id)
  where b.maand = any($1::smallint[]) and b.bekend_op <= $8
  group by 1, 2, 3, 4, 5 having sum(b.delta_uren_x100) <> 0
)
select regio, kolom, count(distinct persoon_nr)::int as personen, count(distinct werkgever_nr)::int as werkgevers
from achter group by grouping sets ((maand, regio, kolom), (maand, regio), (maand, kolom), (maand))
"""


async def achter(
    tx: Tx, lezing: Lezing, tellend: Mapping[int, Collection[tuple[str, str]]], bekend_op: int
) -> list[tuple[Vak, Achter]]:
    """Elk vak met mensen erin, per maand één keer, ook de totalen; `tellend`: per maand welke (grondslagen, vorm) tellen."""
    rijen = [(maand, *soort) for maand, soorten in tellend.items() for soort in soorten]
    kolommen = [list(kolom) for kolom in zip(*rijen, strict=True)] if rijen else [[], [], []]
    vraag = _ACHTER.format(
        grondslagen=kolom_grondslagen(lezing.peilmoment),
        gemeente="gemeente_woon" if lezing.plaats == Plaats.WOON else "gemeente_werk",
    )
    await tx.execute(RUIM)
    gevonden = await tx.fetch(
        vraag, list(tellend), *kolommen, [list(paar) for paar in lezing.regios], is_inleen(), KOLOM_INLEEN, bekend_op
    )
    return [((rij["regio"], rij["kolom"]), Achter(rij["personen"], rij["werkgevers"])) for rij in gevonden]
