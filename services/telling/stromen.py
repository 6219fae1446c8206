"""`GET /v1/stromen`: hoe het aantal personen met werk, en het register, van periode op periode veranderde."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any

from banenspoor_contracts import Reeks
from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from services.telling import antwoord
from services.telling.api import LEZEN, mag_zien_van_wie, omslag, open_, overbrug, zoals_bekend
from services.telling.domain.noten import Noot
from services.telling.domain.perioden import SOORT_VAN_REEKS, Onjuist, Periode, Soort, periode
from services.telling.domain.registerstromen import Registerstroom, registerstromen
from services.telling.domain.selectie import Opname, Selectie
from services.telling.domain.stromen import AANTALLEN, Stromen, momenten, stromen
from services.telling.onthouden import bij_periode, onthoud
from services.telling.store import registerstromen as registerstore
from services.telling.stroommaat import Stromenmaat, stromenmaat
from services.telling.uitkomst import gebiedsnamen, volledigheid
from services.telling.vraag import (
    PERSONEN,
    Parameters,
    Revisieparameters,
    Verklaringparameters,
    Vraag,
    lees_revisie,
    lees_verklaring,
    lees_vraag,
    weiger_zetel,
)
from shared.api import Opdracht, Probleem, lees_tx, lezer
from shared.db import Tx

REGISTERNOTEN = (Noot.REGISTER, Noot.AAN_WERK_GEBONDEN, Noot.MEER_GRONDSLAGEN, Noot.REGISTERSTROOM)
Tekst = str | None
router = APIRouter()


class StromenParameters(BaseModel):
    """De parameters van een vraag naar stromen; een andere naam wordt geweigerd."""

    model_config = ConfigDict(extra="forbid", alias_generator=to_camel, populate_by_name=True)

    periode: Tekst = Field(None, description="2023-Q4, 2023-12, 2023, of een bereik 2021-Q1..2023-Q4; verplicht")
    reeks: Tekst = Field(None, description="volgt uit de periode: lopend (maanden), kwartaal of jaarmeting (jaren)")
    per: Tekst = Field(None, description="regio")
    regio: Tekst = Field(None, description="arbeidsmarktregio, bijvoorbeeld AM01, of onbekend")
    plaats: Tekst = Field(None, description="werk of woon; standaard volgens de regel van de reeks")
    bekend_op: Tekst = Field(None, description="zoals toen bekend; een kale datum is het einde van die dag")
    regels: Tekst = Field(None, description="toen (standaard) of nu")
    grenzen: Tekst = Field(None, description="toen (standaard) of een jaar: de grenzen op 1 januari")


@router.get("/v1/stromen", summary="Werk gevonden en verloren, in- en uitstroom, verhuizingen, en het register")
async def stromen_van(
    verzoek: Request, parameters: Annotated[StromenParameters, Query()], opdracht: Annotated[Opdracht, lezer(LEZEN)]
) -> dict[str, Any]:
    """De stromen van elke periode, met haar begin- en eindstand, uit één momentopname van de database."""
    try:
        vraag = lees_stroomvraag(parameters, opdracht.nu)
        async with lees_tx(verzoek) as tx:
            return await beantwoord(tx, vraag, opdracht.nu)
    except Onjuist as fout:
        raise Probleem(400, fout.code, fout.titel, fout.detail) from None


class StromenRevisie(StromenParameters):
    """De parameters van een brug van stromen: twee kennismomenten in plaats van `bekendOp`."""

    bekend_van: Tekst = Field(
        None, description="het eerste kennismoment; een kale datum is het einde van die dag; verplicht"
    )
    bekend_tot: Tekst = Field(None, description="het tweede kennismoment; standaard nu")


class StromenVerklaring(StromenParameters):
    """De parameters van een verklaring van stromen, en welk blad met gebeurtenissen."""

    na: Tekst = Field(None, description="de bladwijzer `volgende` van het vorige blad; leeg: het eerste")
    aantal: int = Field(100, ge=1, le=1000, description="hoeveel gebeurtenissen op een blad")


@router.get("/v1/stromen/revisie", summary="Wat er tussen twee kennismomenten aan stromen veranderde, zonder rest")
async def stromen_revisie(
    verzoek: Request, parameters: Annotated[StromenRevisie, Query()], opdracht: Annotated[Opdracht, lezer(LEZEN)]
) -> dict[str, Any]:
    """Van elk aantal van personen met werk de brug, per gebeurtenis en reden en dan per regel."""
    try:
        gegeven = _als_vraag(parameters)
        vraag, van = lees_revisie(Revisieparameters(**gegeven), opdracht.nu)
        async with lees_tx(verzoek) as tx:
            return await overbrug(tx, vraag, van, opdracht.nu, stromenmaat)
    except Onjuist as fout:
        raise Probleem(400, fout.code, fout.titel, fout.detail) from None


@router.get("/v1/stromen/verklaring", summary="Stromen geopend: wie er door welke gebeurtenis in of uit ging")
async def stromen_verklaring(
    verzoek: Request, parameters: Annotated[StromenVerklaring, Query()], opdracht: Annotated[Opdracht, lezer(LEZEN)]
) -> dict[str, Any]:
    """Van elk aantal van personen met werk de bijdragen, en dan gebeurtenis voor gebeurtenis."""
    try:
        gegeven, wie = _als_vraag(parameters), mag_zien_van_wie(opdracht)
        vraag, na = lees_verklaring(Verklaringparameters(**gegeven), opdracht.nu)
        async with lees_tx(verzoek) as tx:
            return await open_(tx, vraag, na, parameters.aantal, opdracht.nu, wie=wie, bouw=stromenmaat)
    except Onjuist as fout:
        raise Probleem(400, fout.code, fout.titel, fout.detail) from None


def lees_stroomvraag(parameters: StromenParameters, nu: datetime) -> Vraag:
    """Leest de parameters als een vraag naar personen; `Onjuist` met code en uitleg bij alles wat niet kan.

    Personen worden aan het eind van een maand geteld, dus de soort periode zegt welke reeks bedoeld is.
    """
    return lees_vraag(Parameters(**_als_vraag(parameters)), nu)


def _als_vraag(parameters: StromenParameters) -> dict[str, Any]:
    """De parameters van dezelfde vraag naar personen."""
    gegeven = parameters.model_dump()
    if (gegeven["per"] or "regio") != "regio":
        raise Onjuist("onbekende_uitsplitsing", "Onbekende uitsplitsing", f"per={gegeven['per']} kan niet; wel: regio.")
    weiger_zetel(parameters.plaats, "stromen")
    gegeven["reeks"] = gegeven["reeks"] or _reeks(gegeven["periode"] or "")
    return gegeven | {"maat": PERSONEN}


def _reeks(perioden: str) -> Reeks:
    """De reeks die bij deze soort periode hoort; zonder periode die van kwartalen."""
    soort = periode(perioden.strip().partition("..")[0]).soort if perioden.strip() else Soort.KWARTAAL
    return next(reeks for reeks in Reeks if SOORT_VAN_REEKS[reeks] is soort)


async def beantwoord(tx: Tx, vraag: Vraag, nu: datetime) -> dict[str, Any]:
    """Leest personen en register zoals toen bekend en telt hun stromen; `tx` is één momentopname (repeatable read)."""
    selectie = vraag.selectie
    boek, toen = await zoals_bekend(tx, vraag)
    namen, alle = gebiedsnamen(selectie, boek), momenten(selectie, boek)

    async def maak(s: Selectie) -> Mapping[Periode, tuple[list[Stromen], dict[str, Any] | None]]:
        cellen = bij_periode(s, stromen(await Stromenmaat(tx, s).lees(boek, toen), boek, s), lambda cel: cel.periode)
        rijen = {} if s.regio else await _register(tx, momenten(s, boek), toen)
        return {p: (cellen[p], rijen.get(str(p))) for p in s.perioden}

    per_periode = (await onthoud(tx, "stromen", vraag, (boek,), toen, maak)).values()
    gevonden = [cel for cellen, _ in per_periode for cel in cellen]
    register = [rij for _, rij in per_periode if rij is not None]
    noten = sorted({noot for cel in gevonden for noot in cel.noten} | set(REGISTERNOTEN if register else ()))
    nummers = {noot: nummer for nummer, noot in enumerate(noten, start=1)}
    return {
        "reeks": selectie.reeks,
        "per": list(selectie.per),
        "plaats": sorted({opname.plaats.waarde for opname in alle}),
        "bekendOp": antwoord.moment(vraag.bekend_op or nu),
        "volledigheid": await volledigheid(tx, boek, alle, toen),
        **await omslag(tx, vraag, nu),
        "cellen": [_cel(cel, namen, nummers) for cel in gevonden],
        "register": [rij | {"voetnoten": [nummers[n] for n in REGISTERNOTEN]} for rij in register] or None,
        "voetnoten": [noot.value for noot in noten],
    }


async def _register(tx: Tx, alle: Sequence[Opname], toen: int | None) -> dict[str, dict[str, Any]]:
    """Per periode; het register kent telling alleen van het hele land: de dagen zijn die van de perioden."""
    dagen = [opname.periode.einde for opname in alle]
    gevonden = await registerstore.registerstromen(tx, dagen, toen)
    uit: dict[str, dict[str, Any]] = {}
    for opname in alle[1:]:
        van = registerstromen(gevonden[opname.periode.einde])
        gronden = [{"grondslag": code} | _registerstroom(stroom) for code, stroom in van.gronden.items()]
        periode = str(opname.periode)
        uit[periode] = {"periode": periode} | _registerstroom(van.personen) | {"grondslagen": gronden}
    return uit


def _cel(cel: Stromen, namen: Mapping[str, str], nummers: Mapping[Noot, int]) -> dict[str, Any]:
    waar = {} if cel.regio is None else {"regio": cel.regio, "regioNaam": namen.get(cel.regio)}
    regels = {"regelsBegin": cel.regels_begin, "regels": cel.regels}
    return (
        {"periode": cel.periode}
        | waar
        | {to_camel(naam): getattr(cel, naam) for naam in AANTALLEN}
        | {"status": cel.status}
        | {naam: antwoord.herkomsten(van) for naam, van in regels.items()}
        | {"voetnoten": [nummers[noot] for noot in cel.noten]}
    )


def _registerstroom(stroom: Registerstroom) -> dict[str, Any]:
    return {
        "begin": stroom.begin,
        "in": stroom.som("in"),
        "uit": stroom.som("uit"),
        "eind": stroom.eind,
        "redenen": [reden._asdict() | {"aantal": aantal} for reden, aantal in stroom.redenen.items()],
    }
