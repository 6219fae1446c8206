"""HTTP van plaatsing: soorten rijen erin, of iets bij één baan; eruit één baan, haar steun, of alle banen van een werkgever."""

from fastapi import APIRouter

from services.plaatsing.api import afnemers, handelingen_routes, leveringen, lezen, ondersteuning_routes, overzicht
from services.plaatsing.api.handelingen import HANDELINGEN
from services.plaatsing.api.maandsluiting import MaandsluitingRij, neem_maandsluitingen
from services.plaatsing.api.ondersteuning import STEUN
from services.plaatsing.api.plaatsingen import PlaatsingRij, neem_plaatsingen
from services.plaatsing.api.uren import UrenRij, gewone_uren, neem_uren
from services.plaatsing.api.verklaringen import VERKLARINGEN
from services.plaatsing.api.werkgevers import WerkgeverRij, neem_werkgevers
from shared.api import Soort

SCHRIJVEN = "plaatsingen:schrijven"

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
        lanen=True,
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
        lanen=True,
        snel=gewone_uren,
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
    *HANDELINGEN,
    *STEUN,
    VERKLARINGEN,
)

router = APIRouter()
router.include_router(lezen.router)
router.include_router(handelingen_routes.router)
router.include_router(ondersteuning_routes.router)
router.include_router(overzicht.router)
router.include_router(leveringen.router)
router.include_router(afnemers.router)
