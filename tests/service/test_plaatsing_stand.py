"""Het topic met alleen de laatste stand, over echte Kafka: wie het leest houdt over wat er in de database staat."""

import secrets
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import pytest
from aiokafka import TopicPartition
from banenspoor_contracts import PersoonSamengevoegd, PersoonsgegevensVernietigd, lint

from deploy.lokaal.stack import Stack
from deploy.topics import zorg_voor
from services.plaatsing.store import banen
from shared.kafkalog import Logboek
from shared.kluis import kluis
from shared.relay import Relay
from shared.settings import Instellingen
from tests.conftest import MaakDatabase
from tests.service.plaatsing_proef import BEDRIJF, GEMEENTE, Plaatsing, baan, begin, ingegaan, uren, zet_kluis

TOPIC = "plaatsing-stand"


@pytest.fixture
async def omgeving(
    stack: Stack, db: MaakDatabase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[tuple[Plaatsing, Instellingen]]:
    zet_kluis(monkeypatch)
    (tmp_path / "jwks.json").write_text('{"keys": []}')
    database = await db("plaatsing")
    instellingen = Instellingen(
        dienst="plaatsing",
        database_url=database.url,
        kafka=stack.kafka,
        oin=f"{secrets.randbelow(10**20):020d}",
        jwks=tmp_path / "jwks.json",
        uitgever="proef",
    )
    await zorg_voor(stack.kafka, instellingen.topics)
    yield await begin(database), instellingen
    kluis.cache_clear()


async def test_a_compacted_reader_ends_with_what_the_database_has(omgeving: tuple[Plaatsing, Instellingen]) -> None:
    dienst, instellingen = omgeving
    wie = [uuid4() for _ in range(8)]
    await dienst.goed("plaatsingen", *(baan(f"P-{n}", p) for n, p in enumerate(wie)))
    await dienst.goed("uren", *(uren(f"P-{n}", 12) for n in range(8)))
    await _publiceer(instellingen)
    await dienst.goed("plaatsingen", baan("P-0", wie[0], tot="2018-01-01"))
    await dienst.goed("overgangen", {"referentie": "P-1", "naar_werkgever": GEMEENTE, "op": "2017-07-01"})
    await dienst.goed("plaatsing-ongedaan", *({"referentie": f"P-{n}", "reden": "DUBBEL"} for n in (2, 3)))
    await dienst.goed("plaatsingen", baan("P-3", wie[3], contract="vast"))
    samen = PersoonSamengevoegd(persoon=wie[4], registraties=(), woonplaatsen=(), in_=wie[5])
    await dienst.hoor(samen, ingegaan(wie[5]), PersoonsgegevensVernietigd(persoon=wie[6]))
    await dienst.goed("werkgevers", {"werkgever": BEDRIJF, "sector": "overheid", "van": "2016-01-01"})
    await _publiceer(instellingen)

    async with dienst.pool.acquire() as tx, tx.transaction():
        ids = [rij[0] for rij in await tx.fetch("select plaatsing from plaatsing where ongedaan is null")]
        dossiers = await banen.dossiers(tx, dict.fromkeys(ids))
    verwacht = {str(plaatsing): dossier.baan.stand.bytes_() for plaatsing, dossier in dossiers.items()}
    assert len(verwacht) == 6
    gelezen, lege = await _lees(instellingen)
    assert gelezen == verwacht
    assert lege == 3


async def _lees(instellingen: Instellingen) -> tuple[dict[str, bytes], int]:
    """Het laatste per sleutel, zonder de lege; en hoeveel lege waarden er stonden."""
    logboek = Logboek(instellingen.kafka_verbinding)
    laatst: dict[str, bytes | None] = {}
    lege = 0
    for nr in range(instellingen.topiclijst[TOPIC].partities):
        for record in await logboek.vanaf(TopicPartition(TOPIC, nr), 0):
            koppen = {naam: waarde.decode() for naam, waarde in record.headers}
            if koppen["ce_source"] == instellingen.bron:
                assert lint(koppen, record.value or b"") == []
                laatst[record.key.decode()] = record.value
                lege += record.value is None
    await logboek.sluit()
    return {sleutel: waarde for sleutel, waarde in laatst.items() if waarde is not None}, lege


async def _publiceer(instellingen: Instellingen) -> None:
    """Een relay die begint (met haar startcontrole), alles zendt en weer stopt."""
    logboek = Logboek(instellingen.kafka_verbinding)
    relay = Relay(instellingen, logboek)
    assert await relay.start()
    while rijen := await relay.ronde():
        await relay.zend(rijen)
    await relay.ronde()
    await relay.sluit()
    await logboek.sluit()
