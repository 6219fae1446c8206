"""De reeksbrug op echte boekingen: zij begint en eindigt bij de cijfers zelf, telt exact op, en noemt elke oorzaak."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any, NamedTuple
from uuid import UUID

import pytest
from banenspoor_contracts import Cel, Grondslag, Reden, Sector, Vorm
from hypothesis import strategies as st
from typer.testing import CliRunner

from services.telling import reeksbrug as room
from services.telling import reeksbrug_cli
from services.telling.domain.reeksbrug import REGELS
from services.telling.handlers import Verwerker
from services.telling.reeksbrug import Brugparameters
from shared.db import Tx
from tests.conftest import MaakDatabase
from tests.service.telling_naief import NU, antwoord, voor_elk
from tests.service.test_telling_cijfers import NORM, NULMETING, VAST, Telling, telling
from tests.service.test_telling_grootboek import bericht, boek, cel, uren

__all__ = ["telling"]
Json = dict[str, Any]
APRIL, MEI, JULI = (datetime(2024, maand, 1, 12, tzinfo=UTC) for maand in (4, 5, 7))
KOLOMMEN = {
    "markt": cel(),
    "overheid": cel(sector=Sector.OVERHEID),
    "inleen": cel(vorm=Vorm.UITZENDRELATIE),
}
KWARTAAL = {"markt": 3_674_628_115, "overheid": 520_267_925, "inleen": 1_177_126_090}
"""Eind 2023 zoals in april bekend, in honderdsten: 76.258 markt, 10.835 overheid en −830 inleen boven de nulmeting."""
METING = {"markt": 3_666_928_265, "overheid": 518_697_350, "inleen": 1_166_468_435}


def getallen(stap: Json, exact: bool = False) -> list[Any]:
    naam = "extraExact" if exact else "extra"
    return [stap[naam], *(rij[naam] for rij in stap["sectoren"])]


async def vul(telling: Telling) -> None:
    """De regels en de uren van eind 2023: het kwartaal in april, en wat er tot juli veranderde om drie redenen."""
    await telling.regels("norm", NORM | {"bekend_op": "2014-12-22"})
    await telling.regels("nulmeting", *(VAST | deel | {"bekend_op": "2016-04-29"} for deel in NULMETING))
    sleutels = [("2012", "76,0", "24,0"), ("2023", "72,8", "27,2")]
    await telling.regels(
        "verdeelsleutel",
        *(
            {"peiljaar": j, "markt": m, "overheid": o, "besloten_op": "2024-06-01", "bekend_op": "2024-06-01"}
            for j, m, o in sleutels
        ),
    )
    redenen = {"markt": Reden.NALEVERING, "overheid": Reden.STATUS_CORRECTIE, "inleen": Reden.CORRECTIE}
    for nr, (kolom, waar) in enumerate(KOLOMMEN.items(), start=1):
        baan: dict[str, Any] = {"persoon": UUID(int=nr), "plaatsing": UUID(int=nr)}
        eerst, later = KWARTAAL[kolom] // 3, METING[kolom] // 3
        for maand, rest in (("2023-10", KWARTAAL[kolom] % 3), ("2023-11", 0), ("2023-12", 0)):
            await boek(telling.pool, bericht(uren(eerst + rest, maand=maand, cel=waar, **baan), APRIL))
            nu = later + (METING[kolom] % 3 if rest or maand == "2023-10" else 0)
            verbeterd = uren(nu, eerst + rest, maand=maand, cel=waar, was=waar, reden=redenen[kolom], **baan)
            await boek(telling.pool, bericht(verbeterd, MEI))


async def brug(telling: Telling, **parameters: str) -> Json:
    uit = await telling.lees("/v1/tellingen/reeksbrug", **parameters)
    assert uit.status_code == 200, uit.text
    inhoud: Json = uit.json()
    return inhoud


async def test_van_86_264_naar_85_665(telling: Telling) -> None:
    """De twee gepubliceerde cijfers van eind 2023, met elke stap ertussen; afgerond sluit één regel het."""
    await vul(telling)
    uit = await brug(telling, periode="2023", bekendOp="2024-04-30", bekendOpJaarmeting="2024-07-12")
    namen = [(stap["soort"], stap["naam"]) for stap in uit["stappen"]]
    assert namen == [
        ("begin", "kwartaal"),
        ("boekingen", "NALEVERING"),
        ("boekingen", "CORRECTIE"),
        ("boekingen", "STATUS_CORRECTIE"),
        ("methode", "peilmoment"),
        ("methode", "plaats"),
        ("methode", "meetvenster"),
        ("methode", "verdeelsleutel"),
        ("methode", "verdeelsleutel nulmeting"),
        ("afronding", "afronding"),
        ("einde", "jaarmeting"),
    ]
    begin, naleving, correctie, status, *methode, afronding, einde = uit["stappen"]
    assert getallen(begin) == [86_264, 76_258, 10_835, -830]
    assert getallen(einde) == [85_665, 74_031, 11_634, 0]
    assert [getallen(s)[0] for s in (naleving, correctie, status)] == [-231, -320, -47]
    assert [getallen(s) for s in methode[:3]] == [[0] * 4] * 3
    hours, nulmeting = methode[3:]
    assert (getallen(hours)[0], getallen(nulmeting)[0]) == (0, 0)
    assert getallen(hours)[1:] == [25_520, 9_535, -35_055]
    assert getallen(nulmeting)[1:] == [-27_516, -8_689, 36_206]
    for kolom in range(4):
        rest = uit["stappen"][:-1]
        assert sum(getallen(stap)[kolom] for stap in rest) == getallen(einde)[kolom]
        exact = [Fraction(getallen(stap, exact=True)[kolom]) for stap in rest]
        assert sum(exact) == Fraction(getallen(einde, exact=True)[kolom])
    assert getallen(afronding)[0] == -1
    assert uit["volgorde"][0].startswith("boekingen")


async def test_terug_in_de_tijd_gaat_er_af_wat_er_later_bij_kwam(telling: Telling) -> None:
    await vul(telling)
    uit = await brug(telling, periode="2023-Q4", bekendOp="2024-07-12", bekendOpJaarmeting="2024-04-30", maat="banen")
    assert [s["banen"] for s in uit["stappen"] if s["soort"] == "boekingen"] == [231, 320, 47]
    assert uit["stappen"][-1]["sectoren"][2]["banen"] == 35_376, "in april was er geen sleutel: inleen bleef ongedeeld"
    gelijk = await brug(telling, periode="2023")
    assert not [s for s in gelijk["stappen"] if s["soort"] in ("boekingen", "regel")]


async def test_zonder_nulmeting_is_er_geen_brug_in_extra_banen(telling: Telling) -> None:
    await telling.regels("norm", NORM | {"bekend_op": "2014-12-22"})
    for parameters, code in (
        ({"periode": "2023"}, "niet_te_overbruggen"),
        ({"periode": "2023-Q3"}, "geen_jaareinde"),
        ({}, "geen_jaareinde"),
        ({"periode": "2023", "maat": "personen"}, "onbekende_maat"),
        ({"periode": "2023", "per": "sector"}, "onjuist"),
        ({"periode": "2023", "bekendOpJaarmeting": "2999-01-01"}, "toekomst"),
    ):
        fout = await telling.lees("/v1/tellingen/reeksbrug", **parameters)
        assert (fout.status_code, fout.json()["code"]) == (400, code), parameters
    assert (await brug(telling, periode="2023", maat="banen"))["stappen"][0]["banen"] == 0


async def test_de_opdracht_toont_elke_stap(telling: Telling, monkeypatch: pytest.MonkeyPatch) -> None:
    await vul(telling)
    uit = await brug(telling, periode="2023", bekendOp="2024-04-30", bekendOpJaarmeting="2024-07-12")

    class Client:
        def __init__(self, _map: object) -> None: ...

        def get(self, *_: str, **parameters: str) -> Json:
            assert parameters == {"periode": "2023", "bekendOp": "2024-04-30", "bekendOpJaarmeting": "2024-07-12"}
            return uit

    monkeypatch.setattr(reeksbrug_cli, "Client", Client)
    vraag = ["--periode", "2023", "--bekend-op", "2024-04-30", "--bekend-op-jaarmeting", "2024-07-12"]
    tekst = CliRunner().invoke(reeksbrug_cli.app, vraag, env={"COLUMNS": "160"}).stdout
    assert all(deel in tekst for deel in ("boekingen: NALEVERING", "−231", "85.665", "methode: verdeelsleutel"))


# --- wat altijd geldt ------------------------------------------------------------------------------------------------

CELLEN = [
    cel(gemeente, sector=sector, vorm=vorm, gemeente_woon=woon, grondslagen_maand=maand, grondslagen_kwartaal=kwartaal)
    for gemeente, woon, sector, vorm, maand, kwartaal in (
        ("0014", "0363", Sector.MARKT, Vorm.FORMEEL, (Grondslag.WSW,), (Grondslag.WSW,)),
        ("0363", None, Sector.OVERHEID, Vorm.FORMEEL, (Grondslag.WSW,), ()),
        ("0363", "0014", Sector.MARKT, Vorm.UITZENDRELATIE, (), (Grondslag.WSW,)),
        ("0014", "0014", Sector.OVERHEID, Vorm.WSW_DETACHERING, (Grondslag.WSW,), (Grondslag.WSW,)),
        ("0014", "0014", Sector.MARKT, Vorm.FORMEEL, (Grondslag.LID2_VOOR18,), (Grondslag.LID2_VOOR18,)),
    )
]
ZEKER = [
    (
        "norm",
        "n1",
        {"versie": "n1", "soort": "vast", "urenPerWeek": "25.5", "urenPerJaar": "1331", "van": "2012-01-01"},
    ),
    *(
        ("gebieden", g, {"gemeente": g, "gemeenteNaam": g, "regio": r, "regioNaam": r, "van": "2012-01-01"})
        for g, r in (("0014", "AM01"), ("0363", "AM18"))
    ),
    *(
        (
            "nulmeting",
            f"v1|{gebied}|{sector}|{vorm}",
            {"versie": "v1", "gebied": gebied, "banen": banen, "vorm": vorm, "beslotenOp": "2012-02-01"}
            | ({"sector": sector} if sector else {}),
        )
        for gebied in ("NL", "AM01")
        for sector, vorm, banen in (("markt", "formeel", "3"), ("overheid", "formeel", "2.5"), ("", "inleen", "7"))
    ),
]
MISSCHIEN = [
    ("verdeelsleutel", "2012", {"peiljaar": "2012", "markt": "76", "overheid": "24"}),
    ("verdeelsleutel", "2023", {"peiljaar": "2023", "markt": "72.8", "overheid": "27.2"}),
    ("norm", "n2", {"versie": "n2", "soort": "kalender", "urenPerWeek": "24", "van": "2020-01-01"}),
    (
        "nulmeting",
        "v1|NL||inleen",
        {"versie": "v1", "gebied": "NL", "uren": "900", "vorm": "inleen", "beslotenOp": "2012-02-01"},
    ),
    ("wie-telt", "w", {"versie": "wet-banenafspraak", "van": "2015-01-01"}),
    ("meetvenster", "2012-01-01", {"venster": "december", "van": "2012-01-01"}),
    ("meetvenster", "2013-01-01", {"venster": "jaar", "van": "2013-01-01"}),
    ("peilmoment", "jaarmeting|2012-01-01", {"reeks": "jaarmeting", "moment": "maand", "van": "2012-01-01"}),
    ("peilmoment", "kwartaal|2012-01-01", {"reeks": "kwartaal", "moment": "maand", "van": "2012-01-01"}),
    ("plaats", "jaarmeting|2012-01-01", {"reeks": "jaarmeting", "plaats": "woon", "van": "2012-01-01"}),
    ("plaats", "kwartaal|2012-01-01", {"reeks": "kwartaal", "plaats": "woon", "van": "2012-01-01"}),
]
VOEG_TOE = (
    "insert into regel (soort, sleutel, versie, inhoud, bron, bekend_op, gebeurtenis) "
    "values ($1, $2, $5, $3, '', $4, gen_random_uuid())"
)


async def voeg_toe(tx: Any, soort: str, sleutel: str, inhoud: Json, bekend: datetime) -> None:
    await tx.execute(VOEG_TOE, soort, sleutel, inhoud, bekend, inhoud.get("versie", sleutel))


class Voorbeeld(NamedTuple):
    """Per dag een stand van een baan-maand met haar reden, op welke dag welke regel bekend werd, en K, J, regio en maat."""

    historie: list[tuple[int, str, tuple[int, Cel] | None, Reden]]
    regels: dict[int, int]
    momenten: tuple[int, int]
    regio: str | None
    maat: str


_STAND = st.none() | st.tuples(st.integers(-200, 900).map(lambda u: u * 101), st.sampled_from(CELLEN))
VOORBEELDEN = st.builds(
    Voorbeeld,
    historie=st.lists(
        st.tuples(
            st.integers(1, 3), st.sampled_from(["2023-03", "2023-11", "2023-12"]), _STAND, st.sampled_from(Reden)
        ),
        max_size=10,
    ),
    regels=st.dictionaries(st.integers(0, len(MISSCHIEN) - 1), st.integers(0, 10)),
    momenten=st.tuples(st.integers(0, 11), st.integers(0, 11)),
    regio=st.sampled_from([None, "AM01"]),
    maat=st.sampled_from(["extra", "banen", "uren"]),
)


async def leg_vast(tx: Tx, voorbeeld: Voorbeeld, dag: Any) -> Counter[str]:
    """Boekt de historie en de regels; geeft per reden de uren van Q4 tussen de twee momenten (honderdsten, tellend of niet)."""
    stand: dict[tuple[int, str], tuple[int, Cel]] = {}
    berichten, naief = [], Counter[str]()
    eerst, laatst = sorted(voorbeeld.momenten)
    for nr, (baan, maand, nieuw, reden) in enumerate(voorbeeld.historie):
        oud = stand.pop((baan, maand), None)
        if nieuw is not None:
            stand[baan, maand] = nieuw
        if oud != nieuw:
            was: dict[str, Any] = {"vorig": oud[0], "was": oud[1]} if oud else {}
            waar = nieuw[1] if nieuw else CELLEN[0]
            feit = uren(
                nieuw[0] if nieuw else None, maand=maand, cel=waar, reden=reden, plaatsing=UUID(int=baan), **was
            )
            berichten.append(bericht(feit, dag(nr)))
            if maand > "2023-09" and eerst < nr + 1 <= laatst:
                naief[reden.value] += (nieuw[0] if nieuw else 0) - (oud[0] if oud else 0)
    await Verwerker()(tx, berichten)
    for nr, op in voorbeeld.regels.items():
        await voeg_toe(tx, *MISSCHIEN[nr], dag(op) - timedelta(hours=1))
    return naief


async def test_begin_en_einde_zijn_de_cijfers_en_alles_telt_op(db: MaakDatabase) -> None:
    """Voor elke historie, elke regel op elk moment, elke volgorde van K en J, landelijk en in een regio."""
    database = await db("telling")
    for soort, sleutel, inhoud in ZEKER:
        await voeg_toe(database.pool, soort, sleutel, inhoud, datetime(2012, 2, 1, tzinfo=UTC))

    def dag(nr: int) -> datetime:
        return APRIL + timedelta(days=nr)

    async def proef(tx: Tx, v: Voorbeeld) -> None:
        naief = await leg_vast(tx, v, dag)
        k, j = ((dag(nr) - timedelta(hours=2)).isoformat() for nr in v.momenten)
        waar = {"regio": v.regio} if v.regio else {}
        maat = v.maat
        parameters = Brugparameters(periode="2023", maat=maat, bekend_op=k, bekend_op_jaarmeting=j, **waar)
        uit = await room.overbrug(tx, *room.lees_vragen(parameters, NU), NU)
        begin, *stappen, afronding, einde = uit["stappen"]
        for rand, vraag in (
            (begin, {"reeks": "kwartaal", "periode": "2023-Q4", "bekend_op": k}),
            (einde, {"reeks": "jaarmeting", "periode": "2023", "bekend_op": j}),
        ):
            [cijfer] = (await antwoord(tx, **vraag, **waar, maat=maat))["cellen"]
            assert rand[f"{maat}Exact"] == cijfer[f"{maat}Exact"]
            cellen = (await antwoord(tx, **vraag, **waar, maat=maat, per="sector"))["cellen"]
            gezien = {rij["sector"]: rij[f"{maat}Exact"] for rij in rand["sectoren"]}
            alle = dict.fromkeys(gezien, "0/1") | {c["sector"]: c[f"{maat}Exact"] for c in cellen}
            assert all(waarde in (None, alle[sector]) for sector, waarde in gezien.items())
            assert maat == "extra" or None not in gezien.values()
        for rij in range(4):
            bedragen = [[s, *s["sectoren"]][rij] for s in (begin, *stappen, afronding)]
            slot = [einde, *einde["sectoren"]][rij]
            if slot[maat] is not None:
                assert sum(Fraction(b[f"{maat}Exact"]) for b in bedragen) == Fraction(slot[f"{maat}Exact"])
                assert sum(b[maat] for b in bedragen) == slot[maat]
        for stap in stappen:
            if stap["naam"].startswith("verdeelsleutel"):
                assert Fraction(stap[f"{maat}Exact"]) == 0
        assert {s["naam"] for s in stappen if s["soort"] == "regel"} <= set(REGELS)
        if v.momenten[0] == v.momenten[1]:
            assert not [s for s in stappen if s["soort"] != "methode"]
        assert {s["naam"] for s in stappen if s["soort"] == "boekingen"} <= {reden.value for reden in Reden}
        assert set(naief) >= {s["naam"] for s in stappen if s["soort"] == "boekingen"} or v.regio

    await voor_elk(database.pool, VOORBEELDEN, proef, 40)


async def test_de_uren_per_reden_zijn_die_van_de_gebeurtenissen(db: MaakDatabase) -> None:
    """Als alles telt, is elke stap precies wat er om die reden gezegd is; uit de gebeurtenissen, zonder SQL."""
    database = await db("telling")
    tellend = [CELLEN[0], CELLEN[3]]

    def dag(nr: int) -> datetime:
        return APRIL + timedelta(days=nr)

    async def proef(tx: Tx, v: Voorbeeld) -> None:
        historie = [(b, m, s and (s[0], tellend[CELLEN.index(s[1]) % 2]), reden) for b, m, s, reden in v.historie]
        naief = await leg_vast(tx, v._replace(historie=historie, regels={}), dag)
        k, j = ((dag(nr) - timedelta(hours=2)).isoformat() for nr in v.momenten)
        parameters = Brugparameters(periode="2023", maat="uren", bekend_op=k, bekend_op_jaarmeting=j)
        uit = await room.overbrug(tx, *room.lees_vragen(parameters, NU), NU)
        teken = 1 if v.momenten[0] <= v.momenten[1] else -1
        gezien = {s["naam"]: Fraction(s["urenExact"]) for s in uit["stappen"] if s["soort"] == "boekingen"}
        assert {n: u for n, u in gezien.items() if u} == {n: Fraction(teken * u, 100) for n, u in naief.items() if u}

    await voor_elk(database.pool, VOORBEELDEN, proef, 40)
