"""`banenspoor revisie` en `banenspoor verklaar`: de brug tussen twee kennismomenten, en een cijfer geopend."""

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Annotated, Any

import typer
from rich import box
from rich.console import Console
from rich.table import Table

from services.telling import opties as o
from services.telling.cli import getal
from services.telling.schaal import Demo
from shared.client import MAP, Client, Map, nette_afloop

revisie_app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
verklaar_app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
Stap = Mapping[str, Any]


@revisie_app.command()
@nette_afloop()
def revisie(
    ctx: typer.Context,
    reeks: o.Reeks = "",
    periode: o.Periode = "",
    bekend_van: o.BekendVan = "",
    bekend_tot: o.BekendTot = "",
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
    regels: o.Regels = "",
    grenzen: o.Grenzen = "",
    wat_als: o.WatAls = "",
    formaat: o.Formaat = o.Vorm.TABEL,
    als_json: o.AlsJson = False,
    map_: Map = MAP,
) -> None:
    """Wat er tussen twee kennismomenten aan een cijfer veranderde: per reden, dan per regel, zonder rest."""
    antwoord = Client(map_).get("telling", "/v1/tellingen/revisie", **o.gegeven(ctx))
    if als_json or formaat is o.Vorm.JSON:
        typer.echo(json.dumps(antwoord, ensure_ascii=False, indent=2))
        return
    rijen = [(cel, stap) for cel in antwoord["cellen"] for stap in _van_begin_tot_eind(cel)]
    if formaat is o.Vorm.CSV:
        typer.echo(_csv(antwoord, rijen), nl=False)
        return
    van, tot = (antwoord[naam][:19].replace("T", " ") for naam in ("bekendVan", "bekendTot"))
    _druk_af(antwoord, f"Van {van} naar {tot} · maat {antwoord['maat']}", rijen)


@verklaar_app.command()
@nette_afloop()
def verklaar(
    ctx: typer.Context,
    reeks: o.Reeks = "",
    periode: o.Periode = "",
    bekend_op: o.BekendOp = "",
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
    regels: o.Regels = "",
    grenzen: o.Grenzen = "",
    wat_als: o.WatAls = "",
    aantal: Annotated[int, typer.Option(min=1, max=1000, help="Hoeveel boekingen.")] = 20,
    na: Annotated[str, typer.Option(help="De bladwijzer van het vorige blad.")] = "",
    formaat: o.Formaat = o.Vorm.TABEL,
    als_json: o.AlsJson = False,
    map_: Map = MAP,
) -> None:
    """Een cijfer geopend: waaruit het berekend is, wat elke reden bijdroeg, en de boekingen zelf."""
    antwoord = Client(map_).get("telling", "/v1/tellingen/verklaring", **o.gegeven(ctx))
    if als_json or formaat is o.Vorm.JSON:
        typer.echo(json.dumps(antwoord, ensure_ascii=False, indent=2))
        return
    rijen = [(cel, stap) for cel in antwoord["cellen"] for stap in _van_niets_tot_cijfer(cel, antwoord["maat"])]
    if formaat is o.Vorm.CSV:
        typer.echo(_csv(antwoord, rijen), nl=False)
        return
    _druk_af(antwoord, antwoord["formule"], rijen)
    _boekingen(antwoord)


def _van_begin_tot_eind(cel: Mapping[str, Any]) -> Iterable[Stap]:
    yield _rand("begin", cel, "begin")
    yield from cel["stappen"]
    yield from _afronding(cel)
    yield _rand("eind", cel, "eind")


def _van_niets_tot_cijfer(cel: Mapping[str, Any], maat: str) -> Iterable[Stap]:
    yield from cel["bijdragen"]
    yield from _afronding(cel)
    yield _rand("cijfer", cel, maat)


def _rand(naam: str, cel: Mapping[str, Any], bedrag: str) -> Stap:
    return {"soort": "cijfer", "naam": naam, "bedrag": cel[bedrag], "bedragExact": cel[f"{bedrag}Exact"]}


def _afronding(cel: Mapping[str, Any]) -> Iterable[Stap]:
    if cel["afronding"]:
        yield {"soort": "afronding", "naam": "afronding", "bedrag": cel["afronding"], "bedragExact": "0/1"}


def _csv(antwoord: Mapping[str, Any], rijen: Sequence[tuple[Mapping[str, Any], Stap]]) -> str:
    """Elke stap een regel, met de kenmerken van haar cel; afgerond en exact."""
    uit = io.StringIO()
    schrijver = csv.writer(uit, lineterminator="\n")
    kenmerken, velden = ["periode", *antwoord["per"]], ("soort", "naam", "boekingen", "bedrag", "bedragExact")
    demo = Demo(**antwoord["demo"]) if antwoord["demo"] else None
    merk = [demo.label if demo else "", "ja" if antwoord["watAls"] else ""]
    schrijver.writerow(["reeks", "maat", *kenmerken, *velden, "demo", "watAls"])
    for cel, stap in rijen:
        waarden = [cel[k] for k in kenmerken] + [stap.get(veld) for veld in velden]
        schrijver.writerow([antwoord["reeks"], antwoord["maat"], *("" if w is None else w for w in waarden), *merk])
    return uit.getvalue()


def _druk_af(antwoord: Mapping[str, Any], titel: str, rijen: Sequence[tuple[Mapping[str, Any], Stap]]) -> None:
    tabel = Table(title=titel, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    for kop in ("periode", *antwoord["per"], "stap"):
        tabel.add_column(kop)
    for kop in ("boekingen", antwoord["maat"], "exact"):
        tabel.add_column(kop, justify="right", no_wrap=True)
    if antwoord["watAls"]:
        tabel.caption = "WAT ALS: geen cijfer van de banenafspraak"
        tabel.style = "yellow"
    vorige: object = None
    for cel, stap in rijen:
        kenmerken = [cel["periode"], *("ongedeeld" if cel[k] is None else str(cel[k]) for k in antwoord["per"])]
        eerste, vorige = cel is not vorige, cel
        rand = stap["soort"] == "cijfer"
        naam = f"regel: {stap['naam']}" if stap["soort"] == "regel" else stap["naam"]
        getallen = [getal(stap["boekingen"]) if stap.get("boekingen") else "", getal(stap["bedrag"])]
        cellen = [*(kenmerken if eerste else [""] * len(kenmerken)), naam, *getallen, stap["bedragExact"] or "–"]
        tabel.add_row(*cellen, style="bold" if rand else None, end_section=stap["naam"] in ("eind", "cijfer"))
    scherm = Console(highlight=False)
    scherm.print(tabel)
    if antwoord["demo"]:
        scherm.print(f"Demo {Demo(**antwoord['demo']).label}: synthetische gegevens, alle mensen zijn verzonnen")
    for noot in antwoord.get("voetnoten", ()):
        scherm.print(noot, markup=False)


def _boekingen(antwoord: Mapping[str, Any]) -> None:
    tabel = Table(title="Boekingen, op volgorde van bekend worden", title_justify="left", box=box.SIMPLE_HEAD)
    for kop in ("bekend op", "gebeurtenis", "reden", "maand"):
        tabel.add_column(kop, no_wrap=True)
    for kop in ("uren", antwoord["maat"], "log"):
        tabel.add_column(kop, justify="right", no_wrap=True)
    for boeking in antwoord["boekingen"]:
        plek = "{topic}/{partitie}/{publicatienr}".format(**boeking["positie"])
        uren = "" if boeking["urenX100"] is None else f"{Decimal(boeking['urenX100']) / 100:.2f}".replace(".", ",")
        bedragen = " ".join(deel["bedragExact"] or "–" for deel in boeking["delen"])
        wat = (boeking["gebeurtenis"], boeking["reden"], boeking["maand"] or "")
        tabel.add_row(boeking["bekendOp"][:19].replace("T", " "), *wat, uren, bedragen, plek)
    Console(highlight=False).print(tabel)
    if antwoord["volgende"]:
        typer.echo(f"Er is meer: --na {antwoord['volgende']}", err=True)
