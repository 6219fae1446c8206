"""Stromen zonder database: in welke stroom iemand hoort, waar zij geteld wordt, en de opdracht in de terminal."""

import csv
import io
import json
from typing import Any

import pytest
from banenspoor_contracts import Reeks
from typer.testing import CliRunner

from services.telling import stromen_cli
from services.telling.domain.noten import Noot
from services.telling.domain.perioden import maandnummer, perioden
from services.telling.domain.registerstromen import AAN_WERK_GEBONDEN, Grond, Reden, registerstromen
from services.telling.domain.selectie import Selectie
from services.telling.domain.stromen import AANTALLEN, Situatie, Stroom, Verloop, stromen, stroom
from tests.unit.telling_bouw import boek, gebied, keuzes

WERKT, WERKLOOS, WEG = Situatie(True, "0014"), Situatie(False, gronden="WSW"), Situatie(False)
BESCHUT = Situatie(False, gronden="WSW", dienstbetrekking=True, beschut=True)
LID2 = Situatie(False, gronden="LID2_VOOR18")
GEBONDEN = Situatie(False, gronden="WAJONG_DUURZAAM_GEEN")
WET, WET_2026 = "wfsv-38b", "wfsv-38b-2026"


@pytest.mark.parametrize(
    ("begin", "eind", "verwacht"),
    [
        (WERKT, WERKT, Stroom.GEBLEVEN),
        (WERKLOOS, WERKT, Stroom.GEVONDEN),
        (WEG, WERKT, Stroom.INSTROOM),
        (BESCHUT, WERKT, Stroom.INSTROOM),
        (LID2, WERKT, Stroom.INSTROOM),
        (WERKT, WERKLOOS, Stroom.VERLOREN),
        (WERKT, WEG, Stroom.UITSTROOM),
        (WERKT, BESCHUT, Stroom.UITSTROOM),
        (WERKT, GEBONDEN, Stroom.UITSTROOM),
        (WERKLOOS, WEG, None),
    ],
)
def test_ieder_hoort_in_precies_een_stroom(begin: Situatie, eind: Situatie, verwacht: Stroom | None) -> None:
    assert stroom(Verloop(0, begin, eind), WET, WET) is verwacht


def test_elk_moment_heeft_zijn_eigen_wet() -> None:
    """Wie alleen werkend tot de doelgroep hoort, hoort er met werk dat niet telt wel bij, maar pas onder de nieuwe wet."""
    werkt_elders = GEBONDEN._replace(dienstbetrekking=True)
    assert stroom(Verloop(0, WERKT, werkt_elders), WET, WET) is Stroom.UITSTROOM
    assert stroom(Verloop(0, WERKT, werkt_elders), WET, WET_2026) is Stroom.VERLOREN
    assert stroom(Verloop(0, werkt_elders, WERKT), WET_2026, WET) is Stroom.GEVONDEN


MAAND = maandnummer(2024, 3)
REGELS = boek(
    *keuzes(),
    gebied("0014", "AM01"),
    gebied("0363", "AM18", tot="2024-01-01"),
    gebied("0363", "AM02", van="2024-01-01"),
)
AMSTERDAM, NERGENS = Situatie(True, "0363"), Situatie(True, None)


def cellen(*verlopen: tuple[Situatie, Situatie, int], **vraag: Any) -> dict[str | None, dict[str, int]]:
    selectie = Selectie(Reeks.KWARTAAL, perioden(Reeks.KWARTAAL, "2024-Q1"), **vraag)
    gegeven = [(Verloop(MAAND, begin, eind), aantal) for begin, eind, aantal in verlopen]
    return {
        cel.regio: {naam: n for naam in AANTALLEN if (n := getattr(cel, naam))}
        for cel in stromen(gegeven, REGELS, selectie)
    }


def test_verhuizen_is_een_eigen_stroom_en_een_grens_die_verplaatst_staat_erbij() -> None:
    verlopen = [(WERKT, AMSTERDAM, 5), (AMSTERDAM, AMSTERDAM, 7), (WERKT, NERGENS, 1), (AMSTERDAM, WERKLOOS, 2)]
    assert cellen(*verlopen, per=("regio",)) == {
        "AM01": {"begin": 6, "verhuisd_uit": 6},
        "AM02": {"verhuisd_in": 12, "waarvan_grenzen_in": 7, "eind": 12},
        "AM18": {"begin": 9, "verloren": 2, "verhuisd_uit": 7, "waarvan_grenzen_uit": 7},
        "onbekend": {"verhuisd_in": 1, "eind": 1},
    }
    assert cellen(*verlopen) == {None: {"begin": 15, "verloren": 2, "eind": 13}}
    assert cellen(*verlopen, regio="AM02") == {"AM02": {"verhuisd_in": 12, "waarvan_grenzen_in": 7, "eind": 12}}
    vast = cellen(*verlopen, per=("regio",), grenzen=2026)
    assert vast["AM02"] == {"begin": 9, "verloren": 2, "verhuisd_in": 5, "eind": 12}, (
        "in dezelfde grenzen verplaatst niets"
    )


def test_een_gebied_zonder_iemand_staat_er_ook() -> None:
    assert cellen(per=("regio",)) == {"AM01": {}, "AM02": {}, "AM18": {}}


def test_de_voetnoten_zeggen_wat_er_geteld_is() -> None:
    selectie = Selectie(Reeks.KWARTAAL, perioden(Reeks.KWARTAAL, "2024-Q1"), per=("regio",))
    verlopen = [(Verloop(MAAND, AMSTERDAM, AMSTERDAM), 1)]
    noten = {cel.regio: cel.noten for cel in stromen(verlopen, REGELS, selectie)}
    assert noten["AM01"] == (Noot.PERSONEN, Noot.STROMEN)
    assert noten["AM18"] == noten["AM02"] == (Noot.PERSONEN, Noot.STROMEN, Noot.GRENZEN_VERPLAATST)


def test_het_register_sluit_en_elke_in_en_uit_heeft_een_reden() -> None:
    gevonden = [
        ((Grond("WSW", True, True),), 10),
        ((Grond("WSW", False, True, "registratie-ingegaan"),), 3),
        ((Grond("WSW", True, False, "registratie-beeindigd", "OVERLEDEN"),), 2),
        (
            (
                Grond("PW", False, True, "registratie-ingegaan"),
                Grond("WSW", False, True, "registratie-gecorrigeerd", "DATUM"),
            ),
            1,
        ),
        (
            (
                Grond("PW", True, False, "registratie-beeindigd", "VERLOPEN"),
                Grond("WSW", True, False, AAN_WERK_GEBONDEN),
            ),
            1,
        ),
        ((Grond("WSW", True, True), Grond("PW", True, False, "registratie-beeindigd", "VERLOPEN")), 4),
    ]
    uit = registerstromen(gevonden)
    assert (uit.personen.begin, uit.personen.som("in"), uit.personen.som("uit"), uit.personen.eind) == (17, 4, 3, 18)
    assert uit.personen.redenen == {
        Reden("in", "registratie-ingegaan", None): 4,
        Reden("uit", "registratie-beeindigd", "OVERLEDEN"): 2,
        Reden("uit", AAN_WERK_GEBONDEN, None): 1,
    }
    pw = uit.gronden["PW"]
    assert (pw.begin, pw.som("in"), pw.som("uit"), pw.eind) == (5, 1, 5, 1)
    assert list(uit.gronden) == ["PW", "WSW"]


# --- de terminal ------------------------------------------------------------------------------------------------------


_GETALLEN = dict.fromkeys(stromen_cli.AANTALLEN, 0) | {
    "begin": 138317,
    "gevonden": 4619,
    "verloren": 3223,
    "eind": 139713,
}
ANTWOORD: dict[str, Any] = {
    "reeks": "kwartaal",
    "per": ["regio"],
    "bekendOp": "2024-04-30T23:59:59.999999+02:00",
    "vast": True,
    "versheidSeconden": 2,
    "volledigheid": {"verwacht": 1200, "gehoord": 1150},
    "demo": None,
    "cellen": [{"periode": "2023-Q4", "regio": "AM01", "regioNaam": "Groningen", **_GETALLEN, "status": "indicatief"}],
    "register": [
        {
            "periode": "2023-Q4",
            "begin": 5,
            "eind": 4,
            "redenen": [{"richting": "uit", "soort": "registratie-beeindigd", "reden": "AOW_LEEFTIJD", "aantal": 1}],
            "grondslagen": [{"grondslag": "WSW", "begin": 5, "eind": 4, "redenen": []}],
        }
    ],
    "voetnoten": ["Stromen vergelijken."],
}


@pytest.fixture
def gevraagd(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    vraag: dict[str, str] = {}

    class Client:
        def __init__(self, _map: object) -> None: ...

        def get(self, dienst: str, pad: str, **parameters: str) -> Any:
            vraag.update(parameters, dienst=dienst, pad=pad)
            return ANTWOORD

    monkeypatch.setattr(stromen_cli, "Client", Client)
    return vraag


def draai(*argumenten: str) -> str:
    uit = CliRunner().invoke(stromen_cli.app, argumenten, env={"COLUMNS": "200"})
    assert uit.exit_code == 0, uit.output
    return uit.stdout


def test_de_tabel_zegt_elke_stroom_en_wat_het_waard_is(gevraagd: dict[str, str]) -> None:
    tekst = draai("--periode", "2023-Q4", "--per", "regio", "--bekend-op", "2024-04-30")
    assert gevraagd == {"dienst": "telling", "pad": "/v1/stromen"} | {
        "periode": "2023-Q4",
        "per": "regio",
        "bekendOp": "2024-04-30",
    }
    for deel in (
        "138.317",
        "4.619",
        "139.713",
        "AM01 Groningen",
        "indicatief",
        "Stromen vergelijken",
        "1.150 van 1.200",
    ):
        assert deel in tekst
    assert "waarvan" not in tekst, "zonder verplaatste grenzen geen kolommen daarvoor"


def test_csv_en_json_zijn_het_antwoord(gevraagd: dict[str, str]) -> None:
    (rij,) = csv.DictReader(io.StringIO(draai("--periode", "2023-Q4", "--formaat", "csv")))
    assert (rij["reeks"], rij["regio"], rij["verloren"], rij["waarvanGrenzenIn"], rij["vast"], rij["demo"]) == (
        ("kwartaal", "AM01", "3223", "0", "ja", "")
    )
    assert json.loads(draai("--periode", "2023-Q4", "--json")) == ANTWOORD


def test_het_register_als_tabel_en_als_csv(monkeypatch: pytest.MonkeyPatch, gevraagd: dict[str, str]) -> None:
    tekst = draai("--periode", "2023-Q4", "--register")
    assert all(deel in tekst for deel in ("AOW_LEEFTIJD", "registratie-beeindigd", "WSW", "eind"))
    rijen = list(csv.DictReader(io.StringIO(draai("--periode", "2023-Q4", "--register", "--formaat", "csv"))))
    assert [(r["grondslag"], r["wat"], r["soort"], r["reden"], r["aantal"]) for r in rijen] == [
        ("", "begin", "", "", "5"),
        ("", "uit", "registratie-beeindigd", "AOW_LEEFTIJD", "1"),
        ("", "eind", "", "", "4"),
        ("WSW", "begin", "", "", "5"),
        ("WSW", "eind", "", "", "4"),
    ]
    monkeypatch.setitem(ANTWOORD, "demo", {"schaal": 50, "regio": None})
    assert "Demo 1 : 50" in draai("--periode", "2023-Q4", "--register")
