"""Jaarlijkse uren lopen door tot de levering er is: gemerkt, nooit dubbel, en weg als de levering iets anders zegt."""

import asyncio
import json
from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
from banenspoor_contracts import Reden, UrenVerloond
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from deploy.lokaal.stack import Stack
from services.plaatsing import levering_cli, voortzetten
from services.plaatsing.domain.uren import verdeel
from shared.client import Client
from tests.conftest import Database, MaakDatabase
from tests.service.plaatsing_proef import WERKGEVERS, Plaatsing, baan, uren
from tests.service.plaatsing_voordeur import plaatsingsdeur_van
from tests.service.test_importeer_voordeur import Brug
from tests.service.test_plaatsing_intrekken import TABELLEN, levering, trek_in

LEZEN = "plaatsingen:lezen"


def op(dienst: Plaatsing, dag: date) -> Plaatsing:
    """Dezelfde dienst op een andere dag."""
    return replace(dienst, nu=datetime(dag.year, dag.month, dag.day, 12, tzinfo=UTC))


def jaar(referentie: str, jaar_: int, aantal: str, **anders: Any) -> dict[str, Any]:
    """Eén regel over een heel jaar, zoals de Wsw die levert."""
    tijdvak = {"tijdvak_van": f"{jaar_}-01-01", "tijdvak_tot": f"{jaar_ + 1}-01-01"}
    return uren(referentie, 1, aantal, levering=str(jaar_), leverancier="W") | tijdvak | anders


def wsw(referentie: str, **anders: Any) -> dict[str, Any]:
    return baan(referentie, uuid4(), vorm="wsw_beschut", van="2010-01-01", **anders)


async def zet_voort(dienst: Plaatsing, jaren: int = 2) -> list[UrenVerloond]:
    """Laat doorlopen op de dag van deze dienst; wat daardoor gezegd is."""
    voor = len(await dienst.uren_gezegd())
    await voortzetten.zet_alles_voort(dienst.pool, dienst.nu, jaren)
    return list((await dienst.uren_gezegd())[voor:])


def kort(feiten: list[UrenVerloond]) -> list[tuple[str, str, int | None]]:
    return [(f.maand, f.reden, f.nieuw.uren_x100 if f.nieuw else None) for f in feiten]


async def per_jaar(dienst: Plaatsing) -> dict[str, int]:
    """Wat er nu per jaar aan uren gezegd is, over alle banen."""
    laatst: dict[tuple[Any, str], int] = {}
    for f in await dienst.uren_gezegd():
        laatst[f.plaatsing, f.maand] = f.nieuw.uren_x100 if f.nieuw else 0
    uit: dict[str, int] = {}
    for (_, maand), uren_x100 in laatst.items():
        uit[maand[:4]] = uit.get(maand[:4], 0) + uren_x100
    return uit


async def test_months_go_on_until_the_supply_of_that_year_replaces_them(dienst: Plaatsing) -> None:
    await dienst.goed("plaatsingen", wsw("P-1"), baan("P-2", uuid4(), van="2010-01-01"))
    await dienst.goed("uren", jaar("P-1", 2016, "366"), jaar("P-2", 2016, "366"))
    toen = op(dienst, date(2017, 3, 1))
    door = await zet_voort(toen)
    assert kort(door) == [("2017-01", Reden.LEVERING, 3100), ("2017-02", Reden.LEVERING, 2900)]
    assert await zet_voort(toen) == []
    await toen.controleer()
    later = op(dienst, date(2018, 3, 5))
    assert len(await zet_voort(later)) == 10 + 2
    await later.goed("uren", jaar("P-1", 2017, "365"))
    assert (await per_jaar(later))["2017"] == 36500
    await later.controleer()
    assert kort(await zet_voort(later))[:2] == [("2018-02", Reden.CORRECTIE, 2800)]
    await later.controleer()
    terug = await trek_in(later, await levering(later, "2017", "W"))
    assert {f.reden for f in terug} == {Reden.LEVERING_INGETROKKEN}
    assert len(terug) == 12
    assert await later.pool.fetchval("select count(*) from urenregel where soort = 'voortgezet'") == 2  # 2018
    await zet_voort(later)
    assert (await per_jaar(later))["2017"] == 36600
    await later.controleer()


async def test_who_is_not_in_the_next_supply_stops(dienst: Plaatsing) -> None:
    toen = op(dienst, date(2018, 2, 1))
    await toen.goed("plaatsingen", wsw("P-1"), wsw("P-2"), wsw("P-3", tot="2017-03-01"), wsw("P-4"))
    await toen.goed(
        "uren", *(jaar(f"P-{i}", 2016, "366") for i in (1, 2, 3)), jaar("P-4", 2016, "366", leverancier="X")
    )
    assert len(await zet_voort(toen)) == 13 + 13 + 2 + 13
    await toen.goed("uren", jaar("P-1", 2017, "12"))
    weg = await zet_voort(toen)
    assert {(f.reden, f.nieuw is None) for f in weg if f.maand < "2018"} == {(Reden.CORRECTIE, True)}
    assert len([f for f in weg if f.maand < "2018"]) == 12 + 2
    assert (await per_jaar(toen))["2017"] == 1200 + 36600  # P-1 geleverd, P-4 van een andere leverancier
    await toen.controleer()


async def test_it_stops_after_so_many_years_and_when_the_form_changes(dienst: Plaatsing) -> None:
    toen = op(dienst, date(2020, 1, 1))
    rij = wsw("P-1")
    await toen.goed("plaatsingen", rij)
    await toen.goed("uren", jaar("P-1", 2016, "366"))
    assert {f.maand[:4] for f in await zet_voort(toen)} == {"2017", "2018"}
    assert await zet_voort(toen, jaren=1) != []
    assert set(await per_jaar(toen)) == {"2016", "2017", "2018"}
    assert (await per_jaar(toen))["2018"] == 0
    await toen.goed("plaatsingen", rij | {"vorm": "formeel"})
    assert {(f.nieuw, f.maand[:4]) for f in await zet_voort(toen)} == {(None, "2017")}
    await toen.goed("plaatsingen", rij | {"vorm": "formeel", "tot": "2016-06-01"})
    await toen.controleer()


async def test_a_job_with_months_that_only_went_on_can_still_end_before_them(dienst: Plaatsing) -> None:
    toen = op(dienst, date(2017, 6, 1))
    rij = wsw("P-1")
    await toen.goed("plaatsingen", rij)
    await toen.goed("uren", jaar("P-1", 2016, "366"))
    await zet_voort(toen)
    await toen.goed("plaatsingen", rij | {"tot": "2017-03-01"})
    await toen.controleer()
    await zet_voort(toen)
    assert (await per_jaar(toen))["2017"] == 3100 + 2900
    await toen.controleer()


async def test_it_is_marked_at_the_door_and_nobody_can_deliver_it(
    stack: Stack, db: MaakDatabase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with plaatsingsdeur_van(stack, db, tmp_path, monkeypatch) as deur:
        deur.app.state.bedrijf.instellingen.voortzetten_jaren = 20
        await deur.rijen("werkgevers", *WERKGEVERS)
        await deur.rijen("plaatsingen", wsw("P-1"))
        fout = await deur.rijen("uren", jaar("P-1", 2016, "366"), jaar("P-1", 2016, "1", soort="voortgezet"))
        assert [(f["rij"], f["kolom"], f["code"]) for f in fout["fouten"]] == [(2, "soort", "onjuist")]
        (tmp_path / "state.json").write_text(json.dumps({"adressen": {"plaatsing": "http://plaatsing"}}))
        client = Client(tmp_path, Brug({"plaatsing": deur.app}))
        monkeypatch.setattr(levering_cli, "Client", lambda _map: client)
        uit = await asyncio.to_thread(CliRunner().invoke, levering_cli.app, ["voortzetten", "--json"])
        gedaan = json.loads(uit.stdout)
        assert gedaan["gedaan"] == 1
        assert gedaan["maandenGezegd"] > 12
        id_ = await deur.database.pool.fetchval("select plaatsing from plaatsing")
        maanden = (await deur.lees(f"/v1/plaatsingen/{id_}", LEZEN)).json()["maanden"]
        assert [m["voortgezet"] for m in maanden[:14]] == [False] * 12 + [True] * 2
        geweigerd = await deur.stuur("/v1/voortzettingen", {}, scopes=(LEZEN,))
        assert geweigerd.status_code == 403
        namens = await deur.stuur("/v1/voortzettingen", {}, gemeente="0014")
        assert namens.status_code == 403


_lever = st.tuples(st.just("lever"), st.tuples(st.integers(0, 2), st.integers(2015, 2018), st.integers(0, 40)))
_maand = st.tuples(st.just("maand"), st.tuples(st.integers(0, 2), st.integers(2015, 2018), st.integers(1, 12)))
_weg = st.tuples(st.just("weg"), st.integers(2015, 2018))
_voort = st.tuples(st.just("voort"), st.integers(0, 48))


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(daden=st.lists(st.one_of(_lever, _maand, _weg, _voort), max_size=12))
async def test_hours_are_never_counted_twice_and_follow_from_what_was_delivered(
    plaatsing_db: Database, daden: list[tuple[str, Any]]
) -> None:
    eigenaar = await asyncpg.connect(plaatsing_db.eigenaar_url)
    try:
        await eigenaar.execute(f"truncate {TABELLEN} cascade")
    finally:
        await eigenaar.close()
    dienst = op(Plaatsing(plaatsing_db.pool), date(2019, 12, 15))
    await dienst.neem("werkgevers", *WERKGEVERS)
    await dienst.goed("plaatsingen", *(wsw(f"P-{i}") for i in range(3)))
    vandaag = date(2019, 12, 15)
    for wat, waarde in daden:
        if wat == "lever":
            nr, jaar_, aantal = waarde
            await dienst.neem("uren", jaar(f"P-{nr}", jaar_, str(aantal * 12)))
        elif wat == "maand":
            nr, jaar_, maand = waarde
            tot = date(jaar_ + maand // 12, maand % 12 + 1, 1).isoformat()
            tijdvak = {"tijdvak_van": f"{jaar_}-{maand:02d}-01", "tijdvak_tot": tot}
            await dienst.neem("uren", jaar(f"P-{nr}", jaar_, "7") | tijdvak)
        elif wat == "weg":
            if id_ := await levering(dienst, str(waarde), "W"):
                await trek_in(dienst, id_)
        else:
            vandaag = date(2016 + waarde // 12, waarde % 12 + 1, 1)
            await zet_voort(op(dienst, vandaag))
        await dienst.controleer()
    vandaag = date(2019, 12, 15)
    await zet_voort(op(dienst, vandaag))
    assert await zet_voort(op(dienst, vandaag)) == []
    await dienst.controleer()
    await _vergelijk(dienst)


async def _vergelijk(dienst: Plaatsing) -> None:
    """Naast een eigen berekening: per maand de geleverde uren, en anders die van het laatste jaar van de leverancier."""
    rijen = await dienst.pool.fetch(
        "select plaatsing_nr, van, tot, uren_x100 from urenregel where soort <> 'voortgezet'"
    )
    echt: dict[tuple[int, int, int], int] = {}
    for nr, van, tot, uren_x100 in rijen:
        if (tot - van).days < 32:
            delen = {van.month: uren_x100}
        else:
            begin = [date(van.year, m, 1) for m in range(1, 13)] + [tot]
            dagen = [(b - a).days for a, b in pairwise(begin)]
            delen = dict(enumerate(verdeel(uren_x100, dagen), 1))
        for maand, deel in delen.items():
            plek = nr, van.year, maand
            echt[plek] = echt.get(plek, 0) + deel
    laatste = max((j for _, j, _ in echt), default=0)
    verwacht = dict(echt)
    for nr, jaar_, maand in echt:
        for later in (laatste + 1, laatste + 2):
            if jaar_ == laatste and (later, maand) < (2019, 12):
                verwacht[nr, later, maand] = echt[nr, jaar_, maand]
    gezegd = await dienst.pool.fetch("select plaatsing_nr, maand, stand from gezegd where stand is not null")
    nu = {(r[0], int(r[1][:4]), int(r[1][5:])): json.loads(r[2])["urenX100"] for r in gezegd}
    assert nu == verwacht
