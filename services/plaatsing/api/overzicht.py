"""Eén werkgever over alle regio's: al zijn banen, ook wie hij inleent, als bladzijden JSON of als één CSV."""

import asyncio
import csv
from collections.abc import Collection, Iterator
from tempfile import SpooledTemporaryFile
from typing import IO, Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import JSONResponse, StreamingResponse

from services.plaatsing.domain.overzicht import KOLOMMEN, Gemeente, Maand, Werkplek, regels, totaalregels
from services.plaatsing.store import overzicht as store
from shared.api import Opdracht, Probleem, lees_tx, lezer
from shared.db import Tx

LEZEN, NAMENS = "plaatsingen:lezen", "raadplegingen"
_CSV = "text/csv"
_IN_GEHEUGEN, _BLOK = 4 * 2**20, 2**16
router = APIRouter()


@router.get(
    "/v1/werkgevers/{werkgever}/plaatsingen",
    responses={200: {"content": {"application/json": {}, _CSV: {"schema": {"type": "string"}}}}},
)
async def lees_plaatsingen(
    verzoek: Request,
    werkgever: UUID,
    opdracht: Annotated[Opdracht, lezer(LEZEN, NAMENS)],
    groep: Annotated[Literal["ja", "nee"], Query(description="ja: alle werkgevers van zijn groep samen")] = "nee",
    na: Annotated[UUID | None, Query(description="verder na deze bladzijde: haar `volgende`")] = None,
    hooguit: Annotated[int, Query(ge=1, le=1000, description="zoveel banen op een bladzijde")] = 100,
) -> Response:
    """De banen van een werkgever en die waarin hij iemand inleent, met per maand wat er het laatst gezegd is.

    De eerste bladzijde heeft de totalen: per maand en rol, en per gemeente van werk. Met `Accept: text/csv` alles in één
    tabel (`na` en `hooguit` gelden dan niet): regels `maand`, en aan het eind regels `totaal`. Zonder persoon en zonder
    grondslag. Een token namens een werkgever leest alleen die ene; wat hij niet mag zien, is er voor hem niet.
    """
    _mag(opdracht, werkgever, groep == "ja")
    async with lees_tx(verzoek) as tx:
        if not await store.bestaat(tx, werkgever):
            raise _onbekend()
        eigen = await store.groep_van(tx, werkgever) if groep == "ja" else [werkgever]
        if _CSV in verzoek.headers.get("accept", ""):
            return _tabel(await _schrijf(tx, eigen, opdracht), werkgever)
        banen = await store.bladzijde(tx, eigen, na, hooguit + 1)
        totalen = await _totalen(tx, eigen, opdracht) if na is None else None
    volgende = str(banen[hooguit - 1].plaatsing) if len(banen) > hooguit else None
    return JSONResponse(
        {
            "werkgevers": [str(w) for w in eigen],
            "totalen": totalen,
            "plaatsingen": [_baan(b) for b in banen[:hooguit]],
            "volgende": volgende,
        }
    )


def _mag(opdracht: Opdracht, werkgever: UUID, groep: bool) -> None:
    """403 of 404 als deze houder deze werkgever niet mag zien."""
    namens_ander = opdracht.persoon is not None or opdracht.gemeente is not None
    ieder = opdracht.werkgever is None and LEZEN in opdracht.scopes
    if namens_ander or (opdracht.werkgever is None and not ieder) or (opdracht.werkgever is not None and groep):
        raise Probleem(403, "namens_onjuist", "Het token komt niet namens wie deze vraag mag stellen")
    if opdracht.werkgever not in (None, werkgever):
        raise _onbekend()


def _onbekend() -> Probleem:
    return Probleem(404, "onbekende_werkgever", "Deze werkgever kennen wij niet")


async def _totalen(tx: Tx, eigen: Collection[UUID], opdracht: Opdracht) -> dict[str, Any]:
    gemeenten = await store.per_gemeente(tx, eigen, opdracht.vandaag)
    return {
        "plaatsingen": sum(g.plaatsingen for g in gemeenten),
        "lopend": sum(g.lopend for g in gemeenten),
        "perMaand": [
            _maand(m) | {"rol": m.rol, "plaatsingen": m.plaatsingen} for m in await store.per_maand(tx, eigen)
        ],
        "perGemeente": [_gemeente(g) for g in gemeenten],
    }


async def _schrijf(tx: Tx, eigen: Collection[UUID], opdracht: Opdracht) -> IO[str]:
    """De hele tabel in een tijdelijk bestand: zo houdt een trage lezer de database niet vast."""
    bestand = SpooledTemporaryFile(_IN_GEHEUGEN, "w+", encoding="utf-8", newline="")  # noqa: SIM115  # dicht na het lezen
    schrijver = csv.writer(bestand, lineterminator="\n")
    schrijver.writerow(KOLOMMEN)
    async for banen in store.alle(tx, eigen):
        await asyncio.to_thread(schrijver.writerows, regels(banen))
    gemeenten = await store.per_gemeente(tx, eigen, opdracht.vandaag)
    schrijver.writerows(totaalregels(await store.per_maand(tx, eigen), gemeenten))
    bestand.seek(0)
    return bestand


def _tabel(bestand: IO[str], werkgever: UUID) -> Response:
    def lees() -> Iterator[str]:
        with bestand:
            while blok := bestand.read(_BLOK):
                yield blok

    koppen = {"Content-Disposition": f'attachment; filename="plaatsingen-{werkgever}.csv"'}
    return StreamingResponse(lees(), media_type=f"{_CSV}; charset=utf-8", headers=koppen)


def _baan(b: Werkplek) -> dict[str, Any]:
    return {
        "plaatsing": str(b.plaatsing),
        "referentie": b.referentie,
        "rol": b.rol,
        "werkgever": str(b.werkgever),
        "inlener": b.inlener and str(b.inlener),
        "vorm": b.vorm,
        "contract": b.contract,
        "urenPerWeekX100": b.uren_per_week_x100,
        "gemeenteWerk": b.gemeente_werk,
        "van": b.van.isoformat(),
        "tot": b.tot and b.tot.isoformat(),
        "maanden": [_maand(m) for m in b.maanden],
    }


def _maand(m: Maand) -> dict[str, Any]:
    return {"maand": m.maand, "urenX100": m.uren_x100, "uitbetaaldX100": m.uitbetaald_x100}


def _gemeente(g: Gemeente) -> dict[str, Any]:
    return {"gemeente": g.gemeente, "plaatsingen": g.plaatsingen, "lopend": g.lopend}
