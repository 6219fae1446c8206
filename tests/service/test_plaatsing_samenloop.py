"""Alles tegelijk: uren, banen, sectoren en het register door elkaar; niets gaat verloren en niets blijft oud staan."""

import asyncio
import random
from datetime import date
from uuid import UUID, uuid4

import asyncpg
import pytest
from banenspoor_contracts import (
    CorrectieReden,
    Grondslag,
    PersoonVerhuisd,
    Reden,
    Registratie,
    RegistratieBeeindigd,
    RegistratieGecorrigeerd,
    Woonplaats,
)

from services.plaatsing.api import handelingen
from tests.service.plaatsing_proef import (
    BEDRIJF,
    GEMEENTE,
    UITZENDER,
    Plaatsing,
    baan,
    ingegaan,
    uren,
)

VAN = date(2015, 1, 1)
OVERHEID = {"werkgever": BEDRIJF, "sector": "overheid", "van": "2016-01-01"}


async def test_a_change_of_law_is_said_as_such_for_the_months_from_then(dienst: Plaatsing) -> None:
    persoon = uuid4()
    await dienst.goed("plaatsingen", baan("P-1", persoon))
    await dienst.goed("uren", *(uren("P-1", maand) for maand in (9, 10, 11)))
    await dienst.hoor(ingegaan(persoon))
    dicht = (Registratie(grondslag=Grondslag.WSW, van=VAN, tot=date(2017, 10, 1)),)
    thuis = (Woonplaats(gemeente="0014", van=VAN),)
    vast = {"persoon": persoon, "grondslag": Grondslag.WSW, "registraties": dicht, "woonplaatsen": thuis}
    await dienst.hoor(RegistratieBeeindigd(**vast, tot=date(2017, 10, 1), reden="WETSWIJZIGING"))
    gezegd = [(f.reden, f.maand) for f in (await dienst.uren_gezegd())[6:]]
    assert gezegd == [(Reden.WETSWIJZIGING, "2017-10"), (Reden.WETSWIJZIGING, "2017-11")]
    await dienst.controleer()


async def test_every_event_of_the_register_says_only_what_it_touches(dienst: Plaatsing) -> None:
    persoon = uuid4()
    await dienst.goed("plaatsingen", baan("P-1", persoon))
    await dienst.goed("uren", *(uren("P-1", maand) for maand in (8, 9, 10, 11, 12)))
    wsw = Registratie(grondslag=Grondslag.WSW, van=VAN)
    dicht = wsw.model_copy(update={"tot": date(2017, 11, 10)})
    thuis, weg = (Woonplaats(gemeente="0014", van=VAN),), (Woonplaats(gemeente="0034", van=date(2017, 12, 1)),)
    await dienst.hoor(
        ingegaan(persoon),
        RegistratieBeeindigd(
            persoon=persoon,
            grondslag=Grondslag.WSW,
            tot=date(2017, 11, 10),
            reden="BESCHUT_WERK",
            registraties=(dicht,),
            woonplaatsen=thuis,
        ),
        PersoonVerhuisd(persoon=persoon, registraties=(dicht,), woonplaatsen=weg),
        RegistratieGecorrigeerd(
            persoon=persoon, vorige=(dicht,), reden=CorrectieReden.ONTERECHT, registraties=(), woonplaatsen=weg
        ),
    )
    gezegd = [(f.reden, f.maand[5:]) for f in (await dienst.uren_gezegd())[5:]]
    assert gezegd == [
        *((Reden.STATUS, m) for m in ("08", "09", "10", "11", "12")),
        *((Reden.STATUS, m) for m in ("10", "11", "12")),
        *((Reden.GEMEENTE_CORRECTIE, m) for m in ("08", "09", "10", "11", "12")),
        *((Reden.STATUS, m) for m in ("08", "09", "10")),
    ]
    await dienst.controleer()


async def test_two_batches_of_the_register_heard_twice_say_nothing_new(dienst: Plaatsing) -> None:
    persoon = uuid4()
    await dienst.goed("plaatsingen", baan("P-1", persoon))
    await dienst.goed("uren", uren("P-1", 12))
    await dienst.hoor(ingegaan(persoon))
    voor = await dienst.tel()
    await dienst.hoor(ingegaan(persoon))
    assert await dienst.tel() == voor


async def test_everything_at_once_stays_true(dienst: Plaatsing) -> None:
    personen = [uuid4() for _ in range(6)]
    await dienst.goed("plaatsingen", *(_baan(i, p) for i, p in enumerate(personen)))
    await asyncio.wait_for(asyncio.gather(*(_werk(dienst, personen, random.Random(i)) for i in range(5))), 60)
    assert len(await dienst.uren_gezegd()) > 50
    await dienst.controleer()


async def test_a_job_that_starts_while_a_sector_changes_waits_and_gets_the_new_one(dienst: Plaatsing) -> None:
    await dienst.goed("plaatsingen", baan("P-1", uuid4()))
    await dienst.goed("uren", uren("P-1", 12))
    async with dienst.pool.acquire() as tx, tx.transaction():
        await dienst.neem_in(tx, "werkgevers", OVERHEID)
        nieuw = asyncio.create_task(_begin_met_uren(dienst))
        await asyncio.sleep(0.2)
        assert not nieuw.done()
    await asyncio.wait_for(nieuw, 10)
    assert [f.nieuw.cel.sector for f in await dienst.uren_gezegd() if f.nieuw] == ["markt", "overheid", "overheid"]
    await dienst.controleer()


async def test_a_sector_that_changes_while_a_job_starts_waits_and_says_it_again(dienst: Plaatsing) -> None:
    persoon = uuid4()
    await dienst.goed("plaatsingen", baan("P-1", uuid4()))
    async with dienst.pool.acquire() as tweede, tweede.transaction():
        async with dienst.pool.acquire() as eerste, eerste.transaction():
            await dienst.neem_in(eerste, "plaatsingen", baan("P-2", persoon))
            await dienst.neem_in(eerste, "uren", uren("P-2", 12))
            anders = asyncio.create_task(dienst.neem_in(tweede, "werkgevers", OVERHEID))
            await asyncio.sleep(0.2)
            assert not anders.done()
        assert (await asyncio.wait_for(anders, 10)).aanvaard == 1
        with pytest.raises(asyncpg.LockNotAvailableError):  # ook wie er net bij kwam is vergrendeld
            await dienst.pool.execute("select 1 from slot where sleutel = $1 for update nowait", str(persoon))
    assert [f.nieuw.cel.sector for f in await dienst.uren_gezegd() if f.nieuw] == ["markt", "overheid"]
    await dienst.controleer()


async def test_two_deliveries_of_the_same_new_job_make_one(dienst: Plaatsing) -> None:
    een, ander = uuid4(), uuid4()
    async with dienst.pool.acquire() as tx, tx.transaction():
        await dienst.neem_in(tx, "plaatsingen", baan("P-1", een))
        tweede = asyncio.create_task(dienst.neem("plaatsingen", baan("P-1", ander)))
        await asyncio.sleep(0.2)
        assert not tweede.done()
    assert [f.code for f in (await asyncio.wait_for(tweede, 10)).fouten] == ["andere_persoon"]


async def _begin_met_uren(dienst: Plaatsing) -> None:
    await dienst.goed("plaatsingen", baan("P-2", uuid4()))
    await dienst.goed("uren", uren("P-2", 12))


def _baan(nummer: int, persoon: UUID, **anders: str) -> dict[str, str]:
    rij = baan(f"P-{nummer}", persoon, werkgever=(BEDRIJF, GEMEENTE, UITZENDER)[nummer % 3]) | anders
    return rij | ({"vorm": "uitzendrelatie", "inlener": BEDRIJF} if nummer % 3 == 2 else {})


async def _werk(dienst: Plaatsing, personen: list[UUID], kans: random.Random) -> None:
    for _ in range(16):
        keuze, nummer = kans.randrange(9), kans.randrange(len(personen))
        persoon, dag = personen[nummer], date(2017, kans.randint(1, 12), 1)
        if keuze <= 1:
            regels = (
                uren(f"P-{kans.randrange(6)}", kans.randint(1, 12), str(kans.randint(-50, 150))) for _ in range(9)
            )
            await dienst.neem("uren", *regels)
        elif keuze == 2:
            sector = kans.choice(["markt", "overheid"])
            rijen = ({"werkgever": w, "sector": sector, "van": dag.isoformat()} for w in (BEDRIJF, UITZENDER))
            await dienst.neem("werkgevers", *rijen)
        elif keuze == 3:
            registratie = Registratie(grondslag=kans.choice([Grondslag.WSW, Grondslag.VSO_PRO]), van=dag)
            await dienst.hoor(ingegaan(persoon, registraties=(registratie,)))
        elif keuze == 4:
            await dienst.neem("plaatsingen", _baan(nummer, persoon, gemeente_werk=kans.choice(["0014", "0034"])))
        elif keuze == 5:
            naar = kans.choice([BEDRIJF, GEMEENTE])
            await dienst.neem(
                "overgangen", {"referentie": f"P-{nummer}", "naar_werkgever": naar, "op": dag.isoformat()}
            )
        elif keuze == 6:
            rij = {"van": dag.isoformat(), "gemeente_werk": kans.choice(["0014", "0034", "0363"])}
            await dienst.doe(handelingen.neem_wijziging, handelingen.WijzigingRij, f"P-{nummer}", rij)
        elif keuze == 7:
            rij = {"tot": kans.choice(["2018-01-01", "2018-06-01"])}
            await dienst.doe(handelingen.neem_einde, handelingen.EindeRij, f"P-{nummer}", rij)
            await dienst.doe(handelingen.neem_verlenging, handelingen.VerlengingRij, f"P-{nummer}", {})
        else:
            await dienst.neem("plaatsing-ongedaan", {"referentie": f"P-{nummer}", "reden": "DUBBEL"})
            await dienst.neem("plaatsingen", _baan(nummer, persoon))
