"""Leveringen intrekken op een echte database: wat er gezegd is, is steeds wat er uit de regels die blijven volgt."""

import asyncio
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
from banenspoor_contracts import PersoonSamengevoegd, PersoonsgegevensVernietigd, Reden, UrenVerloond

from services.plaatsing.api import intrekken
from services.plaatsing.handlers import hoor
from shared import outbox
from shared.api import Opdracht, Probleem
from shared.db import vergrendel
from tests.service.plaatsing_proef import NU, Plaatsing, baan, uren

TABELLEN = "plaatsing, levering, leveringstuk, regelversie, urenregel, gezegd, register, slot, uitgaand, opgegaan"


async def levering(dienst: Plaatsing, naam: str | None, leverancier: str = "A") -> UUID:
    """De sleutel van de levering met deze naam die nog niet is ingetrokken."""
    zoek = "select levering from levering where naam is not distinct from $1 and leverancier = $2 and ingetrokken_op is null"
    uit: UUID = await dienst.pool.fetchval(zoek, naam, leverancier)
    return uit


async def stap(dienst: Plaatsing, id_: UUID) -> dict[str, Any]:
    """Eén stap van het intrekken, in haar eigen transactie."""
    opdracht = Opdracht("baas", frozenset(), dienst.nu, dienst.nu.date(), uuid4())
    async with dienst.pool.acquire() as tx, tx.transaction():
        return await intrekken.trek_in(tx, id_, "verkeerd bestand", opdracht)


async def trek_in(dienst: Plaatsing, id_: UUID) -> list[UrenVerloond]:
    """Trekt een levering helemaal in; wat er daardoor gezegd is."""
    voor = len(await dienst.uren_gezegd())
    while (await stap(dienst, id_))["resterend"]:
        pass
    return list((await dienst.uren_gezegd())[voor:])


async def beeld(dienst: Plaatsing, id_: UUID) -> dict[str, Any]:
    """Wat intrekken zou veranderen."""
    async with dienst.pool.acquire() as tx, tx.transaction():
        return await intrekken.voorbeeld(tx, id_)


def som(feiten: list[UrenVerloond]) -> dict[str, int]:
    """Per maand wat er aan uren bij kwam."""
    uit: dict[str, int] = {}
    for f in feiten:
        verschil = (f.nieuw.uren_x100 if f.nieuw else 0) - (f.vorig.uren_x100 if f.vorig else 0)
        uit[f.maand] = uit.get(f.maand, 0) + verschil
    return {maand: verschil for maand, verschil in sorted(uit.items()) if verschil}


async def test_a_withdrawn_delivery_goes_back_to_the_version_before_or_disappears(dienst: Plaatsing) -> None:
    een, twee = uuid4(), uuid4()
    await dienst.goed("plaatsingen", baan("P-1", een), baan("P-2", twee))
    await dienst.goed("uren", uren("P-1", 10, "100", levering="L1"), uren("P-1", 11, "100", levering="L1"))
    await dienst.goed(
        "uren", *(uren(p, m, "90", levering="L2") for p, m in (("P-1", 11), ("P-1", 12), ("P-2", 11), ("P-2", 12)))
    )
    await dienst.goed("uren", uren("P-2", 12, "80", levering="L3"))
    id_ = await levering(dienst, "L2")
    verwacht = await beeld(dienst, id_)
    assert verwacht["regels"] == {"vervallen": 2, "vorige": 1, "blijven": 1}
    assert verwacht["plaatsingen"] == 2
    assert (await dienst.tel())["urenregel"] == 5  # een voorbeeld verandert niets
    feiten = await trek_in(dienst, id_)
    assert {f.reden for f in feiten} == {Reden.LEVERING_INGETROKKEN}
    assert sorted((f.persoon == een, f.maand, f.nieuw.uren_x100 if f.nieuw else None) for f in feiten) == [
        (False, "2017-11", None),
        (True, "2017-11", 10000),
        (True, "2017-12", None),
    ]
    assert (
        som(feiten)
        == {m["maand"]: m["verschilX100"] for m in verwacht["maanden"]}
        == {"2017-11": -8000, "2017-12": -9000}
    )
    assert await trek_in(dienst, id_) == []
    await dienst.controleer()


async def test_a_line_that_a_later_delivery_confirmed_stays_without_being_said_again(dienst: Plaatsing) -> None:
    await dienst.goed("plaatsingen", baan("P-1", uuid4()))
    await dienst.goed("uren", uren("P-1", 12, levering="L1"))
    assert (await dienst.neem("uren", uren("P-1", 12, levering="L2", leverancier="B"))).ongewijzigd == 1
    assert (await dienst.neem("uren", uren("P-1", 12, levering="L2", leverancier="B"))).ongewijzigd == 1
    assert await dienst.pool.fetchval("select count(*) from regelversie") == 2
    assert await trek_in(dienst, await levering(dienst, "L1")) == []
    assert await dienst.pool.fetchval("select leverancier || levering from urenregel") == "BL2"
    await dienst.controleer()
    [weg] = await trek_in(dienst, await levering(dienst, "L2", "B"))
    assert weg.nieuw is None


async def test_a_line_goes_back_to_the_latest_of_the_versions_that_remain(dienst: Plaatsing) -> None:
    await dienst.goed("plaatsingen", baan("P-1", uuid4()))
    for nr in (1, 2, 3, 4):
        await dienst.goed("uren", uren("P-1", 12, f"{nr}00", levering=f"L{nr}"))
    assert await trek_in(dienst, await levering(dienst, "L3")) == []
    [een] = await trek_in(dienst, await levering(dienst, "L4"))
    [twee] = await trek_in(dienst, await levering(dienst, "L2"))
    assert [f.nieuw and f.nieuw.uren_x100 for f in (een, twee)] == [20000, 10000]
    assert await dienst.pool.fetchval("select levering from urenregel") == "L1"
    await dienst.controleer()


async def test_a_job_that_never_was_is_left_alone(dienst: Plaatsing) -> None:
    await dienst.goed("plaatsingen", baan("P-1", uuid4()))
    await dienst.goed("uren", uren("P-1", 12, "100", levering="L1"))
    await dienst.goed("uren", uren("P-1", 12, "90", levering="L2"))
    await dienst.goed("plaatsing-ongedaan", {"referentie": "P-1", "reden": "DUBBEL"})
    id_ = await levering(dienst, "L2")
    assert (await beeld(dienst, id_))["maanden"] == []
    assert await trek_in(dienst, id_) == []


async def test_the_same_name_after_a_withdrawal_is_a_new_delivery(dienst: Plaatsing) -> None:
    await dienst.goed("plaatsingen", baan("P-1", uuid4()))
    await dienst.goed("uren", uren("P-1", 12, "100", levering="L1"))
    eerst = await levering(dienst, "L1")
    await trek_in(dienst, eerst)
    await dienst.goed("uren", uren("P-1", 12, "100", levering="L1"))
    assert await levering(dienst, "L1") != eerst
    assert [(f.reden, f.nieuw is None) for f in await dienst.uren_gezegd()] == [
        (Reden.LEVERING, False),
        (Reden.LEVERING_INGETROKKEN, True),
        (Reden.LEVERING, False),
    ]
    assert await trek_in(dienst, eerst) == []
    await dienst.controleer()


async def test_lines_without_a_name_belong_to_their_supplier_and_day(dienst: Plaatsing) -> None:
    await dienst.goed("plaatsingen", baan("P-1", uuid4()))
    await dienst.goed("uren", uren("P-1", 11), uren("P-1", 12, bekend_op="2018-01-31T23:30:00Z"))
    rijen = await dienst.pool.fetch("select dag, naam from levering order by dag")
    assert [tuple(r) for r in rijen] == [(date(2018, 2, 1), None), (NU.date(), None)]


async def test_a_rejected_line_is_counted_in_its_delivery_and_leaves_nothing_else(dienst: Plaatsing) -> None:
    await dienst.goed("plaatsingen", baan("P-1", uuid4()))
    await dienst.neem(
        "uren", uren("P-9", 12, levering="L1"), uren("P-1", 12, levering="L1"), uren("P-8", 12, levering="L1")
    )
    [stuk] = await dienst.pool.fetch("select nieuw, afgewezen, maanden from leveringstuk")
    assert tuple(stuk) == (1, {"onbekende_plaatsing": 2}, ["2017-12"])
    assert await dienst.pool.fetchval("select count(*) from regelversie") == 1


async def test_steps_go_on_where_they_were_and_meet_what_came_in_between(
    dienst: Plaatsing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intrekken, "STAP", 2)
    await dienst.goed("plaatsingen", *(baan(f"P-{i}", uuid4()) for i in range(5)))
    await dienst.goed("uren", *(uren(f"P-{i}", 12, levering="L1") for i in range(5)))
    id_ = await levering(dienst, "L1")
    assert (await stap(dienst, id_))["resterend"] == 3
    assert (await beeld(dienst, id_))["plaatsingen"] == 3
    await dienst.goed("uren", uren("P-0", 12, "5", levering="L1"), uren("P-4", 12, "6", levering="L1"))
    uitslag = await dienst.neem("uren", uren("P-3", 12, levering="L1"))  # zegt nog hetzelfde: bevestigt
    assert uitslag.ongewijzigd == 1
    assert [(await stap(dienst, id_))["resterend"] for _ in range(3)] == [1, 0, 0]
    over = await dienst.pool.fetch(
        "select referentie, uren_x100 from urenregel join plaatsing on nr = plaatsing_nr order by 1"
    )
    assert [tuple(r) for r in over] == [("P-0", 500), ("P-3", 11092), ("P-4", 600)]
    await dienst.controleer()


async def test_a_merge_meanwhile_is_waited_for_and_followed(dienst: Plaatsing) -> None:
    oud, nieuw = uuid4(), uuid4()
    await dienst.goed("plaatsingen", baan("P-1", oud))
    await dienst.goed("uren", uren("P-1", 12, levering="L1"))
    id_ = await levering(dienst, "L1")
    async with dienst.pool.acquire() as tx, tx.transaction():
        await vergrendel(tx, map(str, (oud, nieuw)))
        taak = asyncio.create_task(trek_in(dienst, id_))
        await asyncio.sleep(0.2)
        assert not taak.done()
        feit = PersoonSamengevoegd(persoon=oud, in_=nieuw, registraties=(), woonplaatsen=())
        bericht = dienst._bericht(feit, None)
        for _, gevolg in await hoor.verwerk(tx, [bericht]):
            await outbox.put(tx, [gevolg])
    await asyncio.wait_for(taak, 10)
    laatste = (await dienst.uren_gezegd())[-1]
    assert (laatste.persoon, laatste.reden, laatste.nieuw) == (nieuw, Reden.LEVERING_INGETROKKEN, None)


async def test_a_delivery_that_is_coming_in_holds_back_its_withdrawal(dienst: Plaatsing) -> None:
    persoon = uuid4()
    await dienst.goed("plaatsingen", baan("P-1", uuid4()), baan("P-2", persoon))
    await dienst.goed("uren", uren("P-1", 12, levering="L1"))
    id_ = await levering(dienst, "L1")
    async with dienst.pool.acquire() as tx, tx.transaction():
        await vergrendel(tx, [str(persoon)])  # de rij heeft haar levering al, en wacht nu op haar persoon
        rij = asyncio.create_task(dienst.goed("uren", uren("P-2", 12, levering="L1")))
        await asyncio.sleep(0.2)
        weg = asyncio.create_task(trek_in(dienst, id_))
        await asyncio.sleep(0.2)
        assert not rij.done()
        assert not weg.done()
    await asyncio.wait_for(rij, 10)
    feiten = await asyncio.wait_for(weg, 10)
    assert [f.reden for f in feiten].count(Reden.LEVERING_INGETROKKEN) == 2
    assert (await dienst.tel())["urenregel"] == 0


async def test_versions_are_only_added_and_go_with_their_job(dienst: Plaatsing) -> None:
    persoon = uuid4()
    await dienst.goed("plaatsingen", baan("P-1", persoon))
    await dienst.goed("uren", uren("P-1", 12))
    for opdracht in ("update regelversie set uren_x100 = 0", "delete from regelversie", "delete from levering"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await dienst.pool.execute(opdracht)
    await dienst.hoor(PersoonsgegevensVernietigd(persoon=persoon))
    assert await dienst.pool.fetchval("select count(*) from regelversie") == 0


async def test_an_unknown_delivery_is_not_there(dienst: Plaatsing) -> None:
    with pytest.raises(Probleem):
        await stap(dienst, uuid4())
    with pytest.raises(Probleem):
        await beeld(dienst, uuid4())
