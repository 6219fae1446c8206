"""Eigenschappen van elke route met een cijfer, voor willekeurige geschiedenissen: een vintage ligt vast, volgorde en batches
maken niet uit, en het land is de som van zijn regio's.

Welke routes dat zijn zegt de OpenAPI: een route die erbij komt en hier niet genoemd is, laat deze proeven falen.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from fractions import Fraction
from typing import Any

import httpx
from fastapi import FastAPI
from hypothesis import strategies as st

from services.telling.app import DIENST
from shared.api import meld_problemen_aan
from shared.auth import SCOPES, Aanroeper
from shared.db import Tx
from tests.conftest import MaakDatabase
from tests.service.telling_historie import HISTORIE, Stap, boek, moment
from tests.service.telling_naief import voor_elk

Json = dict[str, Any]
Q = {"reeks": "kwartaal", "periode": "2023-Q3..2023-Q4"}
VRAGEN: dict[str, list[dict[str, str]]] = {
    "/v1/tellingen": [
        Q | {"per": "sector,vorm"},
        Q | {"per": "regio", "maat": "uren", "grenzen": "2024"},
        Q | {"maat": "personen", "per": "gemeente"},
        Q | {"maat": "geregistreerd", "per": "grondslag"},
        {"reeks": "jaarmeting", "periode": "2023", "per": "sector"},
        {"reeks": "lopend", "periode": "2023-12", "per": "vorm,contract", "maat": "banen"},
    ],
    "/v1/tellingen/revisie": [Q | {"per": "sector"}, Q | {"maat": "personen", "per": "regio"}],
    "/v1/tellingen/verklaring": [Q | {"per": "sector"}, Q | {"maat": "personen"}],
    "/v1/tellingen/reeksbrug": [{"periode": "2023", "maat": "uren"}],
    "/v1/beschut-werk": [{"periode": "2023-Q4"}],
    "/v1/stromen": [{"periode": "2023-Q4", "per": "regio"}, {"periode": "2023-Q4"}],
    "/v1/stromen/revisie": [{"periode": "2023-Q4", "per": "regio"}],
    "/v1/stromen/verklaring": [{"periode": "2023-Q4"}],
}
"""Van elke route vragen die zij beantwoordt; de kennismomenten komen erbij."""
TOKEN = {"Authorization": "Bearer proef"}
WAT_VERANDERT = {"positie", "versheidSeconden", "vast", "vastTot", "bestandsnaam", "volgende"}
"""Wat over de stand van dit moment gaat en niet over het cijfer."""


class _Poort:
    def controleer(self, kop: str | None) -> Aanroeper:
        return Aanroeper("proef", frozenset(SCOPES))


class _Pool:
    """Geeft steeds dezelfde verbinding: de routes lezen in de transactie van de proef."""

    def __init__(self, conn: Tx) -> None:
        self._conn = conn

    @asynccontextmanager
    async def acquire(self) -> AsyncIterator[Tx]:
        yield self._conn


def _app() -> FastAPI:
    app = FastAPI()
    meld_problemen_aan(app)
    for router in DIENST.routers:
        app.include_router(router)
    app.state.poort = _Poort()
    return app


APP = _app()


def cijferroutes() -> set[str]:
    """De routes van telling die een kennismoment aannemen; een lijst van regels is geen cijfer."""
    return {
        pad
        for pad, routes in APP.openapi()["paths"].items()
        if {"bekendOp", "bekendVan"} & {p["name"] for p in routes.get("get", {}).get("parameters", ())}
    } - {"/v1/regels/{soort}"}


def test_elke_route_met_een_cijfer_is_hier_genoemd() -> None:
    assert cijferroutes() == VRAGEN.keys()


async def vraag(tx: Tx, pad: str, parameters: dict[str, str]) -> Json:
    APP.state.pool = _Pool(tx)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(APP), base_url="http://telling", headers=TOKEN) as http:
        antwoord = await http.get(pad, params=parameters)
    assert antwoord.status_code == 200, (pad, parameters, antwoord.text)
    uit: Json = antwoord.json()
    for boeking in uit.get("boekingen", ()):
        del boeking["positie"]["publicatienr"]  # elke proef nummert zelf
    return {naam: waarde for naam, waarde in uit.items() if naam not in WAT_VERANDERT}


def momenten(pad: str, eerste: int, tweede: int) -> dict[str, str]:
    """De kennismomenten van een vraag op deze route."""
    namen = {
        "/v1/tellingen/revisie": ("bekendVan", "bekendTot"),
        "/v1/stromen/revisie": ("bekendVan", "bekendTot"),
        "/v1/tellingen/reeksbrug": ("bekendOp", "bekendOpJaarmeting"),
    }.get(pad, ("bekendOp",))
    return {naam: moment(stap).isoformat() for naam, stap in zip(namen, (eerste, tweede), strict=False)}


@st.composite
def voorbeelden(trek: st.DrawFn) -> tuple[list[Stap], int, int, str, dict[str, str]]:
    """Een geschiedenis, twee momenten daarin, en een vraag op een van de routes."""
    historie = trek(HISTORIE)
    eerste, tweede = sorted((trek(st.integers(0, len(historie))), trek(st.integers(0, len(historie)))))
    pad = trek(st.sampled_from(sorted(VRAGEN)))
    return historie, eerste, tweede, pad, trek(st.sampled_from(VRAGEN[pad]))


async def test_een_vintage_verandert_niet_door_wat_later_bekend_wordt(db: MaakDatabase) -> None:
    async def proef(tx: Tx, voorbeeld: tuple[list[Stap], int, int, str, dict[str, str]]) -> None:
        historie, eerste, tweede, pad, parameters = voorbeeld
        gevraagd = parameters | momenten(pad, eerste, tweede)
        verder = await boek(tx, historie[:tweede])
        toen = await vraag(tx, pad, gevraagd)
        await boek(tx, historie, vanaf=tweede, gezegd=verder)
        assert await vraag(tx, pad, gevraagd) == toen

    await voor_elk((await db("telling")).pool, voorbeelden(), proef, hoeveel=30)


async def test_batches_maken_voor_geen_antwoord_uit(db: MaakDatabase) -> None:
    async def proef(tx: Tx, voorbeeld: tuple[tuple[list[Stap], int, int, str, dict[str, str]], int]) -> None:
        (historie, eerste, tweede, pad, parameters), grootte = voorbeeld
        gevraagd = parameters | momenten(pad, eerste, tweede)
        antwoorden = []
        for batch in (len(historie) + 1, grootte):
            begin = tx.transaction()
            await begin.start()
            await boek(tx, historie, batch=batch)
            antwoorden.append(await vraag(tx, pad, gevraagd))
            await begin.rollback()
        assert antwoorden[0] == antwoorden[1]

    await voor_elk((await db("telling")).pool, st.tuples(voorbeelden(), st.integers(1, 3)), proef, hoeveel=25)


async def test_het_land_is_de_som_van_zijn_gebieden_in_alle_grenzen(db: MaakDatabase) -> None:
    async def proef(tx: Tx, voorbeeld: tuple[list[Stap], str, str, str]) -> None:
        historie, maat, plaats, grenzen = voorbeeld
        await boek(tx, historie)
        parameters = {"reeks": "kwartaal", "periode": "2023-Q4", "maat": maat, "plaats": plaats, "grenzen": grenzen}
        sommen = [
            _som(await vraag(tx, "/v1/tellingen", parameters | per), maat) for per in ({}, PER_REGIO, PER_GEMEENTE)
        ]
        assert len(set(sommen)) == 1

    await voor_elk(
        (await db("telling")).pool,
        st.tuples(
            HISTORIE,
            st.sampled_from(["uren", "banen", "personen"]),
            st.sampled_from(["werk", "woon"]),
            st.sampled_from(["toen", "2013", "2026"]),
        ),
        proef,
        hoeveel=25,
    )


PER_REGIO, PER_GEMEENTE = {"per": "regio"}, {"per": "gemeente"}


def _som(antwoord: Json, maat: str) -> Fraction:
    cellen: Sequence[Json] = antwoord["cellen"]
    return sum((Fraction(cel[f"{maat}Exact"]) for cel in cellen), Fraction(0))
