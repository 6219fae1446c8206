"""`banenspoor stromen`: dezelfde stromen als de API, als tabel, CSV of JSON."""

import csv
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any

import typer
from rich import box
from rich.table import Table

from services.telling import opties as o
from services.telling.cli import REEKSEN, demo_van, getal, naam_van, toon
from shared.client import MAP, Client, Map, nette_afloop

AANTALLEN = {
    "begin": "begin",
    "gevonden": "werk gevonden",
    "verloren": "werk verloren",
    "instroomWerkend": "instroom werkend",
    "uitstroomWerkend": "uitstroom werkend",
    "verhuisdIn": "verhuisd in",
    "verhuisdUit": "verhuisd uit",
    "waarvanGrenzenIn": "waarvan grenzen in",
    "waarvanGrenzenUit": "waarvan grenzen uit",
    "eind": "eind",
}
REGISTER = ("periode", "grondslag", "wat", "soort", "reden", "aantal")
app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
@nette_afloop()
def stromen(
    ctx: typer.Context,
    periode: o.Periode = "",
    per: Annotated[str, typer.Option(help="regio.")] = "",
    regio: o.Regio = "",
    plaats: o.Plaats = "",
    bekend_op: o.BekendOp = "",
    regels: o.Regels = "",
    grenzen: o.Grenzen = "",
    register: Annotated[bool, typer.Option("--register", help="Het register: in en uit, met redenen.")] = False,
    formaat: o.Formaat = o.Vorm.TABEL,
    als_json: o.AlsJson = False,
    map_: Map = MAP,
) -> None:
    """Hoe het aantal personen met werk, en het register, van periode op periode veranderde."""
    antwoord = Client(map_).get("telling", "/v1/stromen", **o.gegeven(ctx))
    if als_json or formaat is o.Vorm.JSON:
        typer.echo(json.dumps(antwoord, ensure_ascii=False, indent=2))
    elif formaat is o.Vorm.CSV:
        _schrijf_csv(antwoord, register)
    elif register:
        _druk_register(antwoord)
    else:
        _druk_personen(antwoord)


def _schrijf_csv(antwoord: Mapping[str, Any], register: bool) -> None:
    """Elke regel zegt ook de reeks, het kennismoment, of het vast is, en of het een demo is."""
    schrijver, demo = csv.writer(sys.stdout, lineterminator="\n"), demo_van(antwoord)
    staart = [antwoord["bekendOp"], "ja" if antwoord["vast"] else "nee", demo.label if demo else ""]
    velden: Sequence[str] = REGISTER
    if not register:
        velden = ["periode", *antwoord["per"], *(f"{naam}Naam" for naam in antwoord["per"]), *AANTALLEN, "status"]
    rijen = _register(antwoord) if register else ([cel.get(veld) for veld in velden] for cel in antwoord["cellen"])
    schrijver.writerow(["reeks", *velden, "bekendOp", "vast", "demo"])
    for rij in rijen:
        schrijver.writerow([antwoord["reeks"], *("" if waarde is None else waarde for waarde in rij), *staart])


def _register(antwoord: Mapping[str, Any]) -> Iterator[list[Any]]:
    """Regels van het register: van ieder (grondslag leeg) en per grondslag de begin- en eindstand en elke reden."""
    for van in antwoord["register"] or ():
        for stroom in (van, *van["grondslagen"]):
            vast = [van["periode"], stroom.get("grondslag")]
            yield [*vast, "begin", None, None, stroom["begin"]]
            for reden in stroom["redenen"]:
                yield [*vast, reden["richting"], reden["soort"], reden["reden"], reden["aantal"]]
            yield [*vast, "eind", None, None, stroom["eind"]]


def _druk_personen(antwoord: Mapping[str, Any]) -> None:
    tabel = _tabel(antwoord, "stromen van personen met werk")
    kenmerken = ["periode", *antwoord["per"]]
    grenzen = any(cel["waarvanGrenzenIn"] or cel["waarvanGrenzenUit"] for cel in antwoord["cellen"])
    aantallen = {n: kop for n, kop in AANTALLEN.items() if grenzen or not n.startswith("waarvanGrenzen")}
    for kenmerk in kenmerken:
        tabel.add_column(kenmerk)
    for kop in aantallen.values():
        tabel.add_column(kop, justify="right")
    tabel.add_column("status", no_wrap=True)
    for cel in antwoord["cellen"]:
        getallen = (getal(cel[naam]) for naam in aantallen)
        tabel.add_row(*(naam_van(cel, kenmerk) for kenmerk in kenmerken), *getallen, cel["status"])
    toon(tabel, antwoord)


def _druk_register(antwoord: Mapping[str, Any]) -> None:
    tabel = _tabel(antwoord, "stromen van het register (grondslag leeg: iedereen, één keer)")
    for kop in REGISTER:
        tabel.add_column(kop, justify="right" if kop == "aantal" else "left", no_wrap=True)
    for *wat, aantal in _register(antwoord):
        tabel.add_row(*(waarde or "" for waarde in wat), getal(aantal))
    toon(tabel, antwoord)


def _tabel(antwoord: Mapping[str, Any], wat: str) -> Table:
    titel = f"{REEKSEN[antwoord['reeks']]} · {wat}"
    return Table(title=titel, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
