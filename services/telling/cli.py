"""`banenspoor telling`: dezelfde cijfers als de API, als tabel, CSV of JSON."""

import csv
import io
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from rich import box
from rich.console import Console
from rich.table import Table

from services.telling import opties as o
from services.telling.regelinvoer import SOORTEN
from services.telling.schaal import Demo
from shared.client import MAP, Client, Map, nette_afloop

__all__ = ["SOORTEN", "app"]

_WERKGEVERS = ("werkgevers", "werkgeversTotaal", "aandeel")
BEDRAGEN = ("uren", "banen", "nulmeting", "extra", "doelstelling", "gat")
_ZONDER_EXACT = ("doelstelling", "werkgeversTotaal")
_SOMS = ("doelstelling", "gat", "werkgeversTotaal", "aandeel")
"""Wat alleen in de tabel komt als er ergens een waarde is."""
REEKSEN = {
    "lopend": "lopende stand (kan nog veranderen)",
    "kwartaal": "kwartaalreeks (indicatief)",
    "jaarmeting": "jaarmeting (officiële methode)",
}


app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
@nette_afloop()
def telling(
    ctx: typer.Context,
    reeks: o.Reeks = "",
    periode: o.Periode = "",
    maat: o.Maat = "",
    per: o.Per = "",
    regio: o.Regio = "",
    gemeente: o.Gemeente = "",
    sector: o.Sector = "",
    vorm: o.Werkvorm = "",
    grondslag: o.Grondslag = "",
    werkgever: o.Werkgever = "",
    groep: o.Groep = "",
    plaats: o.Plaats = "",
    bekend_op: o.BekendOp = "",
    regels: o.Regels = "",
    grenzen: o.Grenzen = "",
    wat_als: o.WatAls = "",
    formaat: o.Formaat = o.Vorm.TABEL,
    als_json: o.AlsJson = False,
    uit: Annotated[
        Path | None, typer.Option(metavar="MAP", help="Schrijf CSV of JSON naar een bestand in deze map.")
    ] = None,
    map_: Map = MAP,
) -> None:
    """Cijfers van de banenafspraak per periode, met hun reeks, status, doelstelling en voetnoten."""
    antwoord = Client(map_).get("telling", "/v1/tellingen", **o.gegeven(ctx))
    if als_json or formaat is o.Vorm.JSON:
        _geef(json.dumps(antwoord, ensure_ascii=False, indent=2) + "\n", antwoord, uit, "json")
    elif formaat is o.Vorm.CSV or uit is not None:
        _geef(_csv(antwoord), antwoord, uit, "csv")
    else:
        toon(tabel_van(antwoord), antwoord)


def _geef(tekst: str, antwoord: Mapping[str, Any], map_: Path | None, soort: str) -> None:
    """Naar stdout, of naar een bestand met de naam die het antwoord zelf draagt (een wat-als zegt dat daarin)."""
    if map_ is None:
        typer.echo(tekst, nl=False)
        return
    map_.mkdir(parents=True, exist_ok=True)
    pad = map_ / f"{antwoord['bestandsnaam']}.{soort}"
    pad.write_text(tekst, encoding="utf-8")
    typer.echo(pad)


def getal(waarde: int | str | None) -> str:
    """Een geheel getal op zijn Nederlands: `86.264`, `−1.996`; onbekend is een streepje, tekst blijft wat zij is."""
    if isinstance(waarde, str):
        return waarde
    return "–" if waarde is None else f"{waarde:,}".replace(",", ".").replace("-", "−")


def _kenmerken(antwoord: Mapping[str, Any]) -> list[str]:
    namen = [f"{kenmerk}Naam" for kenmerk in antwoord["per"] if kenmerk in ("regio", "gemeente")]
    return ["periode", *antwoord["per"], *namen]


def _bedragen(antwoord: Mapping[str, Any]) -> Sequence[str]:
    """De getallen van een antwoord: die van uren en banen bij elkaar (openbaar zonder uren), of het aantal dat geteld is."""
    if antwoord["maat"] in _WERKGEVERS:
        return _WERKGEVERS
    if antwoord["maat"] not in BEDRAGEN:
        return (antwoord["maat"],)
    return [naam for naam in BEDRAGEN if any(naam in cel for cel in antwoord["cellen"])]


def demo_van(antwoord: Mapping[str, Any]) -> Demo | None:
    """De demo waar dit antwoord over gaat, of None: dan is het echt."""
    return Demo(**antwoord["demo"]) if antwoord.get("demo") else None


def _csv(antwoord: Mapping[str, Any]) -> str:
    """Alle bedragen, afgerond en exact; reeks, status en kennismoment op elke regel, en of het een demo is."""
    bedragen = _bedragen(antwoord)
    exact = [f"{naam}Exact" for naam in bedragen if naam not in _ZONDER_EXACT]
    velden = [*_kenmerken(antwoord), *bedragen, *exact]
    uit = io.StringIO()
    schrijver = csv.writer(uit, lineterminator="\n")
    demo = demo_van(antwoord)
    schrijver.writerow(["reeks", *velden, "status", "watAls", "bekendOp", "vast", "demo"])
    for cel in antwoord["cellen"]:
        waarden = ["" if cel.get(veld) is None else cel[veld] for veld in velden]
        vast = "ja" if antwoord["vast"] else "nee"
        stand = _wat_als(antwoord), antwoord["bekendOp"], vast, demo.label if demo else ""
        schrijver.writerow([antwoord["reeks"], *waarden, cel["status"], *stand])
    return uit.getvalue()


def _wat_als(antwoord: Mapping[str, Any]) -> str:
    """Wat er anders is, zoals gevraagd; leeg bij een gewoon cijfer."""
    return ",".join(f"{naam}:{waarde}" for naam, waarde in (antwoord.get("watAls") or {}).items())


def tabel_van(antwoord: Mapping[str, Any]) -> Table:
    """Het antwoord als tabel; een wat-als heeft een andere kleur en zegt het in de titel."""
    titel = f"{REEKSEN[antwoord['reeks']]} · maat {antwoord['maat']}"
    anders = _wat_als(antwoord)
    if anders:
        titel = f"WAT ALS {anders} · geen cijfer van de banenafspraak\n{titel}"
    tabel = Table(title=titel, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    if anders:
        tabel.style, tabel.title_style = "magenta", "bold white on magenta"
    kenmerken = ["periode", *antwoord["per"]]
    bedragen = [b for b in _bedragen(antwoord) if b not in _SOMS or _ergens(antwoord["cellen"], b)]
    for kenmerk in kenmerken:
        tabel.add_column(kenmerk)
    for bedrag in bedragen:
        tabel.add_column(bedrag, justify="right", no_wrap=True, style="bold" if bedrag == antwoord["maat"] else None)
    demo = (
        None if antwoord["maat"] in _WERKGEVERS else demo_van(antwoord)
    )  # een werkgever van de demo staat voor zichzelf
    if demo:
        tabel.add_column(f"{demo.label} · staat voor", justify="right", no_wrap=True)
    tabel.add_column("status", no_wrap=True)
    for cel in antwoord["cellen"]:
        getallen = [getal(cel[bedrag]) for bedrag in bedragen]
        if demo:
            getallen.append(getal(demo.staat_voor(cel.get(f"{antwoord['maat']}Exact"))))
        tabel.add_row(*(naam_van(cel, kenmerk) for kenmerk in kenmerken), *getallen, cel["status"])
    return tabel


def toon(tabel: Table, antwoord: Mapping[str, Any]) -> None:
    """Drukt een tabel af, met of het een demo is, de voetnoten, en wat het antwoord waard is."""
    demo = demo_van(antwoord)
    if demo:
        tabel.caption = f"Demo {demo.label}: synthetische gegevens, alle mensen en banen zijn verzonnen"
    scherm = Console(highlight=False)
    heel = Console(width=1000).measure(tabel).maximum
    Console(highlight=False, width=max(scherm.width, heel)).print(tabel)  # niets afkappen: liever een brede regel
    for nummer, noot in enumerate(antwoord["voetnoten"], start=1):
        scherm.print(f"{nummer}. {noot}", markup=False)
    scherm.print(_stand(antwoord), markup=False)


def _ergens(cellen: Sequence[Mapping[str, Any]], bedrag: str) -> bool:
    return any(cel[bedrag] is not None for cel in cellen)


def naam_van(cel: Mapping[str, Any], kenmerk: str) -> str:
    """Een kenmerk van een cel om te lezen, met de naam van een gebied erbij."""
    waarde, naam = cel[kenmerk], cel.get(f"{kenmerk}Naam")
    return "ongedeeld" if waarde is None else f"{waarde} {naam}" if naam else str(waarde)


def _stand(antwoord: Mapping[str, Any]) -> str:
    """Eén regel over wat dit cijfer waard is: bekend op, vast of niet, hoe vers en hoe volledig."""
    vast = "vast" if antwoord["vast"] else "niet vast: kan nog veranderen"
    vers, volledig = antwoord["versheidSeconden"], antwoord["volledigheid"]
    leeftijd = "versheid onbekend" if vers is None else f"{getal(vers)} s oud"
    delen = [f"Zoals bekend op {antwoord['bekendOp'][:19].replace('T', ' ')}", vast, leeftijd]
    if volledig is not None:
        delen.append(f"{getal(volledig['gehoord'])} van {getal(volledig['verwacht'])} verwachte baan-maanden gehoord")
    return " · ".join(delen)
