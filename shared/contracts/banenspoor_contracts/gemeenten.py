"""De gemeenten van Nederland met hun CBS-code: wat nu bestaat (2026) en wat sinds 2014 is opgegaan in een andere.

Bron: CBS, tabellen "Gebieden in Nederland" 2014 tot en met 2026 (zie de eerste regel van `data/gemeenten.csv`). Codes
die voor 2014 vervielen, staan er niet in. In welke arbeidsmarktregio een gemeente ligt, is een gedateerde regel van
`telling`.
"""

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from types import MappingProxyType

_VORM = re.compile(r"(?:GM)?([0-9]{4})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class GemeenteNaam:
    """`laatste_jaar`: het laatste jaar waarin de code bestond; None: zij bestaat nog."""

    code: str
    naam: str
    laatste_jaar: int | None


def _lees() -> Mapping[str, GemeenteNaam]:
    tekst = files(__package__).joinpath("data/gemeenten.csv").read_text(encoding="utf-8")
    rijen = csv.DictReader(regel for regel in tekst.splitlines() if not regel.startswith("#"))
    return MappingProxyType(
        {
            rij["code"]: GemeenteNaam(
                rij["code"], rij["naam"], int(rij["laatste_jaar"]) if rij["laatste_jaar"] else None
            )
            for rij in rijen
        }
    )


GEMEENTEN: Mapping[str, GemeenteNaam] = _lees()
"""Elke gemeente onder haar code van vier cijfers."""


def is_gemeente(code: str) -> bool:
    """Is dit de code van een gemeente die bestaat of sinds 2014 bestaan heeft? Vier cijfers, zonder `GM`."""
    return code in GEMEENTEN


def normaliseer(code: str) -> str:
    """De code van vier cijfers: `GM0014` en `0014` geven `0014`. `ValueError` bij een andere vorm."""
    vorm = _VORM.fullmatch(code.strip())
    if vorm is None:
        raise ValueError(f"geen gemeentecode van vier cijfers: {code!r}")
    return vorm[1]
