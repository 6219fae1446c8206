"""Elke volgorde van leveren, verbeteren en intrekken, naast een model van stapels: een echte database en Hypothesis."""

from datetime import date
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
from banenspoor_contracts import Grondslag, Reden
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.plaatsing.api import intrekken
from tests.conftest import Database
from tests.service.plaatsing_proef import WERKGEVERS, Plaatsing, baan, ingegaan, uren
from tests.service.test_plaatsing_intrekken import TABELLEN, beeld, levering, som, stap, trek_in

DAGEN = [date(2017, m, 1) for m in range(1, 13)] + [date(2018, 1, 1)]


_Regel = tuple[int, int, int, str, int, bool]
_regel = st.tuples(
    st.integers(0, 1),  # baan
    st.integers(10, 11),  # eerste maand
    st.sampled_from([1, 1, 1, 2]),  # maanden
    st.sampled_from(["regulier", "regulier", "regulier", "uitbetaling"]),
    st.sampled_from([-300, 0, 1, 1000, 1000, 2550]),
    st.booleans(),  # vast contract
)
_namen = st.sampled_from([("A", "1"), ("A", "2"), ("B", "1")])
_lever = st.tuples(st.just("lever"), st.lists(st.tuples(_namen, _regel), min_size=1, max_size=8))
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
    plaatsing_db: Database, daden: list[Any]
) -> None:
    eigenaar = await asyncpg.connect(plaatsing_db.eigenaar_url)
    try:
        await eigenaar.execute(f"truncate {TABELLEN} cascade")
    finally:
        await eigenaar.close()
    dienst, model, personen = Plaatsing(plaatsing_db.pool), Model(), [uuid4() for _ in range(3)]
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
        for rij in await plaatsing_db.pool.fetch(
            "select levering from levering where gereed_op is null order by random()"
        ):
            await trek_in(dienst, rij["levering"])
    await dienst.controleer()
    assert som(list(await dienst.uren_gezegd())) == {}
    assert await plaatsing_db.pool.fetchval("select count(*) from urenregel") == 0
    assert await plaatsing_db.pool.fetchval("select count(*) from gezegd where stand is not null") == 0


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
