"""`GET /v1/tellingen/reeksbrug`: van het kwartaalcijfer naar de jaarmeting van hetzelfde jaareinde, in exacte stappen."""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from fractions import Fraction
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from services.telling import antwoord, schaal
from services.telling.api import BRONNEN, LEZEN, zoals_bekend
from services.telling.domain import reeksbrug as domain
from services.telling.domain.bedragen import afgerond, exact
from services.telling.domain.perioden import Onjuist
from services.telling.domain.reeksbrug import KOLOMMEN, TOTAAL, Later, Lezing, Stap
from services.telling.domain.selectie import Selectie
from services.telling.maten import REDENEN
from services.telling.store import cijfers, mutaties
from services.telling.vraag import Parameters, Tekst, Vraag, lees_vraag, weiger_zetel
from shared.api import Opdracht, Probleem, lees_tx, lezer
from shared.db import Tx
from shared.peil import vast_tot

MATEN = ("extra", "banen", "uren")
router = APIRouter()


class Brugparameters(BaseModel):
    """De parameters van de reeksbrug; een andere naam wordt geweigerd."""

    model_config = ConfigDict(extra="forbid", alias_generator=to_camel, populate_by_name=True)

    periode: Tekst = Field(None, description="een jaar (2023) of zijn laatste kwartaal (2023-Q4); verplicht")
    maat: Tekst = Field(None, description="extra (standaard), banen of uren")
    regio: Tekst = Field(None, description="arbeidsmarktregio, bijvoorbeeld AM01, of onbekend")
    gemeente: Tekst = Field(None, description="CBS-code, bijvoorbeeld 0014, of onbekend")
    plaats: Tekst = Field(None, description="werk of woon; standaard volgens de regel van elke reeks")
    grenzen: Tekst = Field(None, description="toen (standaard) of een jaar: de grenzen op 1 januari")
    bekend_op: Tekst = Field(None, description="wanneer het kwartaalcijfer bekend was; standaard nu")
    bekend_op_jaarmeting: Tekst = Field(None, description="wanneer de jaarmeting bekend was; standaard nu")


@router.get("/v1/tellingen/reeksbrug", summary="Van kwartaalcijfer naar jaarmeting, stap voor stap")
async def reeksbrug(
    verzoek: Request, parameters: Annotated[Brugparameters, Query()], opdracht: Annotated[Opdracht, lezer(LEZEN)]
) -> dict[str, Any]:
    """Begin, stappen en einde; exact tellen zij op, en afgerond met één regel `afronding`."""
    try:
        kwartaal, meting = lees_vragen(parameters, opdracht.nu)
        async with lees_tx(verzoek) as tx:
            return await overbrug(tx, kwartaal, meting, opdracht.nu)
    except Onjuist as fout:
        raise Probleem(400, fout.code, fout.titel, fout.detail) from None


def lees_vragen(parameters: Brugparameters, nu: datetime) -> tuple[Vraag, Vraag]:
    """De vraag naar het kwartaalcijfer en die naar de jaarmeting, met dezelfde selectie."""
    gegeven = parameters.model_dump(exclude={"periode", "bekend_op", "bekend_op_jaarmeting"}, exclude_none=True)
    weiger_zetel(parameters.plaats, "de reeksbrug")
    gelezen = re.fullmatch(r"(\d{4})(-Q4)?", (parameters.periode or "").strip(), re.ASCII)
    if gelezen is None:
        titel = "De reeksbrug gaat over het eind van een jaar"
        raise Onjuist("geen_jaareinde", titel, "Bijvoorbeeld periode=2023 of periode=2023-Q4.")
    if (gegeven.get("maat") or MATEN[0]) not in MATEN:
        raise Onjuist("onbekende_maat", "Onbekende maat", f"maat={gegeven['maat']} kan niet; wel: {', '.join(MATEN)}.")
    jaar = gelezen[1]
    return (
        lees_vraag(Parameters(reeks="kwartaal", periode=f"{jaar}-Q4", bekend_op=parameters.bekend_op, **gegeven), nu),
        lees_vraag(
            Parameters(reeks="jaarmeting", periode=jaar, bekend_op=parameters.bekend_op_jaarmeting, **gegeven), nu
        ),
    )


async def overbrug(tx: Tx, kwartaal: Vraag, meting: Vraag, nu: datetime) -> dict[str, Any]:
    """Leest regels, standen en late boekingen en legt de brug; `tx` is één momentopname."""
    (toen, van), (later, tot) = await zoals_bekend(tx, kwartaal), await zoals_bekend(tx, meting)
    toestanden, nodig = domain.toestanden(kwartaal.selectie, meting.selectie, toen, later), meting.selectie.nodig
    standen = {
        lezing: await cijfers.standen(
            tx, lezing.maanden, lezing.plaats, lezing.peilmoment, nodig, tot if lezing.bij_meting else van
        )
        for lezing in dict.fromkeys(toestand.lezing for toestand in toestanden)
    }
    geboekt = await _later(tx, toestanden[0].lezing, meting.selectie, van, tot)
    stappen = domain.brug(toestanden, standen, geboekt, meting.selectie, meting.maat)
    vast, momenten = await vast_tot(tx, BRONNEN), [vraag.bekend_op or nu for vraag in (kwartaal, meting)]
    demo = await schaal.demo(tx)
    return {
        "periode": str(meting.selectie.perioden[0]),
        "kwartaal": str(kwartaal.selectie.perioden[0]),
        "maat": meting.maat,
        "bekendOp": antwoord.moment(momenten[0]),
        "bekendOpJaarmeting": antwoord.moment(momenten[1]),
        "vast": vast is not None and max(momenten) <= vast,
        "vastTot": antwoord.moment(vast),
        "volgorde": list(domain.VOLGORDE),
        "stappen": [_stap(stap, meting.maat) for stap in _met_afronding(stappen)],
        "demo": demo and {"schaal": demo.schaal, "regio": demo.regio},
    }


async def _later(tx: Tx, lezing: Lezing, selectie: Selectie, van: int | None, tot: int | None) -> list[Later]:
    """Wat er na het kwartaalcijfer bij kwam; is de jaarmeting eerder bekend, dan gaat het er juist af."""
    van, tot = (cijfers.ALTIJD if moment is None else moment for moment in (van, tot))
    teken = 1 if van <= tot else -1
    geboekt = await mutaties.per_reden(
        tx, selectie, lezing.maanden, lezing.plaats, lezing.peilmoment, min(van, tot), max(van, tot)
    )
    op_volgorde = sorted((delta for delta in geboekt if delta.stand.uren_x100), key=lambda delta: delta.reden)
    return [Later(REDENEN[reden], stand._replace(uren_x100=teken * stand.uren_x100)) for reden, stand, _ in op_volgorde]


def _met_afronding(stappen: Sequence[Stap]) -> Iterable[Stap]:
    """De stappen met vlak voor het einde de regel die alleen de afgeronde bedragen laat optellen."""
    *rest, einde = stappen
    scheelt = {}
    for kolom in KOLOMMEN:
        bedragen = [stap.bedragen[kolom] for stap in rest]
        slot = einde.bedragen[kolom]
        heel = None if slot is None else afgerond(slot) - sum(afgerond(b) for b in bedragen if b is not None)
        scheelt[kolom] = None if heel is None else Fraction(heel)
    return [*rest, Stap("afronding", "afronding", scheelt), einde]


def _stap(stap: Stap, maat: str) -> dict[str, Any]:
    def bedrag(kolom: str | None) -> dict[str, Any]:
        waarde = stap.bedragen[kolom]
        if waarde is None:
            return {maat: None, f"{maat}Exact": None}
        return {maat: afgerond(waarde), f"{maat}Exact": "0/1" if stap.soort == "afronding" else exact(waarde)}

    sectoren = [{"sector": kolom, **bedrag(kolom)} for kolom in KOLOMMEN if kolom != TOTAAL]
    return {"soort": stap.soort, "naam": stap.naam, **bedrag(TOTAAL), "sectoren": sectoren}
