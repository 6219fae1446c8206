"""Het pakket zelf: de partitie van Kafka, gemeentecodes, de bladzijde, en dat het alleen pydantic nodig heeft."""

import ast
import sys
from pathlib import Path

import banenspoor_contracts
import pytest
from banenspoor_contracts import ALLE_FEITEN, TOPICS, codes, gemeenten, murmur2, partitie
from banenspoor_contracts.catalogus import bladzijde
from hypothesis import given
from hypothesis import strategies as st

PAKKET = Path(banenspoor_contracts.__file__).parent
WORTEL = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("data", "verwacht"),
    [
        (b"21", -973932308),
        (b"foobar", -790332482),
        (b"a-little-bit-long-string", -985981536),
        (b"a-little-bit-longer-string", -1486304829),
        (b"lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58897971),
        (b"abc", 479470107),
    ],
)
def test_murmur2_is_die_van_kafka(data: bytes, verwacht: int) -> None:
    """De waarden komen uit de tests van Kafka zelf (UtilsTest.testMurmur2)."""
    assert murmur2(data) == verwacht


@given(st.text(), st.integers(1, 200))
def test_een_partitie_bestaat_altijd(sleutel: str, aantal: int) -> None:
    assert 0 <= partitie(sleutel, aantal) < aantal


def test_een_negatieve_murmur_geeft_de_partitie_van_kafka() -> None:
    assert partitie("21", 12) == (-973932308 & 0x7FFFFFFF) % 12


def test_levende_en_vervallen_gemeenten_bestaan() -> None:
    assert gemeenten.is_gemeente("0014")
    assert gemeenten.is_gemeente("0040")
    assert gemeenten.GEMEENTEN["0040"].laatste_jaar == 2017
    assert gemeenten.GEMEENTEN["1952"] == gemeenten.GemeenteNaam("1952", "Midden-Groningen", None)
    assert len([g for g in gemeenten.GEMEENTEN.values() if g.laatste_jaar is None]) == 342
    for onzin in ("9999", "GM0014", "14", ""):
        assert not gemeenten.is_gemeente(onzin)


@pytest.mark.parametrize("code", ["GM0014", "gm0014", "0014", " 0014 "])
def test_een_gemeentecode_wordt_vier_cijfers(code: str) -> None:
    assert gemeenten.normaliseer(code) == "0014"


@pytest.mark.parametrize("code", ["14", "GM14", "AM01", "", "00140", "001４"])
def test_een_andere_vorm_is_geen_gemeentecode(code: str) -> None:
    with pytest.raises(ValueError, match="vier cijfers"):
        gemeenten.normaliseer(code)


def test_de_bladzijde_is_die_van_de_modellen() -> None:
    """Klopt zij niet meer: `python -m banenspoor_contracts.catalogus > docs/gebeurtenissen.md`."""
    assert (WORTEL / "docs" / "gebeurtenissen.md").read_text(encoding="utf-8") == bladzijde()


def test_de_bladzijde_noemt_elke_gebeurtenis_elk_topic_en_elke_verwijzing_bestaat() -> None:
    pagina = bladzijde()
    koppen = {regel.lstrip("# ").lower() for regel in pagina.splitlines() if regel.startswith("#")}
    for feit in ALLE_FEITEN:
        assert feit.naam in koppen
        assert (feit.__doc__ or "").splitlines()[0] in pagina
    for topic in TOPICS:
        assert f"topic `{topic}`" in koppen
    verwijzingen = {deel.split(")")[0] for deel in pagina.split("](#")[1:]}
    assert verwijzingen <= koppen


def test_elke_code_is_een_vast_woord() -> None:
    assert all(code.value == code.name for code in (*codes.Grondslag, *codes.Reden, *codes.EindReden))
    klein = (*codes.Vorm, *codes.Contract, *codes.Sector, *codes.Subsector)
    assert all(code.value == code.name.lower() for code in klein)
    assert set(codes.Reden).isdisjoint(set(codes.RegelStap))


def test_alles_wat_het_pakket_belooft_bestaat() -> None:
    assert sorted(set(banenspoor_contracts.__all__)) == sorted(banenspoor_contracts.__all__)
    for naam in banenspoor_contracts.__all__:
        assert hasattr(banenspoor_contracts, naam), naam
    assert {feit.__name__ for feit in ALLE_FEITEN} <= set(banenspoor_contracts.__all__)
    assert (PAKKET / "py.typed").exists()


def test_het_pakket_heeft_alleen_pydantic_nodig() -> None:
    gebruikt: set[str] = set()
    for bestand in PAKKET.rglob("*.py"):
        for knoop in ast.walk(ast.parse(bestand.read_text(encoding="utf-8"))):
            if isinstance(knoop, ast.Import):
                gebruikt |= {naam.name.split(".")[0] for naam in knoop.names}
            elif isinstance(knoop, ast.ImportFrom) and knoop.level == 0 and knoop.module:
                gebruikt.add(knoop.module.split(".")[0])
    assert gebruikt - sys.stdlib_module_names <= {"pydantic", "pydantic_core"}
