"""Velden van rijen: hetzelfde uit een bestand en uit JSON, en nooit een kommagetal dat verschuift."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.plaatsing.api.uren import UrenRij, gewone_uren
from services.plaatsing.api.werkgevers import WerkgeverRij
from shared.api import lees_rij

UREN = {"referentie": "P-1", "tijdvak_van": "2017-12-01", "tijdvak_tot": "2018-01-01"}


def uren(waarde: Any) -> int | str:
    """Honderdsten, of de code van de fout."""
    rij = lees_rij(1, UREN | {"uren": waarde}, UrenRij)
    return rij[0].code if isinstance(rij, list) else rij.uren


@given(st.integers(-(10**8), 10**8))
def test_text_and_json_numbers_give_the_same_hundredths(aantal: int) -> None:
    teken, absoluut = "-" if aantal < 0 else "", abs(aantal)
    tekst = f"{teken}{absoluut // 100}.{absoluut % 100:02d}"
    assert uren(tekst) == uren(tekst.replace(".", ",")) == uren(float(tekst)) == aantal


@pytest.mark.parametrize("waarde", [True, 1.005, 1e-7, 1e20, float("nan"), float("inf"), [], {}, "0x10", "１"])
def test_what_is_no_amount_of_hours_is_wrong(waarde: Any) -> None:
    assert uren(waarde) == "onjuist"


@pytest.mark.parametrize("van", [20171201, "20171201", 1512086400, "2017-12-01T00:00:00", "2017-13-01", True])
def test_only_a_written_date_is_a_date(van: Any) -> None:
    fouten = lees_rij(1, UREN | {"uren": "1", "tijdvak_van": van}, UrenRij)
    assert isinstance(fouten, list)
    [fout] = fouten
    assert (fout.kolom, fout.code) == ("tijdvak_van", "onjuist")


def test_names_may_be_written_as_in_json() -> None:
    rij = lees_rij(1, {"referentie": "P-1", "tijdvakVan": "2017-12-01", "tijdvakTot": "2018-01-01", "uren": 8}, UrenRij)
    assert isinstance(rij, UrenRij)
    assert rij.uren == 800


@pytest.mark.parametrize("nummer", ["123456789l01", "1234 56789 L01"])
def test_a_number_has_one_spelling(nummer: str) -> None:
    rij = lees_rij(1, {"werkgever": nummer, "sector": "markt", "van": "2017-01-01"}, WerkgeverRij)
    assert isinstance(rij, WerkgeverRij)
    assert rij.werkgever == "123456789L01"


RAAR = [
    "",
    " ",
    "P-1",
    " P 1 ",
    "\u00a0P",
    "\x1cP",
    "a\0",
    "x" * 200,
    "x" * 201,
    None,
    8,
    True,
    "vast",
    "Vast",
    "uitbetaling",
]
RIJEN = st.fixed_dictionaries(
    {
        "referentie": st.sampled_from([*RAAR, "P-1", "P-2"]),
        "tijdvak_van": st.sampled_from(["2017-12-01", " 2017-12-01 ", "2017-13-01", "", 20171201]),
        "tijdvak_tot": st.sampled_from(["2018-01-01", "2018-01-01\x1c", None]),
        "uren": st.sampled_from(["8", " 8,50", "-1.5", "8,555", "", 8, "1e3", "8\0"]),
    },
    optional={
        "contract": st.sampled_from(["vast", "tijdelijk", " vast", "onzin", "", None]),
        "soort": st.sampled_from(["regulier", "uitbetaling", "voortgezet", "Regulier", "", None]),
        "levering": st.sampled_from(RAAR),
        "leverancier": st.sampled_from(RAAR),
        "bekend_op": st.sampled_from(["2017-12-01", "", None]),
        "onzin": st.sampled_from(["x", ""]),
    },
)


@given(RIJEN)
def test_the_fast_road_reads_a_row_as_the_model_does_or_leaves_it(rij: dict[str, Any]) -> None:
    snel, model = gewone_uren(rij), lees_rij(1, rij, UrenRij)
    if snel is not None:
        assert isinstance(model, UrenRij)
        assert snel._asdict() == dict(model)


def test_an_ordinary_row_takes_the_fast_road() -> None:
    rij = UREN | {"uren": "8,25", "contract": "vast", "soort": "", "levering": "2017", "leverancier": ""}
    assert gewone_uren(rij) is not None
