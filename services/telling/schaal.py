"""Herkent de demo aan haar nulmeting (`demo 1 : 50 v1`): elk antwoord van zo'n stand zegt dat het verzonnen is."""

import re
from dataclasses import dataclass
from fractions import Fraction

from shared.db import Tx

_DEMO = """
select versie from regel where soort = 'nulmeting' and versie like 'demo 1 : %' order by regel_nr desc limit 1
"""
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


async def demo(tx: Tx) -> Demo | None:
    """De demo die in deze stand geladen is, of None: dan zijn de gegevens echt."""
    return demo_van(await tx.fetchval(_DEMO))
