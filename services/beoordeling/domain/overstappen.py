"""Veilig overstappen (Kamerbrief 12-7-2024, Simpel Switchen): hoe iemand meedoet, en de overstappen in een kwartaal."""

import re
from collections.abc import Mapping
from datetime import date, timedelta
from enum import StrEnum

_KWARTAAL = re.compile(r"(20[0-9]{2})-Q([1-4])")


class Deelname(StrEnum):
    """Hoe iemand op een dag meedoet. Wie alleen dagbesteding of een andere regeling heeft, kennen wij niet: `ELDERS`."""

    BESCHUT = "BESCHUT"
    BANENAFSPRAAK = "BANENAFSPRAAK"
    """Werkt in een andere vorm en staat in het doelgroepregister."""
    REGULIER = "REGULIER"
    """Werkt in een andere vorm en staat er niet in."""
    ELDERS = "ELDERS"


def kwartaal(tekst: str) -> tuple[date, date] | None:
    """De laatste dag voor een kwartaal (`2024-Q3`) en zijn laatste dag; leeg als het geen kwartaal is."""
    past = _KWARTAAL.fullmatch(tekst)
    if past is None:
        return None
    jaar, nummer = int(past[1]), int(past[2])
    begin = date(jaar, nummer * 3 - 2, 1)
    volgend = date(jaar + nummer // 4, nummer % 4 * 3 + 1, 1)
    return begin - timedelta(days=1), volgend - timedelta(days=1)


def matrix(aantallen: Mapping[tuple[Deelname, Deelname], int]) -> list[dict[str, str | int]]:
    """Elke overstap met haar aantal, ook nul; van elders naar elders is niet van ons."""
    paren = [(van, naar) for van in Deelname for naar in Deelname if (van, naar) != (Deelname.ELDERS, Deelname.ELDERS)]
    return [{"van": van, "naar": naar, "personen": aantallen.get((van, naar), 0)} for van, naar in paren]
