"""Een zegger en een hoorder op een eigen topic: het protocol, zonder een dienst eromheen."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
import yaml
from aiokafka import AIOKafkaProducer, TopicPartition
from banenspoor_contracts import Feit, Grondslag, Registratie, RegistratieIngegaan, Woonplaats

from deploy.lokaal.stack import Stack
from deploy.topics import zorg_voor
from shared import outbox
from shared.db import Pool, Tx, vergrendel
from shared.envelope import Bericht
from shared.inbox import Inbox, Verwerk, ontleed
from shared.kafkalog import Logboek
from shared.kluis import kluis
from shared.relay import Relay
from shared.settings import Instellingen
from tests.conftest import Database, MaakDatabase
from tests.service.intake_voordeur import Voordeur, voordeur_van
from tests.service.plaatsing_proef import WERKGEVERS, Plaatsing, begin, zet_kluis
from tests.service.plaatsing_voordeur import Plaatsingsdeur, plaatsingsdeur_van

PARTITIES = 3
_GEVOLG = """
create table gevolg (nr bigint generated always as identity, id uuid, sleutel text, nummer bigint, tijd timestamptz);
create table teller (sleutel text primary key, stand int not null);
"""


class Ding(RegistratieIngegaan):
    """Een gewone registratie, maar op het topic van de proef; `nr` zit in de begindatum."""

    def op_topic(self) -> str:
        return _topic


_topic = ""


def ding(persoon: UUID, nr: int = 0, bekend: Any = None) -> Ding:
    """Een feit over een persoon; `nr` (0–999) is terug te lezen met `nr_van`."""
    van = date.fromordinal(date(2015, 1, 1).toordinal() + nr)
    registratie = Registratie(grondslag=Grondslag.WSW, van=van, tot=None)
    woon = Woonplaats(gemeente="0014", van=date(2015, 1, 1), tot=None)
    return Ding(
        persoon=persoon,
        grondslag=Grondslag.WSW,
        van=van,
        registraties=(registratie,),
        woonplaatsen=(woon,),
        bekend_op=bekend,
    )


def nr_van(waarde: bytes) -> int:
    """Het nummer dat `ding` in de begindatum legde."""
    return (RegistratieIngegaan.model_validate_json(waarde).van - date(2015, 1, 1)).days


@dataclass
class Omgeving:
    """Een zegger (database A), een hoorder (database B) en een eigen topic op de echte Kafka."""

    topic: str
    zegger: Pool
    zegger_eigenaar: str
    hoorder: Pool
    hoorder_eigenaar: str
    zegt: Instellingen
    hoort: Instellingen
    logboek: Logboek
    relays: list[Relay] = field(default_factory=list)

    async def zeg(self, *feiten: Feit) -> None:
        """Legt feiten vast in één transactie, onder de sloten van hun personen."""
        async with self.zegger.acquire() as conn, conn.transaction():
            await vergrendel(conn, (f.sleutel() for f in feiten))
            await outbox.put(conn, feiten)

    async def relay(self) -> Relay:
        """Een gestarte relay (startcontrole gedaan)."""
        relay = Relay(self.zegt, Logboek(self.zegt.kafka_verbinding))
        self.relays.append(relay)
        assert await relay.start()
        return relay

    async def publiceer(self, relay: Relay | None = None) -> Relay:
        """Draait ronden tot er niets meer wacht."""
        relay = relay or await self.relay()
        while rijen := await relay.ronde():
            await relay.zend(rijen)
        await relay.ronde()
        return relay

    async def records(self) -> list[Any]:
        """Alles wat op het topic staat, per partitie op volgorde."""
        uit = []
        for p in range(PARTITIES):
            uit += await self.logboek.vanaf(TopicPartition(self.topic, p), 0)
        return uit

    async def inbox(self, verwerk: Verwerk | None = None, **opties: Any) -> Inbox:
        """Een inbox met alle partities toegewezen; de gewone verwerking schrijft in `gevolg`."""
        inbox = Inbox(
            self.hoort, self.hoorder, Logboek(self.hoort.kafka_verbinding), verwerk or schrijf, [self.topic], **opties
        )
        await inbox.wijs_toe([TopicPartition(self.topic, p) for p in range(PARTITIES)])
        return inbox

    async def gevolgen(self) -> list[Any]:
        """Wat de hoorder gedaan heeft, op volgorde."""
        return list(await self.hoorder.fetch("select id, sleutel, nummer, tijd from gevolg order by nr"))

    async def stuur(self, waarde: bytes | None, *, sleutel: str | None, partitie: int = 0, **koppen: str) -> None:
        """Zet een ruw record op het topic, buiten elke relay om."""
        async with AIOKafkaProducer(bootstrap_servers=self.zegt.kafka) as zender:
            kop = [(k, v.encode()) for k, v in koppen.items()]
            toets = sleutel.encode() if sleutel is not None else None
            await zender.send_and_wait(self.topic, waarde, key=toets, partition=partitie, headers=kop)

    async def stuur_weer(self, record: Any, **anders: str) -> None:
        """Zet een bestaand record nog eens op zijn partitie, zo nodig met andere koppen."""
        koppen = {**{k: v.decode() for k, v in record.headers}, **anders}
        await self.stuur(record.value, sleutel=record.key.decode(), partitie=record.partition, **koppen)

    async def als_eigenaar(self, sql: str, *, hoorder: bool = True) -> None:
        """Voert SQL uit als eigenaar van de database van de hoorder (of de zegger)."""
        conn = await asyncpg.connect(self.hoorder_eigenaar if hoorder else self.zegger_eigenaar)
        await conn.execute(sql)
        await conn.close()


async def schrijf(tx: Tx, berichten: Sequence[Bericht]) -> Sequence[tuple[Bericht, Feit]]:
    """De gewone verwerking van een proef: één rij per gebeurtenis; een ongeldige is vergif."""
    for b in berichten:
        ontleed(RegistratieIngegaan, b)
        await tx.execute(
            "insert into gevolg (id, sleutel, nummer, tijd) values ($1, $2, $3, $4)", b.id, b.sleutel, b.nummer, b.tijd
        )
    return []


@pytest.fixture
async def omgeving(stack: Stack, db: MaakDatabase, tmp_path: Path) -> AsyncIterator[Omgeving]:
    """Twee verse databases en een vers topic (met een klein `max.message.bytes`, voor zendingen die mislukken)."""
    global _topic
    _topic = f"proef-{uuid4().hex[:12]}"
    topics = {
        _topic: {
            "bron": "beoordeling",
            "partities": PARTITIES,
            "config": {"cleanup.policy": "delete", "max.message.bytes": "20000"},
        },
        f"{_topic}.dlq": {"partities": 1, "config": {"cleanup.policy": "delete"}},
        "peil": {"partities": 1, "config": {"cleanup.policy": "compact"}},
    }
    bestand = tmp_path / "topics.yml"
    bestand.write_text(yaml.safe_dump({"topics": topics}))
    await zorg_voor(stack.kafka, bestand)
    zegger, hoorder = await db("beoordeling"), await db("beoordeling")
    (tmp_path / "jwks.json").write_text('{"keys": []}')
    gemeen: dict[str, Any] = {
        "kafka": stack.kafka,
        "oin": f"{secrets.randbelow(10**20):020d}",
        "jwks": tmp_path / "jwks.json",
        "uitgever": "proef",
        "topics": bestand,
        "sessie_ms": 6000,
    }
    zegt = Instellingen(dienst="beoordeling", database_url=zegger.url, **gemeen)
    hoort = Instellingen(dienst="hoorder", database_url=hoorder.url, **gemeen)
    outbox.ken_topics(zegt.topiclijst)
    om = Omgeving(
        _topic,
        zegger.pool,
        zegger.eigenaar_url,
        hoorder.pool,
        hoorder.eigenaar_url,
        zegt,
        hoort,
        Logboek(zegt.kafka_verbinding),
    )
    await om.als_eigenaar(_GEVOLG)
    await om.als_eigenaar(_GEVOLG, hoorder=False)
    yield om
    for relay in om.relays:
        await relay.sluit()
        await relay._logboek.sluit()
    await om.logboek.sluit()


async def wacht_tot(voorwaarde: Callable[[], Awaitable[Any]], binnen: float = 15) -> Any:
    """Wacht op een voorwaarde, begrensd; geeft haar uitkomst."""
    einde = asyncio.get_running_loop().time() + binnen
    while True:
        uitkomst = await voorwaarde()
        if uitkomst:
            return uitkomst
        assert asyncio.get_running_loop().time() < einde, "de voorwaarde bleef uit"
        await asyncio.sleep(0.05)


@pytest.fixture
async def voordeur(
    stack: Stack, db: MaakDatabase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Voordeur]:
    """Intake door haar voordeur, op een verse database."""
    async with voordeur_van(stack, db, tmp_path, monkeypatch) as deur:
        yield deur


@pytest.fixture
async def deur(
    stack: Stack, db: MaakDatabase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Plaatsingsdeur]:
    """De voordeur van plaatsing, met drie werkgevers."""
    async with plaatsingsdeur_van(stack, db, tmp_path, monkeypatch) as deur:
        await deur.rijen("werkgevers", *WERKGEVERS)
        yield deur


@pytest.fixture
async def plaatsing_db(db: MaakDatabase, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Database]:
    """Een verse database van plaatsing, met een kluis."""
    zet_kluis(monkeypatch)
    yield await db("plaatsing")
    kluis.cache_clear()


@pytest.fixture
async def dienst(plaatsing_db: Database) -> Plaatsing:
    """Plaatsing zonder voordeur, met drie werkgevers."""
    return await begin(plaatsing_db)
