"""Soorten velden die in meer dan één gebeurtenis voorkomen."""

from datetime import UTC, date
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, Field, JsonValue, Strict

Gemeente = Annotated[str, Field(pattern=r"^[0-9]{4}$")]
"""CBS-code van een gemeente: vier cijfers, zonder `GM` ervoor. Of zij bestaat, zegt `gemeenten.is_gemeente`."""

Maand = Annotated[str, Field(pattern=r"^[0-9]{4}-(0[1-9]|1[0-2])$")]
"""Kalendermaand, `JJJJ-MM`."""

Jaar = Annotated[int, Strict(), Field(ge=1900, le=9999)]

Geheel = Annotated[int, Strict()]
"""Een bedrag in gehele eenheden; een getal met een komma erin wordt geweigerd, ook `1.0`."""

Aantal = Annotated[int, Strict(), Field(ge=0)]
Nummer = Annotated[int, Strict(), Field(ge=1)]
"""Telt vanaf 1: een publicatienummer of de versie van een plaatsing."""

Moment = Annotated[AwareDatetime, AfterValidator(lambda moment: moment.astimezone(UTC))]
"""Een tijdstip met tijdzone; het wordt in UTC bewaard en geschreven."""

Code = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_-]{0,59}$")]
"""Een kort vast woord, nooit vrije tekst."""


def _zonder_breuk(waarde: JsonValue) -> JsonValue:
    if isinstance(waarde, float):
        raise ValueError("een kommagetal telt nergens mee: gebruik een geheel getal of tekst")
    for deel in waarde.values() if isinstance(waarde, dict) else waarde if isinstance(waarde, list) else ():
        _zonder_breuk(deel)
    return waarde


Vrij = Annotated[JsonValue, AfterValidator(_zonder_breuk)]
"""JSON zonder kommagetallen."""


def controleer_periode(van: date, tot: date | None) -> None:
    """Weiger een periode `[van, tot)` die leeg is of achterstevoren loopt (`ValueError`)."""
    if tot is not None and not van < tot:
        raise ValueError(f"periode is leeg: van {van} tot {tot} (tot telt niet mee)")


__all__ = [
    "Aantal",
    "Code",
    "Geheel",
    "Gemeente",
    "Jaar",
    "Maand",
    "Moment",
    "Nummer",
    "Vrij",
    "controleer_periode",
]
