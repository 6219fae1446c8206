"""Gegevens vernietigen: van wie ten onrechte geregistreerd was, van wie de termijn verlopen is, of omdat de rechter het zegt.

De regel in de kluis is de enige weg van BSN naar pseudoniem: is die weg, dan is wat elders en in back-ups staat van niemand
meer (`docs/vernietigen.md`). Totalen blijven.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from enum import StrEnum
from uuid import UUID

from banenspoor_contracts import PersoonsgegevensVernietigd
from prometheus_client import Counter

from services.intake import kluisboek, verantwoording
from services.intake.domain.bewaartermijnen import RAADPLEGING, VERKLARING, Termijn
from shared import outbox, personen
from shared.api import Opdracht, Probleem
from shared.db import Tx, vergrendel
from shared.kluis import kluis

VERNIETIGD = Counter(
    "banenspoor_vernietigd_total", "Personen van wie de gegevens vernietigd zijn, naar reden", ["reden"]
)
STAP = 200
"""Zoveel mensen per opdracht."""
_LOOPT = "select exists (select from registratie where persoon = $1 and (tot is null or tot > $2))"
_STAAT = "select exists (select from registratie where persoon = $1)"
_WERKT = "select exists (select from werk where persoon = $1 and not ongedaan and (tot is null or tot > $2))"
_BEWAAR = "select tot, grond from bewaarplicht where persoon = $1 and tot > $2"
_AANGEKONDIGD = "select vernietigen_op from aankondiging where persoon = $1"
_NOTEER = "insert into vernietiging (client, reden, kenmerk, correlatie) values ($1, $2, $3, $4)"
_HOUD = """
insert into bewaarplicht (persoon, tot, grond, client) values ($1, $2, $3, $4)
on conflict (persoon) do update set tot = excluded.tot, grond = excluded.grond, client = excluded.client,
  opgetekend_op = clock_timestamp()
"""
_VERLOPEN = """
with per_persoon as (
  select persoon, bool_or(loopt) as loopt, max(tot) as tot from (
    select r.persoon, r.tot is null or r.tot > $1 as loopt,
      make_date(extract(year from r.tot)::int + 1 + t.jaren, 1, 1) as tot
    from registratie r join unnest($2::text[], $3::int[]) as t (grondslag, jaren) on t.grondslag = r.grondslag::text
    union all
    select w.persoon, w.tot is null or w.tot > $1, make_date(extract(year from w.tot)::int + 1 + $4, 1, 1)
    from werk w where not w.ongedaan
  ) as alles group by persoon
)
select p.persoon, p.tot from per_persoon p join kluis using (persoon)
where not p.loopt and p.tot <= $1
  and not exists (select from bewaarplicht b where b.persoon = p.persoon and b.tot > $1)
"""
_KONDIG_AAN = f"""
with verlopen as ({_VERLOPEN}), weg as (
  delete from aankondiging a where not exists (select from verlopen v where v.persoon = a.persoon)
)
insert into aankondiging (persoon, bewaard_tot, aangekondigd_op, vernietigen_op)
select persoon, tot, $1, $1 + $5::int from verlopen on conflict (persoon) do nothing
"""  # noqa: S608  # vaste tekst
_AAN_DE_BEURT = "select persoon from aankondiging where vernietigen_op <= $1 order by vernietigen_op, persoon limit $2"
_VERKLARINGEN = "delete from kandidaatverklaring where toestemming_op < $1"
_RAADPLEGINGEN = "update raadpleging set betrokkene = null where begin < $1 and betrokkene is not null"


class Waarom(StrEnum):
    """Waarom er vernietigd wordt."""

    ONTERECHT = "onterechte_registratie"
    VERLOPEN = "termijn_verlopen"
    BEVEL = "rechterlijk_bevel"


async def houd_vast(tx: Tx, persoon: UUID, tot: date, grond: str, opdracht: Opdracht) -> None:
    """Tot deze dag wordt van deze persoon niets vernietigd; nog eens vervangt, een dag van vroeger heft op."""
    await vergrendel(tx, [str(persoon)])
    await tx.execute(_HOUD, persoon, tot, grond, opdracht.client)


async def vernietig(tx: Tx, persoon: UUID, waarom: Waarom, kenmerk: str, opdracht: Opdracht) -> None:
    """Vernietigt alles van deze persoon, ook van wie in haar opging, en zegt dat.

    409 als er nog iets loopt, als zij bewaard moet blijven, of als de reden niet klopt met wat er staat.
    """
    wie = [persoon, *await personen.oude(tx, [persoon])]
    await _vergrendel(tx, wie)
    await _mag(tx, persoon, waarom, opdracht.vandaag)
    sleutels = await verantwoording.sleutels_van(tx, kluis(), [persoon])
    for ieder in wie:
        await tx.execute("select vernietig_persoon($1, $2)", ieder, sleutels)
    await personen.laat_los(tx, wie)
    await personen.vergeet(tx, wie)
    await tx.execute(_NOTEER, opdracht.client, str(waarom), kenmerk, opdracht.correlatie)
    await outbox.put(tx, [PersoonsgegevensVernietigd(persoon=ieder) for ieder in wie], correlatie=opdracht.correlatie)
    VERNIETIGD.labels(waarom).inc()


async def _mag(tx: Tx, persoon: UUID, waarom: Waarom, vandaag: date) -> None:
    if waarom is not Waarom.BEVEL and (plicht := await tx.fetchrow(_BEWAAR, persoon, vandaag)):
        raise Probleem(
            409, "bewaarplicht", "Deze gegevens moeten bewaard blijven", f"tot {plicht['tot']}: {plicht['grond']}"
        )
    if await tx.fetchval(_LOOPT, persoon, vandaag):
        raise Probleem(409, "loopt_nog", "Er loopt nog een registratie", "beëindig haar of maak haar ongedaan")
    if waarom is Waarom.ONTERECHT and await tx.fetchval(_STAAT, persoon):
        raise Probleem(
            409,
            "nog_geregistreerd",
            "Deze persoon is geregistreerd geweest",
            "maak de onterechte registraties eerst ongedaan",
        )
    if waarom is Waarom.VERLOPEN:
        op = await tx.fetchval(_AANGEKONDIGD, persoon)
        if op is None or op > vandaag:
            raise Probleem(409, "niet_aangekondigd", "De termijn is niet verlopen, of de aankondiging loopt nog")
        if await tx.fetchval(_WERKT, persoon, vandaag):
            raise Probleem(409, "werkt_nog", "Deze persoon werkt nog")


async def kondig_aan(tx: Tx, vandaag: date, termijnen: Mapping[str, Termijn], dagen: int) -> None:
    """Zet klaar van wie de termijn verlopen is (vernietigen kan over `dagen`), en haalt weg bij wie dat niet meer zo is.

    Bij werk telt de langste termijn van een grondslag. Ook: verklaringen en namen in raadplegingen die te oud zijn.
    """
    grondslagen = {g: t.jaren for g, t in termijnen.items() if g not in (RAADPLEGING, VERKLARING)}
    langste = max(grondslagen.values())
    await tx.execute(_KONDIG_AAN, vandaag, list(grondslagen), list(grondslagen.values()), langste, dagen)
    await tx.execute(_VERKLARINGEN, _eerste_dag(vandaag, termijnen[VERKLARING]))
    await tx.execute(_RAADPLEGINGEN, _eerste_dag(vandaag, termijnen[RAADPLEGING]))


def _eerste_dag(vandaag: date, termijn: Termijn) -> date:
    """Wat voor deze dag gebeurde, hoeft niet meer bewaard te worden."""
    return date(vandaag.year - termijn.jaren, 1, 1)


async def vernietig_verlopen(tx: Tx, kenmerk: str, opdracht: Opdracht) -> tuple[int, bool]:
    """Vernietigt wie aan de beurt is, hooguit `STAP`: hoeveel, en of er nog meer zijn. Wie toch niet mag blijft staan."""
    rijen = [r["persoon"] for r in await tx.fetch(_AAN_DE_BEURT, opdracht.vandaag, STAP + 1)]
    wie, gedaan = rijen[:STAP], 0
    await _vergrendel(tx, [*wie, *await personen.oude(tx, wie)])
    for persoon in wie:
        try:
            async with tx.transaction():
                await vernietig(tx, persoon, Waarom.VERLOPEN, kenmerk, opdracht)
            gedaan += 1
        except Probleem:
            await tx.execute("delete from aankondiging where persoon = $1", persoon)
    return gedaan, len(rijen) > STAP


async def _vergrendel(tx: Tx, wie: Collection[UUID]) -> None:
    """De kluis, dan de personen."""
    await kluisboek.levenslopen(tx, kluis(), wie)
    await vergrendel(tx, map(str, wie))
