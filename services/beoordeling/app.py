"""Beoordeling op één bladzijde: wat zij hoort, zegt en aanbiedt."""

from services.beoordeling import taken, verdelen
from services.beoordeling.api import ROUTERS
from services.beoordeling.cli import SOORTEN
from services.beoordeling.handlers import hoor
from services.beoordeling.store import bevindingen
from shared.db import Pool
from shared.kluis import kluis
from shared.service import Dienst


async def controleer_kluis(pool: Pool) -> None:
    """Start niet zonder de kluis, of met een kluis die niet bij deze database hoort (KluisFout)."""
    async with pool.acquire() as conn:
        await bevindingen.controleer_kluis(conn)


def vingersleutel() -> bytes:
    """Het geheim achter de vingerafdruk van een opdracht: zonder is uit een afdruk geen bevinding te raden."""
    return kluis().zoeksleutel("vingerafdruk van een opdracht")


DIENST = Dienst(
    naam="beoordeling",
    zegt=("beschut-werk",),
    soorten=SOORTEN,
    hoort=hoor,
    routers=ROUTERS,
    vingersleutel=vingersleutel,
    bij_start=controleer_kluis,
    taken=(taken.elke_dag, verdelen.steeds),
)
