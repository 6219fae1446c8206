"""Topic `peil`: tot welk tijdstip er van een bron niets meer komt."""

from typing import Annotated, ClassVar

from pydantic import Field

from .feit import Feit, Waarde
from .velden import Aantal, Moment


class Geparkeerd(Waarde):
    """Hoeveel gebeurtenissen deze dienst geparkeerd heeft, en van wanneer de oudste is."""

    aantal: Aantal = 0
    oudste: Moment | None = None


class Peil(Feit):
    """Na deze nummers komt van `bron` (de `source` van de zender) niets meer met een tijd van `tijd` of eerder.

    `nummers` geeft per topic en partitie het hoogste publicatienummer. Zolang `historie` waar is, laadt de bron haar
    verleden en legt dit peil niets vast.
    """

    naam: ClassVar[str] = "peil"
    topic: ClassVar[str] = "peil"
    sleutelveld: ClassVar[str] = "bron"

    bron: Annotated[str, Field(min_length=1)]
    tijd: Moment
    nummers: dict[str, dict[int, int]]
    geparkeerd: Geparkeerd = Geparkeerd()
    historie: bool = False
