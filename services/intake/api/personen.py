"""Iemands tijdlijnen lezen, en wie ernaar keek."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated, Any
from uuid import UUID

from banenspoor_contracts import Registratie, wie_telt
from banenspoor_contracts.telmee import zoals_zij_gelden
from fastapi import APIRouter, Query, Request

from services.intake import kluisboek, store, toegang, verantwoording, werk
from services.intake.domain import Tijdlijn
from services.intake.domain.tijdlijn import overlapt
from services.intake.tempo import houd_tempo
from services.intake.toegang import Rol
from services.intake.verantwoording import Naam, Uitkomst
from shared.api import Opdracht, lees_tx, lezer
from shared.db import Tx
from shared.kluis import kluis

router = APIRouter()


@router.get("/v1/personen/{persoon}")
async def lees_persoon(
    verzoek: Request,
    persoon: UUID,
    opdracht: Annotated[Opdracht, lezer("registraties:lezen", "eigen-gegevens", "gemeente")],
) -> dict[str, Any]:
    """De tijdlijnen van een persoon zoals zij nu bekend zijn; perioden zijn half open, `[van, tot)`. Nooit een BSN.
    Bij een grondslag die aan werk gebonden is, zegt `geldt` in welke tijd daarvan iemand werkt en dus geregistreerd is.

    Iemand leest zichzelf, met wat de kluis verder weet. Een gemeente leest wie er woont of woonde, en alleen die tijd. Wie
    iemand niet mag zien krijgt hetzelfde antwoord als bij een onbekend pseudoniem. Elke lezing wordt vastgelegd.
    """
    wie = toegang.rol(opdracht)
    houd_tempo(verzoek, opdracht, "lezen")
    async with lees_tx(verzoek) as tx:
        tijdlijn = await _zoek(tx, opdracht, persoon, toegang.LEZEN)
        eigen = tijdlijn is not None and wie is Rol.ZELF
        wiens = tijdlijn.persoon if tijdlijn else persoon
        banen = (await werk.van(tx, [wiens]))[wiens]
        leven = await kluisboek.levensloop(tx, kluis(), wiens) if eigen else None
    await _verantwoord(verzoek, opdracht, Naam.PERSOON, persoon, tijdlijn)
    gevonden = _of_404(tijdlijn)
    gezien = toegang.zichtbaar(opdracht, gevonden)
    geldig = replace(gevonden, registraties=zoals_zij_gelden(gevonden.registraties, banen))
    geldt = toegang.zichtbaar(opdracht, geldig).registraties
    uit: dict[str, Any] = {
        "persoon": str(gezien.persoon),
        "registraties": [_toon(r, geldt) for r in gezien.registraties],
        "woonplaatsen": [w.json_() for w in gezien.woonplaatsen],
    }
    return uit if leven is None else uit | {"geboortedatum": leven.geboortedatum, "overledenOp": leven.overleden_op}


@router.get("/v1/personen/{persoon}/raadplegingen")
async def lees_raadplegingen(
    verzoek: Request,
    persoon: UUID,
    opdracht: Annotated[Opdracht, lezer("eigen-gegevens", "verantwoording")],
    voor: Annotated[int | None, Query(ge=1, le=2**62, description="verder na deze bladzijde: haar `volgende`")] = None,
    hooguit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> dict[str, Any]:
    """Wie naar deze persoon keek, het laatste eerst. Voor de persoon zelf (uit het token), en voor wie verantwoording houdt.

    Een omwisseling van veel BSN's tegelijk staat hier niet bij: daarvan wordt het aantal vastgelegd, niet wie.
    """
    gemeente = toegang.rol(opdracht, "verantwoording") is Rol.GEMEENTE
    houd_tempo(verzoek, opdracht, "lezen")
    async with lees_tx(verzoek) as tx:
        tijdlijn = None if gemeente else await _zoek(tx, opdracht, persoon, "verantwoording")
        gekeken = await verantwoording.over(tx, kluis(), tijdlijn.persoon, voor, hooguit) if tijdlijn else []
    await _verantwoord(verzoek, opdracht, Naam.RAADPLEGINGEN, persoon, tijdlijn)
    _of_404(tijdlijn)
    return {
        "raadplegingen": [
            {
                "nr": rij["nr"],
                "op": rij["begin"],
                "soort": rij["naam"],
                "client": rij["client"],
                "werkgever": rij["werkgever"],
                "gemeente": rij["gemeente"],
                "uitkomst": rij["uitkomst"],
            }
            for rij in gekeken
        ],
        "volgende": gekeken[-1]["nr"] if len(gekeken) == hooguit else None,
    }


def _toon(r: Registratie, geldt: Sequence[Registratie]) -> dict[str, Any]:
    """Een registratie; is haar grondslag aan werk gebonden, dan ook wanneer zij geldt."""
    if r.grondslag not in wie_telt.AAN_WERK_GEBONDEN:
        return r.json_()
    eigen = (g for g in geldt if g.grondslag == r.grondslag and overlapt(r.van, r.tot, g))
    return r.json_() | {"geldt": [{"van": g.van, "tot": g.tot} for g in eigen]}


async def _zoek(tx: Tx, opdracht: Opdracht, persoon: UUID, ieder: str) -> Tijdlijn | None:
    """De tijdlijn, als die er is en de vrager haar mag zien; er wordt altijd evenveel gelezen."""
    bekend = await kluisboek.bekend(tx, persoon)
    wie = bekend or persoon
    tijdlijn = (await store.tijdlijnen(tx, [wie]))[wie]
    opdracht = await toegang.als_nu(tx, opdracht)
    return tijdlijn if bekend and toegang.mag_lezen(opdracht, tijdlijn, ieder) else None


async def _verantwoord(
    verzoek: Request, opdracht: Opdracht, naam: Naam, persoon: UUID, tijdlijn: Tijdlijn | None
) -> None:
    uitkomst = Uitkomst.GEWEIGERD if tijdlijn is None else Uitkomst.BEANTWOORD
    await verantwoording.gelezen(verzoek, opdracht, naam, [persoon], uitkomst)


def _of_404(tijdlijn: Tijdlijn | None) -> Tijdlijn:
    if tijdlijn is None:
        raise toegang.onbekende_persoon()
    return tijdlijn
