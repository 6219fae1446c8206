"""De opdrachten `revisie` en `verklaar`: elke stap te zien, en niets dat niet in het antwoord staat."""

import csv
import io
from typing import Any

import pytest
from typer.testing import CliRunner

from services.telling import brug_cli

STAP = {"soort": "reden", "naam": "NALEVERING", "boekingen": 1200, "bedrag": 2, "bedragExact": "5/2"}
REGEL = {"soort": "regel", "naam": "nulmeting", "bedrag": -1, "bedragExact": "-1/1"}
VAST: dict[str, Any] = {"reeks": "kwartaal", "maat": "extra", "per": ["sector"], "watAls": None, "demo": None}
REVISIE = VAST | {
    "bekendVan": "2024-01-31T23:59:59.999999+01:00",
    "bekendTot": "2024-06-30T23:59:59.999999+02:00",
    "voetnoten": [],
    "cellen": [
        {
            "periode": "2023-Q4",
            "sector": "markt",
            "begin": 1000,
            "beginExact": "1000/1",
            "eind": 1002,
            "eindExact": "2003/2",
        }
        | {"verschil": 2, "verschilExact": "3/2", "stappen": [STAP, REGEL], "afronding": 1}
    ],
}
BOEKING = {
    "gebeurtenis": "uren-verloond",
    "reden": "NALEVERING",
    "maand": "2023-12",
    "urenX100": -1050,
    "bekendOp": "2024-03-10T13:00:00.000000+01:00",
    "positie": {"topic": "verloonde-uren", "partitie": 3, "publicatienr": 17},
    "delen": [{"periode": "2023-Q4", "sector": "markt", "deelExact": "1/1", "bedragExact": "5/2"}],
}
VERKLARING = VAST | {
    "formule": "extra banen = uren / uren per baan (de norm) − nulmeting",
    "boekingen": [BOEKING],
    "volgende": "1.verloonde-uren.3.17.1",
    "cellen": [
        {"periode": "2023-Q4", "sector": "markt", "extra": 2, "extraExact": "3/2", "invoer": None}
        | {"bijdragen": [STAP, REGEL], "afronding": 1}
    ],
}


def draai(
    monkeypatch: pytest.MonkeyPatch, app: Any, antwoord: dict[str, Any], *argumenten: str
) -> tuple[str, dict[str, str]]:
    gevraagd: dict[str, str] = {}

    class Client:
        def __init__(self, _map: object) -> None: ...

        def get(self, dienst: str, pad: str, **parameters: str) -> Any:
            gevraagd.update(parameters, dienst=dienst, pad=pad)
            return antwoord

    monkeypatch.setattr(brug_cli, "Client", Client)
    uit = CliRunner().invoke(app, argumenten, env={"COLUMNS": "200"})
    assert uit.exit_code == 0, uit.output
    return uit.output, gevraagd


def test_de_brug_staat_er_stap_voor_stap(monkeypatch: pytest.MonkeyPatch) -> None:
    vraag = ("--reeks", "kwartaal", "--periode", "2023-Q4", "--per", "sector", "--bekendVan", "2024-01-31")
    tekst, gevraagd = draai(monkeypatch, brug_cli.revisie_app, REVISIE, *vraag)
    assert gevraagd == {
        "dienst": "telling",
        "pad": "/v1/tellingen/revisie",
        "reeks": "kwartaal",
        "periode": "2023-Q4",
        "per": "sector",
        "bekendVan": "2024-01-31",
    }
    regels = [regel.split() for regel in tekst.splitlines() if regel.strip()]
    assert ["2023-Q4", "markt", "begin", "1.000", "1000/1"] in regels
    assert ["NALEVERING", "1.200", "2", "5/2"] in regels
    assert ["regel:", "nulmeting", "−1", "-1/1"] in regels
    assert ["afronding", "1", "0/1"] in regels
    assert ["eind", "1.002", "2003/2"] in regels


def test_als_csv_telt_elke_cel_zelf_op(monkeypatch: pytest.MonkeyPatch) -> None:
    tekst, _ = draai(monkeypatch, brug_cli.revisie_app, REVISIE, "--formaat", "csv")
    rijen = list(csv.DictReader(io.StringIO(tekst)))
    bedragen = [int(rij["bedrag"]) for rij in rijen]
    assert [rij["naam"] for rij in rijen] == ["begin", "NALEVERING", "nulmeting", "afronding", "eind"]
    assert sum(bedragen[:-1]) == bedragen[-1]
    assert {rij["sector"] for rij in rijen} == {"markt"}


def test_een_verklaring_toont_bijdragen_boekingen_en_waar_zij_verder_gaat(monkeypatch: pytest.MonkeyPatch) -> None:
    tekst, gevraagd = draai(monkeypatch, brug_cli.verklaar_app, VERKLARING, "--reeks", "kwartaal", "--aantal", "1")
    assert (gevraagd["aantal"], gevraagd["pad"]) == ("1", "/v1/tellingen/verklaring")
    assert "uren per baan" in tekst
    assert "-10,50" in tekst
    assert "verloonde-uren/3/17" in tekst
    assert "--na 1.verloonde-uren.3.17.1" in tekst


def test_een_wat_als_en_een_demo_staan_erbij(monkeypatch: pytest.MonkeyPatch) -> None:
    merk = REVISIE | {"watAls": {"norm": "24"}, "demo": {"schaal": 50, "regio": None}}
    tekst, _ = draai(monkeypatch, brug_cli.revisie_app, merk)
    assert "WAT ALS" in tekst
    assert "Demo 1 : 50" in tekst
    tekst, _ = draai(monkeypatch, brug_cli.revisie_app, merk, "--formaat", "csv")
    assert tekst.splitlines()[1].endswith(",1 : 50,ja")
