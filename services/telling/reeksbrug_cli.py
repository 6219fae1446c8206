"""`banenspoor reeksbrug`: van het kwartaalcijfer naar de jaarmeting, als tabel of JSON."""

import json
from collections.abc import Mapping
from typing import Annotated, Any

import typer
from rich import box
from rich.console import Console
from rich.table import Table

from services.telling import opties as o
from services.telling.cli import getal
from services.telling.schaal import Demo
from shared.client import MAP, Client, Map, nette_afloop

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
Moment = "Zoals toen bekend: datum (einde van die dag) of tijdstip; zonder: nu."


@app.command()
@nette_afloop()
def reeksbrug(
    ctx: typer.Context,
    periode: Annotated[str, typer.Option(help="Een jaar (2023) of zijn laatste kwartaal (2023-Q4); verplicht.")] = "",
    maat: Annotated[str, typer.Option(help="extra (standaard), banen of uren.")] = "",
    regio: o.Regio = "",
    gemeente: o.Gemeente = "",
    plaats: o.Plaats = "",
    grenzen: o.Grenzen = "",
    bekend_op: Annotated[str, typer.Option("--bekendOp", "--bekend-op", help=f"Het kwartaalcijfer. {Moment}")] = "",
    bekend_op_jaarmeting: Annotated[
        str, typer.Option("--bekendOpJaarmeting", "--bekend-op-jaarmeting", help=f"De jaarmeting. {Moment}")
    ] = "",
    als_json: Annotated[bool, typer.Option("--json", help="Als JSON op stdout.")] = False,
    map_: Map = MAP,
) -> None:
    """Waarom het kwartaalcijfer en de jaarmeting van hetzelfde jaareinde verschillen; elke stap exact."""
    antwoord = Client(map_).get("telling", "/v1/tellingen/reeksbrug", **o.gegeven(ctx))
    if als_json:
        typer.echo(json.dumps(antwoord, ensure_ascii=False, indent=2))
        return
    scherm = Console(highlight=False)
    scherm.print(_tabel(antwoord))
    momenten = (antwoord[naam][:19].replace("T", " ") for naam in ("bekendOp", "bekendOpJaarmeting"))
    scherm.print("Kwartaal zoals bekend op {}, jaarmeting zoals bekend op {}".format(*momenten), markup=False)


def _tabel(antwoord: Mapping[str, Any]) -> Table:
    maat, demo = antwoord["maat"], Demo(**antwoord["demo"]) if antwoord["demo"] else None
    titel = f"Van {antwoord['kwartaal']} naar jaarmeting {antwoord['periode']} · maat {maat}"
    tabel = Table(title=titel, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    tabel.add_column("stap")
    for naam in ("totaal", *(rij["sector"] or "inleen, ongedeeld" for rij in antwoord["stappen"][0]["sectoren"])):
        tabel.add_column(naam, justify="right", no_wrap=True, style="bold" if naam == "totaal" else None)
    if demo:
        tabel.caption = f"Demo {demo.label}: synthetische gegevens, alle mensen en banen zijn verzonnen"
        tabel.add_column(f"{demo.label} · staat voor", justify="right", no_wrap=True)
    for stap in antwoord["stappen"]:
        rand = stap["soort"] in ("begin", "einde")
        naam = stap["naam"] if rand or stap["soort"] == stap["naam"] else f"{stap['soort']}: {stap['naam']}"
        getallen = [getal(rij[maat]) for rij in (stap, *stap["sectoren"])]
        if demo:
            getallen.append(getal(demo.staat_voor(stap[f"{maat}Exact"])))
        tabel.add_row(naam, *getallen, style="bold" if rand else None)
    return tabel
