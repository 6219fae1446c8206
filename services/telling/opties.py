"""De opties die elke opdracht over cijfers heeft; zij heten zoals de parameters van de API."""

from enum import StrEnum
from typing import Annotated

import typer
from pydantic.alias_generators import to_camel

from services.telling.domain.selectie import UITSPLITSINGEN


class Vorm(StrEnum):
    """Hoe het antwoord op stdout komt."""

    TABEL = "tabel"
    CSV = "csv"
    JSON = "json"


_MOMENT = "datum (einde van die dag) of tijdstip"
Reeks = Annotated[str, typer.Option(help="lopend (maanden), kwartaal of jaarmeting; verplicht.")]
Periode = Annotated[str, typer.Option(help="2023-12, 2023-Q4, 2023, of een bereik 2021-Q1..2023-Q4.")]
Maat = Annotated[str, typer.Option(help="extra (standaard), banen, uren, personen, geregistreerd of werkgevers.")]
Per = Annotated[str, typer.Option(help=f"{','.join(UITSPLITSINGEN)}.")]
Regio = Annotated[str, typer.Option(help="Arbeidsmarktregio, bijvoorbeeld AM01.")]
Gemeente = Annotated[str, typer.Option(help="CBS-code, bijvoorbeeld 0014.")]
Sector = Annotated[str, typer.Option(help="markt of overheid.")]
Werkvorm = Annotated[str, typer.Option("--vorm", help="formeel of inleen.")]
Grondslag = Annotated[str, typer.Option(help="Alleen mensen met deze grondslag.")]
Werkgever = Annotated[str, typer.Option(help="Alleen bij deze formele werkgever (UUID).")]
Groep = Annotated[str, typer.Option(help="Alleen bij werkgevers van deze groep (UUID).")]
Plaats = Annotated[str, typer.Option(help="werk, woon of zetel.")]
BekendOp = Annotated[str, typer.Option("--bekendOp", "--bekend-op", help=f"Zoals toen bekend: {_MOMENT}.")]
BekendVan = Annotated[
    str, typer.Option("--bekendVan", "--bekend-van", help=f"Het eerste moment: {_MOMENT}; verplicht.")
]
BekendTot = Annotated[
    str, typer.Option("--bekendTot", "--bekend-tot", help=f"Het tweede moment: {_MOMENT}; zonder: nu.")
]
Regels = Annotated[str, typer.Option(help="toen (standaard) of nu.")]
Grenzen = Annotated[str, typer.Option(help="toen (standaard) of een jaar.")]
WatAls = Annotated[
    str, typer.Option("--watAls", "--wat-als", help="Andere regels: sleutel:2016,norm:24,wieTelt:2026,…")
]
Formaat = Annotated[Vorm, typer.Option(help="tabel, csv of json.")]
AlsJson = Annotated[bool, typer.Option("--json", help="Als JSON, gelijk aan --formaat json.")]


_ZELF = ("formaat", "als_json", "uit", "register", "map_")


def gegeven(ctx: typer.Context) -> dict[str, str]:
    """De opties van een opdracht die een waarde hebben, zoals de API ze noemt."""
    return {to_camel(naam): str(waarde) for naam, waarde in ctx.params.items() if waarde and naam not in _ZELF}
