"""De rijen van intake: wat niet klopt krijgt een vaste code bij de juiste kolom, en nooit het BSN in de melding."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from banenspoor_contracts import EindReden, Grondslag
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from services.intake.cli import SOORTEN
from services.intake.domain.bsn import geldig_bsn
from services.intake.rijen import BsnRij, CorrectieRij, PersoonRij, RegistratieRij, VerhuizingRij
from shared.api import lees_rij

BSN = "123456782"
REGISTRATIE = {"bsn": BSN, "grondslag": "PW_INDICATIE", "van": "2018-03-01", "gemeente": "0014"}
CORRECTIE = {"bsn": BSN, "grondslag": "WSW", "van": "2018-03-01", "reden": "DATUM"}
PERSOON = {"bsn": BSN, "geboortedatum": "1990-01-31"}
VERHUIZING = {"bsn": BSN, "gemeente": "0014", "van": "2018-03-01"}


@pytest.mark.parametrize(
    "bsn",
    [
        "123456782",
        "111222333",
        "100000009",
        "273279865",
        "942884000",
        "111111110",
        "999990342",
        "999990019",
        "999993653",
    ],
)
def test_a_number_that_passes_the_elfproef_is_a_bsn(bsn: str) -> None:
    assert geldig_bsn(bsn) == bsn


@pytest.mark.parametrize(
    "bsn",
    [
        "123456789",
        "111111111",
        "222222222",
        "000000000",
        "",
        "1234567",
        "1234567820",
        "12345678a",
        "١٢٣٤٥٦٧٨٢",
        "-23456782",
    ],
)
def test_anything_else_is_not(bsn: str) -> None:
    assert geldig_bsn(bsn) is None


def test_eight_digits_get_a_leading_zero() -> None:
    assert geldig_bsn("10000008") == "010000008"


@given(st.integers(1, 999_999_999))
def test_the_elfproef_is_the_published_sum(getal: int) -> None:
    cijfers = [int(c) for c in f"{getal:09d}"]
    som = sum((9 - i) * c for i, c in enumerate(cijfers[:8])) - cijfers[8]
    assert (geldig_bsn(f"{getal:09d}") is not None) is (som % 11 == 0)


def test_a_row_is_read_with_its_codes_and_its_municipality_without_prefix() -> None:
    rij = lees_rij(1, {**REGISTRATIE, "gemeente": "GM0014", "tot": "2019-01-01", "reden": "VERLOPEN"}, RegistratieRij)
    assert isinstance(rij, RegistratieRij)
    assert (rij.grondslag, rij.gemeente, rij.tot) == (Grondslag.PW_INDICATIE, "0014", date(2019, 1, 1))
    assert rij.reden is EindReden.VERLOPEN


def test_empty_is_absent() -> None:
    rij = lees_rij(1, {**REGISTRATIE, "tot": "", "reden": " "}, RegistratieRij)
    assert isinstance(rij, RegistratieRij)
    assert (rij.tot, rij.reden) == (None, None)


@pytest.mark.parametrize(
    ("model", "goed", "anders", "kolom", "code"),
    [
        (RegistratieRij, REGISTRATIE, {"bsn": "123456789"}, "bsn", "elfproef"),
        (RegistratieRij, REGISTRATIE, {"bsn": 123456782}, "bsn", "elfproef"),
        (RegistratieRij, REGISTRATIE, {"bsn": ""}, "bsn", "verplicht"),
        (RegistratieRij, REGISTRATIE, {"grondslag": "PW"}, "grondslag", "onbekende_grondslag"),
        (RegistratieRij, REGISTRATIE, {"gemeente": "9999"}, "gemeente", "onbekende_gemeente"),
        (RegistratieRij, REGISTRATIE, {"gemeente": "14"}, "gemeente", "onbekende_gemeente"),
        (RegistratieRij, REGISTRATIE, {"van": "01-03-2018"}, "van", "onjuist"),
        (RegistratieRij, REGISTRATIE, {"van": "20180301"}, "van", "onjuist"),
        (RegistratieRij, REGISTRATIE, {"van": 1519862400}, "van", "onjuist"),
        (RegistratieRij, REGISTRATIE, {"van": "0218-03-01"}, "van", "onjuist"),
        (RegistratieRij, REGISTRATIE, {"van": "2018-02-30"}, "van", "onjuist"),
        (RegistratieRij, REGISTRATIE, {"tot": "2018-03-01"}, "tot", "einde_voor_begin"),
        (RegistratieRij, REGISTRATIE, {"tot": "2017-03-01"}, "tot", "einde_voor_begin"),
        (RegistratieRij, REGISTRATIE, {"reden": "VERLOPEN"}, "reden", "onjuist"),
        (RegistratieRij, REGISTRATIE, {"tot": "2019-01-01", "reden": "ZOMAAR"}, "reden", "onjuist"),
        (RegistratieRij, REGISTRATIE, {"naam": "x"}, "naam", "onbekende_kolom"),
        (CorrectieRij, CORRECTIE, {"reden": ""}, "reden", "verplicht"),
        (CorrectieRij, CORRECTIE, {"reden": "VERLOPEN"}, "reden", "onjuist"),
        (CorrectieRij, CORRECTIE, {"tot": "2018-03-01"}, "tot", "einde_voor_begin"),
        (CorrectieRij, CORRECTIE, {"van": "", "tot": "2018-03-01"}, "tot", "onjuist"),
        (PersoonRij, PERSOON, {"overleden_op": "1990-01-30"}, "overleden_op", "einde_voor_begin"),
        (VerhuizingRij, VERHUIZING, {"gemeente": ""}, "gemeente", "verplicht"),
    ],
)
def test_what_is_wrong_gets_a_code_at_its_column(
    model: type[BsnRij], goed: dict[str, Any], anders: dict[str, Any], kolom: str, code: str
) -> None:
    assert isinstance(lees_rij(1, goed, model), model)
    fouten = lees_rij(7, goed | anders, model)
    assert isinstance(fouten, list)
    assert [(f.rij, f.kolom, f.code) for f in fouten] == [(7, kolom, code)]
    assert not any(str(waarde) in f.melding for f in fouten for k, waarde in anders.items() if k == "bsn" and waarde)


def test_every_mistake_of_a_row_is_reported() -> None:
    fouten = lees_rij(1, {"bsn": "1", "grondslag": "?", "van": "?", "gemeente": "?"}, RegistratieRij)
    assert isinstance(fouten, list)
    assert {f.kolom for f in fouten} == {"bsn", "grondslag", "van", "gemeente"}


def test_the_bsn_is_neither_in_the_representation_nor_in_an_error() -> None:
    assert BSN not in repr(lees_rij(1, REGISTRATIE, RegistratieRij))
    with pytest.raises(ValidationError) as fout:
        RegistratieRij.model_validate({**REGISTRATIE, "bsn": "123456789", "grondslag": BSN})
    assert "123456789" not in str(fout.value)
    assert BSN not in str(fout.value)


def test_the_columns_of_each_file_are_those_of_its_row() -> None:
    for soort in SOORTEN:
        velden = soort.model.model_fields
        assert set(soort.volgorde) == set(velden) - {"bekend_op"}
        verplicht = {naam for naam, veld in velden.items() if veld.is_required()}
        assert soort.naam == "registratie-correcties" or set(soort.volgorde[: len(verplicht)]) == verplicht
