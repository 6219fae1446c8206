"""Een levering intrekken: welke banen zij raakt, en wat er van elke regel blijft."""

from collections.abc import AsyncIterator, Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from banenspoor_contracts import Contract

from services.plaatsing.domain.uren import Regel, Sleutel, UrenSoort
from services.plaatsing.store.leveringen import Plek
from shared.db import Tx

_LEES = "select nr, ingetrokken_op, intrekking_tot, gereed_op from levering where levering = $1"
_BEGIN = "update levering set ingetrokken_op = $2, ingetrokken_door = $3, reden = $4 where nr = $1"
_VERDER = "update levering set intrekking_tot = $2, gereed_op = $3 where nr = $1"
_VOLGENDE = """
select distinct plaatsing_nr from regelversie where levering_nr = $1 and plaatsing_nr > $2 order by 1 limit $3
"""
_RESTEREND = "select count(distinct plaatsing_nr) from regelversie where levering_nr = $1 and plaatsing_nr > $2"
_PERSONEN = "select nr, plaatsing, persoon from plaatsing where nr = any($1::bigint[])"
_TERUG = """
select u.plaatsing_nr, p.van as baan_van, p.tot as baan_tot, u.soort, u.van, u.tot, u.uren_x100, u.contract,
  u.leverancier, u.levering, t.uren_x100 as terug_x100, t.contract as terug_contract, l.leverancier as terug_leverancier,
  l.naam as terug_levering
from (
  select distinct plaatsing_nr, soort, van, tot from regelversie
  where levering_nr = $1 and plaatsing_nr > $2 and plaatsing_nr <= $3
) g
join urenregel u using (plaatsing_nr, soort, van, tot)
join plaatsing p on p.nr = u.plaatsing_nr and p.ongedaan is null
left join lateral (
  select v.uren_x100, v.contract, v.levering_nr
  from regelversie v
  where v.plaatsing_nr = u.plaatsing_nr and v.soort = u.soort and v.van = u.van and v.tot = u.tot
    and v.levering_nr <> $1
    and not exists (select from levering w where w.nr = v.levering_nr and w.ingetrokken_op is not null)
  order by v.nr desc limit 1
) t on true
left join levering l on l.nr = t.levering_nr
order by u.plaatsing_nr, u.van, u.soort
"""
_WEG = """
delete from urenregel u using unnest($1::bigint[], $2::text[], $3::date[], $4::date[]) as g (nr, soort, van, tot)
where u.plaatsing_nr = g.nr and u.soort = g.soort and u.van = g.van and u.tot = g.tot
"""
_STUK = 2000
_LAATSTE = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Intrekking:
    """Hoe ver het intrekken van een levering is: nog niet begonnen, bij welke baan, of gereed."""

    nr: int
    begonnen: datetime | None
    tot: int
    gereed: datetime | None


@dataclass(frozen=True, slots=True)
class Terug:
    """Eén regel die de levering raakt: van welke baan `[van, tot)`, hoe zij nu is, en wat ervan blijft."""

    nr: int
    van: date
    tot: date | None
    nu: Regel
    terug: Regel | None


async def lees(tx: Tx, levering: UUID, *, slot: bool) -> Intrekking | None:
    """De stand van het intrekken, desgewenst met het slot op de levering; None als zij niet bestaat."""
    rij = await tx.fetchrow(_LEES + (" for update" if slot else ""), levering)
    return None if rij is None else Intrekking(*rij)


async def begin(tx: Tx, nr: int, op: datetime, client: str, reden: str) -> None:
    """Vanaf nu is de levering dicht en telt geen van haar versies meer."""
    await tx.execute(_BEGIN, nr, op, client, reden)


async def verder(tx: Tx, nr: int, tot: int, gereed: datetime | None) -> None:
    """Onthoudt tot en met welke baan er terug is."""
    await tx.execute(_VERDER, nr, tot, gereed)


async def volgende(tx: Tx, nr: int, na: int, hooguit: int) -> list[int]:
    """De volgende banen waarvan deze levering een regel bracht."""
    return [rij["plaatsing_nr"] for rij in await tx.fetch(_VOLGENDE, nr, na, hooguit)]


async def resterend(tx: Tx, nr: int, na: int) -> int:
    """Hoeveel banen er nog komen."""
    return int(await tx.fetchval(_RESTEREND, nr, na))


async def personen(tx: Tx, banen: Collection[int]) -> dict[int, tuple[UUID, UUID]]:
    """Per nummer de baan en wie haar nu heeft."""
    return {rij["nr"]: (rij["plaatsing"], rij["persoon"]) for rij in await tx.fetch(_PERSONEN, list(banen))}


async def regels(tx: Tx, nr: int, na: int, tot: int) -> list[Terug]:
    """Wat er van de regels van de banen na `na` tot en met `tot` blijft; de sloten zijn genomen."""
    return [_terug(rij) for rij in await tx.fetch(_TERUG, nr, na, tot)]


async def alle(tx: Tx, nr: int, na: int) -> AsyncIterator[Terug]:
    """Wat er van alle regels zou blijven, in stukken gelezen, op volgorde van baan."""
    cursor = await tx.cursor(_TERUG, nr, na, _LAATSTE)
    while rijen := await cursor.fetch(_STUK):
        for rij in rijen:
            yield _terug(rij)


async def verwijder(tx: Tx, weg: Sequence[Plek]) -> None:
    """Haalt deze regels weg; hun versies blijven."""
    if weg:
        kolommen: Any = zip(*((nr, *sleutel) for nr, sleutel in weg), strict=True)
        await tx.execute(_WEG, *map(list, kolommen))


def _terug(rij: Any) -> Terug:
    sleutel = UrenSoort(rij["soort"]), rij["van"], rij["tot"]
    nu = _regel(sleutel, rij["uren_x100"], rij["contract"], rij["leverancier"], rij["levering"])
    terug = None
    if rij["terug_x100"] is not None:
        waarden = (rij["terug_contract"], rij["terug_leverancier"], rij["terug_levering"])
        terug = _regel(sleutel, rij["terug_x100"], *waarden)
    return Terug(rij["plaatsing_nr"], rij["baan_van"], rij["baan_tot"], nu, terug)


def _regel(sleutel: Sleutel, uren: int, contract: str | None, leverancier: str, levering: str | None) -> Regel:
    return Regel(*sleutel, uren, None if contract is None else Contract(contract), leverancier, levering)
