"""Een volledige lijst van een uitkeringsregister: klaarzetten, een voorbeeld, en toepassen wat het voorbeeld liet zien."""

import json
from datetime import date
from typing import Annotated, Any
from uuid import UUID

import msgspec
from banenspoor_contracts import Grondslag
from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from services.intake import kluisboek, levering, verantwoording
from services.intake.api.lichaam import ontleed, openapi_lichaam
from services.intake.cli import SCHRIJVEN
from services.intake.domain import ontbrekend_bewijs
from services.intake.domain.volledige_lijst import Lijstrij, Soort
from services.intake.rijen import RegistratieRij
from services.intake.verantwoording import Naam
from shared.api import Fout, Opdracht, Probleem, lees_lichaam, lees_rij, lees_tx, lezer, voer_uit
from shared.db import Tx
from shared.kluis import Kluis, kluis

MAX_BLOK = 5_000
router = APIRouter(prefix="/v1/leveringen")


class LijstRij(RegistratieRij):
    """Een rij van een volledige lijst: die van `registraties`, met haar nummer in het bestand."""

    rij: Annotated[int, Field(ge=1)]


class _Begin(msgspec.Struct, forbid_unknown_fields=True):
    levering: UUID
    grondslagen: list[str]
    peildatum: date
    proef: bool = False


class _Toepassen(msgspec.Struct, forbid_unknown_fields=True):
    vinger: str
    akkoord: bool = False
    drempel: Annotated[int, msgspec.Meta(ge=0, le=100)] | None = None


def _alleen_landelijk(opdracht: Opdracht) -> None:
    """Een volledige lijst gaat over iedereen: niet namens één gemeente, werkgever of persoon."""
    if opdracht.namens_een:
        raise Probleem(403, "namens_onjuist", "Een volledige lijst levert alleen wie over het hele register gaat")


_VORM_BEGIN = {
    "type": "object",
    "required": ["levering", "grondslagen", "peildatum"],
    "properties": {
        "levering": {"type": "string", "format": "uuid"},
        "grondslagen": {"type": "array", "items": {"enum": [str(g) for g in Grondslag]}},
        "peildatum": {"type": "string", "format": "date"},
        "proef": {"type": "boolean"},
    },
}


@router.post("", openapi_extra=openapi_lichaam(_VORM_BEGIN), response_model=None)
async def begin(verzoek: Request, _wie: Annotated[Opdracht, lezer(SCHRIJVEN)]) -> Response:
    """Opent een levering met een eigen nummer (UUID); bestaat zij al, dan haar stand: `totRij` zegt waar verder te gaan.

    Met `proef` wordt zij nooit toegepast en krijgt een onbekend BSN geen pseudoniem dat blijft.
    """
    lichaam = await lees_lichaam(verzoek)
    vraag = ontleed(lichaam, _Begin, '{"levering": "…", "grondslagen": ["…"], "peildatum": "JJJJ-MM-DD"}')

    async def werk(tx: Tx, opdracht: Opdracht) -> tuple[int, dict[str, Any]]:
        _alleen_landelijk(opdracht)
        if not vraag.grondslagen or not {*vraag.grondslagen} <= {str(g) for g in Grondslag}:
            raise Probleem(422, "onbekende_grondslag", "Noem een of meer bestaande grondslagen")
        if vraag.peildatum > opdracht.vandaag:
            raise Probleem(422, "toekomst", "De peildatum ligt in de toekomst")
        gekozen = [Grondslag(g) for g in vraag.grondslagen]
        if opdracht.bewijs_verplicht and (vraagt := [g for g in gekozen if ontbrekend_bewijs(g, ())]):
            detail = f"{', '.join(vraagt)} vraagt bewijs, en een volledige lijst draagt dat niet: lever registraties"
            raise Probleem(422, "verplicht", "Op deze grondslag kan geen volledige lijst", detail)
        stand = await levering.begin(tx, opdracht, vraag.levering, gekozen, vraag.peildatum, vraag.proef)
        return 200, levering.toon(stand)

    return await voer_uit(verzoek, SCHRIJVEN, lichaam, werk)


_RIJEN = {"requestBody": {"required": True, "content": {"application/x-ndjson": {"schema": {"type": "string"}}}}}


@router.post("/{nummer}/rijen", openapi_extra=_RIJEN, response_model=None)
async def zet_klaar(
    verzoek: Request,
    nummer: UUID,
    _wie: Annotated[Opdracht, lezer(SCHRIJVEN)],
    tot_rij: Annotated[int, Query(alias="totRij", ge=1, le=2**31 - 1, description="laatste rijnummer van dit blok")],
) -> Response:
    """Een blok rijen (NDJSON, in volgorde van het bestand, elk met haar `rij`); een blok dat al binnen is doet niets.

    Een foute rij wordt alleen afgewezen. Zij staat dan niet op de lijst, en wie zij betreft zou eindigen: met foute rijen
    wordt een lijst alleen na `akkoord` toegepast.
    """
    lichaam = await lees_lichaam(verzoek)
    regels = lichaam.splitlines()
    if len(regels) > MAX_BLOK:
        raise Probleem(413, "te_veel", f"Hooguit {MAX_BLOK} rijen per blok")
    rijen: list[LijstRij] = []
    fouten: list[Fout] = []
    for regel in regels:
        try:
            inhoud = json.loads(regel)
            gelezen = lees_rij(int(inhoud.get("rij", 0)), inhoud, LijstRij)
        except (ValueError, AttributeError, TypeError):
            raise Probleem(400, "geen_json", "Verwacht per regel een JSON-rij met haar nummer in `rij`") from None
        if isinstance(gelezen, list):
            fouten += gelezen
        else:
            rijen.append(gelezen)

    async def werk(tx: Tx, opdracht: Opdracht) -> tuple[int, dict[str, Any]]:
        _alleen_landelijk(opdracht)
        goed = _keur(rijen, opdracht, fouten)
        stand = await levering.lees(tx, opdracht, nummer)
        wie = await _personen(tx, nummer, {r.bsn for r in goed}, proef=stand["proef"])
        lijst = [(wie[r.bsn], Lijstrij(r.rij, r.grondslag, r.van, r.gemeente, r.tot, r.reden)) for r in goed]
        aantal = await levering.zet_klaar(tx, opdracht, nummer, lijst, tot_rij, len({f.rij for f in fouten}))
        alle = sorted(fouten, key=lambda f: f.rij)
        regels_ = [{"rij": f.rij, "kolom": f.kolom, "code": f.code, "melding": f.melding} for f in alle]
        return 200, {"klaargezet": aantal, "fouten": regels_}

    return await voer_uit(verzoek, SCHRIJVEN, b"%d\n" % tot_rij + lichaam, werk)


def _keur(rijen: list[LijstRij], opdracht: Opdracht, fouten: list[Fout]) -> list[LijstRij]:
    """De rijen die in een lijst kunnen: niet in de toekomst, en zonder `bekend_op` (een lijst is van nu)."""
    goed = []
    for r in rijen:
        if r.van > opdracht.vandaag:
            fouten.append(Fout(r.rij, "van", "toekomst", "van ligt in de toekomst"))
        elif r.bekend_op is not None:
            fouten.append(Fout(r.rij, "bekend_op", "onjuist", "een volledige lijst is van nu: zonder bekend_op"))
        else:
            goed.append(r)
    return goed


async def _personen(tx: Tx, nummer: UUID, bsns: set[str], *, proef: bool) -> dict[str, UUID]:
    if not proef:
        return await kluisboek.wissel(tx, kluis(), bsns)
    bekend = await kluisboek.zoek(tx, kluis(), bsns)
    return bekend | {bsn: _tijdelijk(kluis(), nummer, bsn) for bsn in bsns - bekend.keys()}


def _tijdelijk(slot: Kluis, nummer: UUID, bsn: str) -> UUID:
    """Een pseudoniem dat alleen in deze proef bestaat, en daarin voor hetzelfde BSN hetzelfde is."""
    return UUID(bytes=slot.zoeksleutel(f"proeflevering {nummer} {bsn}")[:16], version=4)


@router.post("/{nummer}/voorbeeld", response_model=None)
async def voorbeeld(verzoek: Request, nummer: UUID, _wie: Annotated[Opdracht, lezer(SCHRIJVEN)]) -> Response:
    """Vergelijkt de lijst met het register: aantallen per grondslag en gemeente, en de vingerafdruk om toe te passen."""

    async def werk(tx: Tx, opdracht: Opdracht) -> tuple[int, dict[str, Any]]:
        _alleen_landelijk(opdracht)
        return 200, levering.toon(await levering.maak_voorbeeld(tx, opdracht, nummer))

    return await voer_uit(verzoek, SCHRIJVEN, b"voorbeeld", werk)


_VORM_TOEPASSEN = {
    "type": "object",
    "required": ["vinger"],
    "properties": {
        "vinger": {"type": "string"},
        "akkoord": {"type": "boolean"},
        "drempel": {"type": "integer", "minimum": 0, "maximum": 100},
    },
}


@router.post("/{nummer}/toepassing", openapi_extra=openapi_lichaam(_VORM_TOEPASSEN), response_model=None)
async def pas_toe(verzoek: Request, nummer: UUID, _wie: Annotated[Opdracht, lezer(SCHRIJVEN)]) -> Response:
    """Past een volgende stap toe van het voorbeeld met deze vingerafdruk; herhaal tot `resterend` 0 is.

    409 als het register intussen veranderde; 422 `boven_drempel` als er te veel zou eindigen en er geen `akkoord` is.
    """
    lichaam = await lees_lichaam(verzoek)
    vraag = ontleed(lichaam, _Toepassen, '{"vinger": "…", "akkoord": false, "drempel": 5}')

    async def werk(tx: Tx, opdracht: Opdracht) -> tuple[int, dict[str, Any]]:
        _alleen_landelijk(opdracht)
        drempel = verzoek.app.state.bedrijf.instellingen.levering_drempel if vraag.drempel is None else vraag.drempel
        return 200, await levering.pas_toe(tx, opdracht, nummer, vraag.vinger, drempel, vraag.akkoord)

    return await voer_uit(verzoek, SCHRIJVEN, lichaam, werk)


@router.post("/{nummer}/intrekking", response_model=None)
async def trek_in(verzoek: Request, nummer: UUID, _wie: Annotated[Opdracht, lezer(SCHRIJVEN)]) -> Response:
    """Vergeet een levering die nog niet is toegepast."""

    async def werk(tx: Tx, opdracht: Opdracht) -> tuple[int, dict[str, Any]]:
        _alleen_landelijk(opdracht)
        await levering.trek_in(tx, opdracht, nummer)
        return 200, {"ingetrokken": True}

    return await voer_uit(verzoek, SCHRIJVEN, b"intrekking", werk)


@router.get("/{nummer}/wijzigingen")
async def wijzigingen(
    verzoek: Request,
    nummer: UUID,
    opdracht: Annotated[Opdracht, lezer(SCHRIJVEN)],
    soort: Annotated[Soort | None, Query(description="alleen deze soort")] = None,
    na: Annotated[int, Query(ge=0, le=2**31 - 1, description="verder na deze bladzijde: haar `volgende`")] = 0,
    hooguit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> dict[str, Any]:
    """Wat toepassen zou veranderen, met pseudoniem en rijnummer, nooit een BSN. Elke bladzijde wordt vastgelegd."""
    _alleen_landelijk(opdracht)
    async with lees_tx(verzoek) as tx:
        await levering.lees(tx, opdracht, nummer)
        lijst = await levering.bladzijde(tx, nummer, na, soort and str(soort), hooguit)
    await verantwoording.velen_gelezen(verzoek, opdracht, Naam.LEVERING, {persoon for _, persoon, _ in lijst})
    return {
        "wijzigingen": [
            {
                "nr": nr,
                "persoon": persoon,
                "soort": w.soort,
                "grondslag": w.grondslag,
                "gemeente": w.gemeente,
                "van": w.van,
                "tot": w.tot,
                "wasVan": w.was_van,
                "reden": w.reden,
                "rij": w.rij,
                "code": w.code,
                "melding": w.melding,
            }
            for nr, persoon, w in lijst
        ],
        "volgende": lijst[-1][0] if len(lijst) == hooguit else None,
    }
