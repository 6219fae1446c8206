"""Wie waar werkt, zoals plaatsing het zegt: voor de vraag van een werkgever, en voor grondslagen die bij werk horen."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from banenspoor_contracts import Vorm, wie_telt
from banenspoor_contracts.plaatsingen import (
    OvergangVanOnderneming,
    PlaatsingBeeindigd,
    PlaatsingGegevens,
    PlaatsingGestart,
    PlaatsingGewijzigd,
    PlaatsingOmgezet,
    PlaatsingOngedaanGemaakt,
    PlaatsingVergeten,
    PlaatsingVerlengd,
)
from banenspoor_contracts.telmee import Werk

from shared.db import Tx

Veranderd = PlaatsingGewijzigd | PlaatsingVerlengd | PlaatsingOmgezet
Werkfeit = (
    PlaatsingGestart
    | Veranderd
    | PlaatsingBeeindigd
    | PlaatsingOngedaanGemaakt
    | OvergangVanOnderneming
    | PlaatsingVergeten
)
FEITEN = (
    PlaatsingGestart,
    PlaatsingGewijzigd,
    PlaatsingVerlengd,
    PlaatsingOmgezet,
    PlaatsingBeeindigd,
    PlaatsingOngedaanGemaakt,
    OvergangVanOnderneming,
    PlaatsingVergeten,
)
"""Wat plaatsing over een baan zegt."""

_STAND = """
insert into werk (plaatsing, persoon, werkgever, inlener, vorm, van, tot, versie)
select $1, coalesce((select opgegaan_in from opgegaan where persoon = $2), $2), $3, $4, $5, $6, $7, $8
where not exists (select from vergeten where hash = sha256(uuid_send($2)))
on conflict (plaatsing) do update set
  persoon = excluded.persoon, werkgever = excluded.werkgever, inlener = excluded.inlener, vorm = excluded.vorm,
  van = excluded.van, tot = excluded.tot, versie = excluded.versie, ongedaan = false
where werk.versie < excluded.versie
"""
_EINDE = "update werk set tot = $2, versie = $3 where plaatsing = $1 and versie < $3"
_ONGEDAAN = "update werk set ongedaan = true, versie = $2 where plaatsing = $1 and versie < $2"
_OVERGANG = "update werk set werkgever = $2, versie = $3 where plaatsing = $1 and versie < $3"
_VERGEET = "delete from werk where plaatsing = $1"
_VAN = """
select persoon, vorm, van, tot from werk where persoon = any($1::uuid[]) and not ongedaan order by van, plaatsing
"""
GELDT = """
({tabel}.grondslag <> all({gebonden}::text[]::grondslag[]) or exists (
  select from werk where werk.persoon = {tabel}.persoon and not werk.ongedaan and werk.vorm = any({vormen}::text[])
    and werk.van <= {dag} and (werk.tot is null or werk.tot > {dag})))
"""
"""Geldt een registratie op deze dag ook als zij aan werk gebonden is? In SQL wat `zoals_zij_gelden` per mens zegt."""
GEBONDEN = [str(g) for g in wie_telt.AAN_WERK_GEBONDEN]
DIENSTBETREKKING = [str(v) for v in wie_telt.DIENSTBETREKKING]


async def neem_over(feit: Werkfeit, tx: Tx) -> None:
    """Onthoudt hoe de baan nu is; een versie die al bekend is verandert niets."""
    if isinstance(feit, PlaatsingGestart):
        await _bewaar(tx, feit, feit)
    elif isinstance(feit, PlaatsingBeeindigd):
        await tx.execute(_EINDE, feit.plaatsing, feit.tot, feit.versie)
    elif isinstance(feit, PlaatsingOngedaanGemaakt):
        await tx.execute(_ONGEDAAN, feit.plaatsing, feit.versie)
    elif isinstance(feit, OvergangVanOnderneming):
        await tx.execute(_OVERGANG, feit.plaatsing, feit.naar_werkgever, feit.versie)
    elif isinstance(feit, PlaatsingVergeten):
        await tx.execute(_VERGEET, feit.plaatsing)
    else:
        await _bewaar(tx, feit, feit.stand)


async def _bewaar(tx: Tx, feit: PlaatsingGestart | Veranderd, stand: PlaatsingGegevens) -> None:
    await tx.execute(
        _STAND,
        feit.plaatsing,
        feit.persoon,
        stand.werkgever,
        stand.inlener,
        str(stand.vorm),
        stand.van,
        stand.tot,
        feit.versie,
    )


async def van(tx: Tx, personen: Collection[UUID]) -> dict[UUID, list[Werk]]:
    """De banen van elk van deze personen zoals nu bekend, op volgorde van begin; een lege lijst voor wie er geen heeft."""
    uit: dict[UUID, list[Werk]] = {persoon: [] for persoon in personen}
    for persoon, vorm, begin, tot in await tx.fetch(_VAN, list(personen)):
        uit[persoon].append(Werk(Vorm(vorm), begin, tot))
    return uit
