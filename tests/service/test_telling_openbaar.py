"""Zonder token: land en regio × sector, in stappen, zonder kleine aantallen, en nergens zo dat zij toch te vinden zijn."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from fractions import Fraction
from itertools import product
from typing import Any, NamedTuple
from uuid import UUID, uuid4

import httpx
from banenspoor_contracts import INLEEN, Cel, Sector, Vorm
from fastapi import FastAPI
from hypothesis import strategies as st

from services.telling.api import beantwoord_openbaar
from services.telling.domain.openbaar import Drempel
from services.telling.handlers import Verwerker
from services.telling.openbaar import Openbaar
from services.telling.vraag import Parameters
from shared.api import AMSTERDAM
from shared.auth import Aanroeper, GeenToegang
from shared.db import Tx
from tests.conftest import MaakDatabase
from tests.rang import Gegeven
from tests.service.telling_naief import NU, voor_elk
from tests.service.test_telling_cijfers import GEBIEDEN, NORM, NULMETING, VAST, Telling, telling
from tests.service.test_telling_grootboek import BEGIN, bericht, boek, cel, uren

__all__ = ["telling"]
Json = dict[str, Any]
Q4 = {"reeks": "kwartaal", "periode": "2023-Q4"}
GRONINGEN, AMSTERDAM_MARKT = cel(), cel("0363")
OVERHEID, INGELEEND = cel("0363", sector=Sector.OVERHEID), cel("0363", vorm=Vorm.UITZENDRELATIE)


async def vul(telling: Telling, *groepen: tuple[Cel, int, int], tijd: datetime = BEGIN) -> None:
    """Regels, en per groep (cel, mensen, werkgevers) uren in elke maand van het vierde kwartaal."""
    await telling.regels("gebieden", *GEBIEDEN.strip().splitlines())
    await telling.regels("norm", NORM)
    await telling.regels("nulmeting", *(VAST | deel for deel in NULMETING))
    await telling.relay(BEGIN)
    berichten = []
    for nr, (waar, mensen, werkgevers) in enumerate(groepen):
        for i, maand in product(range(mensen), ("2023-10", "2023-11", "2023-12")):
            wie: Json = {"persoon": UUID(int=1000 * nr + i), "plaatsing": UUID(int=1000 * nr + i)}
            waar_: Json = {"cel": waar, "werkgever": UUID(int=1 + nr * 100 + i % werkgevers)}
            berichten.append(bericht(uren(30_000, maand=maand, **wie, **waar_), tijd))
    await boek(telling.pool, *berichten)


async def open_(telling: Telling, **parameters: str) -> httpx.Response:
    """De vraag zonder token."""
    return await telling.als(None, "/v1/tellingen", **parameters)


async def cijfer(telling: Telling, **parameters: str) -> Json:
    antwoord = await open_(telling, **parameters)
    assert antwoord.status_code == 200, antwoord.text
    uit: Json = antwoord.json()
    return uit


async def test_land_en_regio_zonder_uren_en_zonder_exacte_bedragen(telling: Telling) -> None:
    await vul(telling, (GRONINGEN, 10, 4), (AMSTERDAM_MARKT, 20, 4), (OVERHEID, 15, 3), (INGELEEND, 8, 3))
    binnen = await telling.cijfer(**Q4, per="regio,sector")
    buiten = await cijfer(telling, **Q4, per="regio,sector")
    velden = ("regio", "sector", "banen", "extra", "nulmeting", "status")
    assert [[c[v] for v in velden] for c in buiten["cellen"]] == [[c[v] for v in velden] for c in binnen["cellen"]]
    assert {c["onderdrukt"] for c in buiten["cellen"]} == {False}
    assert not [naam for c in buiten["cellen"] for naam in c if naam == "uren" or naam.endswith("Exact")]
    assert (buiten["openbaar"], "positie" in buiten, "openbaar" in binnen) == (True, False, False)
    assert "urenExact" in binnen["cellen"][0]


async def test_een_klein_vak_is_in_elke_tabel_verborgen_met_een_noot(telling: Telling) -> None:
    await vul(telling, (GRONINGEN, 4, 4), (AMSTERDAM_MARKT, 20, 4), (OVERHEID, 15, 3), (INGELEEND, 8, 3))
    tabel = await cijfer(telling, **Q4, per="regio,sector")
    [klein] = [c for c in tabel["cellen"] if (c["regio"], c["sector"]) == ("AM01", "markt")]
    assert [klein[naam] for naam in ("banen", "extra", "gat", "onderdrukt")] == [None, None, None, True]
    assert "te weinig mensen" in tabel["voetnoten"][klein["voetnoten"][-1] - 1]
    for reeks, periode in (("lopend", "2023-11"), ("jaarmeting", "2023"), ("kwartaal", "2023-Q4")):
        filters = await cijfer(telling, reeks=reeks, periode=periode, regio="AM01", sector="markt")
        assert filters["cellen"][0]["onderdrukt"], reeks
        regios = await cijfer(telling, reeks=reeks, periode=periode, per="regio")
        assert [c["banen"] for c in regios["cellen"] if c["regio"] == "AM01"] == [None], "daar werkt niemand anders"


async def test_ook_wie_alleen_in_de_maand_een_grondslag_had_telt_voor_wat_te_klein_is(telling: Telling) -> None:
    """De reeksen kijken op een andere dag naar de grondslag; een vak is klein als het in een van hun tabellen klein is."""
    alleen_maand = cel(grondslagen_kwartaal=())
    await vul(telling, (alleen_maand, 2, 2), (AMSTERDAM_MARKT, 20, 4), (cel("9998"), 20, 4))
    for reeks, periode in (("lopend", "2023-10"), ("kwartaal", "2023-Q4")):
        regios = await cijfer(telling, reeks=reeks, periode=periode, per="regio")
        assert {c["regio"]: c["onderdrukt"] for c in regios["cellen"]}["AM01"], reeks


async def test_te_weinig_werkgevers_is_ook_te_klein(telling: Telling) -> None:
    await vul(telling, (GRONINGEN, 40, 2), (AMSTERDAM_MARKT, 40, 4))
    regios = await cijfer(telling, **Q4, per="regio")
    assert {c["regio"]: c["onderdrukt"] for c in regios["cellen"]}["AM01"] is True
    telling.openbaar(Openbaar("uur", Drempel(5, 2)))
    regios = await cijfer(telling, **Q4, per="regio")
    assert {c["onderdrukt"] for c in regios["cellen"]} == {False}


async def test_het_gaat_in_stappen(telling: Telling) -> None:
    """Wat in dit uur geboekt is staat er binnen, en buiten pas in het volgende; met een peil in het uur van het peil."""
    await vul(telling, (AMSTERDAM_MARKT, 10, 4))
    uur = datetime.now(AMSTERDAM).replace(minute=0, second=0, microsecond=0)
    nieuw: Json = {"persoon": uuid4(), "plaatsing": uuid4(), "maand": "2023-12", "cel": AMSTERDAM_MARKT}
    await boek(telling.pool, bericht(uren(33_275_00, **nieuw), uur + timedelta(minutes=61)))
    binnen, buiten = await telling.cijfer(**Q4), await cijfer(telling, **Q4)
    assert binnen["cellen"][0]["banen"] - buiten["cellen"][0]["banen"] == 100
    assert datetime.fromisoformat(buiten["bekendOp"]) in (uur, uur + timedelta(hours=1))
    peil = datetime.fromisoformat("2024-03-05T13:47:00+01:00")
    await telling.sluit_historie(peil)
    buiten = await cijfer(telling, **Q4)
    assert (buiten["bekendOp"], buiten["vast"]) == ("2024-03-05T13:00:00.000000+01:00", True)
    telling.openbaar(Openbaar("dag", Drempel(5, 3)))
    assert (await cijfer(telling, **Q4))["bekendOp"] == "2024-03-05T00:00:00.000000+01:00"


async def test_wat_verborgen_is_wordt_alleen_onthouden_als_het_vast_is(telling: Telling) -> None:
    """Zolang er nog historie geladen wordt, telt elk verzoek opnieuw: een klein vak verschijnt nooit door een oud oordeel."""
    await vul(telling, (AMSTERDAM_MARKT, 10, 4))
    assert not (await cijfer(telling, **Q4))["cellen"][0]["onderdrukt"]
    await boek(telling.pool, bericht(uren(100, cel=GRONINGEN, persoon=uuid4(), plaatsing=uuid4())))
    regios = {c["regio"]: c["banen"] for c in (await cijfer(telling, **Q4, per="regio"))["cellen"]}
    assert regios["AM01"] is None


async def test_wat_niet_openbaar_is_zegt_dat(telling: Telling) -> None:
    for parameters, code in (
        ({"per": "werkgever"}, "niet_openbaar"),
        ({"per": "gemeente"}, "niet_openbaar"),
        ({"per": "sector,grondslag"}, "niet_openbaar"),
        ({"per": "contract"}, "niet_openbaar"),
        ({"per": "vorm"}, "niet_openbaar"),
        ({"maat": "uren"}, "niet_openbaar"),
        ({"maat": "personen"}, "niet_openbaar"),
        ({"maat": "geregistreerd"}, "niet_openbaar"),
        ({"gemeente": "0014"}, "niet_openbaar"),
        ({"plaats": "woon"}, "niet_openbaar"),
        ({"grenzen": "2026"}, "niet_openbaar"),
        ({"regels": "nu"}, "niet_openbaar"),
        ({"vorm": "inleen"}, "niet_openbaar"),
        ({"grondslag": "WSW"}, "niet_openbaar"),
        ({"watAls": "norm:24"}, "niet_openbaar"),
        ({"bekendOp": "2024-04-30"}, "komt_met_publicaties"),
        ({"publicatie": "1"}, "komt_later"),
        ({"periode": "2020-Q1..2023-Q4"}, "te_lang"),
        ({"reeks": ""}, "reeks_verplicht"),
    ):
        antwoord = await open_(telling, **Q4 | parameters)
        assert (antwoord.status_code, antwoord.json()["code"]) == (400, code), parameters
    assert (await telling.als(None, "/v1/tellingen/reeksbrug", periode="2023")).status_code == 401


async def test_een_token_beslist_en_een_verkeerd_token_is_geen_token(telling: Telling) -> None:
    class Poort:
        def controleer(self, kop: str | None) -> Aanroeper:
            scopes = {
                "Bearer binnen": "tellingen:lezen",
                "Bearer buiten": "tellingen:openbaar",
                "Bearer ander": "beheer",
            }
            if kop not in scopes:
                raise GeenToegang("onbekend")
            return Aanroeper("proef", frozenset({scopes[kop]}))

    telling.app.state.poort = Poort()
    gezien = {}
    for wie in ("binnen", "buiten", "ander", "verlopen"):
        antwoord = await telling.als(wie, "/v1/tellingen", **Q4)
        gezien[wie] = antwoord.status_code, antwoord.json().get("openbaar")
    assert gezien == {"binnen": (200, None), "buiten": (200, True), "ander": (403, None), "verlopen": (401, None)}


async def test_de_bladzijde_toont_wat_openbaar_is(telling: Telling) -> None:
    await vul(telling, (GRONINGEN, 4, 4), (AMSTERDAM_MARKT, 20, 4), (OVERHEID, 15, 3), (INGELEEND, 8, 3))
    blad = await telling.als(None, "/", periode="2023-Q4")
    assert blad.status_code == 200
    regios = {c["regioNaam"]: c for c in (await cijfer(telling, **Q4, per="regio"))["cellen"]}
    for naam, cel_ in regios.items():
        rij = blad.text.split(f'<th scope="row">{naam}</th>')[1].split("</tr>")[0]
        assert ("te klein om te tonen" in rij) == cel_["onderdrukt"]
        assert cel_["onderdrukt"] or f"<td>{cel_['banen']}</td>" in rij
    assert {c["onderdrukt"] for c in regios.values()} == {True}, "met twee regio's verraadt de ene de andere"
    assert 'name="bekendOp"' not in blad.text
    assert (await telling.als(None, "/", periode="2023-Q4", bekendOp="2024-04-30")).status_code == 400


# --- geen verborgen getal volgt uit alle openbare tabellen samen ---------------------------------------------------------

SLEUTEL = {"markt": Fraction("0.728"), "overheid": Fraction("0.272")}
MAANDEN = ("2023-10", "2023-11", "2023-12")
PLEKKEN = [
    cel(gemeente, sector=sector, vorm=vorm)
    for gemeente in ("0014", "0363", "9998")
    for sector, vorm in (
        (Sector.MARKT, Vorm.FORMEEL),
        (Sector.OVERHEID, Vorm.FORMEEL),
        (Sector.MARKT, Vorm.UITZENDRELATIE),
    )
]
REGIO = {"0014": "AM01", "0363": "AM18", "9998": "onbekend"}
DREMPEL = Drempel(3, 2)
Onbekende = tuple[str, str, str]
"""(maand, regio, kolom): de uren van één vak in één maand, die een buitenstaander niet kent."""


class Uur(NamedTuple):
    """Wie bij wie waar in welke maand hoeveel werkte."""

    persoon: int
    werkgever: int
    maand: str
    plek: int


UREN = st.lists(
    st.builds(Uur, st.integers(1, 9), st.integers(1, 4), st.sampled_from(MAANDEN), st.integers(0, len(PLEKKEN) - 1)),
    min_size=15,
    max_size=50,
)


def kolom_van(c: Cel) -> str:
    return "inleen" if c.vorm in INLEEN else c.sector.value


def vragen() -> Iterator[dict[str, str]]:
    """Elke openbare vraag over deze maanden."""
    for reeks, periode in (("lopend", "2023-10..2023-12"), ("kwartaal", "2023-Q4"), ("jaarmeting", "2023")):
        for per, regio, sector in product(
            ("", "sector", "regio", "regio,sector"), ("", "AM01"), ("", "markt", "overheid")
        ):
            if not (regio and "regio" in per) and not (sector and "sector" in per):
                gevraagd = {"reeks": reeks, "periode": periode, "per": per, "regio": regio, "sector": sector}
                yield {naam: waarde for naam, waarde in gevraagd.items() if waarde}


def betekenis(vraag: dict[str, str], c: Json) -> dict[Onbekende, Fraction]:
    """Van welke uren een getal in een openbare tabel de som is; alleen uit wat erbij staat."""
    maanden = [m for m in MAANDEN if c["periode"] in (m, "2023-Q4", "2023")]
    regio, sector = c.get("regio") or vraag.get("regio"), c.get("sector", vraag.get("sector", "alle"))
    landelijk_jaar = vraag["reeks"] == "jaarmeting" and regio is None and "regio" not in c
    kolommen = (
        {sector or "inleen": Fraction(1)}
        if sector != "alle"
        else dict.fromkeys(("markt", "overheid", "inleen"), Fraction(1))
    )
    if landelijk_jaar and sector in SLEUTEL:
        kolommen["inleen"] = SLEUTEL[sector]
    regios = [regio] if regio else list(REGIO.values())
    return {(m, r, k): deel for m in maanden for r in regios for k, deel in kolommen.items()}


async def test_geen_verborgen_getal_volgt_uit_alle_openbare_tabellen_samen(db: MaakDatabase) -> None:
    database = await db("telling")
    await _regels(database.pool)
    alle, gezien = list(vragen()), {"dicht": 0, "getoond": 0}

    async def proef(tx: Tx, uren_: list[Uur]) -> None:
        achter: dict[Onbekende, tuple[set[int], set[int]]] = defaultdict(lambda: (set(), set()))
        berichten = []
        for nr, uur in enumerate(uren_):
            plek = PLEKKEN[uur.plek]
            mensen, werkgevers = achter[uur.maand, REGIO[plek.gemeente_werk], kolom_van(plek)]
            mensen.add(uur.persoon)
            werkgevers.add(uur.werkgever)
            wie: Json = {
                "persoon": UUID(int=uur.persoon),
                "werkgever": UUID(int=uur.werkgever),
                "plaatsing": UUID(int=nr + 1),
            }
            berichten.append(bericht(uren(10_000 + nr, maand=uur.maand, cel=plek, **wie)))
        await Verwerker()(tx, berichten)
        openbaar = Openbaar("uur", DREMPEL)
        getoond: list[dict[Onbekende, Fraction]] = []
        dicht: list[dict[Onbekende, Fraction]] = []
        for vraag in alle:
            antwoord = await beantwoord_openbaar(tx, Parameters(**vraag), NU.astimezone(AMSTERDAM), openbaar)
            for c in antwoord["cellen"]:
                som = betekenis(vraag, c)
                assert (c["banen"] is None) == c["onderdrukt"]
                (dicht if c["onderdrukt"] else getoond).append(som)
                if set(som.values()) == {1} and not c["onderdrukt"]:
                    for maand in {m for m, _, _ in som}:
                        groepen = [achter[vak] for vak in som if vak[0] == maand and vak in achter]
                        mensen = set().union(*(m for m, _ in groepen))
                        werkgevers = set().union(*(w for _, w in groepen))
                        assert not mensen or (len(mensen) >= 3 and len(werkgevers) >= 2), (vraag, c)
                gezien["dicht" if c["onderdrukt"] else "getoond"] += c["banen"] != 0
        bekend = Gegeven(getoond)
        assert [som for som in dicht if bekend.volgt(som)] == []

    await voor_elk(database.pool, UREN, proef, 12)
    assert min(gezien.values()) > 0, "een proef waarin niets verborgen of niets getoond is, zegt niets"


async def _regels(pool: Any) -> None:
    """Regels voor de proef hierboven, en een gesloten historie met een peil: dan wordt onthouden wat verborgen is."""
    norm = {"versie": "n", "soort": "vast", "urenPerWeek": "25.5", "urenPerJaar": "1331", "van": "2012-01-01"}
    vast = [("norm", "n", norm), ("verdeelsleutel", "2023", {"peiljaar": "2023", "markt": "72.8", "overheid": "27.2"})]
    vast += [
        ("gebieden", g, {"gemeente": g, "gemeenteNaam": g, "regio": r, "regioNaam": r, "van": "2012-01-01"})
        for g, r in REGIO.items()
        if r != "onbekend"
    ]
    for soort, sleutel, inhoud in vast:
        await pool.execute(
            "insert into regel (soort, sleutel, versie, inhoud, bron, bekend_op, gebeurtenis) "
            "values ($1, $2, $2, $3, '', '2013-01-01', gen_random_uuid())",
            soort,
            sleutel,
            inhoud,
        )
    await Telling(pool, httpx.AsyncClient(), FastAPI()).sluit_historie(NU - timedelta(hours=3))
