"""In welke sector een werkgever wanneer valt: opgaven erin, een tijdlijn zonder overlap eruit."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import TypeAlias

from banenspoor_contracts import Sector, Sectorperiode, Subsector

from services.plaatsing.domain.kalender import geldt
from services.plaatsing.domain.uren import Weigering

Tijdlijn: TypeAlias = Sequence[Sectorperiode]


@dataclass(frozen=True, slots=True)
class Opgave:
    """Wat er vanaf `van` over een werkgever opgegeven is. Zonder `tot` geldt het tot de volgende opgave begint.

    `groep`: KvK-nummer of RSIN van de groep. Naam en groep zijn hier leesbaar, in de database en op de bus nooit.
    """

    van: date
    tot: date | None
    sector: Sector
    subsector: Subsector | None
    sbi: str | None = None
    grootteklasse: str | None = None
    gemeente_zetel: str | None = None
    naam: str | None = None
    groep: str | None = None

    @property
    def sectordeel(self) -> tuple[date, date | None, Sector, Subsector | None]:
        """Het deel waarvan banen en uren afhangen."""
        return self.van, self.tot, self.sector, self.subsector


def met_opgave(opgaven: Collection[Opgave], nieuw: Opgave) -> tuple[Opgave, ...] | Weigering:
    """De opgaven met `nieuw` erbij; wat op dezelfde dag begon, wordt vervangen (dat is de correctie).

    Een opgave met een eigen `tot` mag niet over een andere heen vallen.
    """
    if nieuw.tot is not None and not nieuw.van < nieuw.tot:
        return Weigering("tot", "einde_voor_begin", "de periode eindigt niet na haar begin")
    samen = sorted((*(o for o in opgaven if o.van != nieuw.van), nieuw), key=lambda o: o.van)
    for eerste, tweede in pairwise(samen):
        if nieuw in (eerste, tweede) and eerste.tot is not None and eerste.tot > tweede.van:
            andere = tweede if nieuw is eerste else eerste
            return Weigering("van", "overlap", f"overlapt met de periode die op {andere.van} begint")
    return tuple(samen)


def tijdlijn(opgaven: Collection[Opgave]) -> tuple[Sectorperiode, ...]:
    """De perioden die uit de opgaven volgen, op volgorde en zonder overlap; er kan een gat in zitten."""
    samen = sorted(opgaven, key=lambda o: o.van)
    einden = {eerste.van: tweede.van for eerste, tweede in pairwise(samen)}
    return tuple(
        Sectorperiode(sector=o.sector, subsector=o.subsector, van=o.van, tot=o.tot or einden.get(o.van)) for o in samen
    )


def sector_op(perioden: Tijdlijn, dag: date) -> Sectorperiode | None:
    """De periode waarin de dag valt; None als er dan geen sector bekend is."""
    for periode in perioden:
        if geldt(periode.van, periode.tot, dag):
            return periode
    return None
