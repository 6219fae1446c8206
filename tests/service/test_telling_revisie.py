"""`/v1/tellingen/revisie`: van het ene kennismoment naar het andere, per reden en per regel, zonder rest."""

from datetime import UTC, datetime
from fractions import Fraction
from typing import Any
from uuid import UUID

import pytest
from banenspoor_contracts import Reden, Sector
from hypothesis import strategies as st

from services.telling.api import overbrug
from services.telling.vraag import Revisieparameters, lees_revisie
from shared.db import Tx
from tests.conftest import MaakDatabase
from tests.service.telling_historie import HISTORIE, Stap, moment
from tests.service.telling_historie import boek as boek_historie
from tests.service.telling_naief import NU, antwoord, voor_elk
from tests.service.test_telling_cijfers import NORM, NULMETING, VAST, Telling, telling
from tests.service.test_telling_grootboek import bericht, boek, cel, uren

__all__ = ["telling"]
T1, T2, T3 = (datetime(2024, maand, 10, 12, tzinfo=UTC) for maand in (1, 3, 6))
Q4 = {"reeks": "kwartaal", "periode": "2023-Q4"}
OVERHEID = cel("0363", sector=Sector.OVERHEID)


async def revisie(tx: Tx, **parameters: str) -> dict[str, Any]:
    vraag, van = lees_revisie(Revisieparameters(**parameters), NU)
    return await overbrug(tx, vraag, van, NU)


def stappen(cel_: dict[str, Any]) -> list[tuple[str, str]]:
    return [(stap["naam"], stap["bedragExact"]) for stap in cel_["stappen"]]


async def test_late_uren_een_correctie_en_een_herziene_nulmeting(telling: Telling) -> None:
    await telling.regels("norm", NORM)
    await telling.regels("nulmeting", *(VAST | deel for deel in NULMETING))
    await telling.relay(datetime(2016, 5, 1, tzinfo=UTC))
    baan: dict[str, Any] = {"persoon": UUID(int=1), "plaatsing": UUID(int=11)}
    await boek(telling.pool, bericht(uren(33_275, **baan), T1))
    await boek(telling.pool, bericht(uren(66_550, reden=Reden.NALEVERING, plaatsing=UUID(int=12)), T2))
    await boek(telling.pool, bericht(uren(0, 33_275, reden=Reden.CORRECTIE, **baan), T3))
    nieuw = {
        "versie": "v2",
        "sector": "markt",
        "vorm": "formeel",
        "banen": "1",
        "gebied": "NL",
        "besloten_op": "2024-05-01",
    }
    await telling.regels("nulmeting", nieuw)
    await telling.relay(datetime(2024, 7, 1, tzinfo=UTC))
    uit = await telling.haal("revisie", **Q4, maat="banen", bekendVan="2024-01-31", bekendTot="2024-06-30")
    (land,) = uit["cellen"]
    assert (land["beginExact"], land["eindExact"], land["verschil"]) == ("1/1", "2/1", 1)
    assert stappen(land) == [("NALEVERING", "2/1"), ("CORRECTIE", "-1/1")]
    assert [stap["boekingen"] for stap in land["stappen"]] == [1, 2]
    uit = await telling.haal("revisie", **Q4, per="sector", bekendVan="2024-06-30")
    markt = next(c for c in uit["cellen"] if c["sector"] == "markt")
    assert stappen(markt) == [("nulmeting", str(Fraction("11371298.65") * 4 / 1331 - 1))]
    assert markt["stappen"][0]["soort"] == "regel"
    assert (await telling.haal("revisie", **Q4, per="sector", bekendVan="2024-06-30", regels="nu"))["cellen"][0][
        "stappen"
    ] == []


async def test_een_mens_verhuist_van_sector_en_telt_toch_een_keer(telling: Telling) -> None:
    baan: dict[str, Any] = {"persoon": UUID(int=1), "plaatsing": UUID(int=11)}
    await boek(telling.pool, bericht(uren(5_000, **baan), T1))
    correctie = uren(4_000, 5_000, cel=OVERHEID, reden=Reden.SECTOR_CORRECTIE, **baan)
    await boek(
        telling.pool, bericht(correctie, T2), bericht(uren(1_000, plaatsing=UUID(int=12), persoon=UUID(int=1)), T3)
    )
    vraag = Q4 | {"maat": "personen", "bekendVan": "2024-01-31"}
    assert (await telling.haal("revisie", **vraag))["cellen"][0]["stappen"] == []
    per_sector = {c["sector"]: stappen(c) for c in (await telling.haal("revisie", **vraag, per="sector"))["cellen"]}
    assert per_sector["markt"] == [("SECTOR_CORRECTIE", "-1/1")]
    assert per_sector["overheid"] == [("SECTOR_CORRECTIE", "1/1")]


async def test_zonder_nulmeting_geen_brug_en_dat_staat_erbij(telling: Telling) -> None:
    await telling.regels("norm", NORM)
    await telling.relay(datetime(2016, 5, 1, tzinfo=UTC))
    await boek(telling.pool, bericht(uren(5_000), T1))
    uit = await telling.haal("revisie", **Q4, bekendVan="2024-01-01")
    assert [(c["begin"], c["eind"], c["verschil"], c["stappen"], c["afronding"]) for c in uit["cellen"]] == [
        (None, None, None, [], None)
    ]
    assert "maat=banen" in uit["voetnoten"][0]


async def test_vast_is_wat_op_het_tweede_moment_vast_is(telling: Telling) -> None:
    await boek(telling.pool, bericht(uren(5_000), T1))
    await telling.sluit_historie(T2)
    vraag = Q4 | {"maat": "uren", "bekendVan": "2024-01-01"}
    assert [(await telling.haal("revisie", **vraag, bekendTot=t))["vast"] for t in ("2024-02-01", "2024-04-01")] == [
        True,
        False,
    ]


@pytest.mark.parametrize(
    ("anders", "code"),
    [
        ({}, "bekend_van_verplicht"),
        ({"bekendVan": "2024-01-01", "bekendOp": "2024-01-01"}, "kies_bekend_van"),
        ({"bekendVan": "2024-02-01", "bekendTot": "2024-01-01"}, "onjuist_moment"),
        ({"bekendVan": "gisteren"}, "onjuist_moment"),
        ({"bekendVan": "2999-01-01"}, "toekomst"),
        ({"bekendVan": "2024-01-01", "reeks": ""}, "reeks_verplicht"),
    ],
)
async def test_wat_niet_kan_wordt_geweigerd(telling: Telling, anders: dict[str, str], code: str) -> None:
    antwoord_ = await telling.vraag_van("revisie", **Q4 | anders)
    assert (antwoord_.status_code, antwoord_.json()["code"]) == (400, code)


VRAGEN = [
    {"reeks": "kwartaal", "periode": "2023-Q4"},
    {"reeks": "kwartaal", "periode": "2023-Q3..2023-Q4", "per": "sector,vorm"},
    {"reeks": "kwartaal", "periode": "2023-Q4", "per": "regio"},
    {"reeks": "kwartaal", "periode": "2023-Q4", "per": "gemeente", "grenzen": "2024"},
    {"reeks": "kwartaal", "periode": "2023-Q4", "per": "contract", "regio": "AM18"},
    {"reeks": "jaarmeting", "periode": "2023", "per": "sector"},
    {"reeks": "jaarmeting", "periode": "2023", "per": "regio"},
    {"reeks": "lopend", "periode": "2023-10..2023-12", "per": "vorm"},
    {"reeks": "kwartaal", "periode": "2023-Q4", "per": "werkgever,sector"},
    {"reeks": "kwartaal", "periode": "2023-Q4", "per": "branche"},
    {"reeks": "kwartaal", "periode": "2023-Q4", "per": "regio", "plaats": "zetel", "werkgever": str(UUID(int=8))},
    {
        "reeks": "kwartaal",
        "periode": "2023-Q4",
        "per": "regio",
        "wat_als": "wieTelt:2026,sectoren:samen,peilmoment:maand",
    },
]
MATEN = ("uren", "banen", "extra", "personen", "werkgevers", "geregistreerd")


async def test_elke_brug_sluit_op_de_cijfers_van_beide_momenten(db: MaakDatabase) -> None:
    """Voor elke geschiedenis, twee momenten, elke maat en uitsplitsing: begin en eind zijn de cijfers, de stappen tellen op."""

    async def proef(tx: Tx, voorbeeld: tuple[list[Stap], int, int, dict[str, str]]) -> None:
        historie, een, twee, vraag = voorbeeld
        await boek_historie(tx, historie)
        van, tot = (moment(min(m, len(historie))).isoformat() for m in sorted((een, twee)))
        for maat in MATEN:
            v = vraag | {"maat": maat}
            if maat == "geregistreerd":
                v = {k: w for k, w in v.items() if k in ("reeks", "periode", "maat")} | {"per": "grondslag"}
            uit = await revisie(tx, **v, bekend_van=van, bekend_tot=tot)
            eerst, later = [await antwoord(tx, **v, bekend_op=m) for m in (van, tot)]
            _sluit(uit, eerst, later, maat)
            if not any(isinstance(stap, list) for stap in historie[min(een, twee) : max(een, twee)]):
                assert _redenen(uit) == await _stap_voor_stap(tx, v, historie, *sorted((een, twee)))

    await voor_elk(
        (await db("telling")).pool,
        st.tuples(HISTORIE, st.integers(0, 14), st.integers(0, 14), st.sampled_from(VRAGEN)),
        proef,
        hoeveel=25,
    )


def _redenen(uit: dict[str, Any]) -> dict[str, Fraction]:
    """Wat elke reden over alle cellen samen deed."""
    som: dict[str, Fraction] = {}
    for cel_ in uit["cellen"]:
        for stap in cel_["stappen"]:
            som[stap["naam"]] = som.get(stap["naam"], Fraction(0)) + Fraction(stap["bedragExact"])
    return {naam: bedrag for naam, bedrag in som.items() if bedrag}


async def _stap_voor_stap(
    tx: Tx, vraag: dict[str, str], historie: list[Stap], een: int, twee: int
) -> dict[str, Fraction]:
    """Hetzelfde uit de cijfers van vlak voor en vlak na elke gebeurtenis."""
    som: dict[str, Fraction] = {}

    async def bekend(stap: int) -> Fraction:
        cellen = (await antwoord(tx, **vraag, bekend_op=moment(stap).isoformat()))["cellen"]
        return sum((Fraction(c[f"{vraag['maat']}Exact"] or 0) for c in cellen), Fraction(0))

    vorige = await bekend(min(een, len(historie)))
    for nr in range(een, min(twee, len(historie))):
        stap = historie[nr]
        assert not isinstance(stap, list)
        naam = (
            stap[3].value
            if len(stap) == 5
            else f"registratie-beeindigd:{stap[2]}"
            if stap[2]
            else "registratie-ingegaan"
        )
        nu = await bekend(nr + 1)
        som[naam] = som.get(naam, Fraction(0)) + nu - vorige
        vorige = nu
    return {naam: bedrag for naam, bedrag in som.items() if bedrag}


def _sluit(uit: dict[str, Any], eerst: dict[str, Any], later: dict[str, Any], maat: str) -> None:
    def sleutel(cel_: dict[str, Any]) -> tuple[Any, ...]:
        return cel_["periode"], *(cel_[naam] for naam in uit["per"])

    cijfers = [{sleutel(c): c[f"{maat}Exact"] for c in a["cellen"]} for a in (eerst, later)]
    assert {k for per_cel in cijfers for k in per_cel} <= {sleutel(c) for c in uit["cellen"]}
    for cel_ in uit["cellen"]:
        for naam, per_cel in zip(("begin", "eind"), cijfers, strict=True):
            if sleutel(cel_) in per_cel:
                assert cel_[f"{naam}Exact"] == per_cel[sleutel(cel_)]
            elif maat != "extra":
                assert cel_[f"{naam}Exact"] in ("0/1", None)
        if cel_["verschil"] is None:
            assert cel_["stappen"] == []
            continue
        stap = sum((Fraction(s["bedragExact"]) for s in cel_["stappen"]), Fraction(0))
        assert Fraction(cel_["beginExact"]) + stap == Fraction(cel_["eindExact"]), uit
        assert cel_["begin"] + sum(s["bedrag"] for s in cel_["stappen"]) + cel_["afronding"] == cel_["eind"]
        assert all(s["soort"] in ("reden", "regel") and s["naam"] for s in cel_["stappen"])
