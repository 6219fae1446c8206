"""De metrieken van intake, door /metrics: geteld wat het log bevestigde, en nooit een mens of gemeente."""

from __future__ import annotations

import asyncio
import re
import secrets
from datetime import date

from deploy.lokaal.stack import Stack
from deploy.topics import zorg_voor
from services.intake import metrieken
from services.intake.app import DIENST
from shared.kafkalog import Logboek
from shared.relay import Relay
from shared.settings import Instellingen
from tests.service.conftest import wacht_tot
from tests.service.intake_voordeur import BSNS, Voordeur

RIJ = {"bsn": BSNS[0], "grondslag": "PW_INDICATIE", "van": "2018-03-01", "gemeente": "0014"}


async def metingen(deur: Voordeur) -> dict[str, float]:
    """De eigen regels van /metrics."""
    tekst = (await deur.client.get("/metrics")).text
    paren = re.findall(r"^(banenspoor_regist[^ ]+) ([0-9.e+-]+)$", tekst, re.MULTILINE)
    return {naam: float(waarde) for naam, waarde in paren if "_created" not in naam}


async def publiceer(deur: Voordeur, stack: Stack) -> None:
    """Een echte relay zegt wat klaarstaat, onder een eigen bron, zodat het log van andere proeven er niet toe doet."""
    await zorg_voor(stack.kafka)
    bedrijf: Instellingen = deur.app.state.bedrijf.instellingen
    eigen = bedrijf.model_copy(update={"oin": f"{secrets.randbelow(10**20):020d}"})
    relay = Relay(eigen, Logboek(eigen.kafka_verbinding), DIENST.gezegd)
    try:
        assert await relay.start()
        while rijen := await relay.ronde():
            await relay.zend(rijen)
        await relay.ronde()
    finally:
        await relay.sluit()
        await relay._logboek.sluit()


async def test_what_the_log_confirmed_is_counted_and_nothing_else(voordeur: Voordeur, stack: Stack) -> None:
    voor = await metingen(voordeur)
    await voordeur.rijen(
        "registraties",
        RIJ,
        RIJ | {"tot": "2020-01-01", "reden": "HERBEOORDELING"},
        {"bsn": BSNS[1], "grondslag": "VSO_PRO", "van": "2019-01-01", "gemeente": "0114"},
    )
    correctie = {"bsn": BSNS[1], "grondslag": "VSO_PRO", "van": "2019-02-01", "reden": "DATUM"}
    await voordeur.rijen("registratie-correcties", correctie)
    await voordeur.rijen("registraties", RIJ | {"bsn": BSNS[2]}, proef=True)
    assert await metingen(voordeur) == voor
    await publiceer(voordeur, stack)
    na = await metingen(voordeur)
    assert {naam: na[naam] - voor.get(naam, 0) for naam in na if na[naam] != voor.get(naam, 0)} == {
        'banenspoor_registraties_ingegaan_total{grondslag="PW_INDICATIE",wijze="beoordeling"}': 1,
        'banenspoor_registraties_ingegaan_total{grondslag="VSO_PRO",wijze="schriftelijk_verzoek"}': 1,
        'banenspoor_registraties_beeindigd_total{reden="HERBEOORDELING"}': 1,
        'banenspoor_registraties_gecorrigeerd_total{reden="DATUM"}': 1,
    }
    verboden = (str(await voordeur.persoon(BSNS[0])), "0014", "0114")
    assert not any(woord in naam for naam in na for woord in verboden)


async def test_the_size_of_the_register_is_that_of_today_and_refreshed_by_itself(voordeur: Voordeur) -> None:
    await voordeur.rijen(
        "registraties",
        RIJ,
        RIJ | {"bsn": BSNS[1]},
        RIJ | {"bsn": BSNS[2], "tot": "2020-01-01"},
        {"bsn": BSNS[0], "grondslag": "WSW", "van": "2019-01-01", "gemeente": "0014"},
        {"bsn": BSNS[3], "grondslag": "WAJONG_DUURZAAM_GEEN", "van": "2019-01-01", "gemeente": "0014"},
    )
    taak = asyncio.create_task(metrieken.elke_minuut(voordeur.database.pool, voordeur.app.state.bedrijf.instellingen))

    async def gemeten() -> bool:
        return (await metingen(voordeur)).get('banenspoor_register_personen{grondslag="PW_INDICATIE"}') == 2

    try:
        await wacht_tot(gemeten)
    finally:
        taak.cancel()
    uit = await metingen(voordeur)
    assert uit['banenspoor_register_personen{grondslag="WSW"}'] == 1
    assert uit['banenspoor_register_personen{grondslag="WAJONG_DUURZAAM_GEEN"}'] == 0
    await metrieken.meet_register(voordeur.database.pool, date(2019, 6, 1))
    assert (await metingen(voordeur))['banenspoor_register_personen{grondslag="PW_INDICATIE"}'] == 3
