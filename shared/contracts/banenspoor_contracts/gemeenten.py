"""De gemeenten van Nederland met hun CBS-code: wat nu bestaat (2026) en wat sinds 2014 is opgegaan in een andere.

Bron: CBS, tabellen "Gebieden in Nederland" 2014 tot en met 2026 (zie de eerste regel van `data/gemeenten.csv`). Codes
die voor 2014 vervielen, staan er niet in. `opvolger` is de gemeente waarin een vervallen gemeente in haar geheel opging; is zij
gesplitst, dan is hij leeg: delen is een besluit. In welke arbeidsmarktregio een gemeente ligt, is een gedateerde regel van
`telling`.
"""

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from types import MappingProxyType

_VORM = re.compile(r"(?:GM)?([0-9]{4})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class GemeenteNaam:
    """`laatste_jaar`: het laatste jaar waarin de code bestond; None: zij bestaat nog. `opvolger`: waarin zij geheel opging."""

    code: str
    naam: str
    laatste_jaar: int | None
    opvolger: str | None = None


def _lees() -> Mapping[str, GemeenteNaam]:
    tekst = files(__package__).joinpath("data/gemeenten.csv").read_text(encoding="utf-8")
    rijen = csv.DictReader(regel for regel in tekst.splitlines() if not regel.startswith("#"))
    return MappingProxyType(
        {
            rij["code"]: GemeenteNaam(
                rij["code"],
                rij["naam"],
                int(rij["laatste_jaar"]) if rij["laatste_jaar"] else None,
                rij["opvolger"] or None,
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


def op_dag(code: str, dag: date) -> str:
    """Bij welke gemeente deze op die dag hoort: zichzelf zolang zij bestaat, of als zij gesplitst is; anders haar opvolger."""
    gemeente = GEMEENTEN[code]
    while gemeente.laatste_jaar is not None and gemeente.laatste_jaar < dag.year and gemeente.opvolger is not None:
        gemeente = GEMEENTEN[gemeente.opvolger]
    return gemeente.code


def delen(code: str, dag: date) -> frozenset[str]:
    """De gemeenten die op die dag samen deze gemeente zijn: zijzelf en wat in haar opging."""
    return frozenset(deel for deel in GEMEENTEN if op_dag(deel, dag) == code)
