"""Elk kwartier: hoeveel leveranciers te laat of stil zijn, als metriek. Wie dat zijn staat alleen achter de API."""

import asyncio
from datetime import datetime

from prometheus_client import Gauge

from services.plaatsing.api.leveringen import leveranciers
from services.plaatsing.domain.kalender import AMSTERDAM
from shared.db import VOORBIJGAAND, Pool
from shared.log import log
from shared.settings import Instellingen

ELKE = 900
TE_LAAT = Gauge("banenspoor_leverancier_te_laat", "Leveranciers met een gesloten maand waarvan niets kwam")
STIL = Gauge("banenspoor_leverancier_stil", "Leveranciers van wie al te lang niets kwam")


async def meet(pool: Pool, instellingen: Instellingen) -> None:
    """Zet de metrieken op hoe het nu is. Zonder label: een naam van een leverancier kan er van alles zijn."""
    vandaag = datetime.now(AMSTERDAM).date()
    async with pool.acquire() as conn, conn.transaction(isolation="repeatable_read", readonly=True):
        standen = [
            stand for _, stand in (await leveranciers(conn, vandaag, instellingen.leverancier_stil_dagen)).values()
        ]
    TE_LAAT.set(sum(bool(stand.te_laat) for stand in standen))
    STIL.set(sum(stand.stil_sinds is not None for stand in standen))


async def houd_bij(pool: Pool, instellingen: Instellingen) -> None:
    """Loopt zolang de dienst loopt; een storing die vanzelf overgaat wacht tot de volgende keer."""
    while True:
        try:
            await meet(pool, instellingen)
        except VOORBIJGAAND as fout:
            log.warning("leveranciers_later", fout=type(fout).__name__)
        await asyncio.sleep(ELKE)
