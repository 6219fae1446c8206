"""`watAls` door de voordeur: dezelfde uren met andere regels, gemerkt in antwoord, cel en bestandsnaam."""

from datetime import UTC, datetime

import pytest
from banenspoor_contracts import Grondslag

from tests.service.test_telling_cijfers import NORM, Telling, telling
from tests.service.test_telling_grootboek import BEGIN, bericht, boek, cel, uren

__all__ = ["telling"]
DECEMBER = {"reeks": "lopend", "periode": "2023-12"}


async def test_een_andere_norm_geldt_bij_het_lezen_en_is_gemerkt(telling: Telling) -> None:
    await telling.regels("norm", NORM | {"bekend_op": "2014-12-22"})
    await boek(telling.pool, bericht(uren(1331_00)))
    await telling.sluit_historie(datetime(2024, 6, 1, tzinfo=UTC))
    vraag = DECEMBER | {"bekendOp": "2024-04-30"}
    gewoon = await telling.cijfer(**vraag)
    antwoord = await telling.vraag(**vraag, watAls="norm:24")
    anders = antwoord.json()
    assert [a["cellen"][0]["banenExact"] for a in (gewoon, anders)] == ["12/1", "51/4"]
    assert (gewoon["watAls"], gewoon["vast"], gewoon["cellen"][0]["status"]) == (None, True, "lopend")
    assert (anders["watAls"], anders["vast"], anders["cellen"][0]["status"]) == ({"norm": "24"}, False, "wat-als")
    assert anders["voetnoten"][anders["cellen"][0]["voetnoten"][-2] - 1].startswith("Wat als")
    naam = "WAT-ALS_norm-24_lopend_2023-12_extra_bekend-2024-04-30"
    assert (anders["bestandsnaam"], naam in antwoord.headers["content-disposition"]) == (naam, True)
    assert "WAT-ALS" not in gewoon["bestandsnaam"]
    assert await telling.cijfer(**vraag) == gewoon | {
        "versheidSeconden": pytest.approx(gewoon["versheidSeconden"], abs=5)
    }


async def test_een_ander_peilmoment_leest_de_grondslagen_van_die_dag(telling: Telling) -> None:
    """Wie alleen aan het eind van de maand een grondslag had, telt bij het peilmoment van de maand."""
    waar = cel(grondslagen_maand=(Grondslag.WSW,), grondslagen_kwartaal=())
    await boek(telling.pool, bericht(uren(5_000, maand="2023-11", cel=waar)))
    vraag = {"reeks": "kwartaal", "periode": "2023-Q4"}
    for maat, wat, verwacht in (
        ("uren", "", 0),
        ("uren", "peilmoment:kwartaal", 0),
        ("uren", "peilmoment:maand", 50),
    ):
        antwoord = await telling.cijfer(**vraag, maat=maat, **({"watAls": wat} if wat else {}))
        assert antwoord["cellen"][0]["uren"] == verwacht, wat


async def test_ook_personen_tellen_met_een_andere_wet(telling: Telling) -> None:
    waar = cel(grondslagen_maand=(Grondslag.LID2_VOOR18,), grondslagen_kwartaal=(Grondslag.LID2_VOOR18,))
    await boek(telling.pool, bericht(uren(5_000, cel=waar), BEGIN))
    vraag = {"reeks": "kwartaal", "periode": "2023-Q4", "maat": "personen"}
    gewoon = await telling.cijfer(**vraag)
    anders = await telling.cijfer(**vraag, watAls="wieTelt:wet-banenafspraak")
    assert [a["cellen"][0]["personen"] for a in (gewoon, anders)] == [0, 1]
    assert anders["cellen"][0]["status"] == "wat-als"
    assert anders["cellen"][0]["regels"]["wieTelt"]["versie"] == "wet-banenafspraak"


async def test_wat_niet_uit_te_rekenen_is_zegt_dat(telling: Telling) -> None:
    for parameters, code in (
        ({"watAls": "peilmoment:dag"}, "niet_uit_te_rekenen"),
        ({"watAls": "sleutel:2016"}, "niet_uit_te_rekenen"),
        ({"watAls": "norm:24"}, "niet_uit_te_rekenen"),
        ({"watAls": "norm"}, "onjuiste_wat_als"),
        ({"watAls": "sectoren:samen", "sector": "markt"}, "past_niet_bij_wat_als"),
        ({"watAls": "norm:24", "maat": "personen"}, "past_niet_bij_maat"),
        ({"watAls": "wieTelt:2026", "maat": "geregistreerd"}, "past_niet_bij_maat"),
    ):
        antwoord = await telling.vraag(**DECEMBER, **parameters)
        assert (antwoord.status_code, antwoord.json()["code"]) == (400, code), parameters
