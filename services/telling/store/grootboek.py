"""Boeken: boekingen met COPY, saldi in één keer bij; het register en de banen als verschil met wat geboekt is."""

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple
from uuid import UUID

from services.telling.domain.grootboek import Boeking, Mutatie
from services.telling.domain.register import Baan, Inschrijving
from shared.db import Tx

_STAND = """
insert into stand (maand, cel_id, shard, uren_x100, boekingen, gezegd)
select * from unnest($1::smallint[], $2::int[], $3::smallint[], $4::bigint[], $5::int[], $6::int[])
on conflict (maand, cel_id, shard) do update set
  uren_x100 = stand.uren_x100 + excluded.uren_x100,
  boekingen = stand.boekingen + excluded.boekingen,
  gezegd = stand.gezegd + excluded.gezegd
"""
_VERSIE = """
insert into maandversie (maand, shard, xid, keer)
select maand, shard, pg_current_xact_id(), 1 from unnest($1::smallint[], $2::smallint[]) v (maand, shard)
on conflict (maand, shard) do update set xid = excluded.xid, keer = maandversie.keer + 1
"""
REGISTERMAAND, WERKGEVERMAAND = 0, 1
"""Onder deze maanden staan de versie van het register en die van wat er van werkgevers bekend is."""
_INSCHRIJVINGEN = "select persoon_nr, grondslag, van, tot from inschrijving where persoon_nr = any($1::int[])"
_UITGESCHREVEN = "delete from inschrijving where persoon_nr = any($1::int[])"
_INGESCHREVEN = "insert into inschrijving select * from unnest($1::int[], $2::text[], $3::date[], $4::date[])"
_BANEN = "select plaatsing_nr, versie, vorm, van, tot from baan where plaatsing_nr = any($1::int[])"
_BAAN = """
insert into baan (plaatsing_nr, versie, vorm, van, tot)
select * from unnest($1::int[], $2::int[], $3::text[], $4::date[], $5::date[])
on conflict (plaatsing_nr) do update set
  versie = excluded.versie, vorm = excluded.vorm, van = excluded.van, tot = excluded.tot
"""
_VERGEET_PERSONEN = "delete from persoon where persoon = any($1::uuid[])"
_VERGEET_PLAATSINGEN = "delete from plaatsing where plaatsing = any($1::uuid[])"


class Registerboeking(NamedTuple):
    """Een inschrijving erbij (+1) of eraf (−1), door welke gebeurtenis, en de reden die zij zelf noemt."""

    persoon_nr: int
    grondslag: str
    van: object
    tot: object
    delta: int
    bron: int
    bekend_op: int
    publicatienr: int
    soort: str
    reden: str | None


class Baanboeking(NamedTuple):
    """Een baan begint (+1) of eindigt (−1) in een maand."""

    plaatsing_nr: int
    vorm: str
    maand: int
    delta: int
    bekend_op: int


class BaanStand(NamedTuple):
    """De laatst gehoorde versie van een baan; `baan` is leeg als zij ongedaan gemaakt is."""

    versie: int
    baan: Baan | None


async def boek(tx: Tx, boekingen: Sequence[Boeking], mutaties: Sequence[Mutatie]) -> None:
    """Voegt boekingen toe en werkt de saldi bij; `mutaties` staan op volgorde van hun sleutel."""
    await tx.copy_records_to_table("boeking", records=boekingen, columns=Boeking._fields)
    await tx.execute(_STAND, *(list(kolom) for kolom in zip(*mutaties, strict=True)))
    await nieuwe_versie(tx, {(mutatie.maand, mutatie.shard) for mutatie in mutaties})


async def nieuwe_versie(tx: Tx, geraakt: Collection[tuple[int, int]]) -> None:
    """Zegt aan wie las dat er in deze (maand, shard) iets bijgekomen is."""
    maanden, shards = zip(*sorted(geraakt), strict=True)
    await tx.execute(_VERSIE, list(maanden), list(shards))


async def inschrijvingen(tx: Tx, personen: Collection[int]) -> dict[int, frozenset[Inschrijving]]:
    """Wat er per persoon het laatst in het register geboekt is."""
    geboekt: dict[int, set[Inschrijving]] = {}
    for persoon, grondslag, van, tot in await tx.fetch(_INSCHRIJVINGEN, list(personen)):
        geboekt.setdefault(persoon, set()).add(Inschrijving(grondslag, van, tot))
    return {persoon: frozenset(rijen) for persoon, rijen in geboekt.items()}


async def boek_register(
    tx: Tx, boekingen: Sequence[Registerboeking], nu: Mapping[int, frozenset[Inschrijving]]
) -> None:
    """Voegt registerboekingen toe en onthoudt wat er per persoon nu geboekt is."""
    await tx.copy_records_to_table("registerboeking", records=boekingen, columns=Registerboeking._fields)
    if boekingen:
        await nieuwe_versie(tx, {(REGISTERMAAND, boeking.bron) for boeking in boekingen})
    await tx.execute(_UITGESCHREVEN, sorted(nu))
    rijen = [(persoon, i.grondslag, i.van, i.tot) for persoon in sorted(nu) for i in sorted(nu[persoon], key=str)]
    if rijen:
        await tx.execute(_INGESCHREVEN, *(list(kolom) for kolom in zip(*rijen, strict=True)))


async def banen(tx: Tx, plaatsingen: Collection[int]) -> dict[int, BaanStand]:
    """De laatst gehoorde versie van deze banen."""
    return {
        nummer: BaanStand(versie, None if vorm is None else Baan(vorm, van, tot))
        for nummer, versie, vorm, van, tot in await tx.fetch(_BANEN, list(plaatsingen))
    }


async def boek_banen(tx: Tx, boekingen: Sequence[Baanboeking], nu: Mapping[int, BaanStand]) -> None:
    """Voegt toe wanneer banen begonnen en eindigden, en onthoudt de laatste versie."""
    await tx.copy_records_to_table("baanboeking", records=boekingen, columns=Baanboeking._fields)
    rijen = [(nummer, stand.versie, *(stand.baan or (None, None, None))) for nummer, stand in sorted(nu.items())]
    await tx.execute(_BAAN, *(list(kolom) for kolom in zip(*rijen, strict=True)))


async def vergeet(tx: Tx, pseudoniemen: Collection[UUID]) -> None:
    """Wist welk pseudoniem (van een persoon of een baan) bij welk nummer hoorde; boekingen en totalen blijven."""
    await tx.execute(_VERGEET_PERSONEN, list(pseudoniemen))
    await tx.execute(_VERGEET_PLAATSINGEN, list(pseudoniemen))
