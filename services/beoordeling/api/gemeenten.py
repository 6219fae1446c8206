"""De bladzijde van een gemeente: te realiseren, gevuld, open, wachtlijst."""

import re
from datetime import date, datetime, time, timedelta
from fractions import Fraction
from typing import Annotated, Any

from banenspoor_contracts import gemeenten
from fastapi import APIRouter, Query, Request

from services.beoordeling.api.aanvragen import mag_gemeente
from services.beoordeling.domain.plaatsen import Aantal, financieringspad, geldend, gevuld, plicht, te_realiseren
from services.beoordeling.store import plaatsen as store
from shared.api import AMSTERDAM, Opdracht, Probleem, lees_tx, lezer

EERSTE = 100
"""Zoveel wachtenden staan er op de bladzijde; hoeveel het er zijn, staat erbij."""
router = APIRouter()
_LEZER = lezer("beoordeling:lezen")
_DAG = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@router.get("/v1/gemeenten/{code}/beschut-werk")
async def beschut_werk(
    request: Request,
    code: str,
    jaar: Annotated[int | None, Query(ge=2015, le=2100, description="standaard het jaar van `op`")] = None,
    op: Annotated[str | None, Query(description="de dag van de stand; standaard vandaag")] = None,
    bekend_op: Annotated[str | None, Query(alias="bekendOp", description="zoals op die dag bekend was")] = None,
    opdracht: Opdracht = _LEZER,
) -> dict[str, Any]:
    """Hoeveel plaatsen beschut werk deze gemeente eind `jaar` ten minste moet hebben, en hoe het er op `op` voor staat.

    Een gemeente is wat zij op die dag was, met wat erin opging: aantallen, plaatsen en wachtenden gaan mee. Zonder bekend
    aantal zijn plicht en open leeg, nooit nul.
    """
    gemeente = mag_gemeente(opdracht, code)
    assert gemeente is not None  # noqa: S101  # de code is gegeven
    dag = _dag(op, "op", opdracht.vandaag)
    bekend = _moment(bekend_op, opdracht)
    if gemeenten.op_dag(gemeente, dag) != gemeente:
        naar = gemeenten.op_dag(gemeente, dag)
        raise Probleem(400, "opgegaan", "Deze gemeente bestaat dan niet meer", f"Zij ging op in {naar}: vraag die.")
    delen = gemeenten.delen(gemeente, dag)
    plaats_uren = request.app.state.bedrijf.instellingen.plaats_uren
    nu = dag == opdracht.vandaag and bekend_op is None
    async with lees_tx(request) as tx:
        aantallen = geldend(await store.aantallen(tx, delen, jaar or dag.year, bekend), dag)
        telling = await store.bladzijde(tx, delen, dag, bekend, nu)
        regel = await store.volgorde(tx, gemeente, dag, bekend)
        wachtenden = await store.wachtlijst(tx, delen, dag, bekend, nu, regel, EERSTE)
    vol = gevuld(telling.banen, telling.uren_x100, plaats_uren)
    aantal = te_realiseren(aantallen)
    moet = plicht(aantal, telling.beschikbaar)
    return {
        "gemeente": gemeente,
        "naam": gemeenten.GEMEENTEN[gemeente].naam,
        "jaar": jaar or dag.year,
        "op": dag,
        "bekendOp": bekend,
        "teRealiseren": aantal,
        "vastgesteld": [_aantal(a) for a in sorted(aantallen.values(), key=lambda a: a.gemeente)],
        "positiefEnBeschikbaar": telling.beschikbaar,
        "plicht": moet,
        "plaatsUren": plaats_uren,
        "werkend": telling.werkend,
        "gevuld": _afgerond(vol),
        "gevuldExact": f"{vol.numerator}/{vol.denominator}",
        "aangeboden": telling.aangeboden,
        "open": None if moet is None else _afgerond(max(Fraction(0), moet - vol)),
        "wachtlijst": {
            "aantal": telling.wachtend,
            "volgorde": regel,
            "eersten": [
                {"aanvraag": w.aanvraag, "persoon": w.persoon, "besluitOp": w.besluit_op, "ontvangenOp": w.ontvangen_op}
                for w in wachtenden
            ],
        },
        "terugkeerrecht": telling.terugkeerrecht,
        "landelijkFinancieringspad": [
            {"jaar": j, "plaatsen": n, "bron": bron, "plicht": False} for j, n, bron in financieringspad()
        ],
    }


def _aantal(a: Aantal) -> dict[str, Any]:
    return {"gemeente": a.gemeente, "aantal": a.aantal, "bron": a.bron, "beslotenOp": a.besloten_op, "van": a.van}


def _afgerond(bedrag: Fraction) -> int:
    """Half naar boven."""
    return (bedrag + Fraction(1, 2)).__floor__()


def _dag(tekst: str | None, naam: str, anders: date) -> date:
    try:
        if tekst is None:
            return anders
        if _DAG.fullmatch(tekst):
            return date.fromisoformat(tekst)
    except ValueError:
        pass
    raise Probleem(400, "onjuiste_dag", f"{naam} is geen dag", "Verwacht JJJJ-MM-DD.")


def _moment(tekst: str | None, opdracht: Opdracht) -> datetime:
    """Het einde van die dag in Nederland; de toekomst is nog niet bekend."""
    if tekst is None:
        return opdracht.nu
    dag = _dag(tekst, "bekendOp", opdracht.vandaag)
    if dag > opdracht.vandaag:
        raise Probleem(400, "toekomst", "bekendOp ligt in de toekomst", "Wat dan bekend is, weet nu niemand.")
    morgen = datetime.combine(dag + timedelta(days=1), time(), AMSTERDAM)
    return min(opdracht.nu, morgen - timedelta(microseconds=1))
