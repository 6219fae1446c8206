"""Beoordeling op één bladzijde: wat zij hoort, zegt en aanbiedt."""

from services.beoordeling import taken, verdelen
from services.beoordeling.api import ROUTERS
from services.beoordeling.cli import SOORTEN
from services.beoordeling.handlers import hoor
from shared.service import Dienst

DIENST = Dienst(
    naam="beoordeling",
    zegt=("beschut-werk",),
    soorten=SOORTEN,
    hoort=hoor,
    routers=ROUTERS,
    taken=(taken.elke_dag, verdelen.steeds),
)
