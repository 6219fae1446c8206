"""Wie er aanroept: bearertokens (JWT), gecontroleerd op uitgever, publiek, algoritme en einde; scopes per route."""

import hashlib
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import jwt
from banenspoor_contracts.gemeenten import normaliseer

SCOPES = (
    "registraties:schrijven",
    "registraties:lezen",
    "pseudoniemen",
    "beoordeling:schrijven",
    "beoordeling:lezen",
    "beoordeling:bevindingen",
    "plaatsingen:schrijven",
    "plaatsingen:lezen",
    "ondersteuning:schrijven",
    "ondersteuning:lezen",
    "regels:schrijven",
    "tellingen:lezen",
    "boekingen:lezen",
    "tellingen:openbaar",
    "historie",
    "beheer",
    "raadplegingen",
    "eigen-gegevens",
    "gemeente",
    "vernietiging",
    "verantwoording",
)
"""Alle scopes.

`tellingen:openbaar`: de cijfers die ook zonder token te zien zijn; `tellingen:lezen`: alle cijfers.
`raadplegingen`: een werkgever vraagt naar zijn eigen mensen; `eigen-gegevens`: iemand over zichzelf; `gemeente`: een gemeente
over haar eigen inwoners; `beoordeling:bevindingen`: de beoordelaar, over criteria en bevindingen; `ondersteuning:…`: steun bij
banen, alleen voor ingewijden; `verantwoording`: wie keek wanneer; `boekingen:lezen`: van wie de boekingen achter een cijfer
zijn (pseudoniemen); `historie`: rijen met `bekend_op` en `historie sluit`; `beheer`: geparkeerde gebeurtenissen.
"""

ONTHOUD = 10_000
"""Zoveel nagerekende tokens worden hooguit onthouden, als hash."""
ALGORITMEN = ["EdDSA", "ES256", "RS256"]


class GeenToegang(Exception):
    """Er is geen geldig token; de reden is voor het log, niet voor de aanroeper."""


@dataclass(frozen=True, slots=True)
class Aanroeper:
    """De client van een geldig token en wat zij mag."""

    client: str
    scopes: frozenset[str]
    werkgever: UUID | None = None
    gemeente: str | None = None
    persoon: UUID | None = None
    """Namens welke werkgever, gemeente of persoon zij komt: alleen uit het token, nooit uit de vraag."""


class Poort:
    """Controleert tokens tegen een JWKS-bestand; een nieuwe `kid` laat het bestand opnieuw lezen."""

    def __init__(self, jwks: Path, uitgever: str, publiek: str) -> None:
        self._jwks, self._uitgever, self._publiek = jwks, uitgever, publiek
        self._sleutels: dict[str, jwt.PyJWK] = {}
        self._gezien: dict[bytes, tuple[Aanroeper, float]] = {}
        self._lees()

    def _lees(self) -> None:
        self._gezien.clear()
        lijst = json.loads(self._jwks.read_text())["keys"]
        self._sleutels = {s["kid"]: jwt.PyJWK(s) for s in lijst}

    def controleer(self, kop: str | None) -> Aanroeper:
        """Leest de `Authorization`-kop; `GeenToegang` als het token ontbreekt of niet geldig is.

        Wat eenmaal nagerekend is, geldt tot het einde van het token, of tot de sleutels opnieuw gelezen worden.
        """
        soort, _, token = (kop or "").partition(" ")
        if soort.lower() != "bearer" or not token:
            raise GeenToegang("geen bearertoken")
        hash_ = hashlib.sha256(token.encode()).digest()
        wie, tot = self._gezien.get(hash_, (None, 0.0))
        if wie is not None and time.time() < tot:
            return wie
        inhoud = self._ontleed(token)
        try:
            wie = _aanroeper(inhoud)
        except (ValueError, TypeError):
            raise GeenToegang("werkgever, gemeente of persoon in het token is onleesbaar") from None
        if len(self._gezien) >= ONTHOUD:
            self._gezien.clear()
        self._gezien[hash_] = wie, float(inhoud["exp"])
        return wie

    def _ontleed(self, token: str) -> dict[str, Any]:
        try:
            kid = jwt.get_unverified_header(token).get("kid", "")
            if kid not in self._sleutels:
                self._lees()
            sleutel = self._sleutels[kid]
            inhoud: dict[str, Any] = jwt.decode(
                token,
                sleutel.key,
                algorithms=[a for a in ALGORITMEN if a == sleutel.algorithm_name],
                issuer=self._uitgever,
                audience=self._publiek,
                options={"require": ["exp", "iat", "iss", "aud", "sub"]},
            )
        except (jwt.PyJWTError, KeyError) as fout:
            raise GeenToegang(type(fout).__name__) from None
        return inhoud


def _aanroeper(inhoud: Mapping[str, Any]) -> Aanroeper:
    werkgever, gemeente, persoon = (inhoud.get(naam) for naam in ("werkgever", "gemeente", "persoon"))
    return Aanroeper(
        str(inhoud.get("client_id") or inhoud["sub"]),
        frozenset(str(inhoud.get("scope", "")).split()),
        UUID(werkgever) if werkgever else None,
        normaliseer(gemeente) if gemeente else None,
        UUID(persoon) if persoon else None,
    )
