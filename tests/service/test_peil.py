"""Wat vast is: peilen, posities, geparkeerd, eigen peil (protocol 7 en 18), en de momentopname."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from banenspoor_contracts import Peil

from shared.api import lees_tx
from shared.peil import Peilen, vast_tot
from tests.conftest import Database, MaakDatabase

T0 = datetime(2026, 1, 1, tzinfo=UTC)
BRON = {"urn:a": "intake", "urn:b": "plaatsing"}
TOPICS = ["doelgroepregister", "verloonde-uren"]


def peil(bron: str, minuut: int, nummers: dict[str, dict[int, int]], *, historie: bool = False) -> Any:
    """Een record van het topic `peil`."""
    feit = Peil(bron=bron, tijd=T0 + timedelta(minutes=minuut), nummers=nummers, historie=historie)
    return SimpleNamespace(headers=[("ce_source", bron.encode())], value=feit.bytes_())


@pytest.fixture
async def telling(db: MaakDatabase) -> Database:
    """Een database waarvan de historie gesloten en het eigen peil bevestigd is."""
    database = await db("beoordeling")
    await database.pool.execute("update relay_stand set historie = false, peil_bevestigd = $1", T0 + timedelta(days=1))
    return database


async def vast(database: Database) -> datetime | None:
    """`vast_tot` van nu."""
    async with database.pool.acquire() as conn:
        return await vast_tot(conn, ["intake", "plaatsing"])


async def positie(database: Database, topic: str, partitie: int, nummer: int) -> None:
    """Zet een positie."""
    sql = """
        insert into verwerkt values ($1, $2, $3, $3, gen_random_uuid())
        on conflict (topic, partitie) do update set publicatienr = $3
    """
    await database.pool.execute(sql, topic, partitie, nummer)


async def test_nothing_is_fixed_until_every_source_has_a_passed_peil(telling: Database) -> None:
    peilen = Peilen(telling.pool, {}, BRON, TOPICS)
    peilen.hoor(peil("urn:a", 5, {}))
    await peilen.verwerk()
    assert await vast(telling) is None
    peilen.hoor(peil("urn:b", 3, {}))
    await peilen.verwerk()
    assert await vast(telling) == T0 + timedelta(minutes=3)


async def test_a_peil_passes_when_all_its_numbers_are_reached_and_not_before(telling: Database) -> None:
    peilen = Peilen(telling.pool, {}, BRON, TOPICS)
    peilen.hoor(peil("urn:a", 9, {}))
    peilen.hoor(peil("urn:b", 4, {"verloonde-uren": {0: 10, 3: 2}}))
    await positie(telling, "verloonde-uren", 0, 10)
    await peilen.verwerk()
    assert await vast(telling) is None  # partitie 3 heeft geen positie en telt als 0
    await positie(telling, "verloonde-uren", 3, 1)
    await peilen.verwerk()
    assert await vast(telling) is None
    await positie(telling, "verloonde-uren", 3, 2)
    await peilen.verwerk()
    assert await vast(telling) == T0 + timedelta(minutes=4)


async def test_a_partition_without_position_counts_as_zero_and_does_not_wait_for_nothing(telling: Database) -> None:
    peilen = Peilen(telling.pool, {}, BRON, TOPICS)
    peilen.hoor(peil("urn:a", 9, {}))
    peilen.hoor(peil("urn:b", 4, {"verloonde-uren": {5: 0}, "plaatsing-anders": {0: 7}}))
    await peilen.verwerk()
    assert await vast(telling) == T0 + timedelta(minutes=4)  # nul is bereikt; wat wij niet horen doet niet mee


async def test_peils_queue_until_passed_and_an_older_one_never_lowers(telling: Database) -> None:
    peilen = Peilen(telling.pool, {}, BRON, TOPICS)
    peilen.hoor(peil("urn:a", 60, {}))
    peilen.hoor(peil("urn:b", 2, {"verloonde-uren": {0: 1}}))
    peilen.hoor(peil("urn:b", 6, {"verloonde-uren": {0: 5}}))
    await positie(telling, "verloonde-uren", 0, 1)
    await peilen.verwerk()
    assert await vast(telling) == T0 + timedelta(minutes=2)
    await positie(telling, "verloonde-uren", 0, 5)
    await peilen.verwerk()
    peilen.hoor(peil("urn:b", 1, {}))
    await peilen.verwerk()
    assert await vast(telling) == T0 + timedelta(minutes=6)


async def test_a_parked_event_holds_the_fixed_moment_strictly_below_itself(telling: Database) -> None:
    peilen = Peilen(telling.pool, {}, BRON, TOPICS)
    for bron in BRON:
        peilen.hoor(peil(bron, 9, {}))
    await peilen.verwerk()
    geparkeerd = T0 + timedelta(minutes=5)
    await telling.pool.execute("insert into geparkeerd_sleutel values ('verloonde-uren', 'x')")
    await telling.pool.execute(
        """insert into geparkeerd (topic, sleutel, partitie, publicatienr, log_offset, ce_id, ce_time, bron, type, code, melding)
        values ('verloonde-uren', 'x', 0, 1, 0, gen_random_uuid(), $1, 'b', 't', 'c', 'm')""",
        geparkeerd,
    )
    vastgesteld = await vast(telling)
    assert vastgesteld is not None
    assert vastgesteld < geparkeerd


async def test_nothing_is_fixed_while_parked_history_would_still_be_booked_in_the_past(telling: Database) -> None:
    peilen = Peilen(telling.pool, {}, BRON, TOPICS)
    for bron in BRON:
        peilen.hoor(peil(bron, 9, {}))
    await peilen.verwerk()
    await telling.pool.execute("insert into geparkeerd_sleutel values ('verloonde-uren', 'x')")
    await telling.pool.execute(
        """insert into geparkeerd
          (topic, sleutel, partitie, publicatienr, log_offset, ce_id, ce_time, bron, type, waarde, code, melding)
        values
          ('verloonde-uren', 'x', 0, 1, 0, gen_random_uuid(), now(), 'b', 't', '{"bekendOp": "2018-01-01"}', 'c', 'm')"""
    )
    assert await vast(telling) is None


async def test_what_is_parked_of_a_compact_topic_fixes_nothing_and_holds_nothing(telling: Database) -> None:
    peilen = Peilen(telling.pool, {}, BRON, TOPICS)
    for bron in BRON:
        peilen.hoor(peil(bron, 9, {}))
    await peilen.verwerk()
    await telling.pool.execute("insert into geparkeerd_sleutel values ('werkgevers', 'x')")
    await telling.pool.execute(
        """insert into geparkeerd
          (topic, sleutel, partitie, publicatienr, log_offset, ce_id, ce_time, bron, type, waarde, code, melding)
        values
          ('werkgevers', 'x', 0, 1, 0, gen_random_uuid(), $1, 'b', 't', '{"bekendOp": "2018-01-01"}', 'c', 'm')""",
        T0,
    )
    assert await vast(telling) == T0 + timedelta(minutes=9)


async def test_the_fixed_moment_is_never_above_the_own_acknowledged_peil(telling: Database) -> None:
    peilen = Peilen(telling.pool, {}, BRON, TOPICS)
    for bron in BRON:
        peilen.hoor(peil(bron, 9, {}))
    await peilen.verwerk()
    await telling.pool.execute("update relay_stand set peil_bevestigd = $1", T0 + timedelta(minutes=1))
    assert await vast(telling) == T0 + timedelta(minutes=1)
    await telling.pool.execute("update relay_stand set peil_bevestigd = null")
    assert await vast(telling) is None


async def test_while_a_source_loads_history_nothing_is_fixed(telling: Database) -> None:
    peilen = Peilen(telling.pool, {}, BRON, TOPICS)
    peilen.hoor(peil("urn:a", 9, {}))
    peilen.hoor(peil("urn:b", 9, {}, historie=True))
    await peilen.verwerk()
    assert await vast(telling) is None
    peilen.hoor(peil("urn:b", 10, {}))
    await peilen.verwerk()
    assert await vast(telling) == T0 + timedelta(minutes=9)


async def test_a_peil_of_an_unknown_source_or_with_another_name_counts_for_nothing(telling: Database) -> None:
    peilen = Peilen(telling.pool, {}, BRON, TOPICS)
    peilen.hoor(peil("urn:a", 9, {}))
    vals = peil("urn:vreemd", 9, {})
    peilen.hoor(vals)
    peilen.hoor(SimpleNamespace(headers=[("ce_source", b"urn:b")], value=vals.value))
    peilen.hoor(SimpleNamespace(headers=[("ce_source", b"urn:b")], value=b"{"))
    await peilen.verwerk()
    assert await vast(telling) is None


async def test_a_read_sees_one_snapshot(telling: Database) -> None:
    verzoek: Any = SimpleNamespace(app=SimpleNamespace(state=SimpleNamespace(pool=telling.pool)))
    async with lees_tx(verzoek) as tx:
        eerst = await vast_tot(tx, ["intake"])
        await telling.pool.execute("insert into peil values ('intake', $1, false)", T0)
        assert await tx.fetchval("select count(*) from peil") == 0
        assert await vast_tot(tx, ["intake"]) == eerst is None
