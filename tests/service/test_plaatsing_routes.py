"""De routes van plaatsing: één rij of vele erin, één baan eruit."""

import json
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI

from services.plaatsing.app import DIENST
from services.plaatsing.cli import SOORTEN
from shared.api import NDJSON, meld_problemen_aan, router_voor
from shared.auth import Aanroeper
from shared.kluis import kluis
from tests.conftest import MaakDatabase
from tests.service.plaatsing_proef import WERKGEVERS, baan, uren, zet_kluis


class _Poort:
    """Laat iedereen binnen met de scopes die in de kop staan."""

    def controleer(self, kop: str | None) -> Aanroeper:
        return Aanroeper("A", frozenset((kop or "").split()))


@pytest.fixture
async def http(db: MaakDatabase, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[httpx.AsyncClient]:
    zet_kluis(monkeypatch)
    app = FastAPI()
    meld_problemen_aan(app)
    app.include_router(router_voor(DIENST.soorten))
    for router in DIENST.routers:
        app.include_router(router)
    app.state.pool = (await db("plaatsing")).pool
    app.state.poort, app.state.vingersleutel = _Poort(), lambda: b"proef"
    app.state.mag_schrijven, app.state.reden = lambda: True, lambda: ""
    koppen = {"Authorization": "plaatsingen:schrijven plaatsingen:lezen"}
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://proef", headers=koppen) as client:
        yield client
    kluis.cache_clear()


async def stuur(http: httpx.AsyncClient, pad: str, *rijen: dict[str, Any]) -> httpx.Response:
    """Eén rij als JSON, meer als NDJSON."""
    koppen = {"Idempotency-Key": str(uuid4()), "Content-Type": "application/json" if len(rijen) == 1 else NDJSON}
    return await http.post(pad, content="\n".join(map(json.dumps, rijen)), headers=koppen)


async def test_a_job_with_its_months_comes_out_as_it_went_in(http: httpx.AsyncClient) -> None:
    assert (await stuur(http, "/v1/werkgevers", *WERKGEVERS)).json()["aanvaard"] == 3
    gemaakt = (await stuur(http, "/v1/plaatsingen", baan("P-1", uuid4(), ikv="3"))).json()
    fout = uren("P-1", 12, "een")
    antwoord = (await stuur(http, "/v1/uren", uren("P-1", 11), fout)).json()
    assert (antwoord["aanvaard"], [(f["rij"], f["code"]) for f in antwoord["fouten"]]) == (1, [(2, "onjuist")])
    sluiting = {"leverancier": "A", "maand": "2017-12", "sluitOp": "2018-02-01"}
    assert (await stuur(http, "/v1/maandsluitingen", sluiting)).json()["aanvaard"] == 1
    gelezen = (await http.get(f"/v1/plaatsingen/{gemaakt['resultaat']['plaatsing']}")).json()
    assert (gelezen["referentie"], gelezen["versie"], gelezen["ikv"], gelezen["urenPerWeekX100"]) == (
        "P-1",
        1,
        "3",
        2550,
    )
    [november] = gelezen["maanden"]
    assert (november["maand"], november["leverancier"], november["stand"]["urenX100"]) == ("2017-11", "A", 11092)
    assert november["stand"]["cel"]["gemeenteWerk"] == "0014"
    assert "222222222" not in json.dumps(gelezen)


async def test_one_wrong_row_is_a_problem_and_an_unknown_job_is_not_there(http: httpx.AsyncClient) -> None:
    antwoord = await stuur(http, "/v1/uren", uren("P-1", 12))
    assert (antwoord.status_code, antwoord.json()["code"]) == (422, "onbekende_plaatsing")
    onbekend = await http.get(f"/v1/plaatsingen/{uuid4()}")
    assert (onbekend.status_code, onbekend.json()["code"]) == (404, "onbekende_plaatsing")
    zonder = await http.get(f"/v1/plaatsingen/{uuid4()}", headers={"Authorization": "plaatsingen:schrijven"})
    assert zonder.status_code == 403


def test_the_files_have_the_columns_that_others_script_against() -> None:
    kolommen = {soort.naam: " ".join(soort.volgorde) for soort in SOORTEN}
    assert kolommen == {
        "werkgevers": "werkgever sector van naam subsector sbi grootteklasse gemeente_zetel groep tot",
        "plaatsingen": "referentie bsn werkgever vorm contract uren_per_week gemeente_werk van ikv inlener tot route reden",
        "uren": "referentie tijdvak_van tijdvak_tot uren contract soort levering leverancier",
        "maandsluiting": "leverancier maand sluit_op",
        "plaatsing-ongedaan": "referentie reden",
        "overgangen": "referentie naar_werkgever op",
        "ondersteuning": "referentie instrument verstrekker van verstrekker_gemeente tot",
        "loonwaarden": "referentie procent methode op",
        "doelgroepverklaringen": "referentie van tot",
    }
    for soort in SOORTEN:
        velden = set(soort.model.model_fields) - {"bekend_op"}
        assert velden == {"persoon" if kolom == "bsn" else kolom for kolom in soort.volgorde}
        verplicht = [naam for naam, veld in soort.model.model_fields.items() if veld.is_required()]
        assert len(verplicht) == len(set(soort.volgorde[: len(verplicht)]) & {*verplicht, "bsn"})
