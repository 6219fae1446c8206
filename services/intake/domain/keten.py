"""De keten van raadplegingen: elke schakel draagt de hash van de vorige, zodat weghalen en wijzigen opvalt."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

BEGIN = bytes(32)
"""De `vorige` van de eerste schakel."""
INHOUD = (
    "nr",
    "trace_id",
    "span_id",
    "ouder_span_id",
    "naam",
    "begin",
    "einde",
    "status",
    "activiteit",
    "client",
    "werkgever",
    "gemeente",
    "uitkomst",
    "aantal",
    "proef",
    "correlatie",
    "samenvatting",
    "betrokkene_soort",
    "betrokkene_hmac",
)
"""Wat de hash bindt. De versleutelde betrokkene niet: die krijgt een nieuwe sleutel of wordt gewist."""


@dataclass(frozen=True, slots=True)
class Breuk:
    """De eerste schakel die niet klopt, en waarom (nooit met inhoud)."""

    nr: int
    reden: str


def canoniek(schakel: Mapping[str, Any]) -> bytes:
    """De inhoud als JSON: namen op volgorde, geen spaties, bytes in hex, tijden in UTC met microseconden."""
    inhoud = {naam: _waarde(schakel[naam]) for naam in INHOUD}
    return json.dumps(inhoud, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def _waarde(waarde: Any) -> Any:
    if isinstance(waarde, bytes):
        return waarde.hex()
    if isinstance(waarde, datetime):
        return waarde.astimezone(UTC).isoformat(timespec="microseconds")
    return str(waarde) if isinstance(waarde, UUID) else waarde


def hash_van(vorige: bytes, schakel: Mapping[str, Any]) -> bytes:
    """SHA-256 over de vorige hash en de canonieke inhoud."""
    return hashlib.sha256(vorige + canoniek(schakel)).digest()


@dataclass(slots=True)
class Controle:
    """Loopt de keten na vanaf het begin; `nr` en `hash` zijn van de laatste goede schakel."""

    nr: int = 0
    hash: bytes = BEGIN

    def neem(self, schakel: Mapping[str, Any]) -> Breuk | None:
        """De volgende schakel, op nummer; een breuk als zij niet aansluit of niet klopt."""
        nr = self.nr + 1
        if schakel["nr"] != nr:
            return Breuk(nr, "deze schakel ontbreekt")
        if schakel["vorige"] != self.hash:
            return Breuk(nr, "sluit niet aan op de schakel ervoor")
        if schakel["hash"] != hash_van(self.hash, schakel):
            return Breuk(nr, "de inhoud is niet wat er is vastgelegd")
        self.nr, self.hash = nr, schakel["hash"]
        return None

    def sluit_af(self, nr: int, hash_: bytes) -> Breuk | None:
        """Is dit ook de laatste schakel volgens de kop?"""
        if self.nr < nr:
            return Breuk(self.nr + 1, "deze schakel ontbreekt")
        if (self.nr, self.hash) != (nr, hash_):
            return Breuk(nr + 1, "staat voorbij de laatst vastgelegde schakel")
        return None
