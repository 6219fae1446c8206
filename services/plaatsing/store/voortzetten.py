"""Welke banen jaarlijkse uren hebben, en over welk jaar elke leverancier het laatst leverde."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from banenspoor_contracts import Vorm

from shared.db import Tx

_VOLGENDE = """
select nr, plaatsing, persoon from plaatsing
where nr > $2 and ongedaan is null and (vorm = any($1::text[])
  or nr in (select plaatsing_nr from deel where vorm = any($1::text[]))
  or nr in (select plaatsing_nr from urenregel where soort = 'voortgezet'))
order by nr limit $3
"""
_LAATSTE = """
select r.leverancier, p.vorm, max(extract(year from r.tot - 1))::int as jaar
from plaatsing p join urenregel r on r.plaatsing_nr = p.nr
where p.vorm = any($1::text[]) and p.ongedaan is null and r.soort <> 'voortgezet' group by r.leverancier, p.vorm
"""


@dataclass(frozen=True, slots=True)
class Werk:
    """Een baan om na te gaan."""

    nr: int
    plaatsing: UUID
    persoon: UUID


async def volgende(tx: Tx, vormen: Collection[Vorm], na: int, hooguit: int) -> list[Werk]:
    """De volgende banen met een jaarlijkse vorm, of waarvan nog een maand doorloopt."""
    return [Werk(*rij) for rij in await tx.fetch(_VOLGENDE, [str(v) for v in vormen], na, hooguit)]


async def laatste_jaren(tx: Tx, vormen: Collection[Vorm]) -> dict[tuple[str, Vorm], int]:
    """Per leverancier en vorm het laatste jaar waarover hij leverde."""
    rijen = await tx.fetch(_LAATSTE, [str(v) for v in vormen])
    return {(rij["leverancier"], Vorm(rij["vorm"])): rij["jaar"] for rij in rijen}
