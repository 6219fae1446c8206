"""`GET /v1/stromen` door de voordeur: het antwoord met zijn omslag, wat toen bekend was, en wat geweigerd wordt."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from banenspoor_contracts import (
    Cel,
    CorrectieReden,
    EindReden,
    Grondslag,
    RegistratieBeeindigd,
    RegistratieGecorrigeerd,
    Vorm,
)

from tests.service.test_telling_cijfers import GEBIEDEN, Telling, telling
from tests.service.test_telling_geregistreerd import op, staat
from tests.service.test_telling_grootboek import BEGIN, bericht, boek, cel, uren

__all__ = ["telling"]
WSW = Grondslag.WSW
GRONINGEN, AMSTERDAM = cel("0014"), cel("0363")


def werkt(persoon: int, maand: str, waar: Cel = GRONINGEN, x100: int | None = 5_000, **rest: Any) -> Any:
    return uren(x100, maand=maand, persoon=UUID(int=persoon), plaatsing=UUID(int=100 + persoon), cel=waar, **rest)


def getallen(c: dict[str, Any]) -> dict[str, int]:
    return {naam: aantal for naam, aantal in c.items() if isinstance(aantal, int) and aantal}


async def vul(telling: Telling) -> None:
    """Zeven mensen in het vierde kwartaal van 2023; ieder gaat een andere weg."""
    await telling.regels("gebieden", *GEBIEDEN.strip().splitlines())
    await telling.relay(BEGIN)
    einde = RegistratieBeeindigd(
        persoon=UUID(int=5),
        grondslag=WSW,
        tot=op(WSW, "2023-11-15").van,
        reden=EindReden.AOW_LEEFTIJD,
        registraties=(op(WSW, "2015-01-01", "2023-11-15"),),
        woonplaatsen=(),
    )
    beschut = cel(vorm=Vorm.WSW_BESCHUT)
    await boek(
        telling.pool,
        *(bericht(staat(persoon, op(WSW, "2015-01-01"))) for persoon in (1, 2, 3, 5, 6)),
        bericht(staat(4, op(WSW, "2023-10-05"))),
        bericht(einde),
        *(bericht(werkt(1, maand)) for maand in ("2023-09", "2023-12")),  # blijft
        bericht(werkt(2, "2023-12")),  # vindt werk
        bericht(werkt(3, "2023-09", AMSTERDAM)),  # verliest werk
        bericht(werkt(4, "2023-12", AMSTERDAM)),  # komt werkend binnen
        bericht(werkt(5, "2023-09")),  # gaat uit het register
        bericht(werkt(6, "2023-09")),
        bericht(werkt(6, "2023-12", beschut)),  # gaat Wsw beschut werken: telt niet meer mee
        bericht(werkt(7, "2023-09")),
        bericht(werkt(7, "2023-12", AMSTERDAM)),  # gaat in Amsterdam werken
    )


async def test_ieder_gaat_haar_eigen_weg(telling: Telling) -> None:
    await vul(telling)
    uit = (await telling.stromen(periode="2023-Q4")).json()
    (land,) = uit["cellen"]
    assert getallen(land) == {
        "begin": 5,
        "gevonden": 1,
        "verloren": 1,
        "instroomWerkend": 1,
        "uitstroomWerkend": 2,
        "eind": 4,
    }
    regios = (await telling.stromen(periode="2023-Q4", per="regio")).json()
    assert {c["regio"]: getallen(c) for c in regios["cellen"]} == {
        "AM01": {"begin": 4, "gevonden": 1, "uitstroomWerkend": 2, "verhuisdUit": 1, "eind": 2},
        "AM18": {"begin": 1, "verloren": 1, "instroomWerkend": 1, "verhuisdIn": 1, "eind": 2},
    }
    assert [c["regioNaam"] for c in regios["cellen"]] == ["Groningen", "Groot Amsterdam"]
    (register,) = uit["register"]
    assert (register["begin"], register["in"], register["uit"], register["eind"]) == (5, 1, 1, 5)
    assert register["redenen"] == [
        {"richting": "in", "soort": "registratie-ingegaan", "reden": None, "aantal": 1},
        {"richting": "uit", "soort": "registratie-beeindigd", "reden": "AOW_LEEFTIJD", "aantal": 1},
    ]
    assert [g["grondslag"] for g in register["grondslagen"]] == ["WSW"]
    assert (uit["reeks"], land["status"], land["regels"]["wieTelt"]["versie"]) == (
        "kwartaal",
        "indicatief",
        "wfsv-38b",
    )
    assert uit["voetnoten"][land["voetnoten"][0] - 1].startswith("Personen met tellende uren")


async def test_de_periode_zegt_welke_reeks_en_het_begin_is_het_vorige_eind(telling: Telling) -> None:
    await vul(telling)
    for periode, reeks, status in (
        ("2023-09..2023-12", "lopend", "lopend"),
        ("2023-Q1..2023-Q4", "kwartaal", "indicatief"),
        ("2022..2023", "jaarmeting", "indicatief"),
    ):
        uit = (await telling.stromen(periode=periode)).json()
        cellen = uit["cellen"]
        assert (uit["reeks"], {c["status"] for c in cellen}) == (reeks, {status})
        assert [c["begin"] for c in cellen[1:]] == [c["eind"] for c in cellen[:-1]]
        assert [r["begin"] for r in uit["register"][1:]] == [r["eind"] for r in uit["register"][:-1]]
        personen = await telling.cijfer(reeks=reeks, periode=periode, maat="personen")
        assert [c["eind"] for c in cellen] == [c["personen"] for c in personen["cellen"]]
    zelf = (await telling.stromen(periode="2023-Q4", reeks="kwartaal")).json()
    assert zelf["cellen"] == (await telling.stromen(periode="2023-Q4")).json()["cellen"]


async def test_wat_toen_bekend_was_verandert_niet_en_is_vast(telling: Telling) -> None:
    await vul(telling)
    vraag = {"periode": "2023-Q4", "bekendOp": "2024-01-02"}
    eerst = (await telling.stromen(**vraag)).json()
    later = BEGIN + timedelta(days=30)
    await boek(telling.pool, bericht(werkt(3, "2023-12", AMSTERDAM), later))  # toch niet verloren
    await boek(telling.pool, bericht(staat(2), later))  # stond er nooit in
    opnieuw = RegistratieGecorrigeerd(
        persoon=UUID(int=4),
        vorige=(),
        reden=CorrectieReden.BSN,
        registraties=(op(WSW, "2023-10-05"),),
        woonplaatsen=(),
    )
    await boek(
        telling.pool, bericht(staat(4), later), bericht(opnieuw, later)
    )  # eruit, en met dezelfde datum er weer in
    toen, nu = (await telling.stromen(**vraag)).json(), (await telling.stromen(periode="2023-Q4")).json()
    assert (toen["cellen"], toen["register"]) == (eerst["cellen"], eerst["register"])
    verwacht = {"begin": 5, "gevonden": 0, "verloren": 0, "instroomWerkend": 2, "uitstroomWerkend": 2, "eind": 5}
    assert getallen(nu["cellen"][0]) == {naam: n for naam, n in verwacht.items() if n}
    assert [(r["begin"], r["in"], r["uit"], r["eind"]) for r in nu["register"]] == [(4, 1, 1, 4)]
    redenen = [[(r["richting"], r["reden"]) for r in uit["register"][0]["redenen"]] for uit in (toen, nu)]
    assert redenen == [[("in", None), ("uit", "AOW_LEEFTIJD")], [("in", "BSN"), ("uit", "AOW_LEEFTIJD")]]
    await telling.sluit_historie(datetime(2024, 1, 20, tzinfo=UTC))
    toen, nu = (await telling.stromen(**vraag)).json(), (await telling.stromen(periode="2023-Q4")).json()
    assert (toen["vast"], nu["vast"]) == (True, False)
    assert toen["vastTot"].startswith("2024-01-20")
    assert toen["volledigheid"] == {"verwacht": 0, "gehoord": 9}
    assert {"positie", "versheidSeconden", "demo"} <= toen.keys()


@pytest.mark.parametrize(
    ("parameters", "code"),
    [
        ({}, "periode_verplicht"),
        ({"periode": "gisteren"}, "onjuiste_periode"),
        ({"periode": "2023-Q1..2023-12"}, "andere_periode"),
        ({"periode": "2023-Q4", "reeks": "jaarmeting"}, "andere_periode"),
        ({"periode": "2023-Q4", "per": "sector"}, "onbekende_uitsplitsing"),
        ({"periode": "2023-Q4", "regio": "Groningen"}, "onbekende_regio"),
        ({"periode": "2023-Q4", "regio": "AM99"}, "onbekende_regio"),
        ({"periode": "2023-Q4", "plaats": "maan"}, "onbekende_plaats"),
        ({"periode": "2023-Q4", "bekendOp": "2999-01-01"}, "toekomst"),
        ({"periode": "2023-Q4", "maat": "uren"}, "onjuist"),
    ],
)
async def test_wat_niet_kan_wordt_geweigerd(telling: Telling, parameters: dict[str, str], code: str) -> None:
    antwoord = await telling.stromen(**parameters)
    assert (antwoord.status_code, antwoord.json()["code"]) == (400, code), antwoord.text
    assert antwoord.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("pad", "vraag"),
    [
        ("/v1/stromen", {"periode": "2023-Q4", "per": "regio"}),
        ("/v1/stromen/verklaring", {"periode": "2023-Q4"}),
        ("/v1/stromen/revisie", {"periode": "2023-Q4", "bekendVan": "2024-01-01"}),
        ("/v1/tellingen/reeksbrug", {"periode": "2023", "regio": "AM01"}),
    ],
)
async def test_de_zetel_hoort_niet_bij_stromen_en_reeksbrug(telling: Telling, pad: str, vraag: dict[str, str]) -> None:
    antwoord = await telling.lees(pad, **vraag, plaats="zetel")
    assert (antwoord.status_code, antwoord.json()["code"]) == (400, "past_niet_bij_route")


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+14:00", "0001-01-01", "1969-12-31"])
async def test_een_moment_voor_alles_is_een_vergissing(telling: Telling, moment: str) -> None:
    antwoord = await telling.vraag(reeks="kwartaal", periode="2023-Q4", bekendOp=moment)
    assert (antwoord.status_code, antwoord.json()["code"]) == (400, "onjuist_moment")
