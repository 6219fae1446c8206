"""De opdracht `telling`: Nederlandse getallen, een duidelijke reeks en status, en hetzelfde als de API."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from typer.testing import CliRunner

from services.telling import cli
from shared.client import OpdrachtFout

ANTWOORD: dict[str, Any] = {
    "reeks": "kwartaal",
    "maat": "extra",
    "per": ["sector"],
    "watAls": None,
    "bestandsnaam": "banenspoor_kwartaal_2023-Q4_extra_per-sector",
    "bekendOp": "2024-04-30T23:59:59.999999+02:00",
    "vast": True,
    "versheidSeconden": 2,
    "volledigheid": {"verwacht": 1200, "gehoord": 1150},
    "voetnoten": ["De kwartaalreeks is en blijft indicatief."],
    "cellen": [
        {"sector": "markt", "extra": 76258, "nulmeting": 34174, "doelstelling": None, "gat": None},
        {"sector": None, "extra": -830, "nulmeting": None, "doelstelling": None, "gat": None},
    ],
}
for _cel in ANTWOORD["cellen"]:
    _cel |= {"periode": "2023-Q4", "uren": 1, "banen": 110432, "status": "indicatief", "regels": {}}
    _cel |= {f"{naam}Exact": "1/3" for naam in ("uren", "banen", "nulmeting", "extra", "gat")}


@pytest.fixture
def gevraagd(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    vraag: dict[str, str] = {}

    class Client:
        def __init__(self, _map: object) -> None: ...

        def get(self, dienst: str, pad: str, **parameters: str) -> Any:
            if "reeks" not in parameters:
                raise OpdrachtFout("telling weigert dit: Zonder reeks is er geen cijfer")
            vraag.update(parameters, dienst=dienst, pad=pad)
            return ANTWOORD

    monkeypatch.setattr(cli, "Client", Client)
    return vraag


def draai(*argumenten: str) -> tuple[int, str, str]:
    uit = CliRunner().invoke(cli.app, argumenten, env={"COLUMNS": "200"})
    return uit.exit_code, uit.stdout, uit.stderr


def test_de_tabel_zegt_reeks_status_en_getallen_op_zijn_nederlands(gevraagd: dict[str, str]) -> None:
    code, tekst, _ = draai(
        "--reeks", "kwartaal", "--periode", "2023-Q4", "--per", "sector", "--bekend-op", "2024-04-30"
    )
    assert code == 0
    assert gevraagd == {
        "dienst": "telling",
        "pad": "/v1/tellingen",
        "reeks": "kwartaal",
        "periode": "2023-Q4",
        "per": "sector",
        "bekendOp": "2024-04-30",
    }
    for deel in (
        "kwartaalreeks (indicatief)",
        "76.258",
        "−830",
        "ongedeeld",
        "indicatief",
        "1.150 van 1.200",
        "2024-04-30",
    ):
        assert deel in tekst
    assert "doelstelling" not in tekst


def test_csv_heeft_afgeronde_en_exacte_bedragen(gevraagd: dict[str, str]) -> None:
    _, tekst, _ = draai("--reeks", "kwartaal", "--periode", "2023-Q4", "--formaat", "csv")
    rijen = list(csv.DictReader(io.StringIO(tekst)))
    assert [(r["reeks"], r["sector"], r["extra"], r["extraExact"], r["vast"]) for r in rijen] == [
        ("kwartaal", "markt", "76258", "1/3", "ja"),
        ("kwartaal", "", "-830", "1/3", "ja"),
    ]


def test_een_wat_als_staat_in_titel_regel_en_bestandsnaam(
    monkeypatch: pytest.MonkeyPatch, gevraagd: dict[str, str], tmp_path: Path
) -> None:
    naam = "WAT-ALS_norm-24_kwartaal_2023-Q4_extra"
    anders = {"watAls": {"norm": "24", "wieTelt": "2026"}, "bestandsnaam": naam}
    monkeypatch.setattr(f"{__name__}.ANTWOORD", ANTWOORD | anders)
    vraag = ("--reeks", "kwartaal", "--periode", "2023-Q4", "--wat-als", "norm:24,wieTelt:2026")
    _, tekst, _ = draai(*vraag)
    assert gevraagd["watAls"] == "norm:24,wieTelt:2026"
    assert "WAT ALS norm:24,wieTelt:2026 · geen cijfer van de banenafspraak" in tekst
    code, tekst, _ = draai(*vraag, "--uit", str(tmp_path / "map"))
    assert (code, tekst.split("/")[-1].strip()) == (0, f"{naam}.csv")
    rijen = list(csv.DictReader((tmp_path / "map" / f"{naam}.csv").open()))
    assert {rij["watAls"] for rij in rijen} == {"norm:24,wieTelt:2026"}
    draai(*vraag, "--uit", str(tmp_path), "--json")
    assert json.loads((tmp_path / f"{naam}.json").read_text())["watAls"] == anders["watAls"]


def test_een_wat_als_heeft_een_andere_kleur() -> None:
    def kleuren(**anders: Any) -> str:
        uit = io.StringIO()
        scherm = Console(file=uit, force_terminal=True, color_system="truecolor", width=200)
        scherm.print(cli.tabel_van(ANTWOORD | anders))
        return uit.getvalue()

    assert "\x1b[35m" not in kleuren()
    assert "\x1b[1;37;45m" in kleuren(watAls={"norm": "24"})


def test_een_geteld_aantal_staat_op_zichzelf(monkeypatch: pytest.MonkeyPatch, gevraagd: dict[str, str]) -> None:
    """Bij maat geregistreerd zijn er geen uren, geen nulmeting en geen baan-maanden om op te wachten."""
    cellen = [
        {"periode": "2023-Q4", "grondslag": "WSW", "geregistreerd": 265000, "geregistreerdExact": "265000/1"}
        | {"status": "indicatief", "regels": {}, "voetnoten": [1]}
    ]
    anders = {"maat": "geregistreerd", "per": ["grondslag"], "volledigheid": None, "cellen": cellen}
    monkeypatch.setattr(f"{__name__}.ANTWOORD", ANTWOORD | anders)
    vraag = ("--reeks", "kwartaal", "--periode", "2023-Q4", "--maat", "geregistreerd", "--per", "grondslag")
    _, tekst, _ = draai(*vraag)
    assert gevraagd["maat"] == "geregistreerd"
    assert all(deel in tekst for deel in ("265.000", "WSW", "maat geregistreerd"))
    assert not any(deel in tekst for deel in ("nulmeting", "baan-maanden"))
    _, tekst, _ = draai(*vraag, "--formaat", "csv")
    (rij,) = csv.DictReader(io.StringIO(tekst))
    assert (rij["grondslag"], rij["geregistreerd"], "uren" in rij) == ("WSW", "265000", False)


def test_werkgevers_staan_met_hun_totaal_en_aandeel(monkeypatch: pytest.MonkeyPatch, gevraagd: dict[str, str]) -> None:
    cel = {"periode": "2023-Q4", "branche": "Q", "werkgevers": 7, "werkgeversExact": "7/1", "status": "indicatief"}
    cel |= {"werkgeversTotaal": 50, "aandeel": "14,0 %", "aandeelExact": "7/50", "regels": {}, "voetnoten": []}
    zonder = cel | {"branche": "onbekend", "werkgeversTotaal": None, "aandeel": None, "aandeelExact": None}
    demo = {"schaal": 50, "regio": None}
    anders = {"maat": "werkgevers", "per": ["branche"], "demo": demo, "cellen": [cel, zonder]}
    monkeypatch.setattr(f"{__name__}.ANTWOORD", ANTWOORD | anders)
    vraag = ("--reeks", "kwartaal", "--periode", "2023-Q4", "--maat", "werkgevers", "--per", "branche", "--groep", "g")
    _, tekst, _ = draai(*vraag)
    assert (gevraagd["maat"], gevraagd["per"], gevraagd["groep"]) == ("werkgevers", "branche", "g")
    assert all(deel in tekst for deel in ("werkgeversTotaal", "14,0 %", "onbekend", "Demo 1 : 50"))
    assert "staat voor" not in tekst  # een werkgever van de demo is er één
    _, tekst, _ = draai(*vraag, "--formaat", "csv")
    rijen = list(csv.DictReader(io.StringIO(tekst)))
    assert [(r["werkgevers"], r["werkgeversTotaal"], r["aandeel"], r["aandeelExact"]) for r in rijen] == [
        ("7", "50", "14,0 %", "7/50"),
        ("7", "", "", ""),
    ]


@pytest.mark.parametrize("demo", [None, {"schaal": 50, "regio": None}])
def test_een_demo_staat_bij_elke_maat(
    monkeypatch: pytest.MonkeyPatch, gevraagd: dict[str, str], demo: dict[str, Any] | None
) -> None:
    cel = {"periode": "2023-Q4", "personen": 12, "personenExact": "12/1", "status": "indicatief", "regels": {}}
    anders = {"maat": "personen", "per": [], "demo": demo, "cellen": [cel | {"voetnoten": []}]}
    monkeypatch.setattr(f"{__name__}.ANTWOORD", ANTWOORD | anders)
    vraag = ("--reeks", "kwartaal", "--periode", "2023-Q4", "--maat", "personen")
    _, tekst, _ = draai(*vraag)
    assert [deel in tekst for deel in ("Demo 1 : 50", "verzonnen", "600")] == [demo is not None] * 3
    _, tekst, _ = draai(*vraag, "--formaat", "csv")
    (rij,) = csv.DictReader(io.StringIO(tekst))
    assert rij["demo"] == ("1 : 50" if demo else "")
    assert gevraagd["maat"] == "personen"


def test_een_openbaar_antwoord_heeft_geen_uren(monkeypatch: pytest.MonkeyPatch, gevraagd: dict[str, str]) -> None:
    cellen = [
        {naam: waarde for naam, waarde in cel.items() if naam != "uren" and not naam.endswith("Exact")}
        for cel in ANTWOORD["cellen"]
    ]
    anders = {"openbaar": True, "volledigheid": None, "cellen": cellen, "demo": {"schaal": 50, "regio": None}}
    monkeypatch.setattr(f"{__name__}.ANTWOORD", ANTWOORD | anders)
    code, tekst, _ = draai("--reeks", "kwartaal", "--periode", "2023-Q4")
    assert (code, "uren" in tekst, "76.258" in tekst, len(gevraagd) > 0) == (0, False, True, True)


def test_json_is_het_antwoord_van_de_api(gevraagd: dict[str, str]) -> None:
    _, tekst, _ = draai("--reeks", "kwartaal", "--periode", "2023-Q4", "--json")
    assert json.loads(tekst) == ANTWOORD


def test_zonder_reeks_is_er_geen_cijfer(gevraagd: dict[str, str]) -> None:
    code, tekst, melding = draai("--periode", "2023-Q4")
    assert (code, tekst) == (2, "")
    assert "Zonder reeks" in melding


@pytest.mark.parametrize(
    ("waarde", "tekst"), [(86264, "86.264"), (-1996, "−1.996"), (0, "0"), (None, "–"), (1234567, "1.234.567")]
)
def test_getallen(waarde: int | None, tekst: str) -> None:
    assert cli.getal(waarde) == tekst
