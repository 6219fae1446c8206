"""Exacte bedragen en hun afronding: breuken tot het laatst, elke cel voor zich half naar boven."""

from decimal import Decimal
from fractions import Fraction
from math import floor

_HALF = Fraction(1, 2)


def afgerond(bedrag: Fraction) -> int:
    """Rondt half naar boven af op een geheel getal (2,5 → 3; −2,5 → −2)."""
    return floor(bedrag + _HALF)


def procent(deel: Fraction) -> str:
    """Een deel van het geheel als percentage met één decimaal, half naar boven: 7/50 → `14,0 %`."""
    tienden = afgerond(deel * 1000)
    return f"{tienden // 10},{tienden % 10} %"


def exact(bedrag: Fraction) -> str:
    """Een bedrag zonder verlies: `teller/noemer`, vereenvoudigd, ook bij een geheel getal (`5/1`)."""
    return f"{bedrag.numerator}/{bedrag.denominator}"


def breuk(tekst: str) -> Fraction:
    """Leest een bedrag uit een regel: `25.5` of `17/4`."""
    return Fraction(tekst)


def als_tekst(bedrag: Decimal) -> str:
    """Een decimaal getal zoals het in de inhoud van een regel staat: zonder exponent en zonder nullen achteraan."""
    tekst = f"{bedrag:f}"
    return tekst.rstrip("0").rstrip(".") if "." in tekst else tekst
