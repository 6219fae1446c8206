"""Zeggen: nummeren na vastleggen, ronden, startcontrole, peil (protocol 1–7)."""

import asyncio
import secrets
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import asyncpg
import pytest
from aiokafka import TopicPartition
from aiokafka.errors import KafkaError
from banenspoor_contracts import Peil, RegistratieIngegaan
from banenspoor_contracts.murmur import partitie

from shared import outbox
from shared.db import vergrendel
from shared.envelope import lees
from shared.kafkalog import Logboek
from shared.peil import lees_peil
from shared.relay import LogWijktAf, Relay, Verdrongen
from tests.service.conftest import PARTITIES, Omgeving, ding, nr_van


async def test_numbers_are_gap_free_and_in_order_per_partition(omgeving: Omgeving) -> None:
    for i in range(60):
        await omgeving.zeg(ding(uuid4(), i))
    await omgeving.publiceer()
    berichten = [lees(r, omgeving.zegt.bron) for r in await omgeving.records()]
    assert len(berichten) == 60
    for p in range(PARTITIES):
        assert [b.nummer for b in berichten if b.partitie == p] == list(
            range(1, 1 + sum(b.partitie == p for b in berichten))
        )
    assert all(partitie(b.sleutel, PARTITIES) == b.partitie for b in berichten)


async def test_a_transaction_that_commits_late_is_numbered_late_and_never_lost(omgeving: Omgeving) -> None:
    relay = await omgeving.relay()
    traag, snel = uuid4(), uuid4()
    async with omgeving.zegger.acquire() as conn:
        tx = conn.transaction()
        await tx.start()
        await vergrendel(conn, [str(traag)])
        await outbox.put(conn, [ding(traag)])  # eerder ingevoegd …
        await asyncio.sleep(0.02)
        await omgeving.zeg(ding(snel))
        await omgeving.publiceer(relay)
        await tx.commit()  # … later vastgelegd
    await omgeving.publiceer(relay)
    berichten = {b.sleutel: b for b in (lees(r, omgeving.zegt.bron) for r in await omgeving.records())}
    assert set(berichten) == {str(traag), str(snel)}
    assert berichten[str(traag)].tijd > berichten[str(snel)].tijd
    assert {b.nummer for b in berichten.values() if b.partitie == berichten[str(traag)].partitie} in ({1}, {1, 2})


async def test_a_rolled_back_transaction_leaves_no_gap(omgeving: Omgeving) -> None:
    persoon = uuid4()
    async with omgeving.zegger.acquire() as conn:
        tx = conn.transaction()
        await tx.start()
        await outbox.put(conn, [ding(persoon, 1)])
        await tx.rollback()
    await omgeving.zeg(ding(persoon, 2))
    await omgeving.publiceer()
    assert [(nr_van(r.value), lees(r, omgeving.zegt.bron).nummer) for r in await omgeving.records()] == [(2, 1)]


async def test_events_of_one_person_stand_on_the_log_in_the_order_of_their_state(omgeving: Omgeving) -> None:
    persoon = uuid4()

    async def hoog_op() -> None:
        async with omgeving.zegger.acquire() as conn, conn.transaction():
            await vergrendel(conn, [str(persoon)])
            stand = await conn.fetchval("select stand from teller where sleutel = $1", str(persoon)) or 0
            await asyncio.sleep(0.003)
            await outbox.put(conn, [ding(persoon, stand + 1)])
            sql = "insert into teller values ($1, $2) on conflict (sleutel) do update set stand = excluded.stand"
            await conn.execute(sql, str(persoon), stand + 1)

    await asyncio.gather(*(hoog_op() for _ in range(25)))
    await omgeving.publiceer()
    assert [nr_van(r.value) for r in await omgeving.records()] == list(range(1, 26))


async def test_one_round_has_one_time_and_rounds_rise_even_when_the_clock_falls_back(omgeving: Omgeving) -> None:
    relay = await omgeving.relay()
    await omgeving.zegger.execute("update relay_stand set ronde = now() + interval '1 hour'")
    tijden = []
    for _ in range(3):
        await omgeving.zeg(ding(uuid4()), ding(uuid4()))
        rijen = await relay.ronde()
        await relay.zend(rijen)
        assert len({r["ce_time"] for r in rijen}) == 1
        tijden.append(rijen[0]["ce_time"])
    assert tijden == sorted(set(tijden))


async def test_an_idle_peil_is_a_round_too_nothing_later_has_its_time(omgeving: Omgeving) -> None:
    relay = await omgeving.relay()
    await omgeving.zegger.execute("update relay_stand set ronde = now() + interval '1 hour'")  # een klok die terugvalt
    await relay.ronde()
    peil = relay._peil
    assert peil is not None
    await relay.zend_peil()
    await omgeving.zeg(ding(uuid4()))
    rijen = await relay.ronde()
    assert rijen[0]["ce_time"] > peil.tijd


async def test_a_peil_is_never_ahead_of_its_round(omgeving: Omgeving) -> None:
    relay = await omgeving.relay()
    await omgeving.zeg(ding(uuid4()))
    rijen = await relay.ronde()
    assert relay._peil is not None
    assert relay._peil.tijd == rijen[0]["ce_time"] == await omgeving.zegger.fetchval("select ronde from relay_stand")
    assert relay._peil.tijd <= await omgeving.zegger.fetchval("select clock_timestamp()")
    assert sum(n for per in relay._peil.nummers.values() for n in per.values()) == 1


async def test_nothing_is_on_the_log_before_its_round_is_committed(omgeving: Omgeving) -> None:
    relay = await omgeving.relay()
    await omgeving.als_eigenaar(
        """
        create function weiger() returns trigger language plpgsql as $$ begin raise 'vastleggen mislukt'; end $$;
        create constraint trigger weiger after update on relay_merk deferrable initially deferred
          for each row execute function weiger();
        create constraint trigger weiger_nieuw after insert on relay_merk deferrable initially deferred
          for each row execute function weiger();
        """,
        hoorder=False,
    )
    await omgeving.zeg(ding(uuid4()))
    with pytest.raises(asyncpg.RaiseError):
        await relay.ronde()
    assert await omgeving.records() == []


async def test_a_failed_send_stops_the_partition_nothing_overtakes(omgeving: Omgeving) -> None:
    relay = await omgeving.relay()
    persoon = uuid4()
    await omgeving.zeg(ding(persoon, 1))
    rijen = await relay.ronde()
    groot = {**rijen[0], "data": secrets.token_bytes(30_000)}  # past in een zending, maar de broker weigert haar
    await omgeving.zeg(ding(persoon, 2))
    volgende = await relay.ronde()
    with pytest.raises(KafkaError):
        await relay.zend([groot])
    with pytest.raises(RuntimeError, match="startcontrole"):
        await relay.zend(volgende)
    assert await omgeving.records() == []
    await relay.start()
    assert [nr_van(r.value) for r in await omgeving.records()] == [1, 2]


async def test_within_one_send_a_failed_batch_stops_the_rest_of_its_partition(omgeving: Omgeving) -> None:
    relay = await omgeving.relay()
    persoon = uuid4()
    await omgeving.zeg(*(ding(persoon, n) for n in range(1, 4)))
    rijen = await relay.ronde()
    ruis = [
        {**rijen[0], "data": secrets.token_bytes(400_000)},
        {**rijen[1], "data": secrets.token_bytes(400_000)},
        rijen[2],
    ]
    with pytest.raises(KafkaError):
        await relay.zend(ruis)  # drie zendingen; de eerste wordt geweigerd
    assert await omgeving.records() == []


async def test_a_relay_that_finds_another_name_ends(omgeving: Omgeving) -> None:
    relay = await omgeving.relay()
    await omgeving.zeg(ding(uuid4()))
    await omgeving.zegger.execute("update relay_stand set relay = 'een ander'")
    with pytest.raises(Verdrongen):
        await relay.ronde()


async def test_a_second_relay_waits_for_the_lock(omgeving: Omgeving) -> None:
    eerste = await omgeving.relay()
    tweede = Relay(omgeving.zegt, Logboek(omgeving.zegt.kafka_verbinding))
    omgeving.relays.append(tweede)
    assert not await tweede.start()
    await eerste.sluit()
    await asyncio.sleep(0.2)
    assert await tweede.start()


async def test_after_a_crash_between_number_and_publish_the_same_ids_and_numbers_are_sent(omgeving: Omgeving) -> None:
    relay = await omgeving.relay()
    await omgeving.zeg(*(ding(uuid4(), n) for n in range(10)))
    genummerd = await relay.ronde()
    await relay.sluit()  # nooit gezonden
    await omgeving.publiceer()
    op_log = {
        (r.partition, lees(r, omgeving.zegt.bron).nummer): lees(r, omgeving.zegt.bron).id
        for r in await omgeving.records()
    }
    assert op_log == {(r["partitie"], r["publicatienr"]): r["id"] for r in genummerd}


async def test_after_a_crash_between_publish_and_mark_nothing_is_sent_twice(omgeving: Omgeving) -> None:
    relay = await omgeving.relay()
    await omgeving.zeg(*(ding(uuid4(), n) for n in range(10)))
    await relay.zend(await relay.ronde())
    await relay.sluit()  # gezonden, nooit genoteerd
    await omgeving.relay()
    assert len(await omgeving.records()) == 10
    assert await omgeving.zegger.fetchval("select sum(genummerd - bevestigd) from relay_merk") == 0


async def test_a_late_duplicate_at_the_end_of_the_log_does_not_turn_the_relay_back(omgeving: Omgeving) -> None:
    persoon = uuid4()
    await omgeving.zeg(*(ding(persoon, n) for n in range(1, 5)))
    relay = await omgeving.publiceer()
    await relay.sluit()
    eerste = (await omgeving.records())[0]
    await omgeving.stuur_weer(eerste)
    await omgeving.zeg(ding(persoon, 5))
    await omgeving.publiceer()
    nummers = [lees(r, omgeving.zegt.bron).nummer for r in await omgeving.records()]
    assert nummers == [1, 2, 3, 4, 1, 5]


async def test_a_wiped_log_is_refused_loudly(omgeving: Omgeving) -> None:
    await omgeving.zeg(ding(uuid4()))
    relay = await omgeving.publiceer()
    await relay.sluit()
    await omgeving.zegger.execute("update relay_merk set log_offset = log_offset + 7")
    weigert = Relay(omgeving.zegt, Logboek(omgeving.zegt.kafka_verbinding))
    omgeving.relays.append(weigert)
    with pytest.raises(LogWijktAf, match="vervangen"):
        await weigert.start()
    assert not await omgeving.zegger.fetchval("select gecontroleerd from relay_stand")


async def test_another_event_at_the_mark_is_refused_loudly(omgeving: Omgeving) -> None:
    await omgeving.zeg(ding(uuid4()))
    relay = await omgeving.publiceer()
    await relay.sluit()
    await omgeving.zegger.execute("update relay_merk set ce_id = gen_random_uuid()")
    with pytest.raises(LogWijktAf, match="vervangen"):
        await omgeving.relay()


async def test_history_that_was_closed_stays_closed_in_an_older_database(omgeving: Omgeving) -> None:
    relay = await omgeving.relay()
    await omgeving.zegger.execute("update relay_stand set historie = false")
    await relay.ronde()
    await relay.zend_peil()
    await relay.sluit()
    await omgeving.zegger.execute("update relay_stand set historie = true")  # teruggezet naar vóór het sluiten
    await omgeving.relay()
    assert not await omgeving.zegger.fetchval("select historie from relay_stand")


async def test_a_number_that_is_another_event_on_the_log_is_refused_loudly(omgeving: Omgeving) -> None:
    persoon = uuid4()
    await omgeving.zeg(ding(persoon, 1), ding(persoon, 2))
    relay = await omgeving.relay()
    await relay.zend(await relay.ronde())
    await relay.sluit()
    await omgeving.zegger.execute("update uitgaand set id = gen_random_uuid() where publicatienr = 2")
    with pytest.raises(LogWijktAf, match="andere gebeurtenis"):
        await omgeving.relay()


async def test_an_older_database_is_refused_loudly(omgeving: Omgeving) -> None:
    await omgeving.zeg(ding(uuid4(), 1))
    relay = await omgeving.publiceer()
    await relay.sluit()
    await omgeving.zegger.execute("delete from uitgaand")
    await omgeving.zegger.execute("delete from relay_merk")
    with pytest.raises(LogWijktAf, match="kent"):
        await omgeving.relay()


async def test_a_database_restored_to_before_the_last_events_is_refused_loudly(omgeving: Omgeving) -> None:
    persoon = uuid4()
    await omgeving.zeg(ding(persoon, 1))
    relay = await omgeving.publiceer()
    toen = await omgeving.zegger.fetchrow("select * from relay_merk")
    await omgeving.zeg(ding(persoon, 2))
    await omgeving.publiceer(relay)
    await relay.sluit()
    assert toen is not None
    await omgeving.zegger.execute("delete from uitgaand where publicatienr = 2")
    sql = "update relay_merk set genummerd = 1, bevestigd = 1, log_offset = $1, ce_id = $2"
    await omgeving.zegger.execute(sql, toen["log_offset"], toen["ce_id"])
    with pytest.raises(LogWijktAf, match="verder dan de database"):
        await omgeving.relay()


async def test_the_previous_round_is_the_highest_of_own_round_peil_and_log(omgeving: Omgeving) -> None:
    relay = await omgeving.relay()
    await omgeving.zegger.execute("update relay_stand set ronde = now() + interval '1 hour'")
    await relay.ronde()
    await relay.zend_peil()
    peil = relay._peil
    assert peil is not None
    await relay.sluit()
    await omgeving.zegger.execute("update relay_stand set ronde = null, peil_bevestigd = null")  # teruggezette database
    opnieuw = await omgeving.relay()
    await omgeving.zeg(ding(uuid4()))
    rijen = await opnieuw.ronde()
    assert rijen[0]["ce_time"] > peil.tijd


async def test_the_peil_on_the_log_says_time_numbers_parked_and_history(omgeving: Omgeving) -> None:
    await omgeving.zeg(*(ding(uuid4()) for _ in range(5)))
    relay = await omgeving.relay()
    await relay.zend(await relay.ronde())
    await relay.zend_peil()
    await relay.ronde()
    peilen = [
        p
        for r in await omgeving.logboek.vanaf(TopicPartition("peil", 0), 0)
        if (p := lees_peil(r, [omgeving.zegt.bron]))
    ]
    assert isinstance(peilen[-1], Peil)
    assert peilen[-1].historie
    assert sum(peilen[-1].nummers[omgeving.topic].values()) == 5
    bevestigd = await omgeving.zegger.fetchval("select peil_bevestigd from relay_stand")
    assert abs(bevestigd - peilen[-1].tijd) < timedelta(milliseconds=1)


async def test_the_mark_is_the_last_of_many_sends_to_one_partition(omgeving: Omgeving) -> None:
    persoon = uuid4()
    await omgeving.zeg(*(ding(persoon, n) for n in range(400)))
    relay = await omgeving.relay()
    await relay.zend(await relay.ronde())
    await relay.ronde()
    merk = await omgeving.zegger.fetchrow("select genummerd, bevestigd, log_offset from relay_merk")
    assert merk is not None
    assert tuple(merk) == (400, 400, 399)


async def test_after_history_is_closed_a_consequence_of_history_is_known_from_now(omgeving: Omgeving) -> None:
    toen = datetime(2018, 4, 30, tzinfo=UTC)
    await omgeving.zeg(ding(uuid4(), 1, toen))
    await omgeving.zegger.execute("update relay_stand set historie = false")
    await omgeving.zeg(ding(uuid4(), 2, toen))
    feiten = [
        RegistratieIngegaan.model_validate_json(r[0]) for r in await omgeving.zegger.fetch("select data from uitgaand")
    ]
    assert {nr_van(f.bytes_()): f.bekend_op for f in feiten} == {1: toen, 2: None}
