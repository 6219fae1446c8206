"""Twee pseudoniemen blijken één mens, of iemand wordt vergeten: de uren blijven geteld, één keer."""

import asyncio
from collections import Counter
from datetime import date
from uuid import UUID, uuid4

import asyncpg
import pytest
from banenspoor_contracts import (
    Grondslag,
    PersoonSamengevoegd,
    PersoonsgegevensVernietigd,
    PlaatsingGewijzigd,
    PlaatsingVergeten,
    Reden,
    Registratie,
)

from shared.db import vergrendel
from tests.service.plaatsing_proef import Plaatsing, baan, ingegaan, uren

MAANDEN = (1, 2, 3)


def samengevoegd(persoon: UUID, in_: UUID) -> PersoonSamengevoegd:
    return PersoonSamengevoegd(persoon=persoon, registraties=(), woonplaatsen=(), in_=in_)


async def geteld(dienst: Plaatsing) -> Counter[UUID]:
    """Uren per persoon, zoals een lezer van het log ze telt; nullen vallen weg."""
    uit: Counter[UUID] = Counter()
    for feit in await dienst.uren_gezegd():
        uit[feit.persoon] += (feit.nieuw.uren_x100 if feit.nieuw else 0) - (feit.vorig.uren_x100 if feit.vorig else 0)
    return Counter({persoon: aantal for persoon, aantal in uit.items() if aantal})


async def test_hours_move_once_to_the_other_number_with_its_grounds(dienst: Plaatsing) -> None:
    oud, nieuw = uuid4(), uuid4()
    await dienst.goed("plaatsingen", baan("P-1", oud), baan("P-2", nieuw))
    await dienst.goed("uren", *(uren(p, maand) for p in ("P-1", "P-2") for maand in MAANDEN))
    wajong = (Registratie(grondslag=Grondslag.WAJONG_OUD, van=date(2015, 1, 1)),)
    await dienst.hoor(ingegaan(nieuw, Grondslag.WAJONG_OUD, registraties=wajong), samengevoegd(oud, nieuw))

    await dienst.controleer()
    assert await geteld(dienst) == {nieuw: 6 * 11092}
    [verplaatst] = [f for f in await dienst.gezegd("plaatsingen") if isinstance(f, PlaatsingGewijzigd)]
    assert (verplaatst.persoon, verplaatst.versie) == (nieuw, 2)
    assert verplaatst.gewijzigd["persoon"].vorig == str(oud)
    laatste = (await dienst.uren_gezegd())[-6:]
    assert [(f.persoon == nieuw, f.maand[5:], f.reden) for f in laatste] == [
        (bij, f"{maand:02d}", Reden.CORRECTIE) for maand in MAANDEN for bij in (False, True)
    ]
    assert all(f.nieuw.cel.grondslagen_maand == (Grondslag.WAJONG_OUD,) for f in laatste if f.nieuw)


async def test_the_register_of_the_other_may_come_later(dienst: Plaatsing) -> None:
    oud, nieuw = uuid4(), uuid4()
    await dienst.goed("plaatsingen", baan("P-1", oud))
    await dienst.goed("uren", uren("P-1", 1))
    await dienst.hoor(ingegaan(oud), samengevoegd(oud, nieuw), ingegaan(nieuw))
    await dienst.controleer()
    assert await geteld(dienst) == {nieuw: 11092}
    assert await dienst.pool.fetchval("select array_agg(persoon) from register") == [nieuw]


async def test_a_delivery_for_the_old_number_lands_on_the_new_one(dienst: Plaatsing) -> None:
    eerste, tweede, derde = uuid4(), uuid4(), uuid4()
    await dienst.goed("plaatsingen", baan("P-1", eerste))
    await dienst.hoor(samengevoegd(tweede, derde), samengevoegd(eerste, tweede), ingegaan(derde))
    await dienst.goed("plaatsingen", baan("P-1", eerste, tot="2017-06-01"), baan("P-2", tweede))
    await dienst.goed("uren", uren("P-1", 1), uren("P-2", 1))
    assert set(await geteld(dienst)) == {derde}
    await dienst.controleer()
    rijen = await dienst.pool.fetch("select persoon, opgegaan_in from opgegaan")
    assert dict(rijen) == {eerste: derde, tweede: derde}


async def test_two_chains_in_one_batch_end_at_the_last(dienst: Plaatsing) -> None:
    een, twee, drie = uuid4(), uuid4(), uuid4()
    await dienst.goed("plaatsingen", baan("P-1", een), baan("P-2", twee))
    await dienst.goed("uren", uren("P-1", 1), uren("P-2", 1))
    await dienst.hoor_samen(samengevoegd(een, twee), samengevoegd(twee, drie), ingegaan(drie))
    await dienst.controleer()
    assert await geteld(dienst) == {drie: 2 * 11092}
    assert dict(await dienst.pool.fetch("select persoon, opgegaan_in from opgegaan")) == {een: drie, twee: drie}


@pytest.mark.parametrize("soort", ["uren", "plaatsingen", "ondersteuning"])
async def test_a_command_that_waits_for_the_merge_uses_the_new_number(dienst: Plaatsing, soort: str) -> None:
    oud, nieuw = uuid4(), uuid4()
    await dienst.goed("plaatsingen", baan("P-1", oud))
    steun = {"referentie": "P-1", "instrument": "NO_RISKPOLIS", "verstrekker": "UWV", "van": "2017-01-01"}
    rij = {"uren": uren("P-1", 1), "plaatsingen": baan("P-1", oud, tot="2017-09-01"), "ondersteuning": steun}[soort]
    async with dienst.pool.acquire() as opdracht, opdracht.transaction():
        async with dienst.pool.acquire() as tx, tx.transaction():
            await vergrendel(tx, [str(oud), str(nieuw)])
            wachter = asyncio.create_task(dienst.neem_in(opdracht, soort, rij))
            while not await dienst.pool.fetchval("select count(*) from pg_locks where not granted"):  # noqa: ASYNC110
                await asyncio.sleep(0.01)
            await tx.execute("update plaatsing set persoon = $1, versie = versie + 1", nieuw)
            await tx.execute("insert into opgegaan (persoon, opgegaan_in) values ($1, $2)", oud, nieuw)
        uitslag = await asyncio.wait_for(wachter, 20)
        with pytest.raises(asyncpg.LockNotAvailableError):  # ook het nieuwe pseudoniem is vergrendeld
            await dienst.pool.execute("select 1 from slot where sleutel = $1 for update nowait", str(nieuw))
    assert (uitslag.aanvaard, uitslag.ongewijzigd, uitslag.fouten) == (1, 0, [])
    topic = "verloonde-uren" if soort == "uren" else soort
    assert (await dienst.gezegd(topic))[-1].persoon == nieuw


async def test_a_forgotten_person_leaves_totals_but_no_rows(dienst: Plaatsing) -> None:
    weg, blijft = uuid4(), uuid4()
    await dienst.goed("plaatsingen", baan("P-1", weg), baan("P-2", blijft))
    await dienst.goed("uren", *(uren(p, maand) for p in ("P-1", "P-2") for maand in MAANDEN))
    await dienst.hoor(ingegaan(weg), PersoonsgegevensVernietigd(persoon=weg))

    assert await geteld(dienst) == {weg: 3 * 11092, blijft: 3 * 11092}
    [vergeten] = [f for f in await dienst.gezegd("plaatsingen") if isinstance(f, PlaatsingVergeten)]
    assert (vergeten.persoon, vergeten.versie) == (weg, 2)
    over = await dienst.tel()
    assert (over["plaatsing"], over["urenregel"], over["gezegd"], over["register"]) == (1, 3, 3, 0)
    uitslag = await dienst.neem("uren", uren("P-1", 4))
    assert [f.code for f in uitslag.fouten] == ["onbekende_plaatsing"]
    uitslag = await dienst.neem("plaatsingen", baan("P-9", weg))
    assert [(f.kolom, f.code) for f in uitslag.fouten] == [("persoon", "vernietigd")]
    await dienst.controleer()
