"""Regels erin en cijfers eruit, over HTTP en op echte PostgreSQL: brief 004, vintages, weigeringen."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from banenspoor_contracts import RegelVastgesteld
from fastapi import FastAPI

from services.telling.app import DIENST
from services.telling.domain.openbaar import Drempel
from services.telling.handlers import Verwerker
from services.telling.openbaar import Openbaar
from services.telling.regelinvoer import SOORTEN
from shared.api import NDJSON, meld_problemen_aan, router_voor
from shared.auth import Aanroeper, GeenToegang
from tests.conftest import MaakDatabase
from tests.service.test_telling_grootboek import bericht, boek, cel, uren

Json = dict[str, Any]
MaakClient = Callable[[], Awaitable["Telling"]]
GEBIEDEN = """
{"gemeente":"GM0014","gemeente_naam":"Groningen","regio":"AM01","regio_naam":"Groningen","van":"2012-01-01"}
{"gemeente":"0363","gemeente_naam":"Amsterdam","regio":"AM18","regio_naam":"Groot Amsterdam","van":"2012-01-01"}
"""
NORM = {
    "versie": "1331",
    "soort": "vast",
    "uren_per_week": "25,5",
    "uren_per_jaar": "1331",
    "van": "2012-01-01",
    "besloten_op": "2014-12-22",
    "bron": "eerste nulmeting",
}
NULMETING = [
    {"vorm": "inleen", "uren": "12047413,40"},
    {"sector": "markt", "vorm": "formeel", "uren": "11371298,65"},
    {"sector": "overheid", "vorm": "formeel", "uren": "1597200"},
]
NAMENS_GEMEENTE = "Bearer namens een gemeente"
VAST: Json = {"versie": "v1", "gebied": "NL", "besloten_op": "2016-04-29"}


class _Poort:
    """Laat iedereen binnen, met alle scopes van telling; met een kop `Authorization` ook met die erin staan."""

    def controleer(self, kop: str | None) -> Aanroeper:
        if kop is None:
            raise GeenToegang("geen bearertoken")
        scopes = {"tellingen:lezen", "regels:schrijven", "historie", *kop.split()}
        return Aanroeper("proef", frozenset(scopes), gemeente="0014" if kop == NAMENS_GEMEENTE else None)


TOKEN = {"Authorization": "Bearer proef"}


class Telling:
    """De routes van telling op een verse database, zonder Kafka; `relay` speelt de relay."""

    def __init__(self, pool: Any, http: httpx.AsyncClient, app: FastAPI) -> None:
        self.pool, self._http, self.app = pool, http, app

    async def regels(self, soort: str, *rijen: Json | str) -> Json:
        tekst = "\n".join(r.strip() if isinstance(r, str) else json.dumps(r) for r in rijen)
        koppen = {"Idempotency-Key": uuid4().hex, "Content-Type": NDJSON}
        antwoord = await self._http.post(f"/v1/regels/{soort}", content=tekst, headers=koppen)
        assert antwoord.status_code == 200, antwoord.text
        uit: Json = antwoord.json()
        return uit

    async def regel(self, soort: str, rij: Json) -> httpx.Response:
        return await self._http.post(f"/v1/regels/{soort}", json=rij, headers={"Idempotency-Key": uuid4().hex})

    async def vraag(self, kop: str = "", **parameters: str) -> httpx.Response:
        koppen = {"Authorization": kop} if kop else {}
        return await self._http.get("/v1/tellingen", params=parameters, headers=koppen)

    async def lees(self, pad: str, **parameters: str) -> httpx.Response:
        return await self._http.get(pad, params=parameters)

    async def als(self, token: str | None, pad: str, **parameters: str) -> httpx.Response:
        """Met een ander token, of zonder."""
        koppen = {"Authorization": f"Bearer {token}"} if token else {}
        async with httpx.AsyncClient(transport=httpx.ASGITransport(self.app), base_url="http://telling") as http:
            return await http.get(pad, params=parameters, headers=koppen)

    def openbaar(self, grens: Openbaar) -> None:
        """Wat openbaar is, volgens andere instellingen."""
        self.app.state.openbaar = grens

    async def cijfer(self, **parameters: str) -> Json:
        antwoord = await self.vraag(**parameters)
        assert antwoord.status_code == 200, antwoord.text
        uit: Json = antwoord.json()
        return uit

    async def vraag_van(self, deel: str, scope: str = "", **parameters: str) -> httpx.Response:
        koppen = {"Authorization": f"Bearer proef {scope}"} if scope else {}
        return await self._http.get(f"/v1/tellingen/{deel}", params=parameters, headers=koppen)

    async def haal(self, deel: str, scope: str = "", **parameters: str) -> Json:
        antwoord = await self.vraag_van(deel, scope, **parameters)
        assert antwoord.status_code == 200, antwoord.text
        uit: Json = antwoord.json()
        return uit

    async def stromen(self, **parameters: str) -> httpx.Response:
        return await self._http.get("/v1/stromen", params=parameters)

    async def relay(self, tijd: datetime) -> None:
        """Nummert wat klaarstaat, zoals de relay na het vastleggen doet."""
        await self.pool.execute("update uitgaand set publicatienr = volgorde, ce_time = $1 where ce_time is null", tijd)

    async def sluit_historie(self, peil: datetime) -> None:
        await self.pool.execute("update relay_stand set historie = false, peil_bevestigd = $1", peil)
        await self.pool.execute(
            "insert into peil (bron, tijd, historie) select unnest($1::text[]), $2, false "
            "on conflict (bron) do update set tijd = excluded.tijd, historie = false",
            ["intake", "plaatsing"],
            peil,
        )


@pytest.fixture
async def telling(db: MaakDatabase) -> AsyncIterator[Telling]:
    async with _telling((await db("telling")).pool) as klaar:
        yield klaar


@asynccontextmanager
async def _telling(pool: Any) -> AsyncIterator[Telling]:
    app = FastAPI()
    meld_problemen_aan(app)
    app.include_router(router_voor(SOORTEN))
    for router in DIENST.routers:
        app.include_router(router)
    app.state.pool, app.state.poort, app.state.vingersleutel = pool, _Poort(), lambda: b"proef"
    app.state.mag_schrijven, app.state.openbaar = lambda: True, Openbaar("uur", Drempel(5, 3))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://telling", headers=TOKEN) as http:
        yield Telling(pool, http, app)


async def boek_brief(telling: Telling, kwartaal_x100: dict[str, int]) -> None:
    """Boekt de uren van eind 2023 per kolom, verdeeld over vijf personen en drie maanden."""
    berichten = []
    vormen = {"markt": ("markt", "formeel"), "overheid": ("overheid", "formeel"), "inleen": ("markt", "uitzendrelatie")}
    for kolom, totaal in kwartaal_x100.items():
        sector, vorm = vormen[kolom]
        for i in range(15):
            deel = totaal // 15 + (totaal % 15 if i == 0 else 0)
            maand, gemeente = f"2023-{10 + i % 3}", "0363" if i < 10 else "0014"
            plaats = cel(gemeente, sector=sector, vorm=vorm, gemeente_woon="0014" if i % 2 else None)
            feit = uren(deel, maand=maand, cel=plaats, persoon=UUID(int=i % 5), plaatsing=uuid4())
            berichten.append(bericht(feit))
    await boek(telling.pool, *berichten, verwerker=Verwerker())


async def test_brief_004_door_de_voordeur(telling: Telling) -> None:
    """Elk gedrukt getal van tabel 1 uit boekingen en uit regels die over HTTP zijn binnengekomen."""
    uitslag = await telling.regels("gebieden", *GEBIEDEN.strip().splitlines())
    assert (uitslag["aanvaard"], uitslag["fouten"]) == (2, [])
    await telling.regels("norm", NORM)
    await telling.regels("nulmeting", *(VAST | deel for deel in NULMETING))
    sleutels = [("2012", "76,0", "24,0"), ("2023", "72,8", "27,2")]
    await telling.regels(
        "verdeelsleutel",
        *({"peiljaar": j, "markt": m, "overheid": o, "besloten_op": "2024-07-12"} for j, m, o in sleutels),
    )
    doel = {
        "doel": "banenafspraak",
        "gebied": "NL",
        "periode": "2023",
        "besloten_op": "2013-04-11",
        "status": "vastgesteld",
    }
    await telling.regels(
        "doelstellingen", *(doel | {"sector": s, "aantal": a} for s, a in (("markt", 80000), ("overheid", 25000)))
    )
    await telling.relay(datetime.now(UTC))
    await boek_brief(telling, {"markt": 3_666_928_265, "overheid": 518_697_350, "inleen": 1_166_468_435})

    def extra(antwoord: Json) -> dict[str, int]:
        return {f"{c.get('sector')}/{c.get('vorm')}": c["extra"] for c in antwoord["cellen"]}

    meting = {"reeks": "jaarmeting", "periode": "2023"}
    assert extra(await telling.cijfer(**meting, per="sector,vorm")) == {
        "markt/formeel": 76_027,
        "markt/inleen": -1_996,
        "overheid/formeel": 10_788,
        "overheid/inleen": 846,
    }
    assert extra(await telling.cijfer(**meting, per="sector")) == {"markt/None": 74_031, "overheid/None": 11_634}
    antwoord = await telling.cijfer(**meting)
    (totaal,) = antwoord["cellen"]
    assert (totaal["extra"], totaal["doelstelling"], totaal["gat"], totaal["banen"]) == (
        85_665,
        105_000,
        19_335,
        160_844,
    )
    assert totaal["regels"]["norm"]["versie"] == "1331"
    assert totaal["regels"]["norm"]["bron"] == "eerste nulmeting"
    assert totaal["regels"]["meetvenster"] == totaal["regels"]["meetvenster"] | {"versie": "Q4", "aangenomen": True}
    assert any("afrondingsverschillen" in noot for noot in antwoord["voetnoten"])
    kwartaal = await telling.cijfer(reeks="kwartaal", periode="2023-Q4", per="sector,vorm")
    assert extra(kwartaal) == {"markt/formeel": 76_027, "overheid/formeel": 10_788, "None/inleen": -1_150}
    assert {c["status"] for c in kwartaal["cellen"]} == {"indicatief"}

    regio = await telling.cijfer(reeks="kwartaal", periode="2023-Q4", per="regio")
    land = await telling.cijfer(reeks="kwartaal", periode="2023-Q4")
    assert sum(c["uren"] for c in regio["cellen"]) == pytest.approx(land["cellen"][0]["uren"], abs=2)
    assert [(c["regio"], c["regioNaam"], c["extra"]) for c in regio["cellen"]] == [
        ("AM01", "Groningen", None),
        ("AM18", "Groot Amsterdam", None),
    ]
    woon = await telling.cijfer(reeks="kwartaal", periode="2023-Q4", per="regio", plaats="woon")
    assert [c["regio"] for c in woon["cellen"]] == ["AM01", "AM18", "onbekend"]


class TestVintages:
    """Zoals toen bekend, met de regels van toen of van nu."""

    t1 = datetime(2024, 4, 30, 12, tzinfo=UTC)
    t2 = datetime(2024, 6, 14, 12, tzinfo=UTC)

    async def test_een_latere_boeking_verandert_een_ouder_cijfer_niet(self, telling: Telling) -> None:
        await telling.regels("norm", NORM | {"bekend_op": "2014-12-22"})
        await boek(telling.pool, bericht(uren(1_000_000), self.t1))
        toen = await telling.cijfer(reeks="lopend", periode="2023-12", bekendOp="2024-04-30")
        await boek(telling.pool, bericht(uren(400_000, 1_000_000), self.t2))
        nog = await telling.cijfer(reeks="lopend", periode="2023-12", bekendOp="2024-04-30")
        nu = await telling.cijfer(reeks="lopend", periode="2023-12")
        voor = await telling.cijfer(reeks="lopend", periode="2023-12", bekendOp="2014-12-23T09:00:00+01:00")
        assert toen["cellen"] == nog["cellen"]
        assert [a["cellen"][0]["uren"] for a in (toen, nu, voor)] == [10_000, 4_000, 0]
        assert [a["volledigheid"]["gehoord"] for a in (toen, nu, voor)] == [1, 1, 0]
        assert toen["bekendOp"] == "2024-04-30T23:59:59.999999+02:00"

    async def test_een_regel_geldt_vanaf_haar_eigen_gebeurtenis_of_met_de_regels_van_nu(self, telling: Telling) -> None:
        await boek(telling.pool, bericht(uren(1_000_000), self.t1))
        await telling.regels("norm", NORM)
        zonder = await telling.cijfer(reeks="lopend", periode="2023-12")
        await telling.relay(self.t2)
        nu = await telling.cijfer(reeks="lopend", periode="2023-12")
        toen = await telling.cijfer(reeks="lopend", periode="2023-12", bekendOp="2024-04-30")
        gemengd = await telling.cijfer(reeks="lopend", periode="2023-12", bekendOp="2024-04-30", regels="nu")
        assert [a["cellen"][0]["banen"] for a in (zonder, nu, toen, gemengd)] == [None, 90, None, 90]
        assert any("urennorm" in noot for noot in toen["voetnoten"])

    async def test_vast_is_wat_niet_meer_veranderen_kan(self, telling: Telling) -> None:
        open_ = await telling.cijfer(reeks="lopend", periode="2023-12", bekendOp="2024-04-30")
        assert (open_["vast"], open_["vastTot"], open_["versheidSeconden"]) == (False, None, None)
        await telling.sluit_historie(self.t2)
        dicht = await telling.cijfer(reeks="lopend", periode="2023-12", bekendOp="2024-04-30")
        later = await telling.cijfer(reeks="lopend", periode="2023-12", bekendOp="2024-06-15")
        assert (dicht["vast"], later["vast"]) == (True, False)
        assert dicht["vastTot"] == "2024-06-14T14:00:00.000000+02:00"
        assert dicht["versheidSeconden"] > 0
        assert set(dicht["positie"]) == {"doelgroepregister", "plaatsingen", "verloonde-uren", "werkgevers"}


KAN_NIET: list[tuple[dict[str, str], str]] = [
    ({"periode": "2023-Q4"}, "reeks_verplicht"),
    ({"reeks": "kwartaal"}, "periode_verplicht"),
    ({"reeks": "kwartaal", "periode": "2023"}, "andere_periode"),
    ({"reeks": "jaarmeting", "periode": "2023-Q4"}, "andere_periode"),
    ({"reeks": "kwartaal", "periode": "2023-Q5"}, "onjuiste_periode"),
    ({"reeks": "kwartaal", "periode": "2023-Q4..2023-Q1"}, "onjuiste_periode"),
    ({"reeks": "maandelijks", "periode": "2023-12"}, "onbekende_reeks"),
    ({"reeks": "kwartaal", "periode": "2023-Q4", "per": "kleur"}, "onbekende_uitsplitsing"),
    ({"reeks": "kwartaal", "periode": "2023-Q4", "werkgever": "100000037L02"}, "onjuiste_werkgever"),
    ({"reeks": "kwartaal", "periode": "2023-Q4", "groep": "de gemeente"}, "onjuiste_groep"),
    (
        {"reeks": "kwartaal", "periode": "2023-Q4", "maat": "geregistreerd", "groep": str(UUID(int=1))},
        "past_niet_bij_maat",
    ),
    ({"reeks": "kwartaal", "periode": "2023-Q4", "maat": "winst"}, "onbekende_maat"),
    ({"reeks": "kwartaal", "periode": "2023-Q4", "plaats": "thuis"}, "onbekende_plaats"),
    ({"reeks": "kwartaal", "periode": "2023-Q4", "vorm": "uitzendrelatie"}, "onbekende_vorm"),
    ({"reeks": "kwartaal", "periode": "2023-Q4", "regio": "AM99"}, "onbekende_regio"),
    ({"reeks": "kwartaal", "periode": "2023-Q4", "gemeente": "9999"}, "onbekende_gemeente"),
    ({"reeks": "kwartaal", "periode": "2023-Q4", "bekendOp": "2999-01-01"}, "toekomst"),
    ({"reeks": "kwartaal", "periode": "2023-Q4", "bekendOp": "gisteren"}, "onjuist_moment"),
    ({"reeks": "kwartaal", "periode": "2023-Q4", "grenzen": "ooit"}, "onbekende_grenzen"),
    ({"reeks": "kwartaal", "periode": "2023-Q4", "regels": "later"}, "onbekende_regels"),
    ({"reeks": "kwartaal", "periode": "2023-Q4", "pre": "sector"}, "onjuist"),
]


async def test_wat_niet_kan_is_een_400_die_zegt_waarom(telling: Telling) -> None:
    for parameters, code in KAN_NIET:
        antwoord = await telling.vraag(**parameters)
        gezien = antwoord.status_code, antwoord.headers["content-type"], antwoord.json()["code"]
        assert gezien == (400, "application/problem+json", code), parameters


async def test_zonder_reeks_zegt_het_antwoord_dat_er_twee_ware_cijfers_zijn(telling: Telling) -> None:
    antwoord = await telling.vraag(periode="2023-Q4")
    assert "indicatief" in antwoord.json()["detail"]
    assert "officiële" in antwoord.json()["detail"]


# --- regels binnenkrijgen ------------------------------------------------------------------------------------------------

FOUTE_RIJEN: list[tuple[str, Json, str, str]] = [
    (
        "verdeelsleutel",
        {"peiljaar": "2023", "markt": "72,8", "overheid": "27,3", "besloten_op": "2024-07-12"},
        "overheid",
        "onjuist",
    ),
    (
        "verdeelsleutel",
        {"peiljaar": "2023", "markt": "veel", "overheid": "27,2", "besloten_op": "2024-07-12"},
        "markt",
        "onjuist",
    ),
    ("nulmeting", VAST | {"vorm": "inleen", "uren": "1", "banen": "1"}, "banen", "onjuist"),
    ("nulmeting", VAST | {"vorm": "inleen"}, "banen", "onjuist"),
    ("nulmeting", VAST | {"sector": "markt", "vorm": "inleen", "banen": "1"}, "vorm", "onjuist"),
    ("nulmeting", VAST | {"sector": "markt", "banen": "1"}, "vorm", "onjuist"),
    ("nulmeting", VAST | {"sector": "zorg", "vorm": "formeel", "banen": "1"}, "sector", "onbekende_sector"),
    ("nulmeting", VAST | {"gebied": "AM99", "vorm": "inleen", "banen": "1"}, "gebied", "onbekende_regio"),
    ("nulmeting", VAST | {"gebied": "9999", "vorm": "inleen", "banen": "1"}, "gebied", "onbekende_gemeente"),
    ("norm", NORM | {"uren_per_jaar": ""}, "uren_per_jaar", "onjuist"),
    ("norm", NORM | {"soort": "kalender"}, "uren_per_jaar", "onjuist"),
    ("norm", NORM | {"van": "1-1-2012"}, "van", "onjuist"),
    ("wie-telt", {"versie": "de mijne", "van": "2015-05-01", "besloten_op": "2015-05-01"}, "versie", "onjuist"),
    ("meetvenster", {"venster": "Q3", "van": "2012-01-01", "besloten_op": "2012-01-01"}, "venster", "onjuist"),
    (
        "peilmoment",
        {"reeks": "week", "moment": "maand", "van": "2012-01-01", "besloten_op": "2012-01-01"},
        "reeks",
        "onjuist",
    ),
    (
        "gebieden",
        {"gemeente": "0014", "gemeente_naam": "x", "regio": "AM01", "regio_naam": "x", "van": "2020-01-01"},
        "van",
        "overlap",
    ),
    (
        "gebieden",
        {
            "gemeente": "0037",
            "gemeente_naam": "x",
            "regio": "AM01",
            "regio_naam": "x",
            "van": "2020-01-01",
            "tot": "2019-01-01",
        },
        "tot",
        "einde_voor_begin",
    ),
    (
        "gebieden",
        {"gemeente": "9999", "gemeente_naam": "x", "regio": "AM01", "regio_naam": "x", "van": "2020-01-01"},
        "gemeente",
        "onbekende_gemeente",
    ),
    (
        "doelstellingen",
        {
            "doel": "meer",
            "gebied": "NL",
            "periode": "2023",
            "aantal": "-1",
            "besloten_op": "2013-04-11",
            "status": "vast",
        },
        "aantal",
        "onjuist",
    ),
]


async def test_een_foute_rij_wordt_met_kolom_en_code_afgewezen(telling: Telling) -> None:
    await telling.regels("gebieden", *GEBIEDEN.strip().splitlines())
    for soort, rij, kolom, code in FOUTE_RIJEN:
        antwoord = await telling.regel(soort, rij)
        fouten = [(f["kolom"], f["code"]) for f in antwoord.json()["fouten"]]
        assert antwoord.status_code == 422, rij
        assert (kolom, code) in fouten, rij


async def test_goede_rijen_naast_een_foute_komen_erin_en_twee_keer_is_een_keer(telling: Telling) -> None:
    rijen = [VAST | deel for deel in NULMETING] + [VAST | {"vorm": "inleen"}]
    een, twee = await telling.regels("nulmeting", *rijen), await telling.regels("nulmeting", *rijen)
    assert (een["aanvaard"], een["ongewijzigd"], [f["rij"] for f in een["fouten"]]) == (3, 0, [4])
    assert (twee["aanvaard"], twee["ongewijzigd"], len(twee["fouten"])) == (0, 3, 1)
    gezegd = await telling.pool.fetch("select data from uitgaand order by volgorde")
    feiten = [RegelVastgesteld.model_validate_json(rij["data"]) for rij in gezegd]
    assert [(f.soort, f.versie) for f in feiten] == [("nulmeting", "v1")] * 3
    assert feiten[0].inhoud == {
        "versie": "v1",
        "gebied": "NL",
        "vorm": "inleen",
        "uren": "12047413.4",
        "beslotenOp": "2016-04-29",
    }


async def test_een_andere_inhoud_met_dezelfde_sleutel_vervangt_en_terug_kan_ook(telling: Telling) -> None:
    anders = NORM | {"uren_per_jaar": "1300"}
    assert [(await telling.regels("norm", rij))["aanvaard"] for rij in (NORM, anders, NORM, NORM)] == [1, 1, 1, 0]
    await telling.relay(datetime.now(UTC) - timedelta(seconds=1))
    await boek(telling.pool, bericht(uren(1331_00)))
    assert (await telling.cijfer(reeks="lopend", periode="2023-12"))["cellen"][0]["banen"] == 12


async def test_een_regio_kan_veranderen_als_de_oude_rij_eerst_eindigt(telling: Telling) -> None:
    oud = {"gemeente": "0014", "gemeente_naam": "x", "regio": "AM01", "regio_naam": "x", "van": "2012-01-01"}
    nieuw = oud | {"regio": "AM03", "van": "2020-01-01"}
    await telling.regels("gebieden", oud)
    uitslag = await telling.regels("gebieden", oud | {"tot": "2020-01-01"}, nieuw)
    assert (uitslag["aanvaard"], uitslag["fouten"]) == (2, [])


async def test_historie_geeft_een_regel_haar_eigen_kennismoment(telling: Telling) -> None:
    """Oudere kennis die later geladen wordt, verdringt nieuwere niet."""
    nieuw, oud = NORM | {"bekend_op": "2016-01-01"}, NORM | {"uren_per_jaar": "1300", "bekend_op": "2014-12-22"}
    await telling.regels("norm", nieuw)
    assert (await telling.regels("norm", oud))["aanvaard"] == 1
    assert (await telling.regels("norm", oud, nieuw))["ongewijzigd"] == 2
    await boek(telling.pool, bericht(uren(1331_00, bekend_op=datetime(2015, 1, 1, tzinfo=UTC))))
    nu = await telling.cijfer(reeks="lopend", periode="2023-12")
    toen = await telling.cijfer(reeks="lopend", periode="2023-12", bekendOp="2015-06-01")
    assert (nu["cellen"][0]["banenExact"], toen["cellen"][0]["banenExact"]) == ("12/1", "3993/325")
