"""Personen met werk lezen: per persoon de hoofdbaan van een maand, zoals toen bekend, opgeteld op haar kenmerken."""

from collections.abc import Collection, Mapping
from typing import Any

from services.telling.domain.personen import Geteld
from services.telling.domain.selectie import Stand
from services.telling.store.cijfers import ALTIJD, kenmerken, kolom_grondslagen, van_werkgever
from shared.db import Tx

# De planner kent het aantal tellende cellen niet en schat zonder verse statistiek te laag; een geneste lus zou minuten
# kosten. Alleen hash-joins, met geheugen genoeg; geldt tot het einde van deze (lezende) transactie.
RUIM = "set local enable_nestloop = off; set local enable_mergejoin = off; set local jit = off; set local work_mem = '64MB'"
_SOORTEN = "select distinct {grondslagen} as grondslagen, vorm from cel"
TELLEND = """
  select t.maand, c.cel_id, row_number() over (partition by t.maand order by c.sleutel collate "C") as rang
  from unnest($3::smallint[], $4::text[], $5::text[], $6::text[]) t (maand, peilmoment, grondslagen, vorm)
  join (
    select cel_id, sleutel, vorm, 'maand' as peilmoment, grondslagen_maand as grondslagen from cel union all
    select cel_id, sleutel, vorm, 'kwartaal', grondslagen_kwartaal from cel
  ) c using (peilmoment, grondslagen, vorm)
"""
# tellend: de cellen waarvan de uren in die maand tellen, met hun vaste volgorde. In één getal per (persoon, cel): uren eerst,
# bij gelijke uren de cel die in volgorde voorgaat; zo is er niets te sorteren. Die 2^24 is ruim boven het aantal cellen, en
# boven het aantal paren van een cel en een werkgever in een maand.
_WIE_WERKT = """
with tellend as materialized ({tellend}), uren as (
  select b.maand, b.persoon_nr, b.cel_id, t.rang, sum(b.delta_uren_x100)::integer as x100
  from boeking b join tellend t using ({sleutel})
  where b.maand = any($1::smallint[]) and b.bekend_op <= $2
  group by b.maand, b.persoon_nr, b.plaatsing_nr, b.cel_id, t.rang
), hoofd as (
  select maand, persoon_nr, max(x100::bigint * 16777216 - rang) as beste from uren
  group by maand, persoon_nr having sum(x100) > 0
)
"""
WIE_WERKT = _WIE_WERKT.format(tellend=TELLEND, sleutel="maand, cel_id")
"""Als begin van een vraag: wie werkt (`hoofd`), en welke cellen tellen (`tellend`). Wat zij wil weten: `wie_werkt`."""
WIE_BIJ_WIE_WERKT = _WIE_WERKT.format(tellend="{tellend}", sleutel="maand, cel_id, werkgever_nr")
"""Als `WIE_WERKT`, maar `tellend` noemt bij elke cel ook de werkgever."""
HOOFDBANEN = """
{wie_werkt}, per_cel as (
  select maand, 16777216 - (beste & 16777215) as rang, count(*) as personen from hoofd group by 1, 2
)
select p.maand, {kenmerken}, {van_werkgever}, sum(p.personen)::bigint as personen
from per_cel p join tellend t using (maand, rang) join cel c using (cel_id) {werkgevers}
group by 1, 2, 3, 4, 5, 6, 7, 8, 9, 10
"""


async def soorten(tx: Tx, peilmoment: str) -> list[tuple[str, str]]:
    """Elke combinatie van (grondslagen, vorm) die in een cel voorkomt; zij beslist of een uur kan tellen."""
    return [tuple(rij) for rij in await tx.fetch(_SOORTEN.format(grondslagen=kolom_grondslagen(peilmoment)))]


def wie_werkt(tellend: Mapping[int, tuple[str, Collection[tuple[str, str]]]], bekend_op: int | None) -> list[Any]:
    """De argumenten van `WIE_WERKT`: per maand het peilmoment en welke (grondslagen, vorm) dan tellen."""
    rijen = [(maand, peilmoment, *soort) for maand, (peilmoment, soorten_) in tellend.items() for soort in soorten_]
    kolommen = [list(kolom) for kolom in zip(*rijen, strict=True)] if rijen else [[], [], [], []]
    return [list(tellend), ALTIJD if bekend_op is None else bekend_op, *kolommen]


async def hoofdbanen(
    tx: Tx,
    tellend: Mapping[int, Collection[tuple[str, str]]],
    plaats: str,
    peilmoment: str,
    nodig: Collection[str],
    bekend_op: int | None,
) -> list[Geteld]:
    """Per maand hoeveel personen met tellende uren boven nul, op de kenmerken van hun hoofdbaan.

    `tellend`: per maand welke (grondslagen, vorm) tellen. Hoofdbaan: de baan met de meeste tellende uren in die maand; bij
    gelijke uren de cel waarvan de sleutel voorgaat, in vaste volgorde van tekens. `nodig` en `bekend_op` als bij standen.
    """
    vraag = HOOFDBANEN.format(
        wie_werkt=WIE_WERKT,
        kenmerken=kenmerken(plaats, peilmoment, nodig),
        van_werkgever=van_werkgever(()),
        werkgevers="",
    )
    return await lees(tx, vraag, tellend, peilmoment, bekend_op)


async def lees(
    tx: Tx,
    vraag: str,
    tellend: Mapping[int, Collection[tuple[str, str]]],
    peilmoment: str,
    bekend_op: int | None,
    *alleen: object,
) -> list[Geteld]:
    """Voert een ingevulde `HOOFDBANEN` uit; `alleen` zijn haar argumenten vanaf het zevende."""
    await tx.execute(RUIM)
    wie = wie_werkt({maand: (peilmoment, s) for maand, s in tellend.items()}, bekend_op)
    gevonden = await tx.fetch(vraag, *wie, *alleen)
    return [(Stand._make((*rij[:7], 0, 0, *rij[7:10])), rij["personen"]) for rij in gevonden]
