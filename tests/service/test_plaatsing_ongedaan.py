"""Een baan die er nooit geweest blijkt: alles gaat af, niets wordt gewist, en haar referentie is weer vrij."""

import asyncio
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from banenspoor_contracts import (
    PersoonSamengevoegd,
    PersoonsgegevensVernietigd,
    PlaatsingOngedaanGemaakt,
    PlaatsingVergeten,
    Reden,
)

from services.intake import werk
from services.plaatsing.store import overzicht
from services.telling.handlers import Verwerker
from services.telling.store import cijfers
from shared.db import vergrendel
from tests.conftest import MaakDatabase
from tests.service.plaatsing_proef import BEDRIJF, GEMEENTE, Plaatsing, baan, ingegaan, uren
from tests.service.test_telling_grootboek import bericht, boek, saldi

WEG = {"referentie": "P-1", "reden": "VERGISSING"}


async def _met_uren(dienst: Plaatsing, persoon: UUID) -> None:
    await dienst.goed("plaatsingen", baan("P-1", persoon))
    await dienst.goed("uren", uren("P-1", 11), uren("P-1", 12))


async def test_every_said_month_goes_off_and_nothing_is_deleted(dienst: Plaatsing) -> None:
    await _met_uren(dienst, uuid4())
    await dienst.goed("plaatsing-ongedaan", WEG)
    af = (await dienst.uren_gezegd())[2:]
    assert [(f.maand, f.reden, f.nieuw) for f in af] == [(f"2017-{m}", Reden.ONGEDAAN, None) for m in (11, 12)]
    assert all(f.vorig and f.vorig.uren_x100 == 11092 for f in af)
    ongedaan = (await dienst.gezegd("plaatsingen"))[-1]
    assert isinstance(ongedaan, PlaatsingOngedaanGemaakt)
    assert (ongedaan.versie, ongedaan.reden) == (2, "VERGISSING")
    assert await dienst.standen() == {}
    over = await dienst.tel()
    assert (over["plaatsing"], over["urenregel"]) == (1, 2)
    await dienst.controleer()


async def test_the_same_reference_afterwards_is_another_job(dienst: Plaatsing) -> None:
    persoon, ander = uuid4(), uuid4()
    await _met_uren(dienst, persoon)
    await dienst.goed("plaatsing-ongedaan", WEG)
    geweigerd = await dienst.neem("uren", uren("P-1", 10))
    assert [(f.kolom, f.code) for f in geweigerd.fouten] == [("referentie", "plaatsing_ongedaan")]
    weer = await dienst.neem("plaatsing-ongedaan", WEG)
    assert (weer.aanvaard, weer.ongewijzigd, weer.fouten) == (0, 1, [])
    await dienst.goed("plaatsingen", baan("P-1", ander))
    await dienst.goed("uren", uren("P-1", 10))
    eerste, _, tweede = await dienst.gezegd("plaatsingen")
    assert (tweede.plaatsing != eerste.plaatsing, tweede.versie, tweede.persoon) == (True, 1, ander)
    assert [s.plaatsing for s in (await dienst.standen()).values()] == [tweede.plaatsing]
    await dienst.controleer()


async def test_nothing_of_a_refused_row_is_kept(dienst: Plaatsing) -> None:
    await _met_uren(dienst, uuid4())
    voor = await dienst.tel()
    uitslag = await dienst.neem(
        "plaatsing-ongedaan", WEG | {"referentie": "P-9"}, WEG | {"reden": "ZOMAAR"}, {"referentie": "P-1"}
    )
    assert [(f.rij, f.kolom, f.code) for f in uitslag.fouten] == [
        (1, "referentie", "onbekende_plaatsing"),
        (2, "reden", "onjuist"),
        (3, "reden", "verplicht"),
    ]
    vreemd = Plaatsing(dienst.pool, client="B")
    assert [f.code for f in (await vreemd.neem("plaatsing-ongedaan", WEG)).fouten] == ["onbekende_plaatsing"]
    assert await dienst.tel() == voor


async def test_the_register_a_sector_and_a_merge_say_nothing_more_about_it(dienst: Plaatsing) -> None:
    persoon, nieuw = uuid4(), uuid4()
    await _met_uren(dienst, persoon)
    await dienst.goed("plaatsing-ongedaan", WEG)
    voor = [f.bytes_() for t in ("plaatsingen", "verloonde-uren") for f in await dienst.gezegd(t)]
    await dienst.goed("werkgevers", {"werkgever": BEDRIJF, "sector": "overheid", "van": "2016-01-01"})
    samen = PersoonSamengevoegd(persoon=persoon, registraties=(), woonplaatsen=(), in_=nieuw)
    await dienst.hoor(ingegaan(persoon), samen, ingegaan(nieuw))
    assert [f.bytes_() for t in ("plaatsingen", "verloonde-uren") for f in await dienst.gezegd(t)] == voor
    assert await dienst.pool.fetchval("select persoon from plaatsing") == nieuw
    await dienst.hoor(PersoonsgegevensVernietigd(persoon=nieuw))
    vergeten = (await dienst.gezegd("plaatsingen"))[-1]
    assert isinstance(vergeten, PlaatsingVergeten)
    assert (vergeten.persoon, vergeten.versie) == (nieuw, 3)
    assert await dienst.pool.fetchval("select count(*) from plaatsing") == 0


async def test_erasure_leaves_no_state_behind(dienst: Plaatsing) -> None:
    weg, blijft = uuid4(), uuid4()
    await dienst.goed("plaatsingen", baan("P-1", weg), baan("P-2", blijft))
    await dienst.hoor(PersoonsgegevensVernietigd(persoon=weg))
    assert [s.persoon for s in (await dienst.standen()).values()] == [blijft]
    lege = await dienst.pool.fetchval("select count(*) from uitgaand where data is null and topic = 'plaatsing-stand'")
    assert lege == 1


async def test_an_employer_no_longer_sees_it(dienst: Plaatsing) -> None:
    await _met_uren(dienst, uuid4())
    async with dienst.pool.acquire() as tx, tx.transaction():
        wie = await tx.fetchval("select werkgever from plaatsing")
        [plek] = await overzicht.bladzijde(tx, [wie], None, 10)
        assert len(plek.maanden) == 2
    await dienst.goed("plaatsing-ongedaan", WEG)
    async with dienst.pool.acquire() as tx, tx.transaction():
        assert await overzicht.bladzijde(tx, [wie], None, 10) == []
        assert [deel async for deel in overzicht.alle(tx, [wie])] == []
        assert await overzicht.per_maand(tx, [wie]) == []
        assert await overzicht.per_gemeente(tx, [wie], date(2017, 6, 1)) == []


async def test_intake_hears_what_plaatsing_says(dienst: Plaatsing, db: MaakDatabase) -> None:
    persoon = uuid4()
    await _met_uren(dienst, persoon)
    intake = (await db("intake")).pool
    await _luister(intake, await dienst.gezegd("plaatsingen"))
    async with intake.acquire() as tx:
        assert len((await werk.van(tx, [persoon]))[persoon]) == 1
    await dienst.goed("plaatsing-ongedaan", WEG)
    await _luister(intake, await dienst.gezegd("plaatsingen"))
    async with intake.acquire() as tx:
        assert (await werk.van(tx, [persoon]))[persoon] == []


async def test_telling_counts_a_transfer_on_and_an_undo_off(dienst: Plaatsing, db: MaakDatabase) -> None:
    persoon = uuid4()
    await _met_uren(dienst, persoon)
    telling, verwerker = (await db("telling")).pool, Verwerker()
    gehoord: set[bytes] = set()
    standen = []
    for soort, rij in (
        ("overgangen", {"referentie": "P-1", "naar_werkgever": GEMEENTE, "op": "2017-12-01"}),
        ("plaatsing-ongedaan", WEG),
    ):
        await dienst.goed(soort, rij)
        feiten = [f for topic in ("plaatsingen", "verloonde-uren") for f in await dienst.gezegd(topic)]
        await boek(telling, *(bericht(f) for f in feiten if f.bytes_() not in gehoord), verwerker=verwerker)
        gehoord |= {f.bytes_() for f in feiten}
        async with telling.acquire() as conn:
            verwacht = await cijfers.verwacht(conn, {"formeel"}, None)
        standen.append((sum(u for u, _ in (await saldi(telling)).values()), sum(verwacht.values())))
    assert standen == [(2 * 11092, 1), (0, 0)]


async def _luister(intake: Any, feiten: list[Any]) -> None:
    async with intake.acquire() as tx, tx.transaction():
        for feit in feiten:
            await werk.neem_over(feit, tx)


async def test_two_deliveries_and_an_undo_at_once_make_one_new_job(dienst: Plaatsing) -> None:
    persoon = uuid4()
    await dienst.goed("plaatsingen", baan("P-1", persoon))
    async with dienst.pool.acquire() as tx, tx.transaction():
        await vergrendel(tx, [str(persoon)])
        nieuwe = [
            asyncio.create_task(dienst.neem("plaatsingen", baan("P-1", persoon, tot=f"2018-0{n}-01"))) for n in (1, 2)
        ]
        while await dienst.pool.fetchval("select count(*) from pg_locks where not granted") < 2:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        await dienst.neem_in(tx, "plaatsing-ongedaan", WEG)
    assert [u.fouten for u in await asyncio.wait_for(asyncio.gather(*nieuwe), 20)] == [[], []]
    assert await dienst.pool.fetchval("select count(*) from plaatsing where ongedaan is null") == 1
    await dienst.controleer()


async def test_a_delivery_that_waited_for_the_undo_holds_the_reference_it_takes(dienst: Plaatsing) -> None:
    oud, een, ander = uuid4(), uuid4(), uuid4()
    await dienst.goed("plaatsingen", baan("P-1", oud))
    async with dienst.pool.acquire() as eerste, eerste.transaction():
        async with dienst.pool.acquire() as tx, tx.transaction():
            await vergrendel(tx, [str(oud)])
            wacht = asyncio.create_task(dienst.neem_in(eerste, "plaatsingen", baan("P-1", een)))
            while not await dienst.pool.fetchval("select count(*) from pg_locks where not granted"):  # noqa: ASYNC110
                await asyncio.sleep(0.01)
            await dienst.neem_in(tx, "plaatsing-ongedaan", WEG)
        assert (await asyncio.wait_for(wacht, 20)).fouten == []
        tweede = asyncio.create_task(dienst.neem("plaatsingen", baan("P-1", ander)))
        await asyncio.sleep(0.2)
        assert not tweede.done()
    assert [f.code for f in (await asyncio.wait_for(tweede, 20)).fouten] == ["andere_persoon"]
    await dienst.controleer()
