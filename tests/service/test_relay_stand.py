"""Een topic met alleen de laatste stand: de relay nummert door, ook na een herstart, en elke sleutel heeft één partitie."""

import secrets
from datetime import date
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import yaml
from aiokafka import TopicPartition
from banenspoor_contracts import Sector, Sectorperiode, WerkgeverStand
from banenspoor_contracts.murmur import partitie

from deploy.lokaal.stack import Stack
from deploy.topics import zorg_voor
from shared import outbox
from shared.db import vergrendel
from shared.kafkalog import Logboek
from shared.relay import Relay
from shared.settings import Instellingen
from tests.conftest import MaakDatabase

PARTITIES = 3
_topic = f"proef-stand-{uuid4().hex[:12]}"


class Stand(WerkgeverStand):
    """Een gewone werkgever, op het topic van de proef."""

    def op_topic(self) -> str:
        return _topic


@pytest.fixture
async def zegt(stack: Stack, db: MaakDatabase, tmp_path: Path) -> tuple[Any, Instellingen]:
    """Een database die spreekt op een eigen compact topic."""
    compact = {"cleanup.policy": "compact"}
    topics = {
        _topic: {"bron": "plaatsing", "partities": PARTITIES, "config": compact},
        "peil": {"partities": 1, "config": compact},
    }
    bestand = tmp_path / "topics.yml"
    bestand.write_text(yaml.safe_dump({"topics": topics}))
    await zorg_voor(stack.kafka, bestand)
    (tmp_path / "jwks.json").write_text('{"keys": []}')
    database = await db("plaatsing")
    instellingen = Instellingen(
        dienst="plaatsing",
        database_url=database.url,
        kafka=stack.kafka,
        oin=f"{secrets.randbelow(10**20):020d}",
        jwks=tmp_path / "jwks.json",
        uitgever="proef",
        topics=bestand,
    )
    outbox.ken_topics(instellingen.topiclijst)
    return database.pool, instellingen


async def test_versions_keep_their_order_over_a_restart_of_the_relay(zegt: tuple[Any, Instellingen]) -> None:
    pool, instellingen = zegt
    werkgevers = [uuid4() for _ in range(5)]
    for eerste in (1, 3):
        for versie in (eerste, eerste + 1):
            async with pool.acquire() as tx, tx.transaction():
                await vergrendel(tx, map(str, werkgevers))
                van = date(2010 + versie, 1, 1)
                sectoren = (Sectorperiode(sector=Sector.MARKT, van=van),)
                standen = [Stand(werkgever=w, versie=versie, sectoren=sectoren) for w in werkgevers]
                await outbox.put(tx, standen)
        await _publiceer(instellingen)
    logboek = Logboek(instellingen.kafka_verbinding)
    for nr in range(PARTITIES):
        records = await logboek.vanaf(TopicPartition(_topic, nr), 0)
        nummers = [int(dict(r.headers)["ce_sequence"]) for r in records]
        assert nummers == list(range(1, len(records) + 1))
        hier = [w for w in werkgevers if partitie(str(w), PARTITIES) == nr]
        for werkgever in hier:
            waarden = [r.value for r in records if r.key.decode() == str(werkgever)]
            assert [Stand.model_validate_json(w).versie for w in waarden] == [1, 2, 3, 4]
        assert len(records) == 4 * len(hier)
    await logboek.sluit()


async def _publiceer(instellingen: Instellingen) -> None:
    """Een relay die begint (met haar startcontrole), alles zendt en weer stopt."""
    relay = Relay(instellingen, Logboek(instellingen.kafka_verbinding))
    assert await relay.start()
    while rijen := await relay.ronde():
        await relay.zend(rijen)
    await relay.ronde()
    await relay.sluit()
    await relay._logboek.sluit()
