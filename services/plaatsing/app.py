"""Plaatsing op één bladzijde: wat zij hoort, zegt en aanbiedt."""

from services.plaatsing.afname import Afleiding
from services.plaatsing.api import SOORTEN, router
from services.plaatsing.handlers import hoor
from services.plaatsing.leveranciers import houd_bij
from services.plaatsing.store import werkgevers
from services.plaatsing.voortzetten import elke_dag
from shared import outbox
from shared.db import Pool
from shared.kluis import kluis
from shared.service import Dienst
from shared.settings import Instellingen


async def controleer_kluis(pool: Pool) -> None:
    """Start niet zonder de kluis, of met een kluis die niet bij deze database hoort (KluisFout)."""
    async with pool.acquire() as conn:
        await werkgevers.controleer_kluis(conn)


def vingersleutel() -> bytes:
    """Het geheim achter de vingerafdruk van een opdracht: zonder is uit een afdruk geen nummer te raden."""
    return kluis().zoeksleutel("vingerafdruk van een opdracht")


def afleiding(instellingen: Instellingen) -> outbox.Afleiding | None:
    """Wat afnemers zien; zonder afnemers kost het niets."""
    afnemers = instellingen.afnemerslijst
    return Afleiding(afnemers) if afnemers else None


DIENST = Dienst(
    naam="plaatsing",
    zegt=("plaatsingen", "plaatsing-stand", "verloonde-uren", "ondersteuning", "werkgevers"),
    soorten=SOORTEN,
    hoort=hoor,
    routers=(router,),
    vingersleutel=vingersleutel,
    bij_start=controleer_kluis,
    taken=(houd_bij, elke_dag),
    leidt_af=afleiding,
)
