"""Wat er over een werkgever is opgegeven: in welke sector hij wanneer valt, en wat er op `werkgevers` over gezegd wordt."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise
from typing import TypeAlias
from uuid import UUID

from banenspoor_contracts import Sector, Sectorperiode, Subsector, WerkgeverStand

from services.plaatsing.domain.kalender import geldt
from services.plaatsing.domain.plaatsing import na
from services.plaatsing.domain.sbi import branche
from services.plaatsing.domain.uren import Weigering

Tijdlijn: TypeAlias = Sequence[Sectorperiode]
GROOTTEKLASSE = 20
"""Zo lang is een grootteklasse op `werkgevers` ten hoogste."""


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


def volgende_stand(
    werkgever: UUID,
    opgaven: Sequence[Opgave],
    groepen: Mapping[str, UUID],
    vorig: WerkgeverStand | None,
    bekend_op: datetime | None,
) -> WerkgeverStand | None:
    """Wat er nu over deze werkgever gezegd moet worden, of None als `vorig` (het laatst gezegde) dat al zegt.

    `opgaven`: ten minste één, op volgorde; branche, grootteklasse, zetel en groep zijn die van de laatste, ook als zij nog
    niet is ingegaan. `groepen`: de sleutel op de bus van elke groep.
    """
    laatste = opgaven[-1]
    stand = WerkgeverStand(
        werkgever=werkgever,
        versie=1 if vorig is None else vorig.versie,
        sectoren=tijdlijn(opgaven),
        branche=branche(laatste.sbi),
        grootteklasse=_kort(laatste.grootteklasse),
        gemeente_zetel=laatste.gemeente_zetel,
        groep=None if laatste.groep is None else groepen[laatste.groep],
        bekend_op=bekend_op if vorig is None else vorig.bekend_op,
    )
    if vorig is None:
        return stand
    if stand == vorig:
        return None
    return stand.model_copy(update={"versie": vorig.versie + 1, "bekend_op": na(vorig.bekend_op, bekend_op)})


def _kort(grootteklasse: str | None) -> str | None:
    """Een klasse van voor er een grens aan de lengte was, past niet op de bus."""
    return grootteklasse if grootteklasse and len(grootteklasse) <= GROOTTEKLASSE else None
