"""BSN's omwisselen voor pseudoniemen: het enige waar een BSN binnenkomt dat geen rij is."""

from typing import Annotated, Any
from uuid import uuid4

import msgspec
from fastapi import APIRouter, Query, Request, Response

from services.intake import kluisboek
from services.intake.domain.bsn import ELFPROEF, geldig_bsn
from shared.api import Opdracht, Probleem, lezer
from shared.db import Pool
from shared.kluis import kluis
from shared.log import log

MAX_BSNS, MAX_BYTES = 10_000, 1_000_000
_TE_VEEL = Probleem(413, "te_veel", f"Hooguit {MAX_BSNS} BSN's per vraag")
_SCHEMA = {
    "type": "object",
    "required": ["bsns"],
    "properties": {"bsns": {"type": "array", "maxItems": MAX_BSNS, "items": {"type": "string"}}},
}
_LICHAAM = {"requestBody": {"required": True, "content": {"application/json": {"schema": _SCHEMA}}}}
router = APIRouter()


class _Vraag(msgspec.Struct, forbid_unknown_fields=True):
    bsns: list[Any]


_vraag = msgspec.json.Decoder(_Vraag)


@router.post("/v1/pseudoniemen", openapi_extra=_LICHAAM)
async def wissel_om(
    verzoek: Request,
    opdracht: Annotated[Opdracht, lezer("pseudoniemen")],
    proef: Annotated[bool, Query(description="bewaart geen nieuwe pseudoniemen")] = False,
) -> Response:
    """BSN's in, pseudoniemen uit, op dezelfde plaats in de lijst; op de plaats van een fout BSN staat `null`.

    Een onbekend BSN krijgt een nieuw pseudoniem, zonder registratie; in een proef een dat daarna niet meer bestaat.
    Hetzelfde BSN geeft altijd hetzelfde pseudoniem, dus nog eens vragen kan geen kwaad: een Idempotency-Key mag, maar
    hoeft niet. Elke omwisseling wordt vastgelegd, ook een proef.
    """
    if not verzoek.app.state.mag_schrijven():
        raise Probleem(503, "niet_gereed", "Deze dienst neemt nu geen opdrachten aan", verzoek.app.state.reden())
    bsns = [geldig_bsn(bsn) if isinstance(bsn, str) else None for bsn in await _lees_bsns(verzoek)]
    goed = {bsn for bsn in bsns if bsn is not None}
    pool: Pool = verzoek.app.state.pool
    async with pool.acquire() as tx, tx.transaction():
        if proef:
            bekend = await kluisboek.zoek(tx, kluis(), goed)
            bekend |= {bsn: uuid4() for bsn in goed - bekend.keys()}
        else:
            bekend = await kluisboek.wissel(tx, kluis(), goed)
        await kluisboek.noteer_raadpleging(tx, opdracht.nu, opdracht.client, len(bsns), proef, opdracht.correlatie)
    log.info(
        "bsns_omgewisseld", client=opdracht.client, aantal=len(bsns), proef=proef, correlatie=str(opdracht.correlatie)
    )
    fout = {"code": "elfproef", "melding": ELFPROEF}
    antwoord = {
        "pseudoniemen": [None if bsn is None else bekend[bsn] for bsn in bsns],
        "fouten": [{"index": index, **fout} for index, bsn in enumerate(bsns) if bsn is None],
    }
    return Response(msgspec.json.encode(antwoord), media_type="application/json")


async def _lees_bsns(verzoek: Request) -> list[Any]:
    """De lijst uit het verzoek; een fout noemt niets van wat erin stond."""
    lengte = verzoek.headers.get("content-length", "")
    if lengte.isdigit() and int(lengte) > MAX_BYTES:
        raise _TE_VEEL
    try:
        bsns = _vraag.decode(await verzoek.body()).bsns
    except msgspec.DecodeError:
        raise Probleem(422, "onjuist", 'Verwacht JSON van de vorm {"bsns": ["…", …]}') from None
    if len(bsns) > MAX_BSNS:
        raise _TE_VEEL
    return bsns
