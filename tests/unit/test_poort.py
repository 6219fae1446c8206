"""De poort: een token wordt één keer nagerekend, en geldt daarna niet langer dan het zegt."""

import time
from pathlib import Path

import jwt
import pytest

from deploy.lokaal import uitgever
from shared.auth import GeenToegang, Poort
from shared.client import lokaal_token


@pytest.fixture
def poort(tmp_path: Path) -> Poort:
    return Poort(uitgever.zorg_voor(tmp_path), uitgever.UITGEVER, "banenspoor")


def test_a_token_is_verified_once_and_refused_when_it_ends(poort: Poort, tmp_path: Path) -> None:
    kop = f"Bearer {lokaal_token(tmp_path, ['beheer'], geldig=1)}"
    assert poort.controleer(kop) is poort.controleer(kop)
    time.sleep(1.1)
    with pytest.raises(GeenToegang):
        poort.controleer(kop)


def test_another_token_is_never_taken_for_a_known_one(
    poort: Poort, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    een, twee = (f"Bearer {lokaal_token(tmp_path, [scope])}" for scope in ("beheer", "historie"))
    assert poort.controleer(een).scopes == {"beheer"}
    assert poort.controleer(twee).scopes == {"historie"}
    with pytest.raises(GeenToegang):
        poort.controleer(een[:-4] + "AAAA")

    def nooit(*_: object, **__: object) -> None:
        raise jwt.InvalidTokenError

    monkeypatch.setattr(jwt, "decode", nooit)
    assert poort.controleer(een).scopes == {"beheer"}
    poort._lees()
    with pytest.raises(GeenToegang):
        poort.controleer(een)
