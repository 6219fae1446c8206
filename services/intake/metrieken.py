"""De eigen metrieken van intake: wat er over registraties gezegd is, en hoe groot het register is. Nooit een mens of gemeente.

Geteld wordt wat het log bevestigde: een proef of een teruggedraaide opdracht telt dus niet mee, geladen historie wel. Bij
meer processen telt het proces met de relay; de som klopt.
"""

from __future__ import annotations

import asyncio
from datetime import date, datetime

import msgspec
from banenspoor_contracts import Grondslag, RegistratieBeeindigd, RegistratieGecorrigeerd, RegistratieIngegaan
from prometheus_client import Counter, Gauge

from services.intake import werk
from services.intake.domain.grondslagen import regels
from shared.api import AMSTERDAM
from shared.db import VOORBIJGAAND, Pool
from shared.log import log
from shared.settings import Instellingen

INGEGAAN = Counter(
    "banenspoor_registraties_ingegaan_total", "Registraties die begonnen, met hun weg erheen", ["grondslag", "wijze"]
)
BEEINDIGD = Counter("banenspoor_registraties_beeindigd_total", "Registraties die eindigden", ["reden"])
GECORRIGEERD = Counter("banenspoor_registraties_gecorrigeerd_total", "Correcties van registraties", ["reden"])
REGISTER = Gauge("banenspoor_register_personen", "Wie vandaag geregistreerd is, per grondslag", ["grondslag"])
ELKE = 60.0
"""Seconden tussen twee tellingen van het register."""

_GELDT = werk.GELDT.format(tabel="r", gebonden="$2", vormen="$3", dag="$1")
_OMVANG = f"""
select r.grondslag::text, count(*) from registratie r
where r.van <= $1 and (r.tot is null or r.tot > $1) and {_GELDT} group by r.grondslag
"""  # noqa: S608


class _Inhoud(msgspec.Struct):
    grondslag: str = ""
    reden: str = ""


_lees = msgspec.json.Decoder(_Inhoud).decode
_WIJZE = {str(g): str(r.wijze) for g, r in regels().items()}


def tel(type_: str, data: bytes) -> None:
    """Telt één gebeurtenis die het log bevestigde."""
    if type_ == RegistratieIngegaan.type_:
        grondslag = _lees(data).grondslag
        INGEGAAN.labels(grondslag, _WIJZE[grondslag]).inc()
    elif type_ == RegistratieBeeindigd.type_:
        BEEINDIGD.labels(_lees(data).reden).inc()
    elif type_ == RegistratieGecorrigeerd.type_:
        GECORRIGEERD.labels(_lees(data).reden).inc()


async def meet_register(pool: Pool, vandaag: date) -> None:
    """Zet de omvang van het register op deze dag; van één grondslag overlappen perioden niet, dus elke rij is een mens."""
    aantal = dict(await pool.fetch(_OMVANG, vandaag, werk.GEBONDEN, werk.DIENSTBETREKKING))
    for grondslag in Grondslag:
        REGISTER.labels(str(grondslag)).set(aantal.get(str(grondslag), 0))


async def elke_minuut(pool: Pool, _: Instellingen) -> None:
    """Loopt zolang de dienst loopt; lukt het even niet, dan blijft de vorige omvang staan."""
    while True:
        try:
            await meet_register(pool, datetime.now(AMSTERDAM).date())
        except VOORBIJGAAND as fout:
            log.warning("register_niet_gemeten", fout=type(fout).__name__)
        await asyncio.sleep(ELKE)
