"""``banenspoor lokaal …``: de ingebedde stand starten, bekijken, stoppen en wissen."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Annotated

import typer

from deploy.lokaal.fouten import NIET_BEREIKBAAR, VERKEERD_GEBRUIK, LokaalFout
from deploy.lokaal.staat import DIENSTEN, Staat
from deploy.lokaal.voortgang import Voortgang, nette_afloop

app = typer.Typer(name="lokaal", help="Kafka, PostgreSQL en de vier diensten op deze machine.", no_args_is_help=True)
Map = Annotated[Path, typer.Option("--dir", envvar="BANENSPOOR_DIR", help="Map van de ingebedde stand.")]
Json = Annotated[bool, typer.Option("--json", help="Schrijf alleen JSON op stdout.")]
LOKAAL = Path(".lokaal")
_GEGEVENS = (
    "kafka",
    "postgres",
    "logs",
    "state.json",
    "jwks.json",
    "uitgever.pem",
    "kluis.json",
    "geladen.json",
    "gegevens",
    "demo",
)

_VAN_ALLEN = {"cache", "uv", "lock"}  # blijft bij het wissen


@app.command()
def start(
    dir: Map = LOKAAL,
    leeg: Annotated[bool, typer.Option("--leeg", help="Alleen regels en streefcijfers, geen personen.")] = False,
    json_: Json = False,
) -> None:
    """Start alles op de achtergrond en keer terug als alle diensten gereed zijn; nog eens mag."""
    from deploy.lokaal import vulling
    from deploy.lokaal.stack import Stack

    with nette_afloop(), Voortgang() as voortgang:
        stack = Stack.start(dir, diensten=True, voortgang=voortgang, overnemen=True)
        stack.laat_los()
        vulling.regels(stack.dir, voortgang)
        if not leeg:
            vulling.demo(stack.dir, voortgang)
    if json_:
        typer.echo(json.dumps(adressen(stack.staat)))
    else:
        toon(stack.staat)


@app.command()
def stop(dir: Map = LOKAAL) -> None:
    """Stop de diensten, dan Kafka, dan PostgreSQL; de gegevens blijven."""
    from deploy.lokaal.stack import Stack

    with nette_afloop(), Voortgang() as voortgang:
        if not dir.exists():
            return
        stack = Stack.open(dir, voortgang=voortgang, wie="banenspoor lokaal stop")
        voortgang("Stoppen (de eerste keer schrijft Kafka zijn startcache)")
        stack.stop_servers()
        stack.geef_vrij()


@app.command()
def status(dir: Map = LOKAAL, json_: Json = False) -> None:
    """Toon wat er draait. Exitstatus 0: alles is gereed, 3: iets niet."""
    from rich.console import Console
    from rich.table import Table

    from deploy.lokaal.stack import Stack

    with nette_afloop():
        stand = Stack.stand(dir)
    if json_:
        typer.echo(json.dumps(stand))
    else:
        tabel = Table("deel", "adres", "pid", "stand")
        for naam, deel in stand.items():
            tabel.add_row(naam, str(deel["adres"] or "–"), str(deel["pid"] or "–"), str(deel["stand"]))
        Console(highlight=False).print(tabel)
    if any(deel["stand"] != "gereed" for deel in stand.values()):
        raise typer.Exit(NIET_BEREIKBAAR)


@app.command()
def wis(dir: Map = LOKAAL) -> None:
    """Stop alles en verwijder de gegevens, de logboeken en de sleutels (niet de startcache)."""
    from deploy.lokaal.stack import Stack

    with nette_afloop():
        if not dir.exists():
            return
        if not Staat.pad(dir).exists() and {deel.name for deel in dir.iterdir()} - _VAN_ALLEN:
            raise LokaalFout(f"{dir} is geen map van Banenspoor (geen state.json): niets gewist.", VERKEERD_GEBRUIK)
        stack = Stack.open(dir, wie="banenspoor lokaal wis")
        stack.stop_servers()
        for naam in _GEGEVENS:
            pad = stack.dir / naam
            shutil.rmtree(pad) if pad.is_dir() else pad.unlink(missing_ok=True)
        stack.geef_vrij()


def adressen(staat: Staat) -> dict[str, object]:
    """Wat ``lokaal start --json`` afdrukt."""
    return {
        "adressen": {dienst: staat.adressen[dienst] for dienst in DIENSTEN},
        "kafka": staat.kafka,
        "postgres": staat.postgres,
    }


def toon(staat: Staat) -> None:
    """De adressen, voor een mens."""
    for naam, adres in (*staat.adressen.items(), ("kafka", staat.kafka), ("postgres", staat.postgres)):
        typer.echo(f"{naam:<12} {adres}")
