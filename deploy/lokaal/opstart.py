"""Van Kafka en PostgreSQL naar een hele Banenspoor: migraties, topics, vier diensten."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from deploy.lokaal import databases
from deploy.lokaal.staat import DIENSTEN

if TYPE_CHECKING:
    from deploy.lokaal.stack import Stack


def migreer(stack: Stack) -> None:
    """Breng de vier databases bij; loopt terwijl Kafka nog start. Alembic kent één migratie tegelijk per proces."""
    from shared.migreer import migreer as breng_bij

    for dienst in DIENSTEN:
        stack.voortgang(f"Database {dienst} bijwerken")
        breng_bij(dienst, stack.postgres_url(dienst, databases.rollen(dienst)[0]))


def maak_topics(stack: Stack) -> None:
    """Maak wat er in ``topics.yml`` staat en nog niet bestaat."""
    from deploy import topics

    stack.voortgang("Topics maken")
    asyncio.run(topics.zorg_voor(stack.kafka))


def start_diensten(stack: Stack) -> None:
    """Start wat niet (meer) draait, of op andere adressen draait, en wacht tot alle vier gereed zijn."""
    staat = stack.staat
    if (staat.kafka, staat.postgres) != (stack.kafka, stack.postgres):
        stack.diensten.stop()
        staat.kafka, staat.postgres = stack.kafka, stack.postgres
    stack.voortgang("Diensten starten")
    for dienst in DIENSTEN:
        if stack.diensten.pid(dienst) is None:
            stack.diensten.start(staat, dienst)
    stack.noteer()
    stack.diensten.wacht_tot_gereed(staat)
    stack.noteer()
