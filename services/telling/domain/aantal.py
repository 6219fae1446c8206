"""Een geteld aantal (personen) met wat erbij hoort om te weten wat het waard is."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from services.telling.domain.noten import Noot
from services.telling.domain.regels import Herkomst


@dataclass(frozen=True, slots=True)
class Aantal:
    """Eén aantal van één periode; `kenmerken` in de volgorde van `selectie.per`."""

    periode: str
    kenmerken: Mapping[str, str | None]
    aantal: int
    status: str
    noten: tuple[Noot, ...]
    regels: Mapping[str, Herkomst | None] = field(default_factory=dict)
