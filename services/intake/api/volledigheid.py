"""Hoe volledig en vers het register per gemeente is, en de werklijst: oudste bevestiging eerst."""

import base64
from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request

from services.intake import toegang, verantwoording, volledigheid
from services.intake.api.vragen import gemeente_van
from services.intake.tempo import houd_tempo
from services.intake.verantwoording import Naam
from shared.api import Opdracht, Probleem, lees_tx, lezer

router = APIRouter()
_Gemeente = Annotated[str | None, Query(description="CBS-code; een gemeente krijgt alleen haar eigen")]


@router.get("/v1/volledigheid")
async def per_gemeente(
    verzoek: Request,
    opdracht: Annotated[Opdracht, lezer(toegang.LEZEN, "gemeente")],
    gemeente: _Gemeente = None,
) -> dict[str, Any]:
    """Aantallen per gemeente over wie vandaag geregistreerd is en daar woont.

    Per gegeven hoe vaak het bevestigd is en hoe vaak dat vers is (instelling `bevestiging_dagen`); `scoreX100` is het
    gemiddelde deel van de zes gegevens dat vers is, in honderdsten van een procent. Verder wie in beeld en bemiddelbaar is.
    """
    waar, dagen = gemeente_van(opdracht, gemeente), verzoek.app.state.bedrijf.instellingen.bevestiging_dagen
    async with lees_tx(verzoek) as tx:
        lijst = await volledigheid.per_gemeente(tx, waar, opdracht.vandaag, dagen)
    return {"op": opdracht.vandaag, "bevestigingDagen": dagen, "gemeenten": lijst}


@router.get("/v1/werklijst")
async def werklijst(
    verzoek: Request,
    opdracht: Annotated[Opdracht, lezer(toegang.LEZEN, "gemeente")],
    gemeente: _Gemeente = None,
    cursor: Annotated[str, Query(max_length=200, description="verder na deze bladzijde: haar `volgende`")] = "",
    hooguit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> dict[str, Any]:
    """Wie in deze gemeente het langst niet bevestigd is, eerst; nooit bevestigd gaat voor. Pseudoniem, nooit een BSN.

    Bij gelijke oudste bevestiging komt eerst wie het langst geleden voor het laatst gezien is. Elke bladzijde wordt
    vastgelegd in het logboek van raadplegingen.
    """
    waar, dagen = gemeente_van(opdracht, gemeente), verzoek.app.state.bedrijf.instellingen.bevestiging_dagen
    if waar is None:
        raise Probleem(400, "onjuist", "Noem een gemeente")
    houd_tempo(verzoek, opdracht, "lezen")
    async with lees_tx(verzoek) as tx:
        lijst, plek = await volledigheid.werklijst(tx, waar, opdracht.vandaag, dagen, _ontleed(cursor), hooguit)
    await verantwoording.velen_gelezen(verzoek, opdracht, Naam.WERKLIJST, {rij["persoon"] for rij in lijst})
    return {"gemeente": waar, "personen": lijst, "volgende": plek and _cursor(plek)}


def _cursor(plek: volledigheid.Plek) -> str:
    return base64.urlsafe_b64encode("|".join(map(str, plek)).encode()).decode()


def _ontleed(cursor: str) -> volledigheid.Plek | None:
    if not cursor:
        return None
    try:
        oudste, gezien, persoon = base64.urlsafe_b64decode(cursor.encode()).decode().split("|")
        return date.fromisoformat(oudste), date.fromisoformat(gezien), UUID(persoon)
    except ValueError:
        raise Probleem(400, "onjuist", "Deze cursor klopt niet") from None
