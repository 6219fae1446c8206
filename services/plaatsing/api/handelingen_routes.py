"""De routes bij één baan die er iets aan veranderen."""

from uuid import UUID

from fastapi import APIRouter, Request, Response

from services.plaatsing.api.bij_baan import bij_baan
from services.plaatsing.api.handelingen import (
    SCHRIJVEN,
    EindeRij,
    OngedaanRij,
    OvergangRij,
    VerlengingRij,
    WijzigingRij,
    neem_einde,
    neem_ongedaan,
    neem_overgang,
    neem_verlenging,
    neem_wijziging,
)

router = APIRouter(prefix="/v1/plaatsingen/{plaatsing}")


@router.post("/ongedaan")
async def maak_ongedaan(verzoek: Request, plaatsing: UUID) -> Response:
    """Deze baan is er nooit geweest (`reden`): elke gezegde maand gaat af. Niets wordt gewist."""
    return await bij_baan(verzoek, plaatsing, SCHRIJVEN, OngedaanRij, neem_ongedaan, ook_ongedaan=True)


@router.post("/overgang")
async def draag_over(verzoek: Request, plaatsing: UUID) -> Response:
    """Overgang van onderneming: vanaf `op` bij `naarWerkgever`, met behoud van alles wat bij de baan hoort."""
    return await bij_baan(verzoek, plaatsing, SCHRIJVEN, OvergangRij, neem_overgang)


@router.post("/wijzigingen")
async def wijzig(verzoek: Request, plaatsing: UUID) -> Response:
    """Vanaf `van` zijn de genoemde velden anders, elk tot het daarna al anders was opgegeven."""
    return await bij_baan(verzoek, plaatsing, SCHRIJVEN, WijzigingRij, neem_wijziging)


@router.post("/beeindigingen")
async def beeindig(verzoek: Request, plaatsing: UUID) -> Response:
    """Deze baan eindigt: `tot` is de eerste dag zonder."""
    return await bij_baan(verzoek, plaatsing, SCHRIJVEN, EindeRij, neem_einde)


@router.post("/verlengingen")
async def verleng(verzoek: Request, plaatsing: UUID) -> Response:
    """Deze baan loopt langer door, tot `tot`; zonder `tot` zonder einddatum."""
    return await bij_baan(verzoek, plaatsing, SCHRIJVEN, VerlengingRij, neem_verlenging)
