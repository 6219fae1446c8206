"""Eén baan lezen: zoals zij nu is of zoals toen bekend, en alles wat er over haar gezegd is."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from banenspoor_contracts import UrenStand
from fastapi import APIRouter, Query, Request

from services.plaatsing.api.bij_baan import moment_van, onbekend
from services.plaatsing.domain.dossier import Dossier
from services.plaatsing.domain.geschiedenis import Gezegde, toen
from services.plaatsing.domain.jaarsluiting import geleverd_sinds, late_maanden
from services.plaatsing.domain.plaatsing import Baan
from services.plaatsing.domain.uren import Sleutel
from services.plaatsing.domain.verloop import delen
from services.plaatsing.domain.voortzetten import voortgezette_maanden
from services.plaatsing.store import banen as store
from services.plaatsing.store import geschiedenis as store_geschiedenis
from services.plaatsing.store import leveringlijst
from shared.api import Opdracht, Probleem, lees_tx, lezer

LEZEN = "plaatsingen:lezen"
BekendOp = Annotated[
    str | None, Query(alias="bekendOp", description="zoals toen bekend; een kale datum is het einde van die dag")
]
_NIET_HIER = ("persoon", "plaatsing", "versie", "bekendOp")
router = APIRouter()


@router.get("/v1/plaatsingen/{plaatsing}")
async def lees_plaatsing(
    verzoek: Request, plaatsing: UUID, opdracht: Annotated[Opdracht, lezer(LEZEN)], bekend_op: BekendOp = None
) -> dict[str, Any]:
    """Eén baan met haar delen, en met per maand wat er het laatst over gezegd is (uren in honderdsten).

    Met `bekendOp` zoals zij en haar maanden toen bekend waren: gezegd, of in geladen historie toen bekend. Wie haar toen
    leverde staat daar niet bij. `naSluitingJaar`: een regel van die maand kwam op of na 1 mei van het jaar erna; dat
    verandert geen cijfer. `voortgezet`: over die maand is niets geleverd, de uren zijn die van een jaar eerder.
    """
    moment = moment_van(bekend_op, opdracht.nu)
    async with lees_tx(verzoek) as tx:
        dossier = (await store.dossiers(tx, {plaatsing: store.ALTIJD})).get(plaatsing)
        if dossier is None:
            raise onbekend()
        gezegd = [] if moment is None else await store_geschiedenis.gezegd(tx, dossier.baan)
        versies = await leveringlijst.versies(tx, dossier.baan.nr)
    if moment is None:
        return _baan(dossier.baan, _maanden(dossier, geleverd_sinds(versies)))
    oud = toen(dossier.baan, (g for _, _, g in gezegd), moment)
    if oud is None:
        raise Probleem(404, "onbekende_plaatsing", "Deze plaatsing was toen nog niet bekend")
    return _baan(oud.baan, {m: _maand(*g) for m, g in oud.maanden.items()}) | {"zoalsBekendOp": moment.isoformat()}


@router.get("/v1/plaatsingen/{plaatsing}/geschiedenis")
async def lees_geschiedenis(
    verzoek: Request,
    plaatsing: UUID,
    _: Annotated[Opdracht, lezer(LEZEN)],
    na: Annotated[int, Query(ge=0, description="verder na deze bladzijde: haar `volgende`")] = 0,
    hooguit: Annotated[int, Query(ge=1, le=1000, description="zoveel op een bladzijde")] = 200,
) -> dict[str, Any]:
    """Alles wat er over deze baan en haar maanden gezegd is, op volgorde, en sinds wanneer het bekend is.

    Er komt alleen bij; wat net is aangenomen staat hier zodra het een tijd heeft, gewoonlijk binnen een seconde.
    """
    async with lees_tx(verzoek) as tx:
        dossier = (await store.dossiers(tx, {plaatsing: None})).get(plaatsing)
        if dossier is None:
            raise onbekend()
        gezegd = await store_geschiedenis.gezegd(tx, dossier.baan, na, hooguit + 1)
    return {
        "plaatsing": str(plaatsing),
        "versies": [_versie(ce_id, g) for _, ce_id, g in gezegd[:hooguit]],
        "volgende": gezegd[hooguit - 1][0] if len(gezegd) > hooguit else None,
    }


def _baan(baan: Baan, maanden: Mapping[str, dict[str, Any]]) -> dict[str, Any]:
    return {
        "plaatsing": str(baan.plaatsing),
        "persoon": str(baan.persoon),
        "referentie": baan.referentie,
        "versie": baan.versie,
        "ikv": baan.ikv,
        "ongedaan": baan.ongedaan,
        **baan.gegevens.json_(),
        "delen": _delen(baan),
        "maanden": [{"maand": maand, **gezegd} for maand, gezegd in sorted(maanden.items())],
    }


def _maanden(dossier: Dossier, sinds: Mapping[Sleutel, date]) -> dict[str, dict[str, Any]]:
    """De gezegde maanden, met wie het leverde, of het na de jaarsluiting kwam, en of het alleen doorloopt."""
    baan, regels = dossier.baan, dossier.regels.values()
    laat, voortgezet = late_maanden(regels, sinds, baan.van, baan.tot), voortgezette_maanden(baan, regels)
    return {
        maand: _maand(gezegd.stand, gezegd.bekend_op)
        | {"leverancier": gezegd.leverancier, "naSluitingJaar": maand in laat, "voortgezet": maand in voortgezet}
        for maand, gezegd in dossier.gezegd.items()
    }


def _delen(baan: Baan) -> list[dict[str, Any]]:
    """Elk deel `[van, tot)` met zijn kenmerken; een baan die nooit wijzigde heeft er één."""
    lijst = delen(baan)
    einden = [deel.van.isoformat() for deel in lijst[1:]] + [baan.tot and baan.tot.isoformat()]
    return [
        baan.op(deel.van).gegevens.json_() | {"van": deel.van.isoformat(), "tot": tot}
        for deel, tot in zip(lijst, einden, strict=True)
    ]


def _maand(stand: UrenStand | None, bekend_op: datetime | None) -> dict[str, Any]:
    return {"bekendOp": bekend_op and bekend_op.isoformat(), "stand": stand and stand.json_()}


def _versie(ce_id: UUID, gezegde: Gezegde) -> dict[str, Any]:
    inhoud = gezegde.feit.json_()
    return {
        "versie": inhoud.get("versie"),
        "bekendSinds": gezegde.bekend_sinds.isoformat(),
        "gezegdOp": gezegde.tijd.isoformat(),
        "gebeurtenis": gezegde.feit.naam,
        "id": str(ce_id),
        **{veld: waarde for veld, waarde in inhoud.items() if veld not in _NIET_HIER},
    }
