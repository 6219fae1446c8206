"""Wie waar werkt en wie geregistreerd is, zoals plaatsing en intake het zeggen."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from banenspoor_contracts import PlaatsingEindReden, Registratie
from banenspoor_contracts.plaatsingen import PlaatsingGegevens

from services.beoordeling.domain.overstappen import Deelname
from shared.db import Tx

_STAND = """
insert into werk (plaatsing, persoon, vorm, gemeente, uren_per_week_x100, van, tot, versie)
select $1, coalesce((select opgegaan_in from opgegaan where persoon = $2), $2), $3, $4, $5, $6, $7, $8
where not exists (select from vergeten where hash = sha256(uuid_send($2)))
on conflict (plaatsing) do update set
  persoon = excluded.persoon, vorm = excluded.vorm, gemeente = excluded.gemeente,
  uren_per_week_x100 = excluded.uren_per_week_x100, van = excluded.van, tot = excluded.tot, versie = excluded.versie,
  ongedaan = false
where werk.versie < excluded.versie
"""
_EINDE = "update werk set tot = $2, reden = $3, versie = $4 where plaatsing = $1 and versie < $4"
_ONGEDAAN = "update werk set ongedaan = true, versie = $2 where plaatsing = $1 and versie < $2"
_VERGEET_BAAN = "delete from werk where plaatsing = $1"
_BESCHUT = """
select persoon, van, tot, reden from werk
where persoon = any($1::uuid[]) and vorm = 'beschut_werk' and not ongedaan order by van, plaatsing
"""
_REGISTER_WEG = "delete from geregistreerd where persoon = $1"
_REGISTER = "insert into geregistreerd (persoon, van, tot) select $1, * from unnest($2::date[], $3::date[])"
_GEREGISTREERD = """
select exists (select from geregistreerd where persoon = $1 and van <= $2 and (tot is null or tot > $2))
"""
_VERPLAATS = "update werk set persoon = $2 where persoon = $1"
_VERGEET = "delete from werk where persoon = $1"
_VERSCHOVEN = """
select distinct a.persoon from aanvraag a join werk w on w.persoon = a.persoon and w.vorm = 'beschut_werk'
where a.soort = 'BESCHUT_WERK' and a.besluit = 'POSITIEF' and (w.van between $1 and $2 or w.tot between $1 and $2)
"""
_OVERSTAPPEN = """
with dag (dag, nr) as (values ($1::date, 0), ($2::date, 1)),
stand as (
  select w.persoon, d.nr, case
    when bool_or(w.vorm = 'beschut_werk') then 'BESCHUT'
    when exists (select from geregistreerd g where g.persoon = w.persoon and g.van <= d.dag and (g.tot is null or g.tot > d.dag))
      then 'BANENAFSPRAAK'
    else 'REGULIER' end as deelname
  from werk w join dag d on w.van <= d.dag and (w.tot is null or w.tot > d.dag)
  where not w.ongedaan and w.vorm not in ('wsw_beschut', 'proefplaatsing') and ($3::text is null or w.gemeente = $3)
  group by w.persoon, d.nr, d.dag),
per_persoon as (
  select persoon, coalesce(max(deelname) filter (where nr = 0), 'ELDERS') as van,
    coalesce(max(deelname) filter (where nr = 1), 'ELDERS') as naar
  from stand group by persoon)
select van, naar, count(*) as personen from per_persoon group by van, naar
"""
_TERUGKEER = """
select count(*) filter (where o.handeling = 'STROOM_UIT') as uit, count(*) filter (where o.handeling = 'KEER_TERUG') as terug
from overgang o join aanvraag a using (aanvraag)
where o.op > $1 and o.op <= $2 and ($3::text is null or a.gemeente = $3)
"""


@dataclass(frozen=True, slots=True)
class Baan:
    """Een baan in beschut werk `[van, tot)`, en waarom zij eindigde."""

    van: date
    tot: date | None
    reden: PlaatsingEindReden


async def bewaar(tx: Tx, plaatsing: UUID, persoon: UUID, versie: int, baan: PlaatsingGegevens) -> None:
    """Onthoudt hoe de baan nu is; een versie die al bekend is verandert niets."""
    velden = (str(baan.vorm), baan.gemeente_werk, baan.uren_per_week_x100, baan.van, baan.tot)
    await tx.execute(_STAND, plaatsing, persoon, *velden, versie)


async def beeindig(tx: Tx, plaatsing: UUID, tot: date, reden: PlaatsingEindReden, versie: int) -> None:
    """De baan eindigt."""
    await tx.execute(_EINDE, plaatsing, tot, reden, versie)


async def maak_ongedaan(tx: Tx, plaatsing: UUID, versie: int) -> None:
    """De baan is er nooit geweest."""
    await tx.execute(_ONGEDAAN, plaatsing, versie)


async def vergeet_baan(tx: Tx, plaatsing: UUID) -> None:
    """Wist de baan."""
    await tx.execute(_VERGEET_BAAN, plaatsing)


async def beschutte_banen(tx: Tx, personen: Collection[UUID]) -> dict[UUID, list[Baan]]:
    """De banen in beschut werk van elk van deze personen, op volgorde van begin."""
    uit: dict[UUID, list[Baan]] = {persoon: [] for persoon in personen}
    for persoon, van, tot, reden in await tx.fetch(_BESCHUT, list(uit)):
        uit[persoon].append(Baan(van, tot, PlaatsingEindReden(reden)))
    return uit


async def neem_register_over(tx: Tx, persoon: UUID, registraties: Sequence[Registratie]) -> None:
    """Vervangt wanneer deze persoon geregistreerd is."""
    await tx.execute(_REGISTER_WEG, persoon)
    if registraties:
        await tx.execute(_REGISTER, persoon, [r.van for r in registraties], [r.tot for r in registraties])


async def geregistreerd(tx: Tx, persoon: UUID, op: date) -> bool:
    """Stond deze persoon op die dag in het doelgroepregister?"""
    return bool(await tx.fetchval(_GEREGISTREERD, persoon, op))


async def verschoven(tx: Tx, van: date, tot_en_met: date) -> Collection[UUID]:
    """Van wie in deze dagen een baan in beschut werk begon of eindigde."""
    return [rij["persoon"] for rij in await tx.fetch(_VERSCHOVEN, van, tot_en_met)]


async def overstappen(tx: Tx, begin: date, einde: date, gemeente: str | None) -> dict[tuple[Deelname, Deelname], int]:
    """Hoeveel personen op de ene dag zo en op de andere dag zus meededen; `gemeente` is waar zij werken."""
    rijen = await tx.fetch(_OVERSTAPPEN, begin, einde, gemeente)
    return {(Deelname(r["van"]), Deelname(r["naar"])): r["personen"] for r in rijen}


async def terugkeer(tx: Tx, begin: date, einde: date, gemeente: str | None) -> tuple[int, int]:
    """Hoe vaak iemand in `(begin, einde]` uitstroomde met het recht om terug te keren, en hoe vaak iemand terugkeerde."""
    rij = await tx.fetchrow(_TERUGKEER, begin, einde, gemeente)
    return (rij["uit"], rij["terug"]) if rij else (0, 0)


async def verplaats(tx: Tx, persoon: UUID, in_: UUID) -> None:
    """De banen van deze persoon zijn voortaan van wie haar in zich opneemt; het register van die ander komt apart."""
    await tx.execute(_VERPLAATS, persoon, in_)
    await tx.execute(_REGISTER_WEG, persoon)


async def vergeet(tx: Tx, persoon: UUID) -> None:
    """Wist wat van deze persoon bekend is."""
    await tx.execute(_VERGEET, persoon)
    await tx.execute(_REGISTER_WEG, persoon)
