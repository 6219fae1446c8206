"""Echte Kafka en PostgreSQL voor elke proef: één stack per sessie, een verse database per proef."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pytest

from deploy.lokaal.stack import Stack
from shared import outbox
from shared.db import Pool, maak_pool
from shared.migreer import migreer
from shared.settings import WORTEL, lees_topics


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Kafka en PostgreSQL van deze sessie; de AOT-cache van de JVM wordt tussen sessies gedeeld."""
    with Stack.start(tmp_path_factory.mktemp("stack"), cache=WORTEL / ".lokaal" / "cache") as draaiend:
        yield draaiend


@dataclass(frozen=True)
class Database:
    """Een verse, gemigreerde database van een dienst."""

    naam: str
    dienst: str
    url: str
    eigenaar_url: str
    pool: Pool


MaakDatabase = Callable[[str], Awaitable[Database]]


@pytest.fixture(scope="session")
def sjabloon(stack: Stack) -> Callable[[str], str]:
    """De naam van een gemigreerde sjabloondatabase per dienst; wordt één keer gemaakt."""
    gemaakt: dict[str, str] = {}

    def zorg(dienst: str) -> str:
        if dienst not in gemaakt:
            naam = f"sjabloon_{dienst}"
            eigenaar, _ = stack.maak_database(naam, dienst)
            migreer(dienst, eigenaar)
            gemaakt[dienst] = naam
        return gemaakt[dienst]

    return zorg


@pytest.fixture
async def db(stack: Stack, sjabloon: Callable[[str], str]) -> AsyncIterator[MaakDatabase]:
    """`await db("intake")` geeft een verse database van die dienst met een pool als app-rol; daarna is zij weg."""
    outbox.ken_topics(lees_topics(WORTEL / "deploy" / "topics.yml"))
    gemaakt: list[Database] = []

    async def maak(dienst: str) -> Database:
        naam = f"proef_{uuid4().hex[:12]}"
        bron = await asyncio.to_thread(sjabloon, dienst)
        eigenaar, app = await asyncio.to_thread(stack.maak_database, naam, dienst, bron)
        database = Database(naam, dienst, app, eigenaar, await maak_pool(app, 6))
        gemaakt.append(database)
        return database

    yield maak
    for database in gemaakt:
        await asyncio.wait_for(database.pool.close(), 10)
        await asyncio.to_thread(stack.verwijder_database, database.naam)


@pytest.fixture(scope="session")
def wortel() -> Path:
    """De wortel van het project."""
    return WORTEL
