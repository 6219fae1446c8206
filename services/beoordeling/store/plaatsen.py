"""Te realiseren aantallen, wie wacht, en welke plaatsen gevuld zijn."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from banenspoor_contracts import AantalBron

from services.beoordeling.domain.machine import Toestand
from services.beoordeling.domain.plaatsen import Aantal, Volgorde, Wachtende
from shared.db import Tx

_AANTALLEN = """
select gemeente, jaar, aantal, bron, besloten_op, van from te_realiseren
where gemeente = any($1::text[]) and jaar = $2 and bekend_op <= $3 order by nr
"""
_VOEG_TOE = """
insert into te_realiseren (gemeente, jaar, aantal, bron, besloten_op, van, bekend_op) values ($1, $2, $3, $4, $5, $6, $7)
"""
_VOLGORDE = """
select volgorde from wachtlijstvolgorde where gemeente = $1 and van <= $2 and bekend_op <= $3 order by van desc, nr desc limit 1
"""
_ZET_VOLGORDE = "insert into wachtlijstvolgorde (gemeente, volgorde, van, bekend_op) values ($1, $2, $3, $4)"
_PLEK = "('POSITIEF', 'WACHTLIJST', 'AANGEBODEN', 'GEPLAATST', 'TERUGKEERRECHT')"
_TOEN = f"""
select * from (
  select distinct on (a.aanvraag) a.aanvraag, a.persoon, o.toestand, a.besluit_op, a.ontvangen_op, a.voorrang
  from aanvraag a join overgang o using (aanvraag)
  where a.gemeente = any($1::text[]) and a.soort = 'BESCHUT_WERK' and a.besluit is not null
    and o.op <= $2 and o.bekend_op <= $3 and o.van_toestand is distinct from o.toestand
  order by a.aanvraag, o.op desc, o.nr desc) laatste
where toestand in {_PLEK}
"""  # noqa: S608  # vaste tekst
_NU = f"""
select aanvraag, persoon, toestand, besluit_op, ontvangen_op, voorrang from aanvraag
where gemeente = any($1::text[]) and soort = 'BESCHUT_WERK' and besluit = 'POSITIEF' and toestand in {_PLEK}
  and $2::date is not null and $3::timestamptz is not null
"""  # noqa: S608  # vaste tekst
_BANEN = """
select w.persoon, w.uren_per_week_x100 from aanvraag a join werk w using (persoon)
where a.gemeente = any($1::text[]) and a.soort = 'BESCHUT_WERK' and a.besluit = 'POSITIEF'
  and not exists (select from aanvraag b where b.persoon = a.persoon and b.soort = 'BESCHUT_WERK' and b.besluit = 'POSITIEF'
    and (b.besluit_op, b.aanvraag) > (a.besluit_op, a.aanvraag))
  and w.vorm = 'beschut_werk' and not w.ongedaan and w.van <= $2 and (w.tot is null or w.tot > $2)
union all
select w.persoon, w.uren_per_week_x100 from werk w
where w.gemeente = any($1::text[]) and not exists (
    select from aanvraag a where a.persoon = w.persoon and a.soort = 'BESCHUT_WERK' and a.besluit = 'POSITIEF')
  and w.vorm = 'beschut_werk' and not w.ongedaan and w.van <= $2 and (w.tot is null or w.tot > $2)
"""
_BLADZIJDE = """
with stand as ({stand}), werkend as materialized (
  select persoon, count(*) as banen, sum(uren_per_week_x100) as uren_x100 from ({banen}) baan group by persoon),
samen as (
  select s.toestand, coalesce(s.persoon, w.persoon) as persoon, w.persoon is not null as werkt
  from stand s full join werkend w on w.persoon = s.persoon)
select
  count(distinct persoon) filter (where werkt or toestand <> 'TERUGKEERRECHT') as beschikbaar,
  count(distinct persoon) filter (where werkt) as werkend,
  (select coalesce(sum(banen), 0)::bigint from werkend) as banen,
  (select coalesce(sum(uren_x100), 0)::bigint from werkend) as uren_x100,
  count(*) filter (where toestand = 'AANGEBODEN' and not werkt) as aangeboden,
  count(*) filter (where toestand = 'TERUGKEERRECHT') as terugkeerrecht,
  count(*) filter (where toestand in ('POSITIEF', 'WACHTLIJST') and not werkt) as wachtend
from samen
"""
# Het gaat om één gemeente van velen: opzoeken, nooit een tabel aflopen, ook als zij groot is.
_OPZOEKEN = """
set local enable_seqscan = off; set local enable_hashjoin = off; set local enable_bitmapscan = off;
set local max_parallel_workers_per_gather = 0; set local jit = off
"""
_WACHTLIJST = """
select aanvraag, persoon, toestand, besluit_op, ontvangen_op, voorrang from ({stand}) stand
where toestand in ('POSITIEF', 'WACHTLIJST') and not exists (
  select from werk w where w.persoon = stand.persoon and w.vorm = 'beschut_werk' and not w.ongedaan
    and w.van <= $2 and (w.tot is null or w.tot > $2))
order by {volgorde} limit $4
"""
_OP_VOLGORDE = {
    Volgorde.BESLUIT: "besluit_op, ontvangen_op, aanvraag",
    Volgorde.AANVRAAG: "ontvangen_op, besluit_op, aanvraag",
    Volgorde.VOORRANG: "voorrang nulls last, besluit_op, ontvangen_op, aanvraag",
}
"""Dezelfde volgorden als `domain.plaatsen.volgorde`."""
_MARKEER = "insert into te_verdelen (gemeente) select unnest($1::text[])"
_GEMARKEERD = "select distinct gemeente from te_verdelen order by gemeente limit $1"
_VERWERKT = "delete from te_verdelen where gemeente = $1 and nr <= $2"
_LAATSTE = "select max(nr) from te_verdelen where gemeente = $1"
_ALLE_WACHTENDEN = """
insert into te_verdelen (gemeente) select distinct gemeente from aanvraag
where soort = 'BESCHUT_WERK' and besluit is not null and toestand in ('POSITIEF', 'WACHTLIJST')
"""


@dataclass(frozen=True, slots=True)
class Beschutbaan:
    """Iemand die beschut werkt."""

    persoon: UUID
    uren_per_week_x100: int


@dataclass(frozen=True, slots=True)
class Telling:
    """Personen die positief en beschikbaar zijn, en die werken; hun banen en uren; aanbiedingen, terugkeerrecht, wachtenden."""

    beschikbaar: int
    werkend: int
    banen: int
    uren_x100: int
    aangeboden: int
    terugkeerrecht: int
    wachtend: int


async def aantallen(tx: Tx, gemeenten: Collection[str], jaar: int, bekend_op: datetime) -> list[Aantal]:
    """Wat er voor deze gemeenten en dit jaar is vastgesteld en toen bekend was, op volgorde van bekend worden."""
    rijen = await tx.fetch(_AANTALLEN, list(gemeenten), jaar, bekend_op)
    return [
        Aantal(r["gemeente"], r["jaar"], r["aantal"], AantalBron(r["bron"]), r["besloten_op"], r["van"]) for r in rijen
    ]


async def voeg_toe(tx: Tx, a: Aantal, bekend_op: datetime) -> None:
    """Bewaart een vastgesteld aantal."""
    await tx.execute(_VOEG_TOE, a.gemeente, a.jaar, a.aantal, a.bron, a.besloten_op, a.van, bekend_op)


async def volgorde(tx: Tx, gemeente: str, op: date, bekend_op: datetime) -> Volgorde:
    """De volgorde van de wachtlijst van deze gemeente op die dag; zonder eigen regel de dag van het besluit."""
    gekozen = await tx.fetchval(_VOLGORDE, gemeente, op, bekend_op)
    return Volgorde(gekozen) if gekozen else Volgorde.BESLUIT


async def zet_volgorde(tx: Tx, gemeente: str, regel: Volgorde, van: date, bekend_op: datetime) -> None:
    """Vanaf `van` geldt deze volgorde."""
    await tx.execute(_ZET_VOLGORDE, gemeente, regel, van, bekend_op)


async def bladzijde(tx: Tx, gemeenten: Collection[str], op: date, bekend_op: datetime, nu: bool) -> Telling:
    """Hoe het er op die dag voor staat, zoals toen bekend; `nu`: die dag is vandaag, zoals nu bekend.

    Alleen in een transactie die verder niets dan deze gemeente leest: zij zoekt op en loopt geen tabel af.
    """
    await tx.execute(_OPZOEKEN)
    vraag = _BLADZIJDE.format(stand=_NU if nu else _TOEN, banen=_BANEN)
    rij = await tx.fetchrow(vraag, list(gemeenten), op, bekend_op)
    assert rij is not None  # noqa: S101  # een vraag zonder from geeft altijd één rij
    return Telling(*rij)


async def wachtlijst(
    tx: Tx, gemeenten: Collection[str], op: date, bekend_op: datetime, nu: bool, regel: Volgorde, hooguit: int
) -> list[Wachtende]:
    """Wie er op die dag wacht, de eerste eerst; hooguit zoveel."""
    vraag = _WACHTLIJST.format(stand=_NU if nu else _TOEN, volgorde=_OP_VOLGORDE[regel])
    rijen = await tx.fetch(vraag, list(gemeenten), op, bekend_op, hooguit)
    return [Wachtende(r[0], r[1], Toestand(r[2]), r[3], r[4], r[5]) for r in rijen]


async def stand_nu(tx: Tx, gemeenten: Collection[str], nu: datetime) -> list[Wachtende]:
    """Waar ieder met een positief besluit van deze gemeenten nu is."""
    rijen = await tx.fetch(_NU, list(gemeenten), nu.date(), nu)
    return [Wachtende(r[0], r[1], Toestand(r[2]), r[3], r[4], r[5]) for r in rijen]


async def banen(tx: Tx, gemeenten: Collection[str], op: date) -> list[Beschutbaan]:
    """De banen in beschut werk die op die dag lopen en bij deze gemeenten horen.

    Een baan hoort bij de gemeente die voor haar besliste; is er geen besluit bekend, dan bij die waar zij werkt.
    """
    return [Beschutbaan(*rij) for rij in await tx.fetch(_BANEN, list(gemeenten), op)]


async def markeer(tx: Tx, gemeenten: Iterable[str]) -> None:
    """In deze gemeenten is misschien een plaats te geven."""
    if wie := sorted(set(gemeenten)):
        await tx.execute(_MARKEER, wie)


async def markeer_wachtenden(tx: Tx) -> None:
    """In elke gemeente waar iemand wacht is misschien een plaats te geven: een nieuw jaar heeft een ander aantal."""
    await tx.execute(_ALLE_WACHTENDEN)


async def gemarkeerd(tx: Tx, hooguit: int) -> list[str]:
    """Gemeenten waar misschien een plaats te geven is."""
    return [rij["gemeente"] for rij in await tx.fetch(_GEMARKEERD, hooguit)]


async def neem_gemarkeerd(tx: Tx, gemeente: str) -> None:
    """Haalt de merken weg die er nu zijn; een later merk blijft staan."""
    if (laatste := await tx.fetchval(_LAATSTE, gemeente)) is not None:
        await tx.execute(_VERWERKT, gemeente, laatste)
