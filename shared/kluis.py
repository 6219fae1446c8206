"""De kluis: wat alleen wie de sleutel heeft mag lezen (AES-256-GCM), en opzoeken zonder te lezen (HMAC-SHA256).

Een blob is `sleutelnummer (2 bytes) + nonce (12) + versleutelde tekst met merk (16)`; het nummer is meegetekend en zegt
met welke sleutel de blob opengaat. Versleutelen gaat altijd met het hoogste nummer; oude sleutels lezen nog.
"""

from __future__ import annotations

import base64
import hmac
import json
import os
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

SLEUTELS = "BANENSPOOR_KLUIS_SLEUTELS"
HMAC = "BANENSPOOR_KLUIS_HMAC"
GEHEIMEN = Path("/run/secrets")
_NUMMER, _NONCE, _MERK = 2, 12, 16


class KluisFout(RuntimeError):
    """Een instelling van de kluis ontbreekt of klopt niet, of een blob gaat niet open. Noemt nooit een geheim."""


class Kluis:
    """`sleutels`: nummer ("1" … "65535") → 32 bytes; `hmac_sleutel`: ten minste 32 bytes, blijft altijd gelijk."""

    __slots__ = ("_hmac", "_nieuwste", "_sleutels")

    def __init__(self, sleutels: Mapping[str, bytes], hmac_sleutel: bytes) -> None:
        if not sleutels or not all(n.isascii() and n.isdigit() and 0 < int(n) < 1 << 16 for n in sleutels):
            raise KluisFout(f"{SLEUTELS}: verwacht ten minste één sleutel, met een nummer van 1 tot en met 65535")
        if any(len(s) != 32 for s in sleutels.values()):
            raise KluisFout(f"{SLEUTELS}: een sleutel is 32 bytes lang")
        if len({int(n) for n in sleutels}) != len(sleutels):
            raise KluisFout(f"{SLEUTELS}: een sleutelnummer komt twee keer voor")
        if len(hmac_sleutel) < 32:
            raise KluisFout(f"{HMAC}: de sleutel is ten minste 32 bytes lang")
        self._sleutels = {int(n).to_bytes(_NUMMER, "big"): AESGCM(s) for n, s in sleutels.items()}
        self._nieuwste = max(self._sleutels)
        self._hmac = hmac_sleutel

    def __repr__(self) -> str:
        return f"Kluis(nummers={list(self.nummers)})"

    def versleutel(self, tekst: str) -> bytes:
        """De blob van deze tekst; twee keer dezelfde tekst geeft twee verschillende blobs."""
        nonce = os.urandom(_NONCE)
        return self._nieuwste + nonce + self._sleutels[self._nieuwste].encrypt(nonce, tekst.encode(), self._nieuwste)

    def ontsleutel(self, blob: bytes) -> str:
        """De tekst van deze blob; KluisFout bij een onbekend sleutelnummer of een beschadigde blob."""
        nummer, nonce, rest = blob[:_NUMMER], blob[_NUMMER : _NUMMER + _NONCE], blob[_NUMMER + _NONCE :]
        sleutel = self._sleutels.get(nummer)
        if sleutel is None or len(rest) < _MERK:
            raise KluisFout("de blob gaat niet open: zijn sleutelnummer is niet bekend of hij is te kort")
        try:
            return sleutel.decrypt(nonce, rest, nummer).decode()
        except InvalidTag:
            raise KluisFout("de blob gaat niet open: hij is beschadigd of hoort bij een andere sleutel") from None

    def hersleutel(self, blob: bytes) -> bytes:
        """Dezelfde tekst met de nieuwste sleutel; KluisFout als de blob niet opengaat."""
        return self.versleutel(self.ontsleutel(blob))

    @property
    def nummers(self) -> tuple[int, ...]:
        """De sleutelnummers die deze kluis heeft; het laatste is het nieuwste, waarmee versleuteld wordt."""
        return tuple(int.from_bytes(nummer, "big") for nummer in sorted(self._sleutels))

    def zoeksleutel(self, tekst: str) -> bytes:
        """32 bytes om op te zoeken: dezelfde tekst geeft altijd dezelfde, en niets van de tekst is eruit te halen."""
        return hmac.digest(self._hmac, tekst.encode(), "sha256")


@cache
def kluis() -> Kluis:
    """De kluis van deze installatie, één keer gelezen; KluisFout noemt de instelling die ontbreekt of niet klopt."""
    return lees_kluis(os.environ, GEHEIMEN)


def lees_kluis(omgeving: Mapping[str, str], geheimen: Path) -> Kluis:
    """Beide instellingen uit de omgeving, uit het bestand dat `<instelling>_FILE` noemt of uit de map `geheimen`."""
    try:
        gelezen = json.loads(_instelling(SLEUTELS, omgeving, geheimen))
    except ValueError:
        raise KluisFout(f'{SLEUTELS}: geen geldige JSON; verwacht {{"1": "<base64 van 32 bytes>"}}') from None
    if not isinstance(gelezen, dict) or not all(isinstance(s, str) for s in gelezen.values()):
        raise KluisFout(f'{SLEUTELS}: verwacht {{"1": "<base64 van 32 bytes>"}}')
    return Kluis(
        {nummer: _base64(SLEUTELS, sleutel) for nummer, sleutel in gelezen.items()},
        _base64(HMAC, _instelling(HMAC, omgeving, geheimen)),
    )


def _instelling(naam: str, omgeving: Mapping[str, str], geheimen: Path) -> str:
    if waarde := omgeving.get(naam, "").strip():
        return waarde
    genoemd = omgeving.get(f"{naam}_FILE", "").strip()
    for pad in [Path(genoemd)] if genoemd else [geheimen / naam.lower(), geheimen / naam]:
        try:
            return pad.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as fout:
            if genoemd:
                raise KluisFout(f"{naam}_FILE: {pad} is niet te lezen ({type(fout).__name__})") from None
    raise KluisFout(f"{naam}: ontbreekt; zet de omgevingsvariabele, {naam}_FILE of {geheimen / naam.lower()}")


def _base64(naam: str, tekst: str) -> bytes:
    try:
        return base64.b64decode(tekst, validate=True)
    except ValueError:
        raise KluisFout(f"{naam}: geen geldige base64") from None
