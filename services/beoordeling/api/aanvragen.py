"""Aanvragen lezen: wat er afloopt, en één aanvraag met haar stappen."""

from datetime import date, timedelta
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request

from services.beoordeling.domain.aanvraag import Aanvraag, bekende_gemeente
from services.beoordeling.domain.machine import Handeling, Toestand
from services.beoordeling.domain.processtappen import doorlooptijden
from services.beoordeling.store import aanvragen as store
from shared.api import Opdracht, Probleem, lees_tx, lezer

router = APIRouter()
_LEZER = lezer("beoordeling:lezen")
_WACHT_OP = {Toestand.IN_BEHANDELING: "besluit", Toestand.OPGESCHORT: "aanvulling", Toestand.GEADVISEERD: "besluit"}


@router.get("/v1/aanvragen")
async def aflopende_termijnen(
    request: Request,
    verlopend: Annotated[str | None, Query(pattern=r"^\d{1,4}d$", description="dagen, bijvoorbeeld 14d")] = None,
    gemeente: Annotated[str | None, Query(description="CBS-code: alleen van deze gemeente")] = None,
    na: Annotated[str | None, Query(description="`volgende` van de vorige bladzijde")] = None,
    aantal: Annotated[int, Query(ge=1, le=1000)] = 100,
    opdracht: Opdracht = _LEZER,
) -> dict[str, Any]:
    """Aanvragen met een klok die binnen zoveel dagen afloopt of al is afgelopen, de oudste eerst. Een stilstaande klok loopt
    niet af. Een token namens een gemeente ziet alleen die gemeente."""
    uiterlijk = opdracht.vandaag + timedelta(days=int(verlopend[:-1])) if verlopend else date.max
    waar = mag_gemeente(opdracht, gemeente)
    async with lees_tx(request) as tx:
        gevonden = await store.open_aanvragen(tx, uiterlijk, _plek(na), aantal + 1, waar)
    bladzijde = gevonden[:aantal]
    volgende = f"{bladzijde[-1].loopt_af}_{bladzijde[-1].aanvraag}" if len(gevonden) > aantal else None
    return {"aanvragen": [_regel(a, opdracht.vandaag) for a in bladzijde], "volgende": volgende}


@router.get("/v1/aanvragen/{aanvraag}")
async def een_aanvraag(request: Request, aanvraag: UUID, opdracht: Opdracht = _LEZER) -> dict[str, Any]:
    """Een aanvraag met al haar stappen en, bij loonkostensubsidie, hoe lang elke stap duurde. Nooit een bevinding."""
    async with lees_tx(request) as tx:
        gevonden = (await store.op_nummer(tx, [aanvraag])).get(aanvraag)
        if gevonden is None or opdracht.gemeente not in (None, gevonden.gemeente):
            raise Probleem(404, "onbekende_aanvraag", "Deze aanvraag bestaat niet")
        stappen = await store.stappen(tx, aanvraag)
    gezet = [("ONTVANGEN", gevonden.ontvangen_op), *((s["processtap"], s["op"]) for s in stappen if s["processtap"])]
    duur = [{"stap": d.stap, "op": d.op, "dagen": d.dagen, "afgesproken": d.afgesproken} for d in doorlooptijden(gezet)]
    besluit = gevonden.besluit
    return _regel(gevonden, opdracht.vandaag) | {
        "besluit": besluit
        and {"uitkomst": besluit.uitkomst, "op": besluit.op, "binnenTermijn": besluit.binnen_termijn},
        "stappen": [_stap(s) for s in stappen],
        "doorlooptijden": duur,
    }


def mag_gemeente(opdracht: Opdracht, gemeente: str | None) -> str | None:
    """De gemeente waartoe een vraag beperkt is; 400 bij een onbekende, 403 als het token namens een andere komt."""
    gevraagd = None if gemeente is None else bekende_gemeente(gemeente)
    if gemeente is not None and gevraagd is None:
        raise Probleem(400, "onbekende_gemeente", "Deze gemeente bestaat niet", "Geef een CBS-code van vier cijfers.")
    if opdracht.gemeente is not None and gevraagd not in (None, opdracht.gemeente):
        raise Probleem(403, "namens_onjuist", "Het token komt namens een andere gemeente")
    return gevraagd or opdracht.gemeente


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


def _stap(stap: dict[str, Any]) -> dict[str, Any]:
    return {
        "handeling": Handeling(stap["handeling"]),
        "toestand": Toestand(stap["toestand"]),
        "op": stap["op"],
        "stap": stap["processtap"],
        "bekendOp": stap["bekend_op"],
        "client": stap["client"],
    }


def _regel(a: Aanvraag, vandaag: date) -> dict[str, Any]:
    loopt_af = a.loopt_af
    return {
        "aanvraag": str(a.aanvraag),
        "referentie": a.referentie,
        "persoon": str(a.persoon),
        "soort": a.soort,
        "aanvrager": a.aanvrager,
        "gemeente": a.gemeente,
        "kantoor": a.kantoor,
        "ontvangenOp": a.ontvangen_op.isoformat(),
        "toestand": a.toestand,
        "sinds": a.sinds.isoformat(),
        "uiterlijk": a.uiterlijk.isoformat(),
        "looptAf": loopt_af.isoformat() if loopt_af else None,
        "wachtOp": _wacht_op(a),
        "verlopen": loopt_af is not None and loopt_af < vandaag,
    }


def _wacht_op(a: Aanvraag) -> str | None:
    if a.bezwaar_uiterlijk is not None:
        return "besluit op bezwaar"
    if a.toestand is Toestand.IN_BEHANDELING and a.soort == "BESCHUT_WERK":
        return "advies"
    return _WACHT_OP.get(a.toestand)
