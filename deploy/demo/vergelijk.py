"""De cijfers van de demo naast de gepubliceerde: elk cijfer uit `GET /v1/tellingen`, op zijn eigen publicatiedag."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from deploy.demo.doelen import Doelcel, Doelen

Lees = Callable[..., Mapping[str, Any]]
"""Vraagt `GET /v1/tellingen` met deze parameters."""
NULMETING_BEKEND = date(2016, 4, 29)
"""Vanaf deze dag is de herziene nulmeting bekend; een eerder kwartaal wordt op deze dag gelezen."""
_UITSPLITSING = {
    "markt/formeel": ("sector,vorm", {"sector": "markt", "vorm": "formeel"}),
    "overheid/formeel": ("sector,vorm", {"sector": "overheid", "vorm": "formeel"}),
    "markt/inleen": ("sector,vorm", {"sector": "markt", "vorm": "inleen"}),
    "overheid/inleen": ("sector,vorm", {"sector": "overheid", "vorm": "inleen"}),
    "/inleen": ("vorm", {"vorm": "inleen"}),
    "inleen (undivided)": ("vorm", {"vorm": "inleen"}),
    "formeel": ("vorm", {"vorm": "formeel"}),
    "markt": ("sector", {"sector": "markt"}),
    "overheid": ("sector", {"sector": "overheid"}),
    "totaal": ("", {}),
}
NIET_TE_MAKEN = (
    ("2016-Q3", "totaal", "19.680", "De factsheet telt terug van een nulmeting van 75.180; de delen geven 19.681."),
    ("2016-Q4", "totaal", "22.833", "De factsheet rekent met een nulmeting van 75.180; de delen geven 22.834."),
    ("2016-Q4", "formeel", "12.546", "Eén artikel drukt 12.546 en 12.543; alleen 12.543 + 10.291 is het totaal."),
    ("2022-Q2", "totaal", "77.672", "ABU telt de afgeronde delen op; UWV drukt 77.673."),
    ("2023-Q3", "totaal", "84.470", "opnaarde125000.nl telt de afgeronde delen op; UWV drukt 84.471."),
)
"""Twee gedrukte getallen voor één cel: er kan er maar één uitkomen. (periode, cel, het andere getal, waarom.)"""
GROEI = {
    "2016-Q4": 3153,
    "2020-Q1": -3029,
    "2020-Q3": 2995,
    "2020-Q4": 5468,
    "2021-Q1": -6205,
    "2021-Q2": 5451,
    "2021-Q3": 4549,
    "2021-Q4": 3053,
    "2022-Q1": 515,
    "2022-Q2": 3580,
    "2022-Q3": 2041,
    "2022-Q4": 960,
    "2023-Q2": 3039,
    "2023-Q3": 1567,
    "2023-Q4": 1793,
}
"""Gedrukte groei ten opzichte van het vorige kwartaal: het verschil van twee cijfers, elk op zijn eigen publicatiedag."""


@dataclass(frozen=True, slots=True)
class Vergeleken:
    """Eén cel: wat er uit de gebeurtenissen komt (maal de schaal, half omhoog) en wat er gedrukt staat."""

    doel: Doelcel
    gelezen_op: date
    berekend: int

    @property
    def verschil(self) -> int | None:
        """Berekend min gedrukt; None als er niets gedrukt staat."""
        return None if self.doel.gedrukt is None else self.berekend - self.doel.gedrukt


def half_omhoog(bedrag: Fraction) -> int:
    """Afgerond op helen, half omhoog."""
    return (2 * bedrag.numerator + bedrag.denominator) // (2 * bedrag.denominator)


def vergelijk(lees: Lees, doelen: Doelen, schaal: int) -> Iterator[Vergeleken]:
    """Elke cel van de kwartaal- en jaarreeks van de doelen, op volgorde van de bron."""
    perioden = {k.periode for k in doelen.kwartalen}
    gelezen: dict[tuple[str, str, str, date], Sequence[Mapping[str, Any]]] = {}
    for doel in doelen.cellen:
        kwartaal = doel.periode if doel.reeks == "kwartaal" else f"{doel.periode}-Q4"
        if doel.reeks not in ("kwartaal", "jaarmeting") or kwartaal not in perioden:
            continue
        per, kenmerken = _UITSPLITSING[doel.cel]
        op = max(doel.bekend_op, NULMETING_BEKEND)
        sleutel = (doel.reeks, doel.periode, per, op)
        if sleutel not in gelezen:
            vraag = {"per": per} if per else {}
            gelezen[sleutel] = lees(reeks=doel.reeks, periode=doel.periode, bekendOp=op.isoformat(), **vraag)["cellen"]
        cellen = [c for c in gelezen[sleutel] if all(c[k] == w for k, w in kenmerken.items())]
        exact = sum((Fraction(c["extraExact"]) for c in cellen), Fraction(0))
        yield Vergeleken(doel, op, half_omhoog(exact * schaal))
