"""Steun bij één baan: erbij zetten, en lezen zoals nu of toen bekend. Alleen voor ingewijden."""

import json
import re
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import asdict
from datetime import date, datetime, time, timedelta
from typing import Annotated, Any, TypeVar
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from services.plaatsing.api.ondersteuning import (
    LEZEN,
    SCHRIJVEN,
    InstrumentRij,
    LoonwaardeWaardeRij,
    mag_leveren,
    neem_instrumenten,
    neem_waarden,
)
from services.plaatsing.api.verwijzing import baan_van
from services.plaatsing.domain.kalender import AMSTERDAM, DAG
from services.plaatsing.domain.plaatsing import Baan
from services.plaatsing.store import banen as store_banen
from services.plaatsing.store import ondersteuning as store
from shared.api import (
    Fout,
    Opdracht,
    Probleem,
    Rij,
    Uitslag,
    aanroeper,
    lees_lichaam,
    lees_rij,
    lees_tx,
    lezer,
    voer_uit,
)
from shared.db import Tx

_DATUM = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
router = APIRouter()
R = TypeVar("R", bound=Rij)
Neem = Callable[[Tx, Sequence[tuple[int, Baan | None, R]], Opdracht], Awaitable[Uitslag]]


@router.post("/v1/plaatsingen/{plaatsing}/instrumenten")
async def zet_instrument(verzoek: Request, plaatsing: UUID) -> Response:
    """Een instrument bij deze baan: de velden van `ondersteuning` zonder referentie. 404 als de baan er niet is."""
    return await _voer_uit(verzoek, plaatsing, InstrumentRij, neem_instrumenten)


@router.post("/v1/plaatsingen/{plaatsing}/loonwaarden")
async def zet_loonwaarde(verzoek: Request, plaatsing: UUID) -> Response:
    """De loonwaarde bij deze baan: de velden van `loonwaarden` zonder referentie. 404 als de baan er niet is."""
    return await _voer_uit(verzoek, plaatsing, LoonwaardeWaardeRij, neem_waarden)


@router.get("/v1/plaatsingen/{plaatsing}/ondersteuning")
async def lees_ondersteuning(
    verzoek: Request,
    plaatsing: UUID,
    opdracht: Annotated[Opdracht, lezer(LEZEN)],
    bekend_op: Annotated[
        str | None, Query(alias="bekendOp", description="zoals toen bekend; een kale datum is het einde van die dag")
    ] = None,
) -> dict[str, Any]:
    """De instrumenten en loonwaarden van een baan, en elke stand die zij hadden (`historie`), op volgorde van optekenen.

    Alleen voor wie over iedereen gaat: niet met een token namens een werkgever, gemeente of persoon.
    """
    if any((opdracht.werkgever, opdracht.gemeente, opdracht.persoon)):
        raise Probleem(403, "namens_onjuist", "Het token komt niet namens wie deze vraag mag stellen")
    moment = _moment(bekend_op, opdracht.nu)
    async with lees_tx(verzoek) as tx:
        dossier = (await store_banen.dossiers(tx, {plaatsing: None})).get(plaatsing)
        if dossier is None:
            raise _onbekend()
        perioden = [_periode(rij) for rij in await store.perioden_toen(tx, dossier.baan.nr, moment)]
        waarden = [_waarde(rij) for rij in await store.loonwaarden_toen(tx, dossier.baan.nr, moment)]
    return {
        "plaatsing": str(plaatsing),
        "bekendOp": (moment or opdracht.nu).isoformat(),
        "instrumenten": _laatste(perioden, "instrument", "van"),
        "loonwaarden": _laatste(waarden, "op"),
        "historie": {"instrumenten": perioden, "loonwaarden": waarden},
    }


async def _voer_uit(verzoek: Request, plaatsing: UUID, model: type[R], neem: Neem[R]) -> Response:
    aanroeper(verzoek, SCHRIJVEN)
    lichaam = await lees_lichaam(verzoek)
    try:
        gelezen = lees_rij(1, json.loads(lichaam), model)
    except ValueError:
        raise Probleem(400, "geen_json", "Het lichaam is geen JSON") from None

    async def doe(tx: Tx, opdracht: Opdracht) -> tuple[int, dict[str, Any]]:
        mag_leveren(opdracht)
        baan = await baan_van(tx, plaatsing)
        if baan is None or (opdracht.gemeente is not None and baan.bron != opdracht.client):
            raise _onbekend()
        if isinstance(gelezen, list):
            return _afgewezen(gelezen)
        if gelezen.bekend_op is not None:
            return _afgewezen([Fout(1, "bekend_op", "onjuist", "historie wordt met bestanden geladen")])
        uitslag = await neem(tx, [(1, baan, gelezen)], opdracht)
        return _afgewezen(uitslag.fouten) if uitslag.fouten else (200, asdict(uitslag))

    return await voer_uit(verzoek, SCHRIJVEN, plaatsing.bytes + lichaam, doe)


def _afgewezen(fouten: list[Fout]) -> tuple[int, dict[str, Any]]:
    probleem = Probleem(422, fouten[0].code, "De opdracht is afgewezen", fouten=[asdict(f) for f in fouten])
    return 422, probleem.inhoud


def _onbekend() -> Probleem:
    return Probleem(404, "onbekende_plaatsing", "Deze plaatsing kennen wij niet")


def _moment(waarde: str | None, nu: datetime) -> datetime | None:
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


def _periode(rij: Any) -> dict[str, Any]:
    return {
        "instrument": rij["instrument"],
        "verstrekker": {"soort": rij["verstrekker"], "code": rij["gemeente"]},
        "van": rij["van"].isoformat(),
        "tot": rij["tot"] and rij["tot"].isoformat(),
        **_kennis(rij),
    }


def _waarde(rij: Any) -> dict[str, Any]:
    return {
        "procentX100": rij["procent_x100"],
        "methode": rij["methode"],
        "op": rij["op"].isoformat(),
        **_kennis(rij),
    }


def _kennis(rij: Any) -> dict[str, str]:
    return {"bekendOp": rij["bekend"].isoformat(), "opgetekendOp": rij["opgetekend_op"].isoformat()}


def _laatste(standen: Iterable[dict[str, Any]], *sleutel: str) -> list[dict[str, Any]]:
    """Van elke sleutel de laatste stand, op volgorde van sleutel."""
    op_sleutel = {tuple(stand[veld] for veld in sleutel): stand for stand in standen}
    return [op_sleutel[waarde] for waarde in sorted(op_sleutel)]
