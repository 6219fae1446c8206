"""Het register als boekingen: wie erin staat, op welke grondslag, van wanneer tot wanneer; en welke banen lopen."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import NamedTuple

from banenspoor_contracts import Grondslag, Vorm
from banenspoor_contracts.wie_telt import telt

from services.telling.domain.perioden import maand_van_dag


class Inschrijving(NamedTuple):
    """Eén grondslag van `van` tot `tot` (half open; leeg: loopt nog)."""

    grondslag: str
    van: date
    tot: date | None

    def geldt(self, dag: date) -> bool:
        """Geldt zij op deze dag?"""
        return self.van <= dag and (self.tot is None or dag < self.tot)


class Gebeurtenis(NamedTuple):
    """Een inschrijving erbij of eraf (`delta`), of uren in `maand` van een baan (dan zonder inschrijving).

    Die van één persoon staan op volgorde van bekend worden; `naam` is leeg bij wat er aan het begin al was.
    """

    persoon_nr: int
    bekend_op: int
    topic: str
    partitie: int
    publicatienr: int
    naam: str
    inschrijving: Inschrijving | None
    maand: int
    plaatsing_nr: int
    cel_id: int
    delta: int


def verschil(geboekt: frozenset[Inschrijving], nieuw: frozenset[Inschrijving]) -> list[tuple[Inschrijving, int]]:
    """Wat er te boeken is om van wat geboekt staat naar de nieuwe tijdlijn te komen: eerst af (−1), dan bij (+1)."""

    def volgorde(i: Inschrijving) -> tuple[str, date, date]:
        return i.grondslag, i.van, i.tot or date.max

    af = [(inschrijving, -1) for inschrijving in sorted(geboekt - nieuw, key=volgorde)]
    return af + [(inschrijving, 1) for inschrijving in sorted(nieuw - geboekt, key=volgorde)]


class Baan(NamedTuple):
    """Wat van een plaatsing nodig is om te weten in welke maanden er uren te verwachten zijn."""

    vorm: str
    van: date
    tot: date | None


def activiteit(baan: Baan | None, teken: int) -> list[tuple[str, int, int]]:
    """(vorm, maand, ±1): een baan begint in haar eerste maand en houdt op in de maand na haar laatste dag."""
    if baan is None:
        return []
    begin = [(baan.vorm, maand_van_dag(baan.van), teken)]
    if baan.tot is None:
        return begin
    return [*begin, (baan.vorm, maand_van_dag(baan.tot - timedelta(days=1)) + 1, -teken)]


def verwacht(mutaties: Mapping[int, int], maanden: Iterable[int]) -> int:
    """Het aantal lopende banen per maand, opgeteld over `maanden`, uit de som van ±1 per maand."""
    return sum(aantal for maand in maanden for begin, aantal in mutaties.items() if begin <= maand)


def tellende_vormen(wet: str) -> frozenset[str]:
    """De vormen waarin uren kunnen tellen, voor wie dan ook."""
    return frozenset(vorm.value for vorm in Vorm if any(telt([grond], vorm, wet) for grond in Grondslag))
