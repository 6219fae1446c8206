"""De uitgegeven schema's zijn die van de modellen van nu, en wat breekt wordt niet uitgegeven."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from banenspoor_contracts import schemas
from banenspoor_contracts.schema import breuken, tekst, uitgegeven
from banenspoor_contracts.uitgave import geef_uit

UREN = "uren-verloond.v1.json"


def _anders(pad: str, waarde: Any) -> dict[str, Any]:
    document = copy.deepcopy(schemas()[UREN])
    *stappen, laatste = pad.split("/")
    plek = document
    for stap in stappen:
        plek = plek[stap]
    if waarde is None:
        del plek[laatste]
    else:
        plek[laatste] = waarde
    return document


def test_uitgegeven_is_wat_de_modellen_geven() -> None:
    assert uitgegeven() == schemas()


def test_een_document_heet_naar_zichzelf_en_naar_het_type() -> None:
    for naam, document in schemas().items():
        assert document["$id"] == naam
        assert document["title"] == f"nl.banenafspraak.{naam.removesuffix('.json')}"
        assert document["$schema"] == "https://json-schema.org/draft/2020-12/schema"


def test_geen_enkel_document_kent_een_kommagetal() -> None:
    for naam, document in schemas().items():
        assert '"number"' not in json.dumps(document), naam


def test_een_veld_erbij_dat_niet_verplicht_is_breekt_niets() -> None:
    assert breuken(schemas()[UREN], _anders("properties/ploeg", {"type": "string"})) == []
    assert breuken(schemas()[UREN], _anders("description", "Beter gezegd.")) == []


@pytest.mark.parametrize(
    ("pad", "waarde"),
    [
        ("properties/maand", None),
        ("properties/maand", {"type": "integer"}),
        ("required", ["persoon", "plaatsing", "maand", "reden", "nieuw"]),
        ("required", [*schemas()[UREN]["required"], "ploeg"]),
        ("$defs/Reden/enum", [*schemas()[UREN]["$defs"]["Reden"]["enum"], "NIEUWE_REDEN"]),
        ("$defs/UrenStand/properties/urenX100/type", "number"),
        ("additionalProperties", False),
    ],
)
def test_al_het_andere_breekt(pad: str, waarde: Any) -> None:
    assert breuken(schemas()[UREN], _anders(pad, waarde)) != []


def test_uitgeven_schrijft_wat_ontbreekt_en_daarna_niets_meer(tmp_path: Path) -> None:
    assert geef_uit(tmp_path) == list(schemas())
    assert geef_uit(tmp_path) == []


def test_uitgeven_vult_een_document_aan(tmp_path: Path) -> None:
    geef_uit(tmp_path)
    (tmp_path / UREN).write_text(tekst(_anders("properties/bekendOp", None)), encoding="utf-8")
    assert geef_uit(tmp_path) == [UREN]


def test_uitgeven_weigert_wat_breekt_en_verandert_dan_niets(tmp_path: Path) -> None:
    geef_uit(tmp_path)
    ouder = tekst(_anders("properties/ploeg", {"type": "string"}))
    (tmp_path / UREN).write_text(ouder, encoding="utf-8")
    (tmp_path / "peil.v1.json").unlink()
    with pytest.raises(ValueError, match="nieuwe versie"):
        geef_uit(tmp_path)
    assert (tmp_path / UREN).read_text(encoding="utf-8") == ouder
    assert not (tmp_path / "peil.v1.json").exists()
