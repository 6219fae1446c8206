"""Herkent de demo: haar nulmeting heet `demo 1 : 50 v1`, en dat staat bij elk cijfer waar zij in zit."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

_NAAM = re.compile(r"demo 1 : (\d{1,6})(?: (AM\d\d))? v\d", re.ASCII)


@dataclass(frozen=True, slots=True)
class Demo:
    """Een synthetische bevolking op schaal 1 : `schaal`; met `regio` alleen die regio."""

    schaal: int
    regio: str | None

    @property
    def label(self) -> str:
        """Hoe het bij een cijfer staat: `1 : 50`."""
        return f"1 : {self.schaal}"

    def staat_voor(self, exact: str | None) -> int | None:
        """Het exacte bedrag (`teller/noemer`) maal de schaal, half omhoog; None blijft None."""
        if exact is None:
            return None
        bedrag = Fraction(exact) * self.schaal
        return (2 * bedrag.numerator + bedrag.denominator) // (2 * bedrag.denominator)


def demo_van(versie: str | None) -> Demo | None:
    """De demo waar deze versie van de nulmeting bij hoort, of None bij een echte."""
    gelezen = _NAAM.fullmatch(versie or "")
    return Demo(int(gelezen[1]), gelezen[2]) if gelezen else None


def demo_in(cellen: Iterable[Mapping[str, Any]]) -> Demo | None:
    """De demo waar deze cellen van een antwoord uit komen."""
    versies = ((cel["regels"].get("nulmeting") or {}).get("versie") for cel in cellen)
    return next((demo for versie in versies if (demo := demo_van(versie))), None)
