"""Het doelgroepregister als pure regels: tijdlijn en opdracht erin, feiten of een weigering eruit."""

from .registratie import corrigeer, na_besluit, registreer
from .tijdlijn import Gevolg, Tijdlijn, Weigering
from .woonplaats import verhuis

__all__ = ["Gevolg", "Tijdlijn", "Weigering", "corrigeer", "na_besluit", "registreer", "verhuis"]
