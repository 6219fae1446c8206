"""`GET /v1/stromen`: hoe het aantal personen met werk, en het register, van periode op periode veranderde."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any

from banenspoor_contracts import Reeks
from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from services.telling import antwoord
from services.telling.api import LEZEN, omslag, zoals_bekend
from services.telling.domain.noten import Noot
from services.telling.domain.perioden import SOORT_VAN_REEKS, Onjuist, Soort, periode
from services.telling.domain.personen import tellend
from services.telling.domain.regels import Regelboek
from services.telling.domain.registerstromen import Registerstroom, registerstromen
from services.telling.domain.selectie import Opname, Selectie
from services.telling.domain.stromen import AANTALLEN, Stromen, momenten, stromen
from services.telling.store import hoofdbanen
from services.telling.store import registerstromen as registerstore
from services.telling.store import stromen as store
from services.telling.uitkomst import gebiedsnamen, volledigheid
from services.telling.vraag import PERSONEN, Parameters, Vraag, lees_vraag
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


def lees_stroomvraag(parameters: StromenParameters, nu: datetime) -> Vraag:
    """Leest de parameters als een vraag naar personen; `Onjuist` met code en uitleg bij alles wat niet kan.

    Personen worden aan het eind van een maand geteld, dus de soort periode zegt welke reeks bedoeld is.
    """
    gegeven = parameters.model_dump()
    if (gegeven["per"] or "regio").strip() != "regio":
        raise Onjuist("onbekende_uitsplitsing", "Onbekende uitsplitsing", f"per={gegeven['per']} kan niet; wel: regio.")
    gegeven["reeks"] = gegeven["reeks"] or _reeks(gegeven["periode"] or "")
    return lees_vraag(Parameters(maat=PERSONEN, **gegeven), nu)


def _reeks(perioden: str) -> Reeks:
    """De reeks die bij deze soort periode hoort; zonder periode die van kwartalen."""
    soort = periode(perioden.strip().partition("..")[0]).soort if perioden.strip() else Soort.KWARTAAL
    return next(reeks for reeks in Reeks if SOORT_VAN_REEKS[reeks] is soort)


async def beantwoord(tx: Tx, vraag: Vraag, nu: datetime) -> dict[str, Any]:
    """Leest personen en register zoals toen bekend en telt hun stromen; `tx` is één momentopname (repeatable read)."""
    selectie = vraag.selectie
    boek, toen = await zoals_bekend(tx, vraag)
    namen, alle = gebiedsnamen(selectie, boek), momenten(selectie, boek)
    gevonden = await _personen(tx, selectie, boek, alle, toen)
    register = None if selectie.regio else await _register(tx, selectie, alle, toen)
    noten = sorted({noot for cel in gevonden for noot in cel.noten} | set(REGISTERNOTEN if register else ()))
    nummers = {noot: nummer for nummer, noot in enumerate(noten, start=1)}
    return {
        "reeks": selectie.reeks,
        "per": list(selectie.per),
        "plaats": sorted({opname.plaats.waarde for opname in alle}),
        "bekendOp": antwoord.moment(vraag.bekend_op or nu),
        "volledigheid": await volledigheid(tx, vraag, boek, alle, toen),
        **await omslag(tx, vraag, nu),
        "cellen": [_cel(cel, namen, nummers) for cel in gevonden],
        "register": register and [rij | {"voetnoten": [nummers[n] for n in REGISTERNOTEN]} for rij in register],
        "voetnoten": [noot.value for noot in noten],
    }


async def _personen(
    tx: Tx, selectie: Selectie, boek: Regelboek, alle: Sequence[Opname], toen: int | None
) -> list[Stromen]:
    soorten = {p: await hoofdbanen.soorten(tx, p) for p in {opname.peilmoment.waarde for opname in alle}}
    per_maand = {opname.maanden[-1]: tellend(opname, boek, soorten[opname.peilmoment.waarde]) for opname in alle}
    verlopen = await store.verlopen(tx, alle, per_maand, selectie.gebied_nodig, toen)
    return stromen(verlopen, boek, selectie)


async def _register(tx: Tx, selectie: Selectie, alle: Sequence[Opname], toen: int | None) -> list[dict[str, Any]]:
    """Het register kent telling alleen van het hele land: de dagen zijn die van de perioden."""
    dagen = [opname.periode.einde for opname in alle]
    gevonden = await registerstore.registerstromen(tx, dagen, toen)
    uit = []
    for opname in alle[1:]:
        van = registerstromen(gevonden[opname.periode.einde])
        gronden = [{"grondslag": code} | _registerstroom(stroom) for code, stroom in van.gronden.items()]
        uit.append({"periode": str(opname.periode)} | _registerstroom(van.personen) | {"grondslagen": gronden})
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
