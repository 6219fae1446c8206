"""Het doelgroepregister als pure regels: tijdlijn en opdracht erin, feiten of een weigering eruit."""

from .einden import aow_op, aow_vroegst, grens, na_grens, vervallen
from .grondslagen import geregistreerd, ontbrekend_bewijs, zonder_bewijs
from .registratie import beeindig_lopende, corrigeer, na_besluit, registreer
from .tijdlijn import Gevolg, Grens, Tijdlijn, Weigering
from .woonplaats import verhuis

__all__ = [
    "Gevolg",
    "Grens",
    "Tijdlijn",
    "Weigering",
    "aow_op",
    "aow_vroegst",
    "beeindig_lopende",
    "corrigeer",
    "geregistreerd",
    "grens",
    "na_besluit",
    "na_grens",
    "ontbrekend_bewijs",
    "registreer",
    "verhuis",
    "vervallen",
    "zonder_bewijs",
]
