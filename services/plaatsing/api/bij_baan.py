"""Eén opdracht bij één baan (`/v1/plaatsingen/{plaatsing}/…`), en het moment waarop een lezer terugkijkt."""

import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict
from datetime import date, datetime, time, timedelta
from typing import Any, TypeVar
from uuid import UUID

from fastapi import Request, Response

from services.plaatsing.api.verwijzing import baan_van
from services.plaatsing.domain.kalender import AMSTERDAM, DAG
from services.plaatsing.domain.plaatsing import NOOIT_GEWEEST, Baan
from shared.api import Fout, Opdracht, Probleem, Rij, Uitslag, aanroeper, afgewezen, lees_een, lees_lichaam, voer_uit
from shared.db import Tx

_DATUM = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
R = TypeVar("R", bound=Rij)
Neem = Callable[[Tx, Sequence[tuple[int, Baan | None, R]], Opdracht], Awaitable[Uitslag]]
"""Neemt rijen aan bij banen die al gevonden zijn (None: onbekend), met het slot op hun personen."""


def mag_leveren(opdracht: Opdracht) -> None:
    """403 voor wie namens een werkgever of een persoon komt: over banen leveren UWV en gemeenten."""
    if opdracht.werkgever is not None or opdracht.persoon is not None:
        raise Probleem(403, "namens_onjuist", "Het token komt niet namens wie deze opdracht mag geven")


async def bij_baan(
    verzoek: Request, plaatsing: UUID, scope: str, model: type[R], neem: Neem[R], *, ook_ongedaan: bool = False
) -> Response:
    """Eén rij bij deze baan, als JSON. 404 als zij er niet is, of van een ander dan de gemeente namens wie dit komt.

    Bij een baan die ongedaan gemaakt is kan niets meer (422), behalve als `ook_ongedaan`.
    """
    aanroeper(verzoek, scope)
    lichaam = await lees_lichaam(verzoek)
    gelezen = lees_een(lichaam, model)

    async def doe(tx: Tx, opdracht: Opdracht) -> tuple[int, dict[str, Any]]:
        mag_leveren(opdracht)
        baan = await baan_van(tx, plaatsing)
        if baan is None or (opdracht.gemeente is not None and baan.bron != opdracht.client):
            raise onbekend()
        if isinstance(gelezen, list):
            return afgewezen(gelezen)
        if gelezen.bekend_op is not None:
            return afgewezen([Fout(1, "bekend_op", "onjuist", "historie wordt met bestanden geladen")])
        if baan.ongedaan is not None and not ook_ongedaan:
            return afgewezen([Fout(1, "", NOOIT_GEWEEST.code, NOOIT_GEWEEST.melding)])
        uitslag = await neem(tx, [(1, baan, gelezen)], opdracht)
        return afgewezen(uitslag.fouten) if uitslag.fouten else (200, asdict(uitslag))

    return await voer_uit(verzoek, scope, plaatsing.bytes + lichaam, doe)


def onbekend() -> Probleem:
    """404: deze baan is er niet, of niet voor deze vrager."""
    return Probleem(404, "onbekende_plaatsing", "Deze plaatsing kennen wij niet")


def moment_van(waarde: str | None, nu: datetime) -> datetime | None:
    """Een datum (het einde van die dag in Nederland) of een tijdstip; 400 als het dat niet is of nog komt."""
    if waarde is None:
        return None
    try:
        if _DATUM.fullmatch(waarde):
            moment = datetime.combine(date.fromisoformat(waarde) + DAG, time(), AMSTERDAM) - timedelta(microseconds=1)
        else:
            moment = datetime.fromisoformat(waarde.replace(" ", "+"))  # een plus in een adres is een spatie
    except (ValueError, OverflowError):
        raise Probleem(400, "onjuist_moment", "bekendOp is een datum of een tijdstip") from None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=AMSTERDAM)
    if moment > nu:
        raise Probleem(400, "toekomst", "bekendOp is nog niet voorbij")
    return moment
