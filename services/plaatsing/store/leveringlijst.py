"""Leveringen om te lezen: de lijst, wat er in één levering zit, en wat er van elke leverancier kwam."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from banenspoor_contracts import Contract

from services.plaatsing.domain.levering import Groep
from services.plaatsing.domain.uren import Regel, UrenSoort
from shared.db import Tx

_LIJST = """
select l.nr, l.levering, l.leverancier, l.naam, l.dag, l.begonnen_op, l.ingetrokken_op, l.ingetrokken_door, l.reden,
  l.gereed_op, s.laatst_op, s.clients, s.nieuw, s.vervangen, s.ongewijzigd, s.afgewezen, m.maanden
from levering l
cross join lateral (
  select max(op) as laatst_op, array_agg(distinct client order by client) as clients, sum(nieuw)::bigint as nieuw,
    sum(vervangen)::bigint as vervangen, sum(ongewijzigd)::bigint as ongewijzigd, array_agg(afgewezen) as afgewezen
  from leveringstuk where levering_nr = l.nr
) s
cross join lateral (
  select array(select distinct unnest(maanden) from leveringstuk where levering_nr = l.nr order by 1) as maanden
) m
"""
_BLADZIJDE = f"""{_LIJST}
where ($1::text is null or l.leverancier = $1)
  and ($2::text is null or exists (select from leveringstuk where levering_nr = l.nr and $2 = any(maanden)))
  and ($3::uuid is null or l.nr < (select nr from levering where levering = $3))
order by l.nr desc limit $4
"""  # noqa: S608  # vaste kolommen
_EEN = f"{_LIJST} where l.levering = $1"
_VORIGE = f"""{_LIJST}
where l.leverancier = $1 and l.nr < $2 and l.ingetrokken_op is null
  and exists (select from regelversie where levering_nr = l.nr)
order by l.nr desc limit 1
"""
_PLAATSINGEN = "select count(distinct plaatsing_nr) from regelversie where levering_nr = $1"
_GROEPEN = """
select van, tot, samen, case when samen then sum(uren)::bigint else max(uren) end as uren, count(*) as aantal,
  count(*) filter (where uren = 0) as nul, count(*) filter (where uren < 0) as negatief, nieuw_op, anders_op
from (
  select greatest(r.van, p.van) as van, least(r.tot, coalesce(p.tot, r.tot)) as tot, r.uren, r.nieuw_op, r.anders_op,
    date_trunc('month', greatest(r.van, p.van)::timestamp)
      = date_trunc('month', (least(r.tot, coalesce(p.tot, r.tot)) - 1)::timestamp) as samen
  from (
    select plaatsing_nr, van, tot, (array_agg(uren_x100 order by nr desc))[1] as uren,
      (min(op) filter (where na_levering is null) at time zone 'Europe/Amsterdam')::date as nieuw_op,
      (max(op) filter (where not gelijk) at time zone 'Europe/Amsterdam')::date as anders_op
    from regelversie where levering_nr = $1 group by plaatsing_nr, soort, van, tot
  ) r join plaatsing p on p.nr = r.plaatsing_nr
) g
group by van, tot, samen, case when samen then null else uren end, nieuw_op, anders_op
"""
_VERSIES = """
select v.soort, v.van, v.tot, v.uren_x100, v.contract, l.leverancier, l.naam, v.op
from regelversie v join levering l on l.nr = v.levering_nr
where v.plaatsing_nr = $1 and l.ingetrokken_op is null order by v.nr
"""
_LEVERANCIERS = """
select l.leverancier, max(s.op) as laatst_op, array_agg(distinct m) as maanden,
  (array_agg(l.levering order by s.nr desc))[1] as levering
from levering l join leveringstuk s on s.levering_nr = l.nr cross join lateral unnest(s.maanden) m
where l.ingetrokken_op is null group by l.leverancier
"""
_SLUITINGEN = "select leverancier, maand, sluit_op from maandsluiting"


@dataclass(frozen=True, slots=True)
class Levering:
    """Een levering met de tellingen van al haar stukken; `clients` brachten haar."""

    nr: int
    levering: UUID
    leverancier: str
    naam: str | None
    dag: date | None
    begonnen_op: datetime
    ingetrokken_op: datetime | None
    ingetrokken_door: str | None
    reden: str | None
    gereed_op: datetime | None
    laatst_op: datetime | None
    clients: tuple[str, ...]
    nieuw: int
    vervangen: int
    ongewijzigd: int
    afgewezen: dict[str, int]
    maanden: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Geleverd:
    """Wat er van een leverancier kwam: welke maanden, wanneer het laatst, en in welke levering."""

    maanden: frozenset[str]
    laatst_op: datetime
    levering: UUID


async def bladzijde(
    tx: Tx, leverancier: str | None, maand: str | None, na: UUID | None, hooguit: int
) -> list[Levering]:
    """De leveringen na `na`, de nieuwste eerst."""
    return [_levering(rij) for rij in await tx.fetch(_BLADZIJDE, leverancier, maand, na, hooguit)]


async def een(tx: Tx, levering: UUID) -> Levering | None:
    """Deze levering, of None."""
    rij = await tx.fetchrow(_EEN, levering)
    return None if rij is None else _levering(rij)


async def vorige(tx: Tx, van: Levering) -> Levering | None:
    """De levering van dezelfde leverancier die ervoor begon, regels bracht en niet is ingetrokken."""
    rij = await tx.fetchrow(_VORIGE, van.leverancier, van.nr)
    return None if rij is None else _levering(rij)


async def groepen(tx: Tx, nr: int) -> list[Groep]:
    """De regels van een levering, elk zoals zij haar het laatst zei, bij elkaar genomen waar dat niets uitmaakt."""
    return [Groep(*rij) for rij in await tx.fetch(_GROEPEN, nr)]


async def plaatsingen(tx: Tx, nr: int) -> int:
    """Over hoeveel banen de levering gaat."""
    return int(await tx.fetchval(_PLAATSINGEN, nr))


async def versies(tx: Tx, baan: int) -> list[tuple[datetime, Regel]]:
    """Elke versie van de regels van een baan met wanneer zij kwam, op volgorde; zonder wat is ingetrokken."""
    uit = []
    for soort, van, tot, uren, contract, leverancier, naam, op in await tx.fetch(_VERSIES, baan):
        regel = Regel(UrenSoort(soort), van, tot, uren, contract and Contract(contract), leverancier, naam)
        uit.append((op, regel))
    return uit


async def geleverd(tx: Tx) -> dict[str, Geleverd]:
    """Per leverancier wat er kwam en niet is ingetrokken."""
    rijen = await tx.fetch(_LEVERANCIERS)
    return {r["leverancier"]: Geleverd(frozenset(r["maanden"]), r["laatst_op"], r["levering"]) for r in rijen}


async def kalenders(tx: Tx) -> dict[str, dict[str, date]]:
    """Per leverancier zijn maandsluiting."""
    uit: dict[str, dict[str, date]] = {}
    for rij in await tx.fetch(_SLUITINGEN):
        uit.setdefault(rij["leverancier"], {})[rij["maand"]] = rij["sluit_op"]
    return uit


def _levering(rij: Any) -> Levering:
    waarden = dict(rij) | {
        "clients": tuple(rij["clients"] or ()),
        "nieuw": rij["nieuw"] or 0,
        "vervangen": rij["vervangen"] or 0,
        "ongewijzigd": rij["ongewijzigd"] or 0,
        "afgewezen": _tel(rij["afgewezen"] or ()),
        "maanden": tuple(rij["maanden"]),
    }
    return Levering(**waarden)


def _tel(stukken: Iterable[dict[str, int]]) -> dict[str, int]:
    uit: dict[str, int] = {}
    for stuk in stukken:
        for code, aantal in stuk.items():
            uit[code] = uit.get(code, 0) + aantal
    return dict(sorted(uit.items()))
