"""Leveringen intrekken op een echte database: wat er gezegd is, is steeds wat er uit de regels die blijven volgt."""

import asyncio
from collections.abc import AsyncIterator
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
from banenspoor_contracts import Grondslag, PersoonSamengevoegd, PersoonsgegevensVernietigd, Reden, UrenVerloond
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.plaatsing.api import intrekken
from services.plaatsing.handlers import hoor
from shared import outbox
from shared.api import Opdracht, Probleem
from shared.db import vergrendel
from shared.kluis import kluis
from tests.conftest import Database, MaakDatabase
from tests.service.plaatsing_proef import NU, WERKGEVERS, Plaatsing, baan, begin, ingegaan, uren, zet_kluis

DAGEN = [date(2017, m, 1) for m in range(1, 13)] + [date(2018, 1, 1)]
TABELLEN = "plaatsing, levering, leveringstuk, regelversie, urenregel, gezegd, register, slot, uitgaand, opgegaan"


@pytest.fixture
async def database(db: MaakDatabase, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Database]:
    zet_kluis(monkeypatch)
    yield await db("plaatsing")
    kluis.cache_clear()


@pytest.fixture
async def dienst(database: Database) -> Plaatsing:
    return await begin(database)


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
    await dienst.goed("plaatsingen", baan("P-1", uuid4()), baan("P-2", uuid4()))
    await dienst.goed("uren", uren("P-1", 12, levering="L1"))
    id_ = await levering(dienst, "L1")
    async with dienst.pool.acquire() as tx, tx.transaction():
        await dienst.neem_in(tx, "uren", uren("P-2", 12, levering="L1"))
        taak = asyncio.create_task(trek_in(dienst, id_))
        await asyncio.sleep(0.2)
        assert not taak.done()
    feiten = await asyncio.wait_for(taak, 10)
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


# --- elke volgorde ---------------------------------------------------------------------------------------------------

_Regel = tuple[int, int, int, str, int, bool]
_regel = st.tuples(
    st.integers(0, 2),  # baan
    st.integers(8, 11),  # eerste maand
    st.sampled_from([1, 1, 1, 2]),  # maanden
    st.sampled_from(["regulier", "regulier", "uitbetaling"]),
    st.sampled_from([-300, 0, 1, 1000, 1000, 2550]),
    st.booleans(),  # vast contract
)
_namen = st.sampled_from([("A", "1"), ("A", "2"), ("B", "1")])
_lever = st.tuples(st.just("lever"), st.lists(st.tuples(_namen, _regel), min_size=1, max_size=6))
_intrekken = st.tuples(st.sampled_from(["stap", "stap", "af"]), _namen)
_anders = st.tuples(st.just("baan"), st.integers(0, 2))
_hoor = st.tuples(st.just("register"), st.integers(0, 2))


class Model:
    """Elke regel is een stapel versies; wat geldt is de bovenste waarvan de levering er nog is."""

    def __init__(self) -> None:
        self.stapels: dict[tuple[int, str, date, date], list[tuple[int, tuple[int, str | None, str]]]] = {}
        self.open: dict[tuple[str, str], int] = {}
        self.weg: set[int] = set()
        self._laatste = 0

    def lever(self, naam: tuple[str, str], plek: tuple[int, str, date, date], uren_: int, contract: str | None) -> None:
        if naam not in self.open:
            self._laatste += 1
            self.open[naam] = self._laatste
        self.stapels.setdefault(plek, []).append((self.open[naam], (uren_, contract, naam[0])))

    def nu(self) -> dict[tuple[int, str, date, date], tuple[int, str | None]]:
        uit = {}
        for plek, stapel in self.stapels.items():
            if blijft := [waarde for levering_, waarde in stapel if levering_ not in self.weg]:
                uit[plek] = blijft[-1][:2]
        return uit


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(daden=st.lists(st.one_of(_lever, _lever, _intrekken, _anders, _hoor), max_size=14))
async def test_whatever_comes_and_goes_what_is_said_follows_from_the_lines_that_remain(
    database: Database, daden: list[Any]
) -> None:
    eigenaar = await asyncpg.connect(database.eigenaar_url)
    try:
        await eigenaar.execute(f"truncate {TABELLEN} cascade")
    finally:
        await eigenaar.close()
    dienst, model, personen = Plaatsing(database.pool), Model(), [uuid4() for _ in range(3)]
    await dienst.neem("werkgevers", *WERKGEVERS)
    await dienst.goed("plaatsingen", *(baan(f"P-{i}", p) for i, p in enumerate(personen)))
    bezig: dict[tuple[str, str], UUID] = {}
    with pytest.MonkeyPatch.context() as lap:
        lap.setattr(intrekken, "STAP", 1)
        for wat, waarde in daden:
            if wat == "lever":
                await _lever_in(dienst, model, waarde)
            elif wat == "baan":
                await dienst.neem("plaatsingen", baan(f"P-{waarde}", personen[waarde], gemeente_werk="0034"))
            elif wat == "register":
                await dienst.hoor(ingegaan(personen[waarde], Grondslag.VSO_PRO))
            else:
                await _trek_in(dienst, model, bezig, waarde, af=wat == "af")
            await dienst.controleer()
        for id_ in bezig.values():
            await trek_in(dienst, id_)
        await _vergelijk(dienst, model)
        for rij in await database.pool.fetch("select levering from levering where gereed_op is null order by random()"):
            await trek_in(dienst, rij["levering"])
    await dienst.controleer()
    assert som(list(await dienst.uren_gezegd())) == {}
    assert await database.pool.fetchval("select count(*) from urenregel") == 0
    assert await database.pool.fetchval("select count(*) from gezegd where stand is not null") == 0


async def _lever_in(dienst: Plaatsing, model: Model, regels: list[tuple[tuple[str, str], _Regel]]) -> None:
    rijen, plekken = [], []
    for (leverancier, naam), (nr, maand, lang, soort, aantal, vast) in regels:
        van, tot = DAGEN[maand - 1], DAGEN[maand - 1 + lang]
        contract = "vast" if vast else None
        rij = uren(f"P-{nr}", maand, f"{aantal / 100:.2f}", levering=naam, leverancier=leverancier, soort=soort)
        rijen.append(rij | {"tijdvak_tot": tot.isoformat()} | ({"contract": contract} if contract else {}))
        plekken.append(((leverancier, naam), (nr, soort, van, tot), aantal, contract))
    uitslag = await dienst.neem("uren", *rijen)
    assert {f.code for f in uitslag.fouten} <= {"tijdvak_overlap"}
    afgewezen = {f.rij for f in uitslag.fouten}
    for nummer, plek in enumerate(plekken, start=1):
        if nummer not in afgewezen:
            model.lever(*plek)
        elif plek[0] not in model.open:  # ook een levering met alleen foute regels begint
            model._laatste += 1
            model.open[plek[0]] = model._laatste


async def _trek_in(
    dienst: Plaatsing, model: Model, bezig: dict[tuple[str, str], UUID], naam: tuple[str, str], *, af: bool
) -> None:
    if naam not in bezig and naam not in model.open:
        return
    if naam not in bezig:
        bezig[naam] = await levering(dienst, naam[1], naam[0])
        model.weg.add(model.open.pop(naam))
    voorbeeld, voor = await beeld(dienst, bezig[naam]), len(await dienst.uren_gezegd())
    while (uit := await stap(dienst, bezig[naam]))["resterend"] and af:
        pass
    feiten = (await dienst.uren_gezegd())[voor:]
    assert {f.reden for f in feiten} <= {Reden.LEVERING_INGETROKKEN}
    assert {f.maand for f in feiten} <= {m["maand"] for m in voorbeeld["maanden"]}
    if not uit["resterend"]:
        del bezig[naam]
    if af:
        verschil = {m["maand"]: m["verschilX100"] for m in voorbeeld["maanden"] if m["verschilX100"]}
        assert som(list(feiten)) == verschil


async def _vergelijk(dienst: Plaatsing, model: Model) -> None:
    rijen = await dienst.pool.fetch(
        "select referentie, soort, r.van, r.tot, uren_x100, r.contract from urenregel r join plaatsing p on p.nr = plaatsing_nr"
    )
    assert {(int(r[0][2:]), *tuple(r)[1:4]): (r[4], r[5]) for r in rijen} == model.nu()
