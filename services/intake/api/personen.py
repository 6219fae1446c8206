"""Iemands tijdlijnen lezen."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Request

from services.intake import kluisboek, store
from shared.api import Opdracht, Probleem, lees_tx, lezer

router = APIRouter()


@router.get("/v1/personen/{persoon}")
async def lees_persoon(
    verzoek: Request, persoon: UUID, _opdracht: Annotated[Opdracht, lezer("registraties:lezen")]
) -> dict[str, Any]:
    """De tijdlijnen van een persoon zoals zij nu bekend zijn; perioden zijn half open, `[van, tot)`. Nooit een BSN."""
    async with lees_tx(verzoek) as tx:
        if not await kluisboek.is_bekend(tx, persoon):
            raise Probleem(404, "onbekende_persoon", "Dit pseudoniem is niet bekend")
        tijdlijn = (await store.tijdlijnen(tx, [persoon]))[persoon]
    return {
        "persoon": str(persoon),
        "registraties": [r.json_() for r in tijdlijn.registraties],
        "woonplaatsen": [w.json_() for w in tijdlijn.woonplaatsen],
    }
