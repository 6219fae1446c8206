"""Wat onthouden is, geldt zolang er niets bij geboekt is: nooit een oud antwoord, en niet meer rekenen dan nodig."""

from typing import Any
from uuid import UUID

import pytest

from services.telling import uitkomst
from services.telling.handlers import Verwerker
from services.telling.store.geheugen import Geheugen
from tests.service.test_telling_cijfers import GEBIEDEN, NORM, Telling, telling
from tests.service.test_telling_geregistreerd import WSW, op, staat
from tests.service.test_telling_grootboek import BEGIN, bericht, boek, uren

__all__ = ["telling"]
Q = {"reeks": "kwartaal", "periode": "2023-Q3..2023-Q4", "maat": "uren"}


@pytest.fixture
def gerekend(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """Welke perioden er telkens uitgerekend worden."""
    gezien: list[list[str]] = []
    echt = getattr(uitkomst, "figuur")  # noqa: B009

    def figuur(standen: Any, boek: Any, selectie: Any) -> Any:
        gezien.append([str(periode) for periode in selectie.perioden])
        return echt(standen, boek, selectie)

    monkeypatch.setattr(uitkomst, "figuur", figuur)
    return gezien


async def _uren(telling: Telling, **anders: str) -> list[int]:
    return [c["uren"] for c in (await telling.cijfer(**Q | anders))["cellen"]]


async def test_alleen_wat_veranderde_wordt_opnieuw_gerekend(telling: Telling, gerekend: list[list[str]]) -> None:
    await boek(telling.pool, bericht(uren(100, maand="2023-08")), bericht(uren(200, maand="2023-12")))
    assert await _uren(telling) == [1, 2]
    assert await _uren(telling) == [1, 2]
    assert gerekend == [["2023-Q3", "2023-Q4"]]
    await boek(telling.pool, bericht(uren(300, maand="2023-11", plaatsing=UUID(int=5))), verwerker=Verwerker())
    assert await _uren(telling) == [1, 5]
    assert gerekend[1:] == [["2023-Q4"]], "een andere instantie boekte: alleen dat kwartaal opnieuw"
    await telling.cijfer(**Q | {"periode": "2023-Q3"})
    assert len(gerekend) == 2, "een andere vraag naar dezelfde periode hoeft niet opnieuw"


async def test_een_teruggedraaide_boeking_laat_niets_achter(telling: Telling) -> None:
    await boek(telling.pool, bericht(uren(100, maand="2023-12")))
    async with telling.pool.acquire() as conn:
        for _ in range(2):
            terug = conn.transaction()
            await terug.start()
            await Verwerker()(conn, [bericht(uren(900, maand="2023-12", plaatsing=UUID(int=9)))])
            await terug.rollback()
            assert await _uren(telling) == [0, 1]


async def test_een_regel_die_bekend_wordt_geldt_meteen(telling: Telling) -> None:
    await boek(telling.pool, bericht(uren(33_275, maand="2023-12")))
    assert [c["banen"] for c in (await telling.cijfer(**Q))["cellen"]] == [None, None]
    await telling.regels("norm", NORM)
    assert [c["banen"] for c in (await telling.cijfer(**Q))["cellen"]] == [None, None], "nog niet gezegd"
    await telling.relay(BEGIN)
    assert [c["banen"] for c in (await telling.cijfer(**Q))["cellen"]] == [0, 1]


async def test_register_en_uren_houden_ook_een_brug_en_een_verklaring_bij(telling: Telling) -> None:
    await telling.regels("gebieden", *GEBIEDEN.strip().splitlines())
    await telling.relay(BEGIN)
    vraag = {"reeks": "kwartaal", "periode": "2023-Q4", "maat": "geregistreerd"}
    for persoon in (1, 2):
        await boek(
            telling.pool,
            bericht(staat(persoon, op(WSW, "2015-01-01"))),
            bericht(uren(100, plaatsing=UUID(int=persoon))),
        )
        assert (await telling.cijfer(**vraag))["cellen"][0]["geregistreerd"] == persoon
        brug = await telling.haal("revisie", **vraag, bekendVan="2023-01-01")
        assert brug["cellen"][0]["eind"] == persoon
        open_ = await telling.haal("verklaring", **vraag | {"maat": "uren"})
        assert open_["cellen"][0]["uren"] == persoon


async def test_wat_tussen_onthouden_perioden_ontbreekt_sluit_daarop_aan(telling: Telling) -> None:
    """Een stroom begint aan het eind van de periode ervoor, ook als die ertussen al onthouden is."""
    await boek(
        telling.pool, bericht(uren(100, maand="2023-09")), bericht(uren(100, maand="2023-12", plaatsing=UUID(int=5)))
    )
    for pad in ("/v1/stromen", "/v1/stromen/verklaring"):
        await telling.lees(pad, periode="2023-Q3")
        alle = (await telling.lees(pad, periode="2023-Q2..2023-Q4")).json()["cellen"]
        los = [(await telling.lees(pad, periode=f"2023-Q{n}")).json()["cellen"] for n in (2, 3, 4)]
        assert alle == [cel for cellen in los for cel in cellen]
    (q2, q3, q4) = (await telling.lees("/v1/stromen", periode="2023-Q2..2023-Q4")).json()["cellen"]
    assert [(q["begin"], q["eind"]) for q in (q2, q3, q4)] == [(0, 0), (0, 1), (1, 1)]


def test_het_geheugen_is_begrensd_op_cellen_en_vergeet_het_oudste() -> None:
    geheugen = Geheugen(meeste=6)
    geheugen.bewaar("a", 1, ["A", "A"])
    geheugen.bewaar("b", 1, {"x": "B"})
    assert geheugen.vind("a", 1) == (["A", "A"],)
    geheugen.bewaar("c", 1, "C")
    assert geheugen.vind("b", 1) == ({"x": "B"},)
    geheugen.bewaar("d", 1, ([], {"y": 1}))
    assert (geheugen.vind("a", 1), geheugen.vind("c", 1)) == (None, None), "drie en een weg voor vier erbij"
    assert geheugen.vind("b", 2) is None, "bij een andere versie geldt het niet"
    assert geheugen.vind("b", 1) == ({"x": "B"},)
    geheugen.bewaar("b", 2, list(range(10)))
    assert geheugen.vind("b", 2) is None, "wat niet past, wordt niet onthouden"
    assert geheugen.vind("d", 1) == (([], {"y": 1}),)
