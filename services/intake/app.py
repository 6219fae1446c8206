"""Intake: het doelgroepregister en de kluis met BSN's."""

from services.intake import kluisboek, metrieken, termijnen
from services.intake.api import ROUTERS
from services.intake.cli import SOORTEN
from services.intake.handlers import hoor
from shared.db import Pool
from shared.kluis import kluis
from shared.service import Dienst


async def controleer_kluis(pool: Pool) -> None:
    """Start niet zonder de kluis, of met een kluis die niet bij deze database hoort (KluisFout)."""
    await kluisboek.controleer(pool, kluis())


def vingersleutel() -> bytes:
    """Het geheim achter de vingerafdruk van een opdracht: zonder is uit een afdruk geen BSN te raden."""
    return kluis().zoeksleutel("vingerafdruk van een opdracht")


DIENST = Dienst(
    naam="intake",
    zegt=("doelgroepregister",),
    soorten=SOORTEN,
    hoort=hoor,
    routers=ROUTERS,
    vingersleutel=vingersleutel,
    bij_start=controleer_kluis,
    taken=(termijnen.elke_dag, metrieken.elke_minuut),
    gezegd=metrieken.tel,
)
