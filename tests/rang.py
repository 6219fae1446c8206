"""Volgt een getal uit andere getallen, met optellen, aftrekken en vermenigvuldigen? Exact, over breuken."""

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import TypeVar

Naam = TypeVar("Naam")
Som = Mapping[Naam, Fraction]
"""Een som van onbekenden: per onbekende haar factor."""


class Gegeven:
    """De sommen waarvan de uitkomst bekend is."""

    def __init__(self, sommen: Iterable[Som[Naam]]) -> None:
        self._basis: dict[object, dict[object, Fraction]] = {}
        for som in sommen:
            rest = self._rest(som)
            if rest:
                spil = min(rest, key=repr)
                self._basis[spil] = {naam: factor / rest[spil] for naam, factor in rest.items()}

    def volgt(self, som: Som[Naam]) -> bool:
        """Is de uitkomst van deze som uit de bekende uit te rekenen?"""
        return not self._rest(som)

    def _rest(self, som: Som[Naam]) -> dict[object, Fraction]:
        """Wat er van de som overblijft als alle bekende ervan af zijn."""
        rest: dict[object, Fraction] = {naam: factor for naam, factor in som.items() if factor}
        for spil, bekend in self._basis.items():
            factor = rest.get(spil, Fraction(0))
            for naam, deel in bekend.items() if factor else ():
                rest[naam] = rest.get(naam, Fraction(0)) - factor * deel
        return {naam: factor for naam, factor in rest.items() if factor}
