"""De kluis: wat erin gaat komt eruit, wie de sleutel niet heeft leest niets, en geen fout noemt een geheim."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.kluis import HMAC, SLEUTELS, Kluis, KluisFout, lees_kluis

EEN, TWEE, ZOEK = bytes(range(32)), bytes(range(32, 64)), bytes(range(64, 96))
TEKST = "123456782"


def _b64(sleutel: bytes) -> str:
    return base64.b64encode(sleutel).decode()


GOED = {SLEUTELS: json.dumps({"1": _b64(EEN)}), HMAC: _b64(ZOEK)}


@given(st.text())
def test_what_goes_in_comes_out(tekst: str) -> None:
    kluis = Kluis({"1": EEN}, ZOEK)
    assert kluis.ontsleutel(kluis.versleutel(tekst)) == tekst


def test_the_same_text_gives_two_blobs_and_one_look_up_key() -> None:
    kluis = Kluis({"1": EEN}, ZOEK)
    assert kluis.versleutel(TEKST) != kluis.versleutel(TEKST)
    assert kluis.zoeksleutel(TEKST) == kluis.zoeksleutel(TEKST)
    assert len(kluis.zoeksleutel(TEKST)) == 32


def test_the_highest_number_encrypts_and_the_old_one_still_reads() -> None:
    oud = Kluis({"9": EEN}, ZOEK).versleutel(TEKST)
    beide = Kluis({"9": EEN, "10": TWEE}, ZOEK)
    assert beide.ontsleutel(oud) == TEKST
    nieuw = beide.versleutel(TEKST)
    assert int.from_bytes(nieuw[:2], "big") == 10
    with pytest.raises(KluisFout):
        Kluis({"9": EEN}, ZOEK).ontsleutel(nieuw)


def test_a_blob_moves_to_the_newest_key() -> None:
    oud = Kluis({"9": EEN}, ZOEK).versleutel(TEKST)
    beide = Kluis({"10": TWEE, "9": EEN}, ZOEK)
    assert beide.nummers == (9, 10)
    assert Kluis({"10": TWEE}, ZOEK).ontsleutel(beide.hersleutel(oud)) == TEKST
    with pytest.raises(KluisFout):
        Kluis({"10": TWEE}, ZOEK).hersleutel(oud)


@pytest.mark.parametrize("plek", [0, 1, 5, 14, -1])
def test_a_damaged_blob_does_not_open(plek: int) -> None:
    kluis = Kluis({"1": EEN}, ZOEK)
    blob = bytearray(kluis.versleutel(TEKST))
    blob[plek] ^= 1
    with pytest.raises(KluisFout):
        kluis.ontsleutel(bytes(blob))


@pytest.mark.parametrize("lengte", [0, 1, 2, 14, 29])
def test_a_cut_blob_does_not_open(lengte: int) -> None:
    kluis = Kluis({"1": EEN}, ZOEK)
    with pytest.raises(KluisFout):
        kluis.ontsleutel(kluis.versleutel(TEKST)[:lengte])


def test_settings_come_from_the_environment_a_named_file_or_the_secrets_directory(tmp_path: Path) -> None:
    blob = lees_kluis(GOED, tmp_path).versleutel(TEKST)
    genoemd = tmp_path / "sleutels.json"
    genoemd.write_text(GOED[SLEUTELS] + "\n")
    (tmp_path / HMAC.lower()).write_text(GOED[HMAC] + "\n")
    assert lees_kluis({f"{SLEUTELS}_FILE": str(genoemd)}, tmp_path).ontsleutel(blob) == TEKST


@pytest.mark.parametrize(
    ("instelling", "waarde"),
    [
        (SLEUTELS, ""),
        (SLEUTELS, "geheim-geen-json"),
        (SLEUTELS, '["geheim"]'),
        (SLEUTELS, "{}"),
        (SLEUTELS, '{"1": 7}'),
        (SLEUTELS, '{"1": "geheim!"}'),
        (SLEUTELS, '{"0": "' + _b64(EEN) + '"}'),
        (SLEUTELS, '{"a": "' + _b64(EEN) + '"}'),
        (SLEUTELS, '{"1": "' + _b64(EEN) + '", "01": "' + _b64(TWEE) + '"}'),
        (SLEUTELS, '{"1": "' + _b64(EEN[:16]) + '"}'),
        (HMAC, ""),
        (HMAC, "geheim!"),
        (HMAC, _b64(ZOEK[:16])),
    ],
)
def test_a_missing_or_wrong_setting_is_named_and_never_shown(tmp_path: Path, instelling: str, waarde: str) -> None:
    with pytest.raises(KluisFout) as fout:
        lees_kluis({**GOED, instelling: waarde}, tmp_path)
    melding = str(fout.value)
    assert instelling in melding
    assert "geheim" not in melding
    assert _b64(EEN) not in melding
    assert fout.value.__cause__ is None


def test_a_named_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(KluisFout, match=f"{HMAC}_FILE"):
        lees_kluis({SLEUTELS: GOED[SLEUTELS], f"{HMAC}_FILE": str(tmp_path / "weg")}, tmp_path)


def test_the_keys_are_not_in_the_representation() -> None:
    assert repr(Kluis({"1": EEN, "2": TWEE}, ZOEK)) == "Kluis(nummers=[1, 2])"
