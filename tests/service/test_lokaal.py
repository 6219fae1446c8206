"""De ingebedde stand op echte servers: gegevens blijven, resten worden opgeruimd, een vreemde wordt herkend."""

import asyncio
import json
import os
import signal
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from deploy import topics
from deploy.lokaal import poorten, processen
from deploy.lokaal.fouten import LokaalFout, PoortBezet
from deploy.lokaal.kafka import Kafka, antwoordend_cluster
from deploy.lokaal.opdrachten import wis
from deploy.lokaal.staat import nieuw_cluster_id
from deploy.lokaal.stack import Stack, stil
from shared.settings import WORTEL

CACHE = WORTEL / ".lokaal" / "cache"
_STARTER = """
import os, sys
from pathlib import Path
from deploy.lokaal.stack import Stack
Stack.start(Path(sys.argv[1]), cache=Path(sys.argv[2]))
os._exit(9)
"""


@pytest.fixture(scope="module")
def map_(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """De map van deze module; wat er aan het eind nog draait, wordt gestopt."""
    pad = tmp_path_factory.mktemp("lokaal")
    yield pad
    rest = Stack.open(pad)
    rest.stop_servers()
    rest.geef_vrij()


async def nieuw(stack: Stack, partities: int = 3) -> list[str]:
    """Zorg voor het topic ``blijft``; geeft wat daarvoor gemaakt moest worden."""
    pad = stack.dir / f"topics-{partities}.yml"
    pad.write_text(f"topics: {{blijft: {{partities: {partities}, config: {{retention.ms: '-1'}}}}}}")
    return await topics.zorg_voor(stack.kafka, pad)


async def rijen(stack: Stack, sql: str) -> int:
    """Voer iets uit als eigenaar van intake en tel wat er in de tabel ``blijft`` staat."""
    conn = await asyncpg.connect(stack.postgres_url("intake", "intake_eigenaar"))
    try:
        await conn.execute(sql)
        return int(await conn.fetchval("select count(*) from blijft"))
    finally:
        await conn.close()


async def test_data_survive_a_stop_and_kill_9_and_a_second_owner_is_refused(map_: Path) -> None:
    with Stack.start(map_, cache=CACHE) as stack:
        eerst = (stack.kafka, stack.postgres, stack.staat.cluster_id)
        assert await nieuw(stack) == ["blijft"]
        assert await rijen(stack, "create table blijft (x int); insert into blijft values (7)") == 1
        with pytest.raises(LokaalFout, match=f"in gebruik door proces {os.getpid()}"):
            Stack.start(map_)
        for geheim in ("state.json", "kluis.json", "uitgever.pem"):
            assert (map_ / geheim).stat().st_mode & 0o077 == 0
    assert stack.pids() == {}
    with Stack.start(map_, cache=CACHE) as stack:
        assert (stack.kafka, stack.postgres, stack.staat.cluster_id) == eerst
        stack.kill_kafka()
        stack.kill_postgres()
        stack.start_postgres()
        stack.start_kafka()
        assert await rijen(stack, "insert into blijft values (8)") == 2
        assert await nieuw(stack) == []
        with pytest.raises(LokaalFout, match="blijft heeft er 3, niet 4"):
            await nieuw(stack, 4)
        with pytest.raises(asyncpg.PostgresError, match="permission denied"):
            await asyncpg.connect(stack.postgres_url("intake", "telling_app"))


async def test_what_a_killed_owner_left_is_stopped_and_a_taken_port_is_chosen_again(map_: Path) -> None:
    gevallen = await asyncio.create_subprocess_exec(sys.executable, "-c", _STARTER, map_, CACHE, cwd=WORTEL)
    assert await gevallen.wait() == 9
    oud = json.loads((map_ / "state.json").read_text())
    processen.stop(oud["pids"]["kafka"], signal.SIGKILL, 10)
    with socket.socket() as vreemde:
        vreemde.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        vreemde.bind((poorten.ADRES, oud["poorten"]["kafka"]))
        vreemde.listen()
        with Stack.start(map_, cache=CACHE) as stack:
            assert stack.staat.poorten["kafka"] != oud["poorten"]["kafka"]
            assert stack.staat.poorten["postgres"] == oud["poorten"]["postgres"]
            assert not set(oud["pids"].values()) & set(stack.pids().values())
            assert await nieuw(stack) == []  # een ander adres, dezelfde gegevens
            stack.stop_kafka()
            stack.wis_kafka()
            stack.start_kafka()
            assert await nieuw(stack) == ["blijft"]
            assert antwoordend_cluster(stack.staat.poorten["kafka"]) == oud["cluster_id"]


def test_wis_leaves_no_data_behind(map_: Path) -> None:
    for naam in ("demo", "logs", "gegevens"):
        (map_ / naam).mkdir(exist_ok=True)
        (map_ / naam / "iets").write_text("x")
    wis(map_)
    assert {pad.name for pad in map_.iterdir()} <= {"cache", "lock"} | {p.name for p in map_.glob("topics-*.yml")}


def test_a_foreign_kafka_on_the_port_is_not_taken_for_ours(stack: Stack, tmp_path: Path) -> None:
    vreemde = stack.staat.poorten["kafka"]
    onze = Kafka(tmp_path, CACHE, tmp_path / "kafka.log")
    with pytest.raises(PoortBezet):
        onze.start(vreemde, poorten.vrije_poort(), nieuw_cluster_id(), stil)
    assert onze.pid() is None
    assert antwoordend_cluster(vreemde) == stack.staat.cluster_id


def test_an_extra_database_is_closed_to_other_services(stack: Stack) -> None:
    eigenaar, app = stack.maak_database("lokaal_proef", "telling")
    try:
        assert eigenaar.startswith("postgresql://telling_eigenaar:")
        assert app.endswith("/lokaal_proef")
        with pytest.raises(LokaalFout, match="is geen naam"):
            stack.maak_database("lokaal; drop", "telling")
    finally:
        stack.verwijder_database("lokaal_proef")
