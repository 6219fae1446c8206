"""De vraag van een werkgever, en zijn verklaring dat iemand zich bij hem kandidaat stelt."""

from datetime import timedelta
from typing import Annotated, Any
from uuid import UUID

import msgspec
from fastapi import APIRouter, Request, Response

from services.intake import raadplegingen, verantwoording
from services.intake.api.lichaam import lees, lees_bsns, ontleed, openapi_bsns, openapi_lichaam
from services.intake.domain.bsn import ELFPROEF, geldig_bsn
from services.intake.domain.werkgeversvraag import Antwoord
from services.intake.raadplegingen import KandidaatRij
from services.intake.tempo import houd_tempo
from shared.api import Fout, Opdracht, Probleem, lees_rij, lezer, moet_schrijven, voer_uit
from shared.db import Pool, Tx
from shared.kluis import kluis

MAX_VRAGEN = 1_000
_KANDIDAAT = {
    "type": "object",
    "required": ["bsn", "toestemmingOp"],
    "properties": {"bsn": {"type": "string"}, "toestemmingOp": {"type": "string", "format": "date"}},
}
_KANDIDATEN = {"type": "array", "maxItems": MAX_VRAGEN, "items": _KANDIDAAT}
_VORM = {"type": "object", "required": ["kandidaten"], "properties": {"kandidaten": _KANDIDATEN}}
_GEEN_RELATIE = {
    "code": "geen_relatie",
    "melding": "bij u is geen baan van deze persoon bekend en geen geldige kandidaatverklaring",
}
router = APIRouter()


class _Kandidaten(msgspec.Struct, forbid_unknown_fields=True):
    kandidaten: list[Any]


@router.post("/v1/raadplegingen", openapi_extra=openapi_bsns(MAX_VRAGEN))
async def raadpleeg(verzoek: Request, opdracht: Annotated[Opdracht, lezer("raadplegingen")]) -> Response:
    """Staat een werknemer of kandidaat in het doelgroepregister (Wfsv art. 38d lid 7)? Per BSN `ja` of `nee`.

    De werkgever komt uit het token. Zonder baan bij hem (ook als inlener, tot en met het vorige kalenderjaar) en zonder
    geldige kandidaatverklaring is het antwoord `geen_relatie`. Onbekend en niet geregistreerd zijn hetzelfde `nee`. Vanaf
    2026 met de perioden in dit en het vorige kalenderjaar (`tot` telt niet mee; leeg: loopt door). Elke vraag wordt
    vastgelegd, en wie het betreft kan haar zien.
    """
    werkgever = _werkgever(opdracht)
    moet_schrijven(verzoek)
    bsns = [geldig_bsn(bsn) if isinstance(bsn, str) else None for bsn in await lees_bsns(verzoek, MAX_VRAGEN)]
    houd_tempo(verzoek, opdracht, "vragen", len(bsns))
    goed = sorted({bsn for bsn in bsns if bsn is not None})
    dagen = verzoek.app.state.bedrijf.instellingen.verklaring_dagen
    pool: Pool = verzoek.app.state.pool
    async with pool.acquire() as tx, tx.transaction():
        gevraagd = await raadplegingen.vraag(tx, kluis(), werkgever, goed, opdracht.vandaag, dagen)
        await verantwoording.leg_vast(verzoek, tx, opdracht, [g.vraag for g in gevraagd.values()])
    antwoorden = [
        {"index": index} | (_zeg(gevraagd[bsn].antwoord) if bsn else {"code": "elfproef", "melding": ELFPROEF})
        for index, bsn in enumerate(bsns)
    ]
    return Response(msgspec.json.encode({"antwoorden": antwoorden}), media_type="application/json")


@router.post("/v1/kandidaatverklaringen", openapi_extra=openapi_lichaam(_VORM), response_model=None)
async def verklaar(verzoek: Request, _wie: Annotated[Opdracht, lezer("raadplegingen")]) -> Response:
    """Een werkgever verklaart dat deze mensen zich bij hem kandidaat stellen en op `toestemmingOp` instemden.

    Daarna mag hij naar hen vragen, zolang de instelling `verklaring_dagen` zegt. Elke verklaring wordt vastgelegd, en wie
    het betreft kan haar zien. Een foute regel wordt alleen afgewezen, met haar plaats in de lijst.
    """
    lichaam = await lees(verzoek)
    lijst = ontleed(lichaam, _Kandidaten, '{"kandidaten": [{"bsn": "…", "toestemmingOp": "JJJJ-MM-DD"}, …]}').kandidaten
    if len(lijst) > MAX_VRAGEN:
        raise Probleem(413, "te_veel", f"Hooguit {MAX_VRAGEN} kandidaten per opdracht")

    async def werk(tx: Tx, opdracht: Opdracht) -> tuple[int, dict[str, Any]]:
        werkgever = _werkgever(opdracht)
        houd_tempo(verzoek, opdracht, "vragen", len(lijst))
        goed, fouten = _lees_kandidaten(lijst, opdracht, verzoek.app.state.bedrijf.instellingen.verklaring_dagen)
        nieuw, vragen = await raadplegingen.verklaar(tx, kluis(), werkgever, opdracht.client, goed)
        await verantwoording.leg_vast(verzoek, tx, opdracht, vragen)
        regels = [{"index": f.rij, "kolom": f.kolom, "code": f.code, "melding": f.melding} for f in fouten]
        return 200, {"aanvaard": nieuw, "ongewijzigd": len(goed) - nieuw, "fouten": regels}

    return await voer_uit(verzoek, "raadplegingen", lichaam, werk)


def _werkgever(opdracht: Opdracht) -> UUID:
    if opdracht.werkgever is None:
        raise Probleem(403, "geen_werkgever", "Het token noemt geen werkgever")
    return opdracht.werkgever


def _zeg(antwoord: Antwoord | None) -> dict[str, Any]:
    if antwoord is None:
        return _GEEN_RELATIE
    uit: dict[str, Any] = {"antwoord": "ja" if antwoord.in_register else "nee"}
    if antwoord.perioden is not None:
        uit["perioden"] = [{"van": p.van, "tot": p.tot} for p in antwoord.perioden]
    return uit


def _lees_kandidaten(lijst: list[Any], opdracht: Opdracht, geldig_dagen: int) -> tuple[list[KandidaatRij], list[Fout]]:
    goed: list[KandidaatRij] = []
    fouten: list[Fout] = []
    for index, inhoud in enumerate(lijst):
        rij = lees_rij(index, inhoud, KandidaatRij)
        if isinstance(rij, list):
            fouten += rij
        elif rij.toestemming_op > opdracht.vandaag:
            fouten.append(Fout(index, "toestemming_op", "toekomst", "toestemming_op ligt in de toekomst"))
        elif rij.toestemming_op <= opdracht.vandaag - timedelta(days=geldig_dagen):
            fouten.append(Fout(index, "toestemming_op", "verlopen", "deze toestemming geldt niet meer: vraag opnieuw"))
        else:
            goed.append(rij)
    return goed, fouten
