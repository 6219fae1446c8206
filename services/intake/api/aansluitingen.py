"""Een eigen administratie naast het register leggen; met pseudoniemen, en alles wordt vastgelegd."""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

import msgspec
from banenspoor_contracts import Grondslag
from fastapi import APIRouter, Query, Request, Response

from services.intake import aansluiten, toegang, verantwoording
from services.intake.aansluiten import Gevraagd
from services.intake.api.lichaam import lees, ontleed, openapi_lichaam
from services.intake.api.vragen import gemeente_van
from services.intake.tempo import houd_tempo
from services.intake.verantwoording import Naam
from shared.api import Opdracht, Probleem, lees_tx, lezer, moet_schrijven

HOOGUIT = 1_000
router = APIRouter(prefix="/v1/aansluitingen")
_RIJ = {
    "type": "object",
    "required": ["persoon"],
    "properties": {
        "persoon": {"type": "string", "format": "uuid"},
        "grondslag": {"enum": [str(g) for g in Grondslag]},
        "van": {"type": "string", "format": "date"},
    },
}
_VORM = {
    "type": "object",
    "required": ["rijen"],
    "properties": {"rijen": {"type": "array", "maxItems": HOOGUIT, "items": _RIJ}},
}


class _Rij(msgspec.Struct, forbid_unknown_fields=True):
    persoon: UUID
    grondslag: Grondslag | None = None
    van: date | None = None


class _Rijen(msgspec.Struct, forbid_unknown_fields=True):
    rijen: list[_Rij]


@router.post("", openapi_extra=openapi_lichaam(_VORM))
async def sluit_aan(
    verzoek: Request,
    opdracht: Annotated[Opdracht, lezer(toegang.LEZEN, "gemeente")],
    gemeente: Annotated[str | None, Query(description="alleen wie hier woont, sluit aan")] = None,
) -> Response:
    """Per rij op dezelfde plaats: gevonden, wijkt af, telt niet mee, woont elders, of niet in het register, met waarom.

    Er verandert niets. Voor een gemeente is wie er nooit woonde hetzelfde als wie onbekend is.
    """
    moet_schrijven(verzoek)
    waar = gemeente_van(opdracht, gemeente)
    rijen = ontleed(await lees(verzoek), _Rijen, '{"rijen": [{"persoon": "…"}, …]}').rijen
    if len(rijen) > HOOGUIT:
        raise Probleem(413, "te_veel", f"Hooguit {HOOGUIT} rijen per vraag")
    houd_tempo(verzoek, opdracht, "bsns", len(rijen))
    async with lees_tx(verzoek) as tx:
        gevraagd = [Gevraagd(r.persoon, r.grondslag, r.van) for r in rijen]
        uitkomsten = await aansluiten.beoordeel(
            tx, gevraagd, opdracht.vandaag, waar, namens_gemeente=opdracht.gemeente is not None
        )
    await verantwoording.velen_gelezen(verzoek, opdracht, Naam.AANSLUITEN, {r.persoon for r in rijen})
    antwoord = {
        "gemeente": waar,
        "uitkomsten": [{"uitkomst": u.uitkomst, "reden": u.reden, "uitleg": u.uitleg} for u in uitkomsten],
    }
    return Response(msgspec.json.encode(antwoord), media_type="application/json")


@router.get("/register")
async def in_register(
    verzoek: Request,
    opdracht: Annotated[Opdracht, lezer(toegang.LEZEN, "gemeente")],
    gemeente: Annotated[str | None, Query(description="CBS-code; een gemeente krijgt alleen haar eigen")] = None,
    na: Annotated[UUID | None, Query(description="verder na deze bladzijde: haar `volgende`")] = None,
    hooguit: Annotated[int, Query(ge=1, le=HOOGUIT)] = HOOGUIT,
) -> dict[str, Any]:
    """Wie vandaag in deze gemeente woont en geregistreerd is: pseudoniem en lopende grondslagen. Wordt vastgelegd."""
    waar = gemeente_van(opdracht, gemeente)
    if waar is None:
        raise Probleem(400, "onjuist", "Noem een gemeente")
    houd_tempo(verzoek, opdracht, "lezen")
    async with lees_tx(verzoek) as tx:
        lijst = await aansluiten.hier_geregistreerd(tx, waar, opdracht.vandaag, na, hooguit)
    await verantwoording.velen_gelezen(verzoek, opdracht, Naam.AANSLUITEN, {rij["persoon"] for rij in lijst})
    return {
        "gemeente": waar,
        "personen": lijst,
        "volgende": lijst[-1]["persoon"] if len(lijst) == hooguit else None,
    }
