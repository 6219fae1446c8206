"""Dubbele en giftige gebeurtenissen op de echte keten: parkeren, melden, herstellen, opnieuw, en dan klopt alles weer."""

import asyncio
import json
import time
from datetime import datetime
from typing import Any
from uuid import uuid4

import asyncpg
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from banenspoor_contracts import UrenVerloond
from banenspoor_contracts.murmur import partitie

from tests.fault.conftest import TOPIC, Proef, fold, lees_log


async def _nog_eens(kafka: str, aantal: int) -> None:
    """Zet van elke partitie de eerste records nog eens op het log, onveranderd."""
    async with (
        AIOKafkaConsumer(bootstrap_servers=kafka, auto_offset_reset="earliest", enable_auto_commit=False) as lezer,
        AIOKafkaProducer(bootstrap_servers=kafka) as zender,
    ):
        for p in range(12):
            plaats = TopicPartition(TOPIC, p)
            lezer.assign([plaats])
            await lezer.seek_to_beginning(plaats)
            for records in (await lezer.getmany(plaats, timeout_ms=1000, max_records=aantal)).values():
                for r in records:
                    await zender.send_and_wait(TOPIC, r.value, key=r.key, partition=p, headers=list(r.headers))


def test_old_records_that_come_again_change_nothing(proef: Proef) -> None:
    with proef.storm() as storm:
        asyncio.run(_nog_eens(proef.stack.kafka, 20))
    proef.klopt(storm)


async def _zeg_vergif(url: str, persoon: str) -> None:
    """Laat plaatsing iets zeggen dat geen uren-verloond is, onder een gewone sleutel."""
    conn = await asyncpg.connect(url)
    await conn.execute(
        "insert into uitgaand (id, topic, partitie, sleutel, type, data) values ($1, $2, $3, $4, $5, $6)",
        uuid4(),
        TOPIC,
        partitie(persoon, 12),
        persoon,
        UrenVerloond.type_,
        b"{}",
    )
    await conn.close()


def test_poison_parks_one_person_is_repaired_and_redriven_in_order(proef: Proef) -> None:
    keten = proef.keten
    log = [b for b in asyncio.run(lees_log(proef.stack.kafka)) if b["data"]]
    laatste = log[-1]["data"]
    persoon, plaatsing, maand = laatste["persoon"], laatste["plaatsing"], laatste["maand"]
    vast_voor = datetime.fromisoformat(proef.wacht_op_vast())
    asyncio.run(_zeg_vergif(proef.stack.postgres_url("plaatsing", "plaatsing_app"), persoon))
    with proef.storm() as storm:
        time.sleep(2)
    proef.keten.wacht()
    sleutels = keten.client.get("telling", "/v1/beheer/geparkeerd")["sleutels"]
    assert [s["sleutel"] for s in sleutels] == [persoon]
    vast = datetime.fromisoformat(keten.client.get("telling", "/v1/beheer/vast-tot")["vastTot"])
    time.sleep(3)
    assert (
        datetime.fromisoformat(keten.client.get("telling", "/v1/beheer/vast-tot")["vastTot"]) == vast
    )  # blijft eronder
    assert vast >= vast_voor
    assert persoon in keten.opdracht("dlq", "list", "--dienst", "telling", "--json")
    weigert = keten.opdracht("dlq", "discard", TOPIC, persoon, "--dienst", "telling", status=2)
    assert weigert == ""
    stand = fold([b for b in log if b["data"]])[plaatsing, maand]
    neutraal: dict[str, Any] = {
        "persoon": persoon,
        "plaatsing": plaatsing,
        "maand": maand,
        "reden": "CORRECTIE",
        "nieuw": stand,
        "vorig": stand,
    }
    pad = keten.werkmap / "herstel.json"
    pad.write_text(json.dumps(neutraal))
    keten.opdracht("dlq", "repair", TOPIC, persoon, "--dienst", "telling", "--data", str(pad))
    keten.opdracht("dlq", "redrive", TOPIC, persoon, "--dienst", "telling")
    assert keten.client.get("telling", "/v1/beheer/geparkeerd")["sleutels"] == []
    proef.klopt(storm)
