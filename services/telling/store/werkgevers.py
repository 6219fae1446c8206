"""Werkgevers: bewaren wat er nu van bekend is, en lezen wat per werkgever geteld moet worden.

Wie geen werkgever in de vraag heeft leest saldi; hier worden de boekingen zelf gelezen, want een saldo kent geen werkgever.
"""

import json
from collections.abc import Collection, Mapping, Sequence

from banenspoor_contracts import WerkgeverStand

from services.telling.domain.personen import Geteld
from services.telling.domain.selectie import Opname, Selectie, Stand, groepen
from services.telling.store.cijfers import ALTIJD, kenmerken, kolom_grondslagen, van_werkgever
from services.telling.store.grootboek import WERKGEVERMAAND, nieuwe_versie
from services.telling.store.hoofdbanen import HOOFDBANEN, RUIM, WIE_BIJ_WIE_WERKT, lees
from shared.db import Tx

_WEG = "delete from werkgeverstand where werkgever_nr = any($1::int[])"
_BEWAAR = """
insert into werkgeverstand (werkgever_nr, versie, branche, grootteklasse, gemeente_zetel, groep, sectoren)
select nr, versie, branche, klasse, zetel, groep, sectoren::jsonb
from unnest($1::int[], $2::int[], $3::text[], $4::text[], $5::text[], $6::uuid[], $7::text[])
     as n (nr, versie, branche, klasse, zetel, groep, sectoren)
on conflict (werkgever_nr) do update set
  versie = excluded.versie, branche = excluded.branche, grootteklasse = excluded.grootteklasse,
  gemeente_zetel = excluded.gemeente_zetel, groep = excluded.groep, sectoren = excluded.sectoren
where werkgeverstand.versie < excluded.versie
"""
WERKGEVERS = """
join werkgever w using (werkgever_nr) left join werkgeverstand s using (werkgever_nr)
where (${wie}::uuid is null or w.werkgever = ${wie}) and (${groep}::uuid is null or s.groep = ${groep})
"""
"""Wie gevraagd is: deze werkgever, deze groep, of (leeg) iedereen; `s` is wat er nu van hem bekend is."""
_STANDEN = """
select maand, {kenmerken}, sum(delta_uren_x100) as uren_x100, 0 as gezegd, {van_werkgever}
from boeking join cel c using (cel_id) {werkgevers} and maand = any($1::smallint[]) and bekend_op <= $2
group by 1, 2, 3, 4, 5, 6, 7, 10, 11, 12
having sum(delta_uren_x100) <> 0
"""
# Bij gelijke uren in gelijke cellen beslist de UUID van de werkgever: ook dat hangt niet af van wie het eerst kwam.
_TELLEND = """
  select p.maand, p.cel_id, p.werkgever_nr,
         row_number() over (partition by p.maand order by c.sleutel collate "C", w.werkgever) as rang
  from (select distinct maand, cel_id, werkgever_nr from boeking where maand = any($1::smallint[]) and bekend_op <= $2) p
  join cel c using (cel_id) join werkgever w using (werkgever_nr)
  join unnest($3::smallint[], $4::text[], $5::text[], $6::text[]) t (maand, peilmoment, grondslagen, vorm)
    on t.maand = p.maand and c.{grondslagen} = t.grondslagen and c.vorm = t.vorm
"""


async def bewaar(tx: Tx, standen: Mapping[int, WerkgeverStand | None]) -> None:
    """Onthoudt het laatste over elk werkgevernummer; een lagere versie dan de bewaarde doet niets, None wist."""
    await tx.execute(_WEG, [nummer for nummer, stand in standen.items() if stand is None])
    rijen = [
        (
            nummer,
            stand.versie,
            stand.branche,
            stand.grootteklasse,
            stand.gemeente_zetel,
            stand.groep,
            json.dumps([periode.json_() for periode in stand.sectoren]),
        )
        for nummer, stand in sorted(standen.items())
        if stand is not None
    ]
    await nieuwe_versie(tx, {(WERKGEVERMAAND, 0)})
    if rijen:
        await tx.execute(_BEWAAR, *(list(kolom) for kolom in zip(*rijen, strict=True)))


async def standen(
    tx: Tx,
    selectie: Selectie,
    maanden: Sequence[int],
    plaats: str,
    peilmoment: str,
    nodig: Collection[str],
    bekend_op: int | None,
) -> list[Stand]:
    """Als `cijfers.standen`, met per stand de gevraagde kenmerken van de werkgever en alleen wie gevraagd is.

    Hier is `gezegd` nul: hoeveel er gehoord is, staat in de saldi.
    """
    vraag = _STANDEN.format(
        kenmerken=kenmerken(plaats, peilmoment, nodig),
        van_werkgever=van_werkgever(nodig),
        werkgevers=WERKGEVERS.format(wie=3, groep=4),
    )
    await tx.execute(f"{RUIM}; set local enable_sort = off")  # optellen in een tabel: er is niets te sorteren
    moment = ALTIJD if bekend_op is None else bekend_op
    rijen = await tx.fetch(vraag, list(maanden), moment, selectie.werkgever, selectie.groep)
    return [Stand(*rij) for rij in rijen]


async def van_opnames(
    tx: Tx, selectie: Selectie, alle: Sequence[Opname], nodig: Collection[str], bekend_op: int | None
) -> list[Stand]:
    """De standen van alle opnames, als `cijfers.van_opnames`."""
    return [
        stand
        for (plaats, peilmoment), groep in groepen(alle).items()
        for stand in await standen(
            tx,
            selectie,
            [maand for opname in groep for maand in opname.maanden],
            plaats,
            peilmoment,
            nodig,
            bekend_op,
        )
    ]


async def hoofdbanen(
    tx: Tx,
    selectie: Selectie,
    tellend: Mapping[int, Collection[tuple[str, str]]],
    plaats: str,
    peilmoment: str,
    nodig: Collection[str],
    bekend_op: int | None,
) -> list[Geteld]:
    """Als `hoofdbanen.hoofdbanen`, met de kenmerken van de werkgever van de hoofdbaan en alleen wie daar werkt."""
    vraag = HOOFDBANEN.format(
        wie_werkt=WIE_BIJ_WIE_WERKT.format(tellend=_TELLEND.format(grondslagen=kolom_grondslagen(peilmoment))),
        kenmerken=kenmerken(plaats, peilmoment, nodig),
        van_werkgever=van_werkgever(nodig),
        werkgevers=WERKGEVERS.format(wie=7, groep=8),
    )
    return await lees(tx, vraag, tellend, peilmoment, bekend_op, selectie.werkgever, selectie.groep)
