"""HTTP van plaatsing: zes soorten rijen erin; eruit één baan, haar steun, of alle banen van een werkgever."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Request

from services.plaatsing.api import leveringen, ondersteuning_routes, overzicht
from services.plaatsing.api.maandsluiting import MaandsluitingRij, neem_maandsluitingen
from services.plaatsing.api.ondersteuning import STEUN
from services.plaatsing.api.plaatsingen import PlaatsingRij, neem_plaatsingen
from services.plaatsing.api.uren import UrenRij, neem_uren
from services.plaatsing.api.werkgevers import WerkgeverRij, neem_werkgevers
from services.plaatsing.domain.jaarsluiting import geleverd_sinds, late_maanden
from services.plaatsing.domain.voortzetten import voortgezette_maanden
from services.plaatsing.store import banen as store
from services.plaatsing.store.leveringlijst import versies
from shared.api import Opdracht, Probleem, Soort, lees_tx, lezer

SCHRIJVEN, LEZEN = "plaatsingen:schrijven", "plaatsingen:lezen"

SOORTEN = (
    Soort(
        naam="werkgevers",
        dienst="plaatsing",
        pad="/v1/werkgevers",
        model=WerkgeverRij,
        verwerk=neem_werkgevers,
        scope=SCHRIJVEN,
        volgorde=(
            *("werkgever", "sector", "van"),
            *("naam", "subsector", "sbi", "grootteklasse", "gemeente_zetel", "groep", "tot"),
        ),
    ),
    Soort(
        naam="plaatsingen",
        dienst="plaatsing",
        pad="/v1/plaatsingen",
        model=PlaatsingRij,
        verwerk=neem_plaatsingen,
        scope=SCHRIJVEN,
        bsn=True,
        volgorde=(
            *("referentie", "bsn", "werkgever", "vorm", "contract", "uren_per_week", "gemeente_werk", "van"),
            *("ikv", "inlener", "tot", "route", "reden"),
        ),
    ),
    Soort(
        naam="uren",
        dienst="plaatsing",
        pad="/v1/uren",
        model=UrenRij,
        verwerk=neem_uren,
        scope=SCHRIJVEN,
        volgorde=(
            *("referentie", "tijdvak_van", "tijdvak_tot", "uren"),
            *("contract", "soort", "levering", "leverancier"),
        ),
    ),
    Soort(
        naam="maandsluiting",
        dienst="plaatsing",
        pad="/v1/maandsluitingen",
        model=MaandsluitingRij,
        verwerk=neem_maandsluitingen,
        scope=SCHRIJVEN,
        volgorde=("leverancier", "maand", "sluit_op"),
    ),
    *STEUN,
)

router = APIRouter()
router.include_router(ondersteuning_routes.router)
router.include_router(overzicht.router)
router.include_router(leveringen.router)


@router.get("/v1/plaatsingen/{plaatsing}")
async def lees_plaatsing(request: Request, plaatsing: UUID, _: Annotated[Opdracht, lezer(LEZEN)]) -> dict[str, Any]:
    """Eén baan, met per maand wat er het laatst over gezegd is (uren in honderdsten).

    `naSluitingJaar`: een regel van die maand kwam op of na 1 mei van het jaar erna; dat verandert geen cijfer.
    `voortgezet`: over die maand is niets geleverd, de uren zijn die van een jaar eerder.
    """
    async with lees_tx(request) as tx:
        dossier = (await store.dossiers(tx, {plaatsing: store.ALTIJD})).get(plaatsing)
        if dossier is None:
            raise Probleem(404, "onbekende_plaatsing", "Deze plaatsing kennen wij niet")
        baan = dossier.baan
        sinds = geleverd_sinds(await versies(tx, baan.nr))
    voortgezet = voortgezette_maanden(baan, dossier.regels.values())
    laat = late_maanden(dossier.regels.values(), sinds, baan.van, baan.tot)
    return {
        "plaatsing": str(baan.plaatsing),
        "persoon": str(baan.persoon),
        "referentie": baan.referentie,
        "versie": baan.versie,
        "ikv": baan.ikv,
        **baan.gegevens.json_(),
        "maanden": [
            {
                "maand": maand,
                "leverancier": gezegd.leverancier,
                "bekendOp": gezegd.bekend_op and gezegd.bekend_op.isoformat(),
                "naSluitingJaar": maand in laat,
                "voortgezet": maand in voortgezet,
                "stand": gezegd.stand and gezegd.stand.json_(),
            }
            for maand, gezegd in sorted(dossier.gezegd.items())
        ],
    }
