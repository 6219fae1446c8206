"""Elke gebeurtenis die ooit is uitgegeven, blijft leesbaar met de modellen van nu, byte voor byte."""

import json
from pathlib import Path

import pytest
from banenspoor_contracts import ALLE_FEITEN, Feit, feit_van
from banenspoor_contracts.schema import uitgegeven

GOLDEN = sorted((Path(__file__).parent / "golden").glob("*.json"))


def _feit(bestand: Path) -> type[Feit]:
    klasse = feit_van(f"nl.banenafspraak.{bestand.stem}")
    assert klasse is not None, f"{bestand.name} hoort bij geen gebeurtenis meer"
    return klasse


def test_van_elke_gebeurtenis_is_er_een_golden_bestand() -> None:
    assert {bestand.name for bestand in GOLDEN} >= {feit.document() for feit in ALLE_FEITEN}


@pytest.mark.parametrize("bestand", GOLDEN, ids=lambda b: b.stem)
def test_de_modellen_van_nu_lezen_haar_en_schrijven_haar_precies_zo_terug(bestand: Path) -> None:
    bytes_ = bestand.read_bytes()
    assert _feit(bestand).model_validate_json(bytes_).bytes_() + b"\n" == bytes_


@pytest.mark.parametrize("bestand", GOLDEN, ids=lambda b: b.stem)
def test_zij_heeft_de_velden_van_het_uitgegeven_schema(bestand: Path) -> None:
    document = uitgegeven()[bestand.name]
    inhoud = json.loads(bestand.read_bytes())
    assert set(document["required"]) <= inhoud.keys() <= set(document["properties"])
