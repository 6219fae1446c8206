"""De lokale uitgever van toegangstokens: Ed25519, kort geldige JWT's, de openbare helft als JWKS."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from deploy.lokaal.fouten import LokaalFout
from deploy.lokaal.staat import schrijf_geheim

UITGEVER = "banenspoor-lokaal"


def jwks_pad(map_: Path) -> Path:
    return map_ / "jwks.json"


def _sleutel_pad(map_: Path) -> Path:
    return map_ / "uitgever.pem"


def zorg_voor(map_: Path) -> Path:
    """Maak het sleutelpaar als het er nog niet is, en geef de plaats van de JWKS."""
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from jwt.algorithms import OKPAlgorithm

    if jwks_pad(map_).exists() and _sleutel_pad(map_).exists():
        return jwks_pad(map_)
    sleutel = Ed25519PrivateKey.generate()
    pem = sleutel.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    openbaar = OKPAlgorithm.to_jwk(sleutel.public_key(), as_dict=True) | {
        "use": "sig",
        "alg": "EdDSA",
        "kid": _kid(pem),
    }
    schrijf_geheim(_sleutel_pad(map_), pem.decode())
    schrijf_geheim(jwks_pad(map_), json.dumps({"keys": [openbaar]}) + "\n")
    return jwks_pad(map_)


def _kid(pem: bytes) -> str:
    import hashlib

    return hashlib.sha256(pem).hexdigest()[:16]


def token(map_: Path, scopes: Iterable[str], client: str = "lokaal", **namens: str) -> str:
    """Een ondertekend token (EdDSA) met deze scopes, een uur geldig; `namens` zoals bij `lokaal_token`.

    Raises:
        LokaalFout: in deze map is nog geen uitgever (eerst ``banenspoor lokaal start``).
    """
    from shared.client import OpdrachtFout, lokaal_token

    try:
        return lokaal_token(map_, scopes, client, 3600, **namens)
    except OpdrachtFout as fout:
        raise LokaalFout(f"Geen lokale uitgever in {map_}: eerst `banenspoor lokaal start`.") from fout
