"""Wie waar werkt, zoals plaatsing het zegt: voor de vraag van een werkgever, en voor grondslagen die bij werk horen."""

from __future__ import annotations

from datetime import date
from uuid import UUID

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
_VAN = "select vorm, van, tot from werk where persoon = $1 and not ongedaan order by van, plaatsing"


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


async def van(tx: Tx, persoon: UUID) -> list[tuple[str, date, date | None]]:
    """De banen van deze persoon zoals nu bekend: vorm, van, tot (half open)."""
    return [(rij["vorm"], rij["van"], rij["tot"]) for rij in await tx.fetch(_VAN, persoon)]
