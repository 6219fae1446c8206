"""Werkgevers op de bus: elke verandering één keer, op volgorde, zonder nummer, naam of groep."""

import asyncio
from collections import defaultdict
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from banenspoor_contracts import WerkgeverStand

from tests.service.plaatsing_proef import BEDRIJF, GEMEENTE, Plaatsing, baan, uren

NIEUW = "444444444L01"


def rij(werkgever: str, van: str = "2010-01-01", **anders: Any) -> dict[str, Any]:
    """Een rij `werkgevers`."""
    return {"werkgever": werkgever, "sector": "markt", "van": van} | anders


async def _gezegd(dienst: Plaatsing) -> list[WerkgeverStand]:
    """Alles over werkgevers, op volgorde; de versies tellen per werkgever 1, 2, …"""
    alle = await dienst.gezegd("werkgevers")
    per = defaultdict[UUID, list[int]](list)
    for stand in alle:
        per[stand.werkgever].append(stand.versie)
    assert all(versies == list(range(1, len(versies) + 1)) for versies in per.values())
    return list(alle)


async def test_every_change_is_said_and_nothing_else(dienst: Plaatsing) -> None:
    voor = len(await _gezegd(dienst))
    assert voor == 3
    eerst = rij(NIEUW, sbi="8411", grootteklasse="250+", gemeente_zetel="0014", naam="Gemeente")
    await dienst.goed("werkgevers", eerst)
    assert (await dienst.neem("werkgevers", eerst)).ongewijzigd == 1
    await dienst.goed("werkgevers", eerst | {"sbi": "84", "naam": "G. Groningen"})
    await dienst.goed("werkgevers", rij(NIEUW, "2020-01-01", sector="overheid", subsector="gemeente"))
    een, twee = (await _gezegd(dienst))[voor:]
    assert (een.branche, een.grootteklasse, een.gemeente_zetel, een.groep) == ("O", "250+", "0014", None)
    assert [(s.sector, s.subsector, s.van.year, s.tot) for s in twee.sectoren][1] == (
        "overheid",
        "gemeente",
        2020,
        None,
    )
    assert twee.branche is None


async def test_a_group_keeps_its_own_key_and_its_number_stays_here(dienst: Plaatsing) -> None:
    await dienst.goed("werkgevers", rij(NIEUW, groep="12345678"), rij(GEMEENTE, "2011-01-01", groep="87654321"))
    alle = await _gezegd(dienst)
    bedrijf, nieuw, gemeente = alle[1], alle[-2], alle[-1]
    assert nieuw.groep == bedrijf.groep != gemeente.groep
    assert None not in (nieuw.groep, gemeente.groep)
    assert await dienst.pool.fetchval("select count(*) from groep") == 2
    rijen = await dienst.pool.fetch("select data from uitgaand where topic = 'werkgevers'")
    assert not any(b"12345678" in r["data"] or b"Jansen" in r["data"] for r in rijen)


async def test_a_refused_row_leaves_no_group(dienst: Plaatsing) -> None:
    uitslag = await dienst.neem("werkgevers", rij(NIEUW, groep="55555555", tot="2009-01-01"))
    assert [f.code for f in uitslag.fouten] == ["einde_voor_begin"]
    assert await dienst.pool.fetchval("select count(*) from groep") == 1


async def test_an_employer_of_before_is_said_at_its_next_change(dienst: Plaatsing) -> None:
    await dienst.pool.execute("delete from uitgaand where topic = 'werkgevers'")
    await dienst.pool.execute("delete from werkgever_gezegd")
    await dienst.goed("werkgevers", rij(BEDRIJF, naam="Anders", groep="12345678"))
    [stand] = await _gezegd(dienst)
    assert (stand.versie, stand.groep is not None) == (1, True)


async def test_what_reaches_back_says_employer_and_months_together(dienst: Plaatsing) -> None:
    await dienst.goed("plaatsingen", baan("P-1", uuid4()))
    await dienst.goed("uren", uren("P-1", 12))
    await dienst.goed("werkgevers", rij(BEDRIJF, "2016-01-01", sector="overheid"))
    assert [f.reden for f in await dienst.uren_gezegd()] == ["LEVERING", "SECTOR_CORRECTIE"]
    assert len((await _gezegd(dienst))[-1].sectoren) == 2
    await dienst.controleer()


async def test_loaded_history_carries_its_time_per_row(dienst: Plaatsing) -> None:
    rijen = (rij(NIEUW, bekend_op="2015-01-01"), rij(NIEUW, "2017-01-01", sector="overheid", bekend_op="2017-02-01"))
    await dienst.goed("werkgevers", *rijen)
    tijden = [stand.bekend_op for stand in (await _gezegd(dienst))[3:]]
    assert tijden == [datetime(2014, 12, 31, 23, tzinfo=UTC), datetime(2017, 1, 31, 23, tzinfo=UTC)]


async def test_the_same_employer_from_many_sides_counts_on_without_gaps(dienst: Plaatsing) -> None:
    async def lever(nummer: int) -> None:
        for jaar in (2011, 2013, 2015):
            await dienst.neem("werkgevers", rij(NIEUW, f"{jaar + nummer % 2}-01-01", groep=f"1000000{nummer % 3}"))

    await asyncio.wait_for(asyncio.gather(*(lever(nummer) for nummer in range(6))), 30)
    alle = [stand for stand in await _gezegd(dienst) if stand.versie > 1]
    assert len({stand.werkgever for stand in alle}) == 1
    [laatst] = await dienst.pool.fetch("select versie, stand from werkgever_gezegd where versie > 1")
    assert (laatst["versie"], laatst["stand"].encode()) == (alle[-1].versie, alle[-1].bytes_())
    assert await dienst.pool.fetchval("select count(*) from groep") == 4
