"""Leveringen van verloonde uren: de lijst, één levering met haar kwaliteit, intrekken, en leveranciers die laat of stil zijn."""

from dataclasses import asdict
from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from services.plaatsing import voortzetten
from services.plaatsing.api.intrekken import ONBEKEND, trek_in, voorbeeld
from services.plaatsing.domain.kalender import dag_in_nederland
from services.plaatsing.domain.levering import Leverancierstand, Verschil, inhoud, leverancierstand, ontbrekend
from services.plaatsing.store import kwaliteit, omgeving
from services.plaatsing.store import leveringlijst as lijst
from services.plaatsing.store.kwaliteit import Afwijking
from services.plaatsing.store.leveringlijst import Geleverd, Levering
from shared.api import Opdracht, Probleem, alleen_over_iedereen, lees_tx, lezer, voer_uit
from shared.db import Tx
from shared.settings import Instellingen

LEZEN, SCHRIJVEN = "plaatsingen:lezen", "plaatsingen:schrijven"
_CIJFERS = 6
"""Zoveel cijfers achter elkaar in een reden kan een nummer van een mens of werkgever zijn."""
router = APIRouter()


@router.get("/v1/leveringen")
async def lees_leveringen(
    verzoek: Request,
    opdracht: Annotated[Opdracht, lezer(LEZEN)],
    leverancier: Annotated[str | None, Query(max_length=200)] = None,
    maand: Annotated[str | None, Query(pattern=r"^[0-9]{4}-(0[1-9]|1[0-2])$")] = None,
    na: UUID | None = None,
    hooguit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> dict[str, Any]:
    """Leveringen van verloonde uren, de nieuwste eerst, met wat er van hun regels werd toen zij kwamen.

    `maand`: alleen die een tijdvak in deze maand bracht. Verder met `na` = `volgende`.
    """
    alleen_over_iedereen(opdracht)
    async with lees_tx(verzoek) as tx:
        leveringen = await lijst.bladzijde(tx, leverancier, maand, na, hooguit + 1)
    volgende = str(leveringen[hooguit - 1].levering) if len(leveringen) > hooguit else None
    return {"leveringen": [_kop(levering) for levering in leveringen[:hooguit]], "volgende": volgende}


@router.get("/v1/leveringen/{levering}")
async def lees_levering(
    verzoek: Request,
    levering: UUID,
    opdracht: Annotated[Opdracht, lezer(LEZEN)],
    met: UUID | None = None,
    afwijking: Annotated[int | None, Query(ge=0, le=1000)] = None,
    hooguit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> dict[str, Any]:
    """Eén levering: per maand haar regels en uren (honderdsten), en haar kwaliteit naast de vorige van de leverancier.

    `met`: vergelijk met een andere levering dan de vorige. `afwijking`: procent uren per dag dat nog geen verschil is
    (zonder: de instelling). `hooguit`: zoveel plaatsingen worden er per soort verschil genoemd.
    """
    alleen_over_iedereen(opdracht)
    instellingen: Instellingen = verzoek.app.state.bedrijf.instellingen
    grens = instellingen.levering_afwijking if afwijking is None else afwijking
    async with lees_tx(verzoek) as tx:
        deze = await lijst.een(tx, levering)
        ander = await lijst.een(tx, met) if met else deze and await lijst.vorige(tx, deze)
        if deze is None or (met is not None and ander is None):
            raise ONBEKEND
        return await _toon(tx, deze, ander, grens, hooguit)


@router.delete("/v1/leveringen/{levering}", response_model=None)
async def verwijder_levering(
    verzoek: Request, levering: UUID, reden: Annotated[str, Query(min_length=1, max_length=200)]
) -> Response:
    """Trekt een hele levering in, als correcties: elke regel valt terug op haar vorige versie, of vervalt.

    In stappen van duizend plaatsingen: herhaal, telkens met een nieuwe Idempotency-Key, tot `resterend` 0 is. Met
    `proef=true` alleen wat er over de hele levering zou veranderen. In `reden` staat geen nummer van een mens of werkgever.
    """

    async def werk(tx: Tx, opdracht: Opdracht) -> tuple[int, dict[str, Any]]:
        alleen_over_iedereen(opdracht)
        if _lange_cijfers(reden):
            raise Probleem(422, "onjuist", "In een reden staat geen nummer van een mens of werkgever")
        return 200, await (voorbeeld(tx, levering) if opdracht.proef else trek_in(tx, levering, reden, opdracht))

    return await voer_uit(verzoek, SCHRIJVEN, f"{levering} {reden}".encode(), werk)


@router.get("/v1/leveranciers")
async def lees_leveranciers(verzoek: Request, opdracht: Annotated[Opdracht, lezer(LEZEN)]) -> dict[str, Any]:
    """Elke leverancier: zijn laatste levering, wat er te laat is of nog verwacht wordt, en of hij stil is.

    Zijn kalender is zijn maandsluiting: een maand waarvan op `sluit_op` nog niets kwam, is te laat.
    """
    alleen_over_iedereen(opdracht)
    instellingen: Instellingen = verzoek.app.state.bedrijf.instellingen
    async with lees_tx(verzoek) as tx:
        standen = await leveranciers(tx, opdracht.vandaag, instellingen.leverancier_stil_dagen)
    return {"leveranciers": [_leverancier(naam, *waarden) for naam, waarden in sorted(standen.items())]}


async def leveranciers(tx: Tx, vandaag: date, stil_dagen: int) -> dict[str, tuple[Geleverd | None, Leverancierstand]]:
    """Per leverancier wat er kwam en of hij op tijd is; ook wie alleen een maandsluiting heeft."""
    geleverd, kalenders = await lijst.geleverd(tx), await lijst.kalenders(tx)
    uit = {}
    for naam in geleverd.keys() | kalenders.keys():
        van = geleverd.get(naam)
        maanden, laatst = (van.maanden, dag_in_nederland(van.laatst_op)) if van else (frozenset[str](), None)
        uit[naam] = van, leverancierstand(maanden, laatst, kalenders.get(naam, {}), vandaag, stil_dagen)
    return uit


@router.post("/v1/voortzettingen", response_model=None)
async def zet_voort(verzoek: Request, na: Annotated[int, Query(ge=0)] = 0) -> Response:
    """Laat jaarlijkse uren (Wsw, Wiw, ID) nu doorlopen; dat gebeurt ook elke dag vanzelf.

    In stappen: herhaal met `na` = `volgende` en een nieuwe Idempotency-Key tot `volgende` leeg is.
    """
    instellingen: Instellingen = verzoek.app.state.bedrijf.instellingen

    async def werk(tx: Tx, opdracht: Opdracht) -> tuple[int, dict[str, Any]]:
        alleen_over_iedereen(opdracht)
        jaren = instellingen.voortzetten_jaren
        uit = await voortzetten.stap(tx, na, opdracht.nu, opdracht.vandaag, jaren, opdracht.correlatie)
        return 200, {"gedaan": uit.gedaan, "maandenGezegd": uit.gezegd, "volgende": uit.volgende}

    return await voer_uit(verzoek, SCHRIJVEN, str(na).encode(), werk)


def _lange_cijfers(tekst: str) -> bool:
    rij = 0
    for teken in tekst:
        rij = rij + 1 if teken.isdigit() else rij if teken in " .-" else 0
        if rij >= _CIJFERS:
            return True
    return False


async def _toon(tx: Tx, deze: Levering, ander: Levering | None, afwijking: int, hooguit: int) -> dict[str, Any]:
    sluitingen = await omgeving.sluitingen(tx, {deze.leverancier})
    wat = inhoud(await lijst.groepen(tx, deze.nr), {maand: dag for (_, maand), dag in sluitingen.items()})
    naast = await kwaliteit.vergelijk(tx, deze.nr, ander.nr, afwijking, hooguit) if ander else {}
    anderen = await kwaliteit.anderen(tx, deze.nr, deze.leverancier)
    return _kop(deze) | {
        "plaatsingen": await lijst.plaatsingen(tx, deze.nr),
        "urenX100": sum(m.uren_x100 for m in wat.maanden.values()),
        "perMaand": [
            {
                "maand": naam,
                "regels": m.regels,
                "urenX100": m.uren_x100,
                "nalevering": m.nalevering,
                "naSluitingJaar": m.na_sluiting_jaar,
            }
            for naam, m in sorted(wat.maanden.items())
        ],
        "kwaliteit": {
            "nul": wat.nul,
            "negatief": wat.negatief,
            "afgewezen": deze.afgewezen,
            "andereLeveranciers": [
                {
                    "leverancier": a.leverancier,
                    "vervangen": a.vervangen,
                    "bevestigd": a.bevestigd,
                    "vervangenDoor": a.vervangen_door,
                    "zelfdeMaand": a.zelfde_maand,
                }
                for a in anderen
            ],
            "vergelekenMet": ander and str(ander.levering),
            "afwijking": afwijking,
            "ontbrekendeMaanden": ontbrekend(deze.maanden, ander.maanden) if ander else [],
            "verschillen": {
                str(soort): {"aantal": aantal, "plaatsingen": [_afwijking(a) for a in lijst_]}
                for soort in Verschil
                for aantal, lijst_ in [naast.get(soort, (0, []))]
            },
        },
    }


def _kop(levering: Levering) -> dict[str, Any]:
    stand = "open" if levering.ingetrokken_op is None else "ingetrokken" if levering.gereed_op else "wordt_ingetrokken"
    return {
        "levering": str(levering.levering),
        "leverancier": levering.leverancier,
        "naam": levering.naam,
        "dag": levering.dag and levering.dag.isoformat(),
        "stand": stand,
        "begonnenOp": levering.begonnen_op.isoformat(),
        "laatstOp": levering.laatst_op and levering.laatst_op.isoformat(),
        "ingetrokkenOp": levering.ingetrokken_op and levering.ingetrokken_op.isoformat(),
        "ingetrokkenDoor": levering.ingetrokken_door,
        "reden": levering.reden,
        "clients": list(levering.clients),
        "maanden": list(levering.maanden),
        "regels": {
            "nieuw": levering.nieuw,
            "vervangen": levering.vervangen,
            "ongewijzigd": levering.ongewijzigd,
            "afgewezen": sum(levering.afgewezen.values()),
        },
    }


def _afwijking(a: Afwijking) -> dict[str, Any]:
    waarden = asdict(a)
    return {
        "plaatsing": str(a.plaatsing),
        "urenX100": waarden["uren_x100"],
        "dagen": waarden["dagen"],
        "vorigeUrenX100": waarden["vorige_uren_x100"],
        "vorigeDagen": waarden["vorige_dagen"],
    }


def _leverancier(naam: str, geleverd: Geleverd | None, stand: Leverancierstand) -> dict[str, Any]:
    verwacht = stand.verwacht and {"maand": stand.verwacht[0], "sluitOp": stand.verwacht[1].isoformat()}
    return {
        "leverancier": naam,
        "laatsteLevering": geleverd and str(geleverd.levering),
        "laatstOp": geleverd and geleverd.laatst_op.isoformat(),
        "laatsteMaand": geleverd and max(geleverd.maanden),
        "verwacht": verwacht,
        "teLaat": [{"maand": maand, "sluitOp": sluit.isoformat()} for maand, sluit in stand.te_laat],
        "teLaatSinds": stand.te_laat_sinds and stand.te_laat_sinds.isoformat(),
        "stilSinds": stand.stil_sinds and stand.stil_sinds.isoformat(),
    }
