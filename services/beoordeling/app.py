"""Beoordeling op één bladzijde: wat zij hoort, zegt en aanbiedt. In deze uitgave hoort zij nog niets."""

from services.beoordeling.api import router
from services.beoordeling.cli import SOORTEN
from shared.service import Dienst

DIENST = Dienst(naam="beoordeling", zegt=("beschut-werk",), soorten=SOORTEN, routers=(router,))
