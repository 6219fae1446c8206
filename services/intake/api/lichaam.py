"""Het lichaam van een vraag lezen: begrensd, en zonder in een fout te herhalen wat erin stond."""

from __future__ import annotations

from typing import Any, TypeVar

import msgspec
from fastapi import Request

from shared.api import Probleem, lees_lichaam

S = TypeVar("S", bound=msgspec.Struct)
MAX_BYTES = 1_000_000
_TE_GROOT = Probleem(413, "te_veel", f"Een vraag is hooguit {MAX_BYTES} bytes")


class Bsns(msgspec.Struct, forbid_unknown_fields=True):
    """`{"bsns": ["…", …]}`."""

    bsns: list[Any]


def openapi_bsns(hooguit: int) -> dict[str, Any]:
    """De vorm van `Bsns` voor de beschrijving van een route."""
    lijst = {"type": "array", "maxItems": hooguit, "items": {"type": "string"}}
    return openapi_lichaam({"type": "object", "required": ["bsns"], "properties": {"bsns": lijst}})


def openapi_lichaam(schema: dict[str, Any]) -> dict[str, Any]:
    """Een verplicht JSON-lichaam van deze vorm."""
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}


async def lees(verzoek: Request) -> bytes:
    """Het lichaam; 413 zodra het groter wordt dan 1 MB."""
    return await lees_lichaam(verzoek, MAX_BYTES, _TE_GROOT)


def ontleed(lichaam: bytes, soort: type[S], vorm: str) -> S:
    """Het lichaam in deze vorm; 422 noemt de vorm, niet de inhoud."""
    try:
        return msgspec.json.decode(lichaam, type=soort)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise Probleem(422, "onjuist", f"Verwacht JSON van de vorm {vorm}") from None


async def lees_bsns(verzoek: Request, hooguit: int) -> list[Any]:
    """De BSN's uit de vraag; 413 als het er meer zijn dan `hooguit`."""
    bsns = ontleed(await lees(verzoek), Bsns, '{"bsns": ["…", …]}').bsns
    if len(bsns) > hooguit:
        raise Probleem(413, "te_veel", f"Hooguit {hooguit} BSN's per vraag")
    return bsns
