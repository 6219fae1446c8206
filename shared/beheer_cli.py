"""`banenspoor dlq` en `banenspoor historie`: wat een beheerder met de hand doet, via de beheerroutes van de diensten."""

import json
from typing import Annotated, Any
from urllib.parse import quote

import typer
from rich.console import Console
from rich.table import Table

from shared.client import MAP, Client, Map, OpdrachtFout, nette_afloop
from shared.wacht import KETEN, wacht

DIENSTEN = ("intake", "beoordeling", "plaatsing", "telling")
"""In de volgorde waarin de historie sluit: wie zegt vóór wie hoort."""

app = typer.Typer()
dlq = typer.Typer(
    help="Geparkeerde gebeurtenissen: bekijken, opnieuw verwerken, herstellen, verwerpen.", no_args_is_help=True
)
historie = typer.Typer(help="Het laden van historie.", no_args_is_help=True)
app.add_typer(dlq, name="dlq")
app.add_typer(historie, name="historie")

Dienst = Annotated[str, typer.Option("--dienst", help=f"De dienst waar het geparkeerd staat: {', '.join(DIENSTEN)}.")]
Topic = Annotated[str, typer.Argument(metavar="TOPIC")]
Sleutel = Annotated[str, typer.Argument(metavar="SLEUTEL", help="De geparkeerde sleutel.")]
AlsJson = Annotated[bool, typer.Option("--json", help="Als JSON op stdout.")]


@dlq.command("list")
@nette_afloop()
def lijst(dienst: Dienst = "", als_json: AlsJson = False, map_: Map = MAP) -> None:
    """Toon de geparkeerde sleutels, de oudste eerst; zonder --dienst die van elke dienst."""
    client, regels = Client(map_), []
    for naam in [_ken(dienst)] if dienst else DIENSTEN:
        regels += [{"dienst": naam, **regel} for regel in client.get(naam, "/v1/beheer/geparkeerd")["sleutels"]]
    _toon({"sleutels": regels}, regels, als_json, "Er staat niets geparkeerd.")


@dlq.command("show")
@nette_afloop()
def toon(topic: Topic, sleutel: Sleutel, dienst: Dienst, als_json: AlsJson = False, map_: Map = MAP) -> None:
    """Toon de wachtende gebeurtenissen van een sleutel, op volgorde."""
    antwoord = Client(map_).get(_ken(dienst), _pad(topic, sleutel))
    _toon(antwoord, antwoord["gebeurtenissen"], als_json, "Deze sleutel staat niet geparkeerd.")


@dlq.command("redrive")
@nette_afloop()
def redrive(topic: Topic, sleutel: Sleutel, dienst: Dienst, als_json: AlsJson = False, map_: Map = MAP) -> None:
    """Verwerk de wachtende gebeurtenissen van een sleutel opnieuw, van voren af aan; exitstatus 1 als er een blijft staan."""
    antwoord = Client(map_).post(_ken(dienst), _pad(topic, sleutel) + "/redrive")
    _toon(antwoord, [antwoord], als_json)
    if antwoord["reden"]:
        raise typer.Exit(1)


@dlq.command("repair")
@nette_afloop()
def herstel(
    topic: Topic,
    sleutel: Sleutel,
    dienst: Dienst,
    data: Annotated[typer.FileText, typer.Option("--data", help="Bestand met de nieuwe data (JSON-object), of -.")],
    als_json: AlsJson = False,
    map_: Map = MAP,
) -> None:
    """Vervang de data van de eerste wachtende gebeurtenis; `redrive` verwerkt haar daarna."""
    try:
        nieuw = json.load(data)
    except ValueError:
        raise OpdrachtFout(f"{data.name} bevat geen JSON.") from None
    antwoord = Client(map_).post(_ken(dienst), _pad(topic, sleutel) + "/repair", json={"data": nieuw})
    _toon(antwoord, [antwoord], als_json)


@dlq.command("discard")
@nette_afloop()
def verwerp(topic: Topic, sleutel: Sleutel, dienst: Dienst, als_json: AlsJson = False, map_: Map = MAP) -> None:
    """Verwerp de eerste wachtende gebeurtenis van een sleutel; nooit een uren-verloond."""
    antwoord = Client(map_).post(_ken(dienst), _pad(topic, sleutel) + "/discard")
    _toon(antwoord, [antwoord], als_json)


@historie.command("sluit")
@nette_afloop()
def sluit(als_json: AlsJson = False, map_: Map = MAP) -> None:
    """Beëindig het laden van historie, voorgoed: daarna wordt elke rij met bekend_op geweigerd."""
    regels = sluit_historie(Client(map_))
    _toon({"diensten": regels}, regels, als_json)


def sluit_historie(client: Client) -> list[dict[str, Any]]:
    """Sluit de historie van elke dienst, zodra overal gehoord is wat er geladen is; anders was dat pas nu bekend."""
    wacht(client, KETEN[0], lambda *_: None)
    return [{"dienst": naam, **client.post(naam, "/v1/historie/sluit")} for naam in DIENSTEN]


@historie.callback()
def _groep() -> None:
    """Houdt `historie sluit` een opdracht met twee woorden."""


def _ken(dienst: str) -> str:
    if dienst not in DIENSTEN:
        raise OpdrachtFout(f"Onbekende dienst {dienst}; er zijn: {', '.join(DIENSTEN)}.")
    return dienst


def _pad(topic: str, sleutel: str) -> str:
    return f"/v1/beheer/geparkeerd/{quote(topic, safe='')}/{quote(sleutel, safe='')}"


def _toon(antwoord: Any, regels: list[dict[str, Any]], als_json: bool, leeg: str = "") -> None:
    if als_json:
        typer.echo(json.dumps(antwoord, ensure_ascii=False))
    elif not regels:
        typer.echo(leeg, err=True)
    else:
        tabel = Table(*regels[0])
        for regel in regels:
            tabel.add_row(*(str(waarde) if waarde is not None else "" for waarde in regel.values()))
        Console().print(tabel)
