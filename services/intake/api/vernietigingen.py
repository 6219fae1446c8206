"""Vernietigen en bewaren; scope `vernietiging`."""

import re
from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from services.intake import kluisboek, toegang, verantwoording, vernietigen
from services.intake.verantwoording import Naam, Vraag
from services.intake.vernietigen import Waarom
from shared.api import Opdracht, Rij, aanroeper, lees_lichaam, lees_opdracht, lees_tx, lezer, voer_uit
from shared.db import Tx

router = APIRouter()
SCOPE = "vernietiging"
_NUMMER = re.compile(r"\d{8}", re.ASCII)


def _zonder_nummer(tekst: str) -> str:
    if _NUMMER.search(re.sub(r"[\s.-]", "", tekst)):
        raise PydanticCustomError("onjuist", "hierin hoort geen nummer van iemand")
    return tekst


Tekst = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_zonder_nummer)]
"""Vrije tekst waar geen BSN in past: nooit acht cijfers achter elkaar."""
_LIJST = """
select a.persoon, a.bewaard_tot, a.aangekondigd_op, a.vernietigen_op from aankondiging a
where ($1::uuid is null or a.persoon > $1) order by a.persoon limit $2
"""
_GEDAAN = "select nr, op, client, reden, kenmerk from vernietiging where nr > $1 order by nr limit $2"


class VernietigingRij(Rij):
    """Waarom, en waar dat vastligt (een zaaknummer; geen naam en geen BSN)."""

    reden: Waarom
    kenmerk: Tekst


class KenmerkRij(Rij):
    """Waar het besluit om te vernietigen vastligt."""

    kenmerk: Tekst


class BewaarRij(Rij):
    """Tot wanneer er niet vernietigd mag worden, en waarom. Een dag van vroeger heft het op."""

    tot: date
    grond: Tekst


@router.post("/v1/personen/{persoon}/vernietiging")
async def vernietig(verzoek: Request, persoon: UUID) -> Response:
    """Vernietigt alles van deze persoon en zegt dat; totalen blijven. Niet terug te draaien.

    409 met de reden als er nog iets loopt, de termijn niet verlopen en aangekondigd is, of zij bewaard moet blijven.
    """
    aanroeper(verzoek, SCOPE)
    lichaam = await lees_lichaam(verzoek)
    rij = lees_opdracht(lichaam, VernietigingRij)

    async def doe(tx: Tx, opdracht: Opdracht) -> tuple[int, dict[str, Any]]:
        wie = await _bekend(tx, persoon)
        await vernietigen.vernietig(tx, wie, rij.reden, rij.kenmerk, opdracht)
        await verantwoording.leg_vast(verzoek, tx, opdracht, [Vraag(Naam.VERNIETIGING)])
        return 200, {"vernietigd": 1}

    return await voer_uit(verzoek, SCOPE, str(persoon).encode() + lichaam, doe)


@router.post("/v1/personen/{persoon}/bewaarplicht")
async def bewaar(verzoek: Request, persoon: UUID) -> Response:
    """Houdt de gegevens van deze persoon vast zolang bijvoorbeeld een bezwaar loopt."""
    aanroeper(verzoek, SCOPE)
    lichaam = await lees_lichaam(verzoek)
    rij = lees_opdracht(lichaam, BewaarRij)

    async def doe(tx: Tx, opdracht: Opdracht) -> tuple[int, dict[str, Any]]:
        wie = await _bekend(tx, persoon)
        await vernietigen.houd_vast(tx, wie, rij.tot, rij.grond, opdracht)
        return 200, {"persoon": str(wie), "tot": rij.tot.isoformat()}

    return await voer_uit(verzoek, SCOPE, str(persoon).encode() + lichaam, doe)


@router.get("/v1/vernietigingen/aangekondigd")
async def aangekondigd(
    verzoek: Request,
    _wie: Annotated[Opdracht, lezer(SCOPE)],
    na: Annotated[UUID | None, Query(description="verder na deze bladzijde: haar `volgende`")] = None,
    hooguit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> dict[str, Any]:
    """Van wie de bewaartermijn verlopen is, en vanaf wanneer er vernietigd kan worden."""
    async with lees_tx(verzoek) as tx:
        rijen = await tx.fetch(_LIJST, na, hooguit)
    return {
        "aangekondigd": [
            {
                "persoon": str(rij["persoon"]),
                "bewaardTot": rij["bewaard_tot"],
                "aangekondigdOp": rij["aangekondigd_op"],
                "vernietigenOp": rij["vernietigen_op"],
            }
            for rij in rijen
        ],
        "volgende": str(rijen[-1]["persoon"]) if len(rijen) == hooguit else None,
    }


@router.get("/v1/vernietigingen")
async def gedaan(
    verzoek: Request,
    _wie: Annotated[Opdracht, lezer(SCOPE)],
    na: Annotated[int, Query(ge=0, le=2**62)] = 0,
    hooguit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> dict[str, Any]:
    """Wat er vernietigd is: wanneer, door welke client, waarom; niet van wie."""
    async with lees_tx(verzoek) as tx:
        rijen = await tx.fetch(_GEDAAN, na, hooguit)
    return {
        "vernietigingen": [dict(rij) for rij in rijen],
        "volgende": rijen[-1]["nr"] if len(rijen) == hooguit else None,
    }


@router.post("/v1/vernietigingen/verlopen")
async def vernietig_verlopen(verzoek: Request) -> Response:
    """Vernietigt een volgende groep van wie de aankondiging voorbij is; herhaal (met een nieuwe sleutel) tot `meer` onwaar is."""
    aanroeper(verzoek, SCOPE)
    lichaam = await lees_lichaam(verzoek)
    rij = lees_opdracht(lichaam, KenmerkRij)

    async def doe(tx: Tx, opdracht: Opdracht) -> tuple[int, dict[str, Any]]:
        aantal, meer = await vernietigen.vernietig_verlopen(tx, rij.kenmerk, opdracht)
        if aantal:
            await verantwoording.leg_vast(verzoek, tx, opdracht, [Vraag(Naam.VERNIETIGING, aantal=aantal)])
        return 200, {"vernietigd": aantal, "meer": meer}

    return await voer_uit(verzoek, SCOPE, lichaam, doe)


async def _bekend(tx: Tx, persoon: UUID) -> UUID:
    if (nu := await kluisboek.bekend(tx, persoon)) is None:
        raise toegang.onbekende_persoon()
    return nu
