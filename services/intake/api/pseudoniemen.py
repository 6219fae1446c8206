"""BSN's omwisselen voor pseudoniemen: samen met de werkgeversvraag het enige waar een BSN binnenkomt dat geen rij is."""

from dataclasses import replace
from typing import Annotated
from uuid import uuid4

import msgspec
from fastapi import APIRouter, Query, Request, Response

from services.intake import kluisboek, verantwoording
from services.intake.api.lichaam import lees_bsns, openapi_bsns
from services.intake.domain.bsn import ELFPROEF, geldig_bsn
from services.intake.tempo import houd_tempo
from services.intake.verantwoording import Naam, Vraag
from shared.api import Opdracht, lezer, moet_schrijven
from shared.db import Pool
from shared.kluis import kluis
from shared.log import log

MAX_BSNS = 10_000
router = APIRouter()


@router.post("/v1/pseudoniemen", openapi_extra=openapi_bsns(MAX_BSNS))
async def wissel_om(
    verzoek: Request,
    opdracht: Annotated[Opdracht, lezer("pseudoniemen")],
    proef: Annotated[bool, Query(description="bewaart geen nieuwe pseudoniemen")] = False,
) -> Response:
    """BSN's in, pseudoniemen uit, op dezelfde plaats in de lijst; op de plaats van een fout BSN staat `null`.

    Een onbekend BSN krijgt een nieuw pseudoniem, zonder registratie; in een proef een dat daarna niet meer bestaat.
    Hetzelfde BSN geeft altijd hetzelfde pseudoniem, dus nog eens vragen kan geen kwaad: een Idempotency-Key mag, maar
    hoeft niet. Elke omwisseling wordt vastgelegd, ook een proef: één schakel per vraag, en van één BSN met wie het was.
    """
    moet_schrijven(verzoek)
    bsns = [geldig_bsn(bsn) if isinstance(bsn, str) else None for bsn in await lees_bsns(verzoek, MAX_BSNS)]
    houd_tempo(verzoek, opdracht, "bsns", len(bsns))
    opdracht = replace(opdracht, proef=proef)
    goed = {bsn for bsn in bsns if bsn is not None}
    pool: Pool = verzoek.app.state.pool
    async with pool.acquire() as tx, tx.transaction():
        bekend = await (kluisboek.zoek if proef else kluisboek.wissel)(tx, kluis(), goed)
        vraag = Vraag.van_velen(Naam.PSEUDONIEMEN, bekend.values(), len(bsns))
        if len(bsns) == 1 and bekend:
            vraag = Vraag(Naam.PSEUDONIEMEN, str(*bekend.values()))
        await verantwoording.leg_vast(verzoek, tx, opdracht, [vraag])
    bekend |= {bsn: uuid4() for bsn in goed - bekend.keys()}
    log.info(
        "bsns_omgewisseld", client=opdracht.client, aantal=len(bsns), proef=proef, correlatie=str(opdracht.correlatie)
    )
    fout = {"code": "elfproef", "melding": ELFPROEF}
    antwoord = {
        "pseudoniemen": [None if bsn is None else bekend[bsn] for bsn in bsns],
        "fouten": [{"index": index, **fout} for index, bsn in enumerate(bsns) if bsn is None],
    }
    return Response(msgspec.json.encode(antwoord), media_type="application/json")
