"""Twee nummers van één mens samenvoegen, en een verkeerd BSN verbeteren. Alleen voor wie over iedereen gaat."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response
from pydantic import Field

from services.intake import kluisboek, samenvoegen, toegang, verantwoording
from services.intake.rijen import BsnRij
from services.intake.verantwoording import Naam, Vraag
from shared.api import Opdracht, Probleem, Rij, aanroeper, alleen_over_iedereen, lees_lichaam, lees_opdracht, voer_uit
from shared.db import Tx

router = APIRouter()
SCHRIJVEN = "registraties:schrijven"


class SamenvoegingRij(Rij):
    """Waarin dit pseudoniem opgaat."""

    in_: UUID = Field(alias="in")


@router.post("/v1/personen/{persoon}/samenvoeging")
async def voeg_samen(verzoek: Request, persoon: UUID) -> Response:
    """Dit pseudoniem gaat op in een ander: tijdlijnen, werk en levensloop gaan mee, en dat wordt gezegd.

    404 als een van beide niet bekend is; 409 als zij een andere levensloop hebben. Nog eens: `ongewijzigd`.
    """
    lichaam = await _lichaam(verzoek)
    rij = lees_opdracht(lichaam, SamenvoegingRij)

    async def doe(tx: Tx, opdracht: Opdracht) -> tuple[int, dict[str, Any]]:
        alleen_over_iedereen(opdracht)
        oud, in_ = await kluisboek.bekend(tx, persoon), await kluisboek.bekend(tx, rij.in_)
        if oud is None or in_ is None:
            raise toegang.onbekende_persoon()
        if oud == in_:
            if persoon == rij.in_:
                raise Probleem(422, "zelfde", "Een pseudoniem gaat niet in zichzelf op")
            return 200, {"persoon": str(in_), "gewijzigd": False}
        await samenvoegen.voeg_toe(tx, oud, in_, opdracht)
        vragen = [Vraag(Naam.SAMENVOEGING, str(wie)) for wie in (oud, in_)]
        await verantwoording.leg_vast(verzoek, tx, opdracht, vragen)
        return 200, {"persoon": str(in_), "gewijzigd": True}

    return await voer_uit(verzoek, SCHRIJVEN, str(persoon).encode() + lichaam, doe)


@router.post("/v1/personen/{persoon}/bsn-correctie")
async def verbeter_bsn(verzoek: Request, persoon: UUID) -> Response:
    """Deze persoon heeft een ander BSN dan was opgegeven; het pseudoniem en alles wat erover bekend is blijft.

    409 als het nummer al bij een ander pseudoniem hoort (voeg dan samen), 422 als het de elfproef niet doorstaat.
    """
    lichaam = await _lichaam(verzoek)
    rij = lees_opdracht(lichaam, BsnRij)

    async def doe(tx: Tx, opdracht: Opdracht) -> tuple[int, dict[str, Any]]:
        alleen_over_iedereen(opdracht)
        if (nu := await kluisboek.bekend(tx, persoon)) is None:
            raise toegang.onbekende_persoon()
        gewijzigd = await samenvoegen.verbeter_bsn(tx, nu, rij.bsn)
        await verantwoording.leg_vast(verzoek, tx, opdracht, [Vraag(Naam.BSN_CORRECTIE, str(nu))])
        return 200, {"persoon": str(nu), "gewijzigd": gewijzigd}

    return await voer_uit(verzoek, SCHRIJVEN, str(persoon).encode() + lichaam, doe)


async def _lichaam(verzoek: Request) -> bytes:
    aanroeper(verzoek, SCHRIJVEN)
    return await lees_lichaam(verzoek)
