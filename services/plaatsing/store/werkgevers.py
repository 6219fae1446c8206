"""Werkgevers: het nummer versleuteld, en wat er per periode is opgegeven."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from banenspoor_contracts import Sector, Sectorperiode, Subsector, WerkgeverStand

from services.plaatsing.domain.werkgever import Opgave, tijdlijn
from shared.db import Tx, vergrendel
from shared.kluis import HMAC, KluisFout, kluis

_ZOEK = """
select werkgever, nummer_zoek from unnest($1::bytea[]) as g (nummer_zoek) join werkgever using (nummer_zoek)
"""
_NIEUW = """
insert into werkgever (werkgever, nummer, nummer_zoek) select * from unnest($1::uuid[], $2::bytea[], $3::bytea[])
"""
_EEN = "select nummer, nummer_zoek from werkgever limit 1"
_OPGAVEN = """
select werkgever, van, opgegeven_tot, sector, subsector, sbi, grootteklasse, gemeente_zetel, naam, groep
from unnest($1::uuid[]) as g (werkgever) join opgave using (werkgever) order by werkgever, van
"""
_WEG = "delete from opgave where werkgever = any($1::uuid[])"
_BEWAAR = """
insert into opgave (werkgever, van, opgegeven_tot, tot, sector, subsector, sbi, grootteklasse, gemeente_zetel,
  naam, groep, groep_zoek)
select * from unnest($1::uuid[], $2::date[], $3::date[], $4::date[], $5::text[], $6::text[], $7::text[], $8::text[],
  $9::text[], $10::bytea[], $11::bytea[], $12::bytea[])
"""
_PERIODEN = """
select werkgever, van, tot, sector, subsector
from unnest($1::uuid[]) as g (werkgever) join opgave using (werkgever) order by van
"""
_GROEPEN = "select groep, groep_zoek from groep where groep_zoek = any($1::bytea[])"
_NIEUWE_GROEP = "insert into groep (groep, groep_zoek) select * from unnest($1::uuid[], $2::bytea[])"
_STANDEN = "select werkgever, stand from werkgever_gezegd where werkgever = any($1::uuid[])"
_BEWAAR_STANDEN = """
insert into werkgever_gezegd (werkgever, versie, stand) select * from unnest($1::uuid[], $2::int[], $3::text[])
on conflict (werkgever) do update set versie = excluded.versie, stand = excluded.stand
"""
_GEDEELD = "select pg_advisory_xact_lock_shared(hashtext('plaatsing-sectoren'))"
_ALLEEN = "select pg_advisory_xact_lock(hashtext('plaatsing-sectoren'))"
_PERSONEN = """
select persoon from plaatsing where werkgever = any($1::uuid[]) or inlener = any($1::uuid[])
union select persoon from deel d join plaatsing p on p.nr = d.plaatsing_nr
where d.werkgever = any($1::uuid[]) or d.inlener = any($1::uuid[])
"""


async def controleer_kluis(tx: Tx) -> None:
    """KluisFout als de kluis ontbreekt of niet bij deze database hoort: dan zou elke werkgever een tweede sleutel krijgen."""
    een = await tx.fetchrow(_EEN)
    if een is None:
        kluis()
    elif kluis().zoeksleutel(kluis().ontsleutel(een["nummer"])) != een["nummer_zoek"]:
        raise KluisFout(f"{HMAC}: hoort niet bij deze database")


async def zoek(tx: Tx, nummers: Collection[str]) -> dict[str, UUID]:
    """De werkgevers met deze loonheffingennummers; een onbekend nummer ontbreekt."""
    op_sleutel = {kluis().zoeksleutel(nummer): nummer for nummer in nummers}
    rijen = await tx.fetch(_ZOEK, list(op_sleutel))
    return {op_sleutel[rij["nummer_zoek"]]: rij["werkgever"] for rij in rijen}


async def vergrendel_nummers(tx: Tx, nummers: Collection[str], groepen: Collection[str]) -> None:
    """Houdt deze nummers en groepen vast, ook wie er nog niet zijn; vóór elk ander slot."""
    soorten = (("werkgever", nummers), ("groep", groepen))
    sleutels = {f"{soort}:{kluis().zoeksleutel(tekst).hex()}" for soort, teksten in soorten for tekst in teksten}
    await vergrendel(tx, sleutels)


async def maak(tx: Tx, nieuw: Mapping[str, UUID]) -> None:
    """Maakt werkgevers bij deze nummers."""
    sleutels = [(kluis().versleutel(nummer), kluis().zoeksleutel(nummer)) for nummer in nieuw]
    await tx.execute(_NIEUW, list(nieuw.values()), [blob for blob, _ in sleutels], [zoek for _, zoek in sleutels])


async def groepen(tx: Tx, teksten: Collection[str]) -> dict[str, UUID]:
    """De sleutel op de bus van deze groepen; een onbekende ontbreekt."""
    op_sleutel = {kluis().zoeksleutel(tekst): tekst for tekst in teksten}
    rijen = await tx.fetch(_GROEPEN, list(op_sleutel))
    return {op_sleutel[rij["groep_zoek"]]: rij["groep"] for rij in rijen}


async def maak_groepen(tx: Tx, nieuw: Mapping[str, UUID], gebruikt: Iterable[str | None]) -> None:
    """Maakt de groepen die gebruikt worden."""
    wie = set(gebruikt)
    rijen = [(groep, kluis().zoeksleutel(tekst)) for tekst, groep in nieuw.items() if tekst in wie]
    await tx.execute(_NIEUWE_GROEP, [groep for groep, _ in rijen], [zoek for _, zoek in rijen])


async def standen(tx: Tx, werkgevers: Collection[UUID]) -> dict[UUID, WerkgeverStand]:
    """Wat er over deze werkgevers het laatst gezegd is; van wie nog niets gezegd is ontbreekt het."""
    rijen = await tx.fetch(_STANDEN, list(werkgevers))
    return {rij["werkgever"]: WerkgeverStand.model_validate_json(rij["stand"]) for rij in rijen}


async def bewaar_standen(tx: Tx, gezegd: Collection[WerkgeverStand]) -> None:
    """Onthoudt wat er over deze werkgevers gezegd is."""
    rijen = [(stand.werkgever, stand.versie, stand.bytes_().decode()) for stand in gezegd]
    if rijen:
        await tx.execute(_BEWAAR_STANDEN, *map(list, zip(*rijen, strict=True)))


async def opgaven(tx: Tx, werkgevers: Collection[UUID]) -> dict[UUID, tuple[Opgave, ...]]:
    """Alles wat er over deze werkgevers is opgegeven, op volgorde."""
    uit: dict[UUID, list[Opgave]] = {werkgever: [] for werkgever in werkgevers}
    for rij in await tx.fetch(_OPGAVEN, list(werkgevers)):
        uit[rij["werkgever"]].append(
            Opgave(
                van=rij["van"],
                tot=rij["opgegeven_tot"],
                sector=Sector(rij["sector"]),
                subsector=_subsector(rij),
                sbi=rij["sbi"],
                grootteklasse=rij["grootteklasse"],
                gemeente_zetel=rij["gemeente_zetel"],
                naam=_open(rij["naam"]),
                groep=_open(rij["groep"]),
            )
        )
    return {werkgever: tuple(lijst) for werkgever, lijst in uit.items()}


async def bewaar(tx: Tx, nieuw: Mapping[UUID, Sequence[Opgave]]) -> None:
    """Vervangt alle opgaven van deze werkgevers."""
    await tx.execute(_WEG, list(nieuw))
    rijen = [
        (
            werkgever,
            o.van,
            o.tot,
            periode.tot,
            o.sector,
            o.subsector,
            o.sbi,
            o.grootteklasse,
            o.gemeente_zetel,
            _dicht(o.naam),
            _dicht(o.groep),
            None if o.groep is None else kluis().zoeksleutel(o.groep),
        )
        for werkgever, lijst in nieuw.items()
        for o, periode in zip(lijst, tijdlijn(lijst), strict=True)
    ]
    if rijen:
        await tx.execute(_BEWAAR, *map(list, zip(*rijen, strict=True)))


async def sectoren(tx: Tx, werkgevers: Collection[UUID]) -> dict[UUID, tuple[Sectorperiode, ...]]:
    """De sectoren van deze werkgevers door de tijd; zij veranderen niet meer tot het einde van deze transactie.

    De sloten op personen zijn dan al genomen: die gaan altijd voor (zie `neem_sectorslot`).
    """
    await tx.execute(_GEDEELD)
    uit: dict[UUID, list[Sectorperiode]] = defaultdict(list)
    for rij in await tx.fetch(_PERIODEN, list(werkgevers)):
        uit[rij["werkgever"]].append(
            Sectorperiode(sector=rij["sector"], subsector=_subsector(rij), van=rij["van"], tot=rij["tot"])
        )
    return {werkgever: tuple(lijst) for werkgever, lijst in uit.items()}


async def neem_sectorslot(tx: Tx, werkgevers: Collection[UUID]) -> None:
    """Vergrendelt iedereen die bij deze werkgevers werkt, en dan de sectoren: niemand leest ze nog.

    Kwam er iemand bij terwijl wij wachtten, dan laten wij alles los en beginnen opnieuw: personen gaan altijd vóór
    sectoren, anders wachten twee transacties op elkaar.
    """
    while True:
        personen = await _personen(tx, werkgevers)
        punt = tx.transaction()
        await punt.start()
        await vergrendel(tx, map(str, personen))
        await tx.execute(_ALLEEN)
        if await _personen(tx, werkgevers) <= personen:
            await punt.commit()
            return
        await punt.rollback()


async def _personen(tx: Tx, werkgevers: Collection[UUID]) -> set[UUID]:
    return {rij["persoon"] for rij in await tx.fetch(_PERSONEN, list(werkgevers))}


def _subsector(rij: Any) -> Subsector | None:
    return None if rij["subsector"] is None else Subsector(rij["subsector"])


def _open(blob: bytes | None) -> str | None:
    return None if blob is None else kluis().ontsleutel(blob)


def _dicht(tekst: str | None) -> bytes | None:
    return None if tekst is None else kluis().versleutel(tekst)
