"""HTTP van beoordeling naast de schrijfroutes: de lijst van termijnen die aflopen."""

from datetime import date, timedelta
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request

from services.beoordeling import store
from services.beoordeling.domain.aanvraag import Aanvraag
from shared.api import Opdracht, Probleem, lees_tx, lezer

router = APIRouter()
_LEZER = lezer("beoordeling:lezen")


@router.get("/v1/aanvragen")
async def aflopende_termijnen(
    request: Request,
    verlopend: Annotated[str | None, Query(pattern=r"^\d{1,4}d$", description="dagen, bijvoorbeeld 14d")] = None,
    na: Annotated[str | None, Query(description="`volgende` van de vorige bladzijde")] = None,
    aantal: Annotated[int, Query(ge=1, le=1000)] = 100,
    opdracht: Opdracht = _LEZER,
) -> dict[str, Any]:
    """Aanvragen zonder besluit waarvan de termijn binnen zoveel dagen afloopt of al is afgelopen, de oudste eerst."""
    uiterlijk = opdracht.vandaag + timedelta(days=int(verlopend[:-1])) if verlopend else date.max
    async with lees_tx(request) as tx:
        gevonden = await store.open_aanvragen(tx, uiterlijk, _plek(na), aantal + 1)
    bladzijde = gevonden[:aantal]
    volgende = f"{bladzijde[-1].uiterlijk}_{bladzijde[-1].aanvraag}" if len(gevonden) > aantal else None
    return {"aanvragen": [_regel(a, opdracht.vandaag) for a in bladzijde], "volgende": volgende}


def _plek(na: str | None) -> tuple[date, UUID]:
    if na is None:
        return date.min, UUID(int=0)
    dag, _, aanvraag = na.partition("_")
    try:
        return date.fromisoformat(dag), UUID(aanvraag)
    except ValueError:
        raise Probleem(
            400, "onjuist", "Deze bladzijde bestaat niet", "Gebruik `volgende` uit het vorige antwoord."
        ) from None


def _regel(a: Aanvraag, vandaag: date) -> dict[str, Any]:
    return {
        "aanvraag": str(a.aanvraag),
        "referentie": a.referentie,
        "persoon": str(a.persoon),
        "soort": a.soort,
        "aanvrager": a.aanvrager,
        "gemeente": a.gemeente,
        "ontvangenOp": a.ontvangen_op.isoformat(),
        "uiterlijk": a.uiterlijk.isoformat(),
        "wachtOp": "besluit" if a.advies else "advies",
        "verlopen": a.uiterlijk < vandaag,
    }
