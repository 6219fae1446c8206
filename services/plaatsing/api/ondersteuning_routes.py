"""Steun bij één baan: erbij zetten, en lezen zoals nu of toen bekend. Alleen voor ingewijden."""

from collections.abc import Iterable
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from services.plaatsing.api.bij_baan import bij_baan, moment_van, onbekend
from services.plaatsing.api.ondersteuning import (
    LEZEN,
    SCHRIJVEN,
    InstrumentRij,
    LoonwaardeWaardeRij,
    neem_instrumenten,
    neem_waarden,
)
from services.plaatsing.domain.plaatsing import Baan
from services.plaatsing.domain.verklaring import per_werkgever
from services.plaatsing.store import banen as store_banen
from services.plaatsing.store import geschiedenis as store_geschiedenis
from services.plaatsing.store import ondersteuning as store
from services.plaatsing.store import verklaringen as store_verklaringen
from shared.api import Opdracht, alleen_over_iedereen, lees_tx, lezer

router = APIRouter()


@router.post("/v1/plaatsingen/{plaatsing}/instrumenten")
async def zet_instrument(verzoek: Request, plaatsing: UUID) -> Response:
    """Een instrument bij deze baan: de velden van `ondersteuning` zonder referentie. 404 als de baan er niet is."""
    return await bij_baan(verzoek, plaatsing, SCHRIJVEN, InstrumentRij, neem_instrumenten)


@router.post("/v1/plaatsingen/{plaatsing}/loonwaarden")
async def zet_loonwaarde(verzoek: Request, plaatsing: UUID) -> Response:
    """De loonwaarde bij deze baan: de velden van `loonwaarden` zonder referentie. 404 als de baan er niet is."""
    return await bij_baan(verzoek, plaatsing, SCHRIJVEN, LoonwaardeWaardeRij, neem_waarden)


@router.get("/v1/plaatsingen/{plaatsing}/ondersteuning")
async def lees_ondersteuning(
    verzoek: Request,
    plaatsing: UUID,
    opdracht: Annotated[Opdracht, lezer(LEZEN)],
    bekend_op: Annotated[
        str | None, Query(alias="bekendOp", description="zoals toen bekend; een kale datum is het einde van die dag")
    ] = None,
) -> dict[str, Any]:
    """De instrumenten, loonwaarden en doelgroepverklaringen van een baan, en elke stand die zij hadden (`historie`), op
    volgorde van optekenen. Van een verklaring ook bij welke werkgever zij wanneer gold: bij een overgang gaat de rest mee.

    Alleen voor wie over iedereen gaat: niet met een token namens een werkgever, gemeente of persoon.
    """
    alleen_over_iedereen(opdracht)
    moment = moment_van(bekend_op, opdracht.nu)
    async with lees_tx(verzoek) as tx:
        dossier = (await store_banen.dossiers(tx, {plaatsing: None})).get(plaatsing)
        if dossier is None:
            raise onbekend()
        perioden = [_periode(rij) for rij in await store.perioden_toen(tx, dossier.baan.nr, moment)]
        waarden = [_waarde(rij) for rij in await store.loonwaarden_toen(tx, dossier.baan.nr, moment)]
        baan = dossier.baan if moment is None else await store_geschiedenis.baan_toen(tx, dossier.baan, moment)
        rechten = [_verklaring(rij, baan) for rij in await store_verklaringen.toen(tx, dossier.baan.nr, moment) if baan]
    return {
        "plaatsing": str(plaatsing),
        "bekendOp": (moment or opdracht.nu).isoformat(),
        "instrumenten": _laatste(perioden, "instrument", "van"),
        "loonwaarden": _laatste(waarden, "op"),
        "doelgroepverklaringen": _laatste(rechten, "van"),
        "historie": {"instrumenten": perioden, "loonwaarden": waarden, "doelgroepverklaringen": rechten},
    }


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


def _verklaring(rij: Any, baan: Baan) -> dict[str, Any]:
    return {
        "van": rij["van"].isoformat(),
        "tot": rij["tot"].isoformat(),
        "perWerkgever": [
            {"werkgever": str(werkgever), "van": van.isoformat(), "tot": tot.isoformat()}
            for werkgever, van, tot in per_werkgever(rij["van"], rij["tot"], baan)
        ],
        **_kennis(rij),
    }


def _kennis(rij: Any) -> dict[str, str]:
    return {"bekendOp": rij["bekend"].isoformat(), "opgetekendOp": rij["opgetekend_op"].isoformat()}


def _laatste(standen: Iterable[dict[str, Any]], *sleutel: str) -> list[dict[str, Any]]:
    """Van elke sleutel de laatste stand, op volgorde van sleutel."""
    op_sleutel = {tuple(stand[veld] for veld in sleutel): stand for stand in standen}
    return [op_sleutel[waarde] for waarde in sorted(op_sleutel)]
