"""Horen: één transactie per batch, posities, dubbele, gaten, parkeren, redrive (protocol 9–14)."""

import asyncio
import random
from collections.abc import Sequence
from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
from aiokafka import TopicPartition
from banenspoor_contracts import Feit, RegistratieIngegaan

from shared import dead_letter
from shared.db import Tx
from shared.dead_letter import Geweigerd, Vergif
from shared.envelope import Bericht
from shared.inbox import Inbox
from tests.service.conftest import PARTITIES, Omgeving, ding, nr_van, schrijf, wacht_tot

SLECHT = 999


async def streng(tx: Tx, berichten: Sequence[Bericht]) -> Sequence[tuple[Bericht, Feit]]:
    """Als `schrijf`, maar nummer 999 kan niet verwerkt worden."""
    for bericht in berichten:
        if nr_van(bericht.waarde) == SLECHT:
            raise Vergif("proef", "dit nummer kan niet")
    return await schrijf(tx, berichten)


async def test_every_event_has_its_effect_once(omgeving: Omgeving) -> None:
    await omgeving.zeg(*(ding(uuid4(), n) for n in range(200)))
    await omgeving.publiceer()
    inbox = await omgeving.inbox()
    await inbox.ontvang(await omgeving.records())
    gevolgen = await omgeving.gevolgen()
    assert len(gevolgen) == len({g["id"] for g in gevolgen}) == 200


async def test_duplicates_are_dropped_within_a_batch_and_after_a_restart(omgeving: Omgeving) -> None:
    await omgeving.zeg(*(ding(uuid4(), n) for n in range(30)))
    await omgeving.publiceer()
    for record in random.Random(1).sample(await omgeving.records(), 12):
        await omgeving.stuur_weer(record)
    records = await omgeving.records()
    await (await omgeving.inbox()).ontvang(records)
    await (await omgeving.inbox()).ontvang(records)
    assert len(await omgeving.gevolgen()) == 30


async def test_a_zombie_with_an_old_position_is_refused_by_the_database(omgeving: Omgeving) -> None:
    await omgeving.zeg(*(ding(uuid4(), n) for n in range(30)))
    await omgeving.publiceer()
    zombie, nieuw = await omgeving.inbox(), await omgeving.inbox()
    records = await omgeving.records()
    await nieuw.ontvang(records)
    await zombie.ontvang(records)  # leest haar positie opnieuw en verwerkt niets dubbel
    assert len(await omgeving.gevolgen()) == 30
    assert zombie.posities == nieuw.posities


async def test_two_instances_that_both_believe_to_own_a_partition_count_nothing_twice(omgeving: Omgeving) -> None:
    await omgeving.zeg(*(ding(uuid4(), n) for n in range(60)))
    await omgeving.publiceer()
    records = await omgeving.records()
    beide = [await omgeving.inbox() for _ in range(2)]
    for i in range(0, 60, 10):
        await asyncio.gather(*(inbox.ontvang(records[i : i + 10]) for inbox in beide))
    for inbox in beide:
        await inbox.ontvang(records)
    gevolgen = await omgeving.gevolgen()
    assert len(gevolgen) == len({g["id"] for g in gevolgen}) == 60


async def test_a_gap_stops_its_partition_and_no_other(omgeving: Omgeving) -> None:
    await omgeving.zeg(*(ding(uuid4(), n) for n in range(60)))
    await omgeving.publiceer()
    records = await omgeving.records()
    weg = next(r for r in records if r.partition == 0 and dict(r.headers)["ce_sequence"] == b"3")
    inbox = await omgeving.inbox()

    class ZonderDrie:
        """Een log waarop nummer 3 van partitie 0 niet staat."""

        async def zoek_nummer(self, *_: Any) -> None:
            return None

    echt, inbox._logboek = inbox._logboek, ZonderDrie()  # type: ignore[assignment]
    await inbox.ontvang([r for r in records if r is not weg])
    assert list(inbox.gestopt) == [TopicPartition(omgeving.topic, 0)]
    assert "3 ontbreekt" in inbox.gestopt[TopicPartition(omgeving.topic, 0)]
    aantal = sum(r.partition != 0 for r in records)
    assert len(await omgeving.gevolgen()) == aantal
    inbox._logboek = echt
    await inbox.controleer(list(inbox.posities))
    assert not inbox.gestopt
    await inbox.ontvang(records)
    assert len(await omgeving.gevolgen()) == 60


async def test_a_gap_that_is_elsewhere_on_the_log_is_read_from_there(omgeving: Omgeving) -> None:
    persoon = uuid4()
    await omgeving.zeg(*(ding(persoon, n) for n in range(6)))
    await omgeving.publiceer()
    records = await omgeving.records()
    inbox = await omgeving.inbox()
    await inbox.ontvang([*records[:2], *records[4:]])  # 3 en 4 overgeslagen: de batch houdt op bij het gat
    assert not inbox.gestopt
    await inbox.ontvang(records[2:])
    assert [g["nummer"] for g in await omgeving.gevolgen()] == [1, 2, 3, 4, 5, 6]


async def test_one_number_with_two_events_stops_the_partition(omgeving: Omgeving) -> None:
    persoon = uuid4()
    await omgeving.zeg(ding(persoon, 1))
    await omgeving.publiceer()
    [record] = await omgeving.records()
    inbox = await omgeving.inbox()
    await inbox.ontvang([record])
    await omgeving.stuur_weer(record, ce_id=str(uuid4()))
    await inbox.ontvang((await omgeving.records())[1:])
    assert "twee gebeurtenissen" in next(iter(inbox.gestopt.values()))
    assert len(await omgeving.gevolgen()) == 1


async def test_an_event_older_than_a_used_peil_stops_the_partition(omgeving: Omgeving) -> None:
    await omgeving.zeg(ding(uuid4()))
    await omgeving.publiceer()
    await omgeving.hoorder.execute("insert into peil values ('beoordeling', now() + interval '1 minute', false)")
    inbox = await omgeving.inbox()
    await inbox.ontvang(await omgeving.records())
    assert "ouder dan een al gebruikt peil" in next(iter(inbox.gestopt.values()))
    assert await omgeving.gevolgen() == []


async def test_on_a_compact_topic_nothing_is_too_late(omgeving: Omgeving) -> None:
    """A peil does not name compact topics, so it may be used before what they hold is heard."""
    await omgeving.zeg(ding(uuid4()))
    await omgeving.publiceer()
    await omgeving.hoorder.execute("insert into peil values ('beoordeling', now() + interval '1 minute', false)")
    omgeving.hoort.topiclijst[omgeving.topic].config["cleanup.policy"] = "compact"
    inbox = await omgeving.inbox()
    await inbox.ontvang(await omgeving.records())
    assert not inbox.gestopt
    assert len(await omgeving.gevolgen()) == 1


async def test_effects_and_position_are_one_transaction(omgeving: Omgeving) -> None:
    await omgeving.zeg(*(ding(uuid4(), n) for n in range(20)))
    await omgeving.publiceer()
    records = await omgeving.records()
    inbox = await omgeving.inbox()
    await omgeving.als_eigenaar(
        """
        create function weiger() returns trigger language plpgsql as
          $$ begin raise serialization_failure using message = 'positie niet op te slaan'; end $$;
        create trigger weiger before update on verwerkt for each row execute function weiger();
        """
    )
    bezig = asyncio.create_task(inbox.ontvang(records))
    await asyncio.sleep(0.5)
    assert await omgeving.gevolgen() == []
    await omgeving.als_eigenaar("drop trigger weiger on verwerkt")
    await asyncio.wait_for(bezig, 20)
    await (await omgeving.inbox()).ontvang(records)
    assert len(await omgeving.gevolgen()) == 20


async def test_a_position_never_moves_without_its_effects(omgeving: Omgeving) -> None:
    await omgeving.zeg(*(ding(uuid4(), n) for n in range(20)))
    await omgeving.publiceer()
    records = await omgeving.records()
    inbox = await omgeving.inbox()
    await omgeving.als_eigenaar(
        """
        create function weiger() returns trigger language plpgsql as
          $$ begin raise serialization_failure using message = 'gevolg niet vast te leggen'; end $$;
        create constraint trigger weiger after insert on gevolg deferrable initially deferred
          for each row execute function weiger();
        """
    )
    bezig = asyncio.create_task(inbox.ontvang(records))
    await asyncio.sleep(0.5)
    assert await omgeving.hoorder.fetchval("select coalesce(sum(publicatienr), 0) from verwerkt") == 0
    await omgeving.als_eigenaar("drop trigger weiger on gevolg")
    await asyncio.wait_for(bezig, 20)
    await (await omgeving.inbox()).ontvang(records)
    assert len(await omgeving.gevolgen()) == 20


async def test_transient_trouble_is_retried_and_parks_nothing(omgeving: Omgeving) -> None:
    keren = 0

    async def hapert(tx: Tx, berichten: Sequence[Bericht]) -> Sequence[tuple[Bericht, Feit]]:
        nonlocal keren
        keren += 1
        if keren < 4:
            raise asyncpg.DeadlockDetectedError("proef")
        return await schrijf(tx, berichten)

    await omgeving.zeg(*(ding(uuid4(), n) for n in range(5)))
    await omgeving.publiceer()
    await (await omgeving.inbox(hapert)).ontvang(await omgeving.records())
    assert len(await omgeving.gevolgen()) == 5
    assert await omgeving.hoorder.fetchval("select count(*) from geparkeerd") == 0


async def test_poison_parks_its_key_and_everything_after_it_and_nobody_else(omgeving: Omgeving) -> None:
    ziek, gezond = uuid4(), uuid4()
    await omgeving.zeg(ding(ziek, 1), ding(gezond, 2), ding(ziek, SLECHT), ding(gezond, 3), ding(ziek, 4))
    await omgeving.publiceer()
    inbox = await omgeving.inbox(streng)
    await inbox.ontvang(await omgeving.records())
    gedaan = [g["sleutel"] for g in await omgeving.gevolgen()]
    assert gedaan.count(str(ziek)) == 1
    assert gedaan.count(str(gezond)) == 2
    await omgeving.zeg(ding(ziek, 5))  # een latere, goede gebeurtenis van dezelfde sleutel haalt niet in
    await omgeving.publiceer(omgeving.relays[0])
    await inbox.ontvang(await omgeving.records())
    assert len(await omgeving.gevolgen()) == 3
    codes = await omgeving.hoorder.fetch("select code from geparkeerd order by publicatienr")
    assert [c["code"] for c in codes] == ["proef", "wacht", "wacht"]
    meldingen = await omgeving.hoorder.fetchval("select count(*) from uitgaand where topic like '%.dlq'")
    assert meldingen == 3


async def test_redrive_goes_from_the_front_in_order_with_the_original_time(omgeving: Omgeving) -> None:
    ziek = uuid4()
    await omgeving.zeg(ding(ziek, SLECHT))
    await omgeving.zeg(*(ding(ziek, n) for n in range(1, 6)))
    await omgeving.publiceer()
    inbox = await omgeving.inbox(streng)
    await inbox.ontvang(await omgeving.records())
    assert await omgeving.gevolgen() == []
    goed = await omgeving.inbox(schrijf)
    async with omgeving.hoorder.acquire() as conn, conn.transaction():
        assert await dead_letter.redrive(conn, omgeving.topic, str(ziek), goed.verwerk_los, "proef") == (6, None)
    gevolgen = await omgeving.gevolgen()
    assert [g["nummer"] for g in gevolgen] == [1, 2, 3, 4, 5, 6]
    gezegd = await omgeving.zegger.fetch(
        "select ce_time from uitgaand where sleutel = $1 order by publicatienr", str(ziek)
    )
    assert [g["tijd"] for g in gevolgen] == [r["ce_time"] for r in gezegd]
    assert await omgeving.hoorder.fetchval("select count(*) from geparkeerd_sleutel") == 0


async def test_redrive_stops_at_the_first_that_is_still_poison(omgeving: Omgeving) -> None:
    ziek = uuid4()
    await omgeving.zeg(ding(ziek, SLECHT), ding(ziek, 1))
    await omgeving.publiceer()
    inbox = await omgeving.inbox(streng)
    await inbox.ontvang(await omgeving.records())
    async with omgeving.hoorder.acquire() as conn, conn.transaction():
        klaar, reden = await dead_letter.redrive(conn, omgeving.topic, str(ziek), inbox.verwerk_los, "proef")
    assert (klaar, reden) == (0, "proef: dit nummer kan niet")
    assert await omgeving.gevolgen() == []


async def test_inbox_and_redrive_exclude_each_other_on_one_key(omgeving: Omgeving) -> None:
    ziek = uuid4()
    await omgeving.zeg(ding(ziek, SLECHT), ding(ziek, 1))
    await omgeving.publiceer()
    await (await omgeving.inbox(streng)).ontvang(await omgeving.records())
    inbox = await omgeving.inbox(schrijf, met_slot=False)
    await omgeving.zeg(ding(ziek, 2))
    await omgeving.publiceer(omgeving.relays[0])
    records = await omgeving.records()
    async with omgeving.hoorder.acquire() as conn, conn.transaction():
        await dead_letter.redrive(conn, omgeving.topic, str(ziek), inbox.verwerk_los, "proef")
        hoort = asyncio.create_task(inbox.ontvang(records))
        await asyncio.sleep(0.3)
        assert not hoort.done()  # wacht op het slot van de geparkeerde sleutel
    await asyncio.wait_for(hoort, 10)
    assert [g["nummer"] for g in await omgeving.gevolgen()] == [1, 2, 3]
    assert await omgeving.hoorder.fetchval("select count(*) from geparkeerd") == 0


async def test_only_the_first_is_discarded_and_repair_goes_before_redrive(omgeving: Omgeving) -> None:
    ziek, feit = uuid4(), None
    await omgeving.zeg(ding(ziek, SLECHT), ding(ziek, SLECHT), ding(ziek, 7))
    await omgeving.publiceer()
    inbox = await omgeving.inbox(streng)
    await inbox.ontvang(await omgeving.records())
    feit = RegistratieIngegaan(**ding(ziek, 6).model_dump())
    async with omgeving.hoorder.acquire() as conn, conn.transaction():
        await dead_letter.verwerp(conn, omgeving.topic, str(ziek), "proef")
        await dead_letter.herstel(conn, omgeving.topic, str(ziek), feit.json_(), "proef")
        assert await dead_letter.redrive(conn, omgeving.topic, str(ziek), inbox.verwerk_los, "proef") == (2, None)
    assert [g["nummer"] for g in await omgeving.gevolgen()] == [2, 3]
    handelingen = await omgeving.hoorder.fetch("select handeling from geparkeerd_handeling order by id")
    assert [h["handeling"] for h in handelingen] == ["verworpen", "hersteld", "opnieuw", "opnieuw"]
    async with omgeving.hoorder.acquire() as conn:
        with pytest.raises(Geweigerd):
            await dead_letter.verwerp(conn, omgeving.topic, str(ziek), "proef")


async def test_uren_verloond_is_never_discarded(omgeving: Omgeving) -> None:
    await omgeving.hoorder.execute("insert into geparkeerd_sleutel values ('verloonde-uren', 'x')")
    await omgeving.hoorder.execute(
        """insert into geparkeerd (topic, sleutel, partitie, publicatienr, log_offset, ce_id, ce_time, bron, type, code, melding)
        values ('verloonde-uren', 'x', 0, 1, 0, gen_random_uuid(), now(), 'b', 'nl.banenafspraak.uren-verloond.v1', 'c', 'm')"""
    )
    async with omgeving.hoorder.acquire() as conn:
        with pytest.raises(Geweigerd, match="nooit verworpen"):
            await dead_letter.verwerp(conn, "verloonde-uren", "x", "proef")


async def test_more_than_twenty_new_parked_keys_a_minute_stop_the_partition(omgeving: Omgeving) -> None:
    await omgeving.zeg(*(ding(uuid4(), SLECHT) for _ in range(80)))
    await omgeving.publiceer()
    inbox = await omgeving.inbox(streng)
    await inbox.ontvang(await omgeving.records())
    assert "de fout is van ons" in next(iter(inbox.gestopt.values()))
    assert await omgeving.hoorder.fetchval("select count(*) from geparkeerd") == 20
    assert sum(p.nummer for p in inbox.posities.values()) == 20  # tot de grens is het vastgelegd, daarna niet


@pytest.mark.parametrize(
    ("waarde", "code"),
    [(b"{", "ongeldig"), (b"5", "ongeldig"), (b"{}", "ongeldig"), (None, "ongeldig"), (b"x" * 70_000, "te_groot")],
)
async def test_every_kind_of_bad_body_parks_one_key_and_the_next_of_another_key_goes_on(
    omgeving: Omgeving, waarde: bytes | None, code: str
) -> None:
    a, b = uuid4(), uuid4()
    await omgeving.zeg(ding(a, 1), ding(b, 2))
    await omgeving.publiceer()
    records = await omgeving.records()
    rot = next(r for r in records if r.key == str(a).encode())

    class Rot:
        """Het record van a, met een andere inhoud."""

        topic, partition, offset, key, headers, value = (
            rot.topic,
            rot.partition,
            rot.offset,
            rot.key,
            rot.headers,
            waarde,
        )

    await (await omgeving.inbox()).ontvang([Rot if r is rot else r for r in records])
    assert [g["sleutel"] for g in await omgeving.gevolgen()] == [str(b)]
    assert await omgeving.hoorder.fetchval("select code from geparkeerd") == code


async def test_a_wrong_key_is_poison(omgeving: Omgeving) -> None:
    a = uuid4()
    await omgeving.zeg(ding(a, 1))
    await omgeving.zegger.execute("update uitgaand set sleutel = $1", str(uuid4()))
    await omgeving.publiceer()
    await (await omgeving.inbox()).ontvang(await omgeving.records())
    assert await omgeving.hoorder.fetchval("select code from geparkeerd") == "sleutel"


async def test_an_unknown_type_is_parked_where_is_booked_and_skipped_elsewhere(omgeving: Omgeving) -> None:
    await omgeving.zeg(ding(uuid4(), 1))
    await omgeving.zegger.execute("update uitgaand set type = 'nl.banenafspraak.registratie-ingegaan.v9'")
    await omgeving.publiceer()
    await (await omgeving.inbox(onbekend_parkeert=True)).ontvang(await omgeving.records())
    assert await omgeving.hoorder.fetchval("select code from geparkeerd") == "onbekend_type"
    assert await omgeving.gevolgen() == []


async def test_foreign_and_unnumbered_records_are_dead_letters_that_move_nothing(omgeving: Omgeving) -> None:
    await omgeving.zeg(ding(uuid4(), 1))
    await omgeving.publiceer()
    [record] = await omgeving.records()
    await omgeving.stuur_weer(record, ce_source="urn:nld:oin:0:systeem:indringer", ce_sequence="2")
    await omgeving.stuur(b"{}", sleutel="x", partitie=record.partition)
    records = await omgeving.records()
    for _ in range(2):
        await (await omgeving.inbox()).ontvang(records)
    assert await omgeving.hoorder.fetchval("select count(*) from dode_brief") == 2
    assert (
        await omgeving.hoorder.fetchval("select publicatienr from verwerkt where partitie = $1", record.partition) == 1
    )
    assert await omgeving.hoorder.fetchval("select count(*) from geparkeerd") == 0


async def test_a_malformed_foreign_record_stops_nothing(omgeving: Omgeving) -> None:
    await omgeving.zeg(ding(uuid4(), 1), ding(uuid4(), 2))
    await omgeving.publiceer()
    records = await omgeving.records()

    def vreemd(koppen: list[tuple[str, bytes | None]]) -> Any:
        return SimpleNamespace(
            topic=omgeving.topic, partition=records[0].partition, offset=900, key=None, value=None, headers=koppen
        )

    bron = omgeving.zegt.bron.encode()
    gek = [
        vreemd([("ce_source", None)]),
        vreemd([("ce_source", b"a\0b")]),
        vreemd([("ce_source", bron), ("ce_sequence", None)]),
        vreemd([("ce_source", bron), ("ce_sequence", b"1"), ("ce_id", b"x")]),
    ]
    inbox = await omgeving.inbox()
    await inbox.ontvang([*gek, *records])
    assert not inbox.gestopt
    assert len(await omgeving.gevolgen()) == 2
    assert await omgeving.hoorder.fetchval("select count(*) from dode_brief") == 4


async def test_an_error_of_ours_stands_still_loudly_and_skips_nothing(omgeving: Omgeving) -> None:
    await omgeving.zeg(*(ding(uuid4(), n) for n in range(9)))
    await omgeving.publiceer()
    records = await omgeving.records()
    inbox = await omgeving.inbox()
    await omgeving.als_eigenaar("alter table geparkeerd_sleutel rename to weg")
    await inbox.ontvang(records)
    assert {"mislukte" in r for r in inbox.gestopt.values()} == {True}
    assert await omgeving.gevolgen() == []
    await omgeving.als_eigenaar("alter table weg rename to geparkeerd_sleutel")
    await inbox.controleer(list(inbox.posities))
    await inbox.ontvang(records)
    assert len(await omgeving.gevolgen()) == 9


async def test_while_the_start_check_differs_no_instance_hears(omgeving: Omgeving) -> None:
    await omgeving.zeg(ding(uuid4(), 1))
    await omgeving.publiceer()
    inbox = await omgeving.inbox()
    await omgeving.hoorder.execute("update relay_stand set afwijking = 'proef'")
    await inbox.ontvang(await omgeving.records())
    assert "wijken af" in next(iter(inbox.gestopt.values()))
    assert await omgeving.gevolgen() == []


async def test_a_position_that_is_not_on_the_log_stops_the_partition_until_it_is(omgeving: Omgeving) -> None:
    persoon = uuid4()
    await omgeving.zeg(ding(persoon, 1))
    await omgeving.publiceer()
    await (await omgeving.inbox()).ontvang(await omgeving.records())
    echt = await omgeving.hoorder.fetchval("select ce_id from verwerkt where publicatienr = 1")
    await omgeving.hoorder.execute("update verwerkt set ce_id = gen_random_uuid() where publicatienr = 1")
    inbox = await omgeving.inbox()
    assert "vervangen log" in next(iter(inbox.gestopt.values()))
    await omgeving.hoorder.execute("update verwerkt set ce_id = $1 where publicatienr = 1", echt)
    await inbox.wijs_toe(list(inbox.posities))
    assert not inbox.gestopt


async def test_a_position_is_looked_up_by_number_when_the_offset_moved(omgeving: Omgeving) -> None:
    persoon = uuid4()
    await omgeving.zeg(*(ding(persoon, n) for n in range(1, 4)))
    await omgeving.publiceer()
    records = await omgeving.records()
    await (await omgeving.inbox()).ontvang(records[:2])
    await omgeving.hoorder.execute("update verwerkt set log_offset = 900 where publicatienr = 2")
    inbox = await omgeving.inbox()
    assert not inbox.gestopt


async def test_what_a_handler_says_carries_cause_and_correlation(omgeving: Omgeving) -> None:
    async def echo(_tx: Tx, berichten: Sequence[Bericht]) -> Sequence[tuple[Bericht, Feit]]:
        return [(b, ding(uuid4(), 5)) for b in berichten]

    await omgeving.zeg(ding(uuid4(), 1))
    await omgeving.publiceer()
    await (await omgeving.inbox(echo)).ontvang(await omgeving.records())
    oorzaak = await omgeving.hoorder.fetchrow("select oorzaak, correlatie from uitgaand")
    gezegd = await omgeving.zegger.fetchval("select id from uitgaand")
    assert oorzaak is not None
    assert (oorzaak["oorzaak"], oorzaak["correlatie"]) == (gezegd, gezegd)


async def test_a_revoked_partition_is_not_read_any_more(omgeving: Omgeving) -> None:
    await omgeving.zeg(*(ding(uuid4(), n) for n in range(30)))
    await omgeving.publiceer()
    inbox = await omgeving.inbox()
    await inbox.trek_in([TopicPartition(omgeving.topic, p) for p in range(1, PARTITIES)])
    records = await omgeving.records()
    await inbox.ontvang(records)
    assert len(await omgeving.gevolgen()) == sum(r.partition == 0 for r in records)


async def test_the_real_consumer_group_reads_from_the_database_positions(omgeving: Omgeving) -> None:
    from shared.bus import Bus

    await omgeving.zeg(*(ding(uuid4(), n) for n in range(50)))
    relay = await omgeving.publiceer()
    for ronde in (100, 150):
        inbox = Inbox(omgeving.hoort, omgeving.hoorder, omgeving.logboek, schrijf, [omgeving.topic])
        bus = Bus(omgeving.hoort, inbox)
        await bus.start()
        await omgeving.zeg(*(ding(uuid4(), n) for n in range(50)))
        await omgeving.publiceer(relay)

        async def klaar(aantal: int = ronde, bus: Bus = bus) -> bool:
            return len(await omgeving.gevolgen()) >= aantal and bus.redenen() == []

        await wacht_tot(klaar)
        await bus.stop()
    gevolgen = await omgeving.gevolgen()
    assert len(gevolgen) == len({g["id"] for g in gevolgen}) == 150
    assert timedelta(0) <= gevolgen[-1]["tijd"] - gevolgen[0]["tijd"]
