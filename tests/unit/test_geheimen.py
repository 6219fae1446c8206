"""`make secrets`: wat er gemaakt wordt, en dat er nooit iets overschreven wordt."""

import json
from pathlib import Path

import pytest
import yaml

from deploy.geheimen import maak
from shared.auth import Poort
from shared.client import lokaal_token
from shared.kluis import lees_kluis
from shared.settings import WORTEL


def test_alles_wat_compose_vraagt_wordt_gemaakt_en_alleen_de_eigenaar_komt_erbij(tmp_path: Path) -> None:
    map_ = tmp_path / "geheimen"
    nieuw = maak(map_)
    compose = yaml.safe_load((WORTEL / "docker-compose.yml").read_text())
    gevraagd = {Path(deel["file"]).name for deel in (*compose["secrets"].values(), *compose["configs"].values())}
    assert gevraagd == {pad.name for pad in map_.iterdir()} == set(nieuw)
    assert map_.stat().st_mode & 0o777 == 0o700
    assert {pad.stat().st_mode & 0o777 for pad in map_.iterdir()} == {0o444}


def test_nog_eens_maken_verandert_niets_en_vult_aan_wat_ontbreekt(tmp_path: Path) -> None:
    maak(tmp_path)
    eerst = {pad.name: pad.read_bytes() for pad in tmp_path.iterdir()}
    assert maak(tmp_path) == []
    (tmp_path / "kafka_intake").unlink()
    assert maak(tmp_path) == ["kafka_intake"]
    daarna = {pad.name: pad.read_bytes() for pad in tmp_path.iterdir()}
    assert daarna.pop("kafka_intake") != eerst.pop("kafka_intake")
    assert daarna == eerst


def test_een_half_sleutelpaar_wordt_niet_overschreven(tmp_path: Path) -> None:
    maak(tmp_path)
    (tmp_path / "jwks.json").unlink()
    with pytest.raises(FileExistsError, match=r"jwks\.json"):
        maak(tmp_path)


def test_de_kluizen_en_de_uitgever_zijn_bruikbaar(tmp_path: Path) -> None:
    maak(tmp_path)
    for dienst in ("intake", "plaatsing"):
        omgeving = {
            f"BANENSPOOR_KLUIS_{naam.upper()}_FILE": str(tmp_path / f"{dienst}_kluis_{naam}")
            for naam in ("sleutels", "hmac")
        }
        kluis = lees_kluis(omgeving, tmp_path)
        assert kluis.ontsleutel(kluis.versleutel("x")) == "x"
    token = lokaal_token(tmp_path, ["beheer"])
    assert Poort(tmp_path / "jwks.json", "banenspoor-lokaal", "banenspoor").controleer(f"Bearer {token}").scopes == {
        "beheer"
    }
    assert json.loads((tmp_path / "intake_kluis_sleutels").read_text()).keys() == {"1"}
