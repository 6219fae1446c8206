"""Hoe lang gegevens bewaard worden: per gegeven een aantal jaren, met de grondslag daarvoor (`gegevens/bewaartermijnen.csv`).

Nergens is gepubliceerd hoe lang het register bewaart: de getallen zijn een instelling van wie deze dienst gebruikt.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

from banenspoor_contracts import Grondslag

from .gegevens import lees

VERKLARING, RAADPLEGING = "kandidaatverklaring", "raadpleging"
GEGEVENS = frozenset((*map(str, Grondslag), VERKLARING, RAADPLEGING))


class TermijnFout(ValueError):
    """Een bestand met bewaartermijnen klopt niet."""


@dataclass(frozen=True, slots=True)
class Termijn:
    """`jaren` na afloop van het kalenderjaar waarin het laatste eindigde."""

    jaren: int
    basis: str

    def tot(self, einde: date) -> date:
        """De eerste dag waarop het niet meer bewaard hoeft te worden."""
        return date(einde.year + 1 + self.jaren, 1, 1)


@lru_cache
def termijnen(bestand: Path | None = None) -> Mapping[str, Termijn]:
    """De termijn van elk gegeven; `bestand`: eigen getallen, in dezelfde vorm. TermijnFout als er een ontbreekt."""
    rijen = lees("bewaartermijnen.csv")
    if bestand is not None:
        rijen += list(csv.DictReader(bestand.read_text("utf-8").splitlines()))
    uit: dict[str, Termijn] = {}
    for rij in rijen:
        gegeven, jaren, basis = rij.get("gegeven") or "", rij.get("jaren") or "", (rij.get("basis") or "").strip()
        if gegeven not in GEGEVENS or not jaren.isdecimal() or not int(jaren) <= 200 or not basis:
            raise TermijnFout(f"{bestand}: {gegeven or 'een rij'} heeft geen bekend gegeven, jaren (0-200) of basis")
        uit[gegeven] = Termijn(int(jaren), basis)
    return uit
