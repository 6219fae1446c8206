"""Topics maken volgens ``topics.yml``: nog eens doen verandert niets, een ander aantal partities wordt geweigerd."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import KafkaError, for_code

from deploy.lokaal.fouten import LokaalFout
from shared.settings import Topic, lees_topics

BESTAND = Path(__file__).with_name("topics.yml")
_BESTAAT_AL = 36


async def zorg_voor(kafka: str | Mapping[str, Any], bestand: Path = BESTAND, replicatie: int = 1) -> list[str]:
    """Maak wat ontbreekt, zet instellingen gelijk met het bestand, en geef de namen van wat nieuw is.

    ``kafka`` is een adres, of hoe te verbinden (``Instellingen.kafka_verbinding``);
    ``replicatie`` is het aantal kopieën van een nieuw topic. Er wordt nooit een topic verwijderd of vergroot.

    Raises:
        LokaalFout: Kafka is niet te bereiken, of een bestaand topic heeft een ander aantal partities.
    """
    topics = lees_topics(bestand)
    verbinding = {"bootstrap_servers": kafka} if isinstance(kafka, str) else kafka
    beheer = AIOKafkaAdminClient(**verbinding, request_timeout_ms=20_000)
    try:
        await beheer.start()
        nieuw = await _maak(beheer, topics, replicatie)
        await _controleer_partities(beheer, topics)
        await _zet_instellingen(beheer, topics, sorted(set(topics) - set(nieuw)))
    except KafkaError as fout:
        raise LokaalFout(f"Kafka op {verbinding['bootstrap_servers']} is niet te bereiken of weigert: {fout}") from fout
    finally:
        await beheer.close()
    return nieuw


async def _maak(beheer: AIOKafkaAdminClient, topics: Mapping[str, Topic], replicatie: int) -> list[str]:
    bestaand = set(await beheer.list_topics())
    vraag = [
        NewTopic(naam, topic.partities, replicatie, topic_configs=topic.config)
        for naam, topic in topics.items()
        if naam not in bestaand
    ]
    if not vraag:
        return []
    antwoord = await beheer.create_topics(vraag)
    for naam, code, *melding in antwoord.topic_errors:  # fouten staan in het antwoord, niet in een exceptie
        if code not in (0, _BESTAAT_AL):
            reden = melding[0] if melding and melding[0] else for_code(code).__name__
            raise LokaalFout(f"Topic {naam} kon niet gemaakt worden: {reden}")
    return sorted(naam for naam, code, *_ in antwoord.topic_errors if code == 0)


async def _controleer_partities(beheer: AIOKafkaAdminClient, topics: Mapping[str, Topic], geduld: float = 10) -> None:
    einde = time.monotonic() + geduld
    while True:
        gezien = {t["topic"]: len(t["partitions"]) for t in await beheer.describe_topics(list(topics))}
        if all(gezien.get(naam) for naam in topics) or time.monotonic() > einde:
            break
        await asyncio.sleep(0.02)  # een nieuw topic staat niet meteen in de metadata
    fout = [
        f"{n} heeft er {gezien.get(n, 0)}, niet {t.partities}"
        for n, t in topics.items()
        if gezien.get(n) != t.partities
    ]
    if fout:
        raise LokaalFout(
            "Het aantal partities van een topic ligt vast, maar "
            + "; ".join(fout)
            + ": vul een nieuw topic met heruitgeven."
        )


async def _zet_instellingen(beheer: AIOKafkaAdminClient, topics: Mapping[str, Topic], namen: list[str]) -> None:
    vraag = [ConfigResource(ConfigResourceType.TOPIC, naam, topics[naam].config) for naam in namen]
    if not vraag:
        return
    anders = []
    for antwoord in await beheer.describe_configs(vraag):
        for code, melding, _, naam, waarden in antwoord.resources:
            if code:
                raise LokaalFout(
                    f"Instellingen van topic {naam} zijn niet te lezen: {melding or for_code(code).__name__}"
                )
            gezien = {deel[0]: deel[1] for deel in waarden}
            if any(gezien.get(sleutel) != waarde for sleutel, waarde in topics[naam].config.items()):
                anders.append(naam)
    if not anders:
        return
    wijziging = [ConfigResource(ConfigResourceType.TOPIC, naam, topics[naam].config) for naam in anders]
    resultaten: list[Any] = await beheer.alter_configs(wijziging)
    for antwoord in resultaten:
        for code, melding, _, naam in antwoord.resources:
            if code:
                raise LokaalFout(
                    f"Instellingen van topic {naam} worden geweigerd: {melding or for_code(code).__name__}"
                )
