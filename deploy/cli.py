"""De opdracht ``banenspoor``: stelt samen wat er overal aan opdrachten is. Zwaar werk laadt pas bij gebruik."""

from __future__ import annotations

import importlib
import os
from pathlib import Path
from typing import Annotated

import typer

from deploy import elders
from deploy.lokaal.fouten import VERKEERD_GEBRUIK, LokaalFout
from deploy.lokaal.opdrachten import LOKAAL, Map
from deploy.lokaal.opdrachten import app as lokaal
from deploy.lokaal.staat import DIENSTEN, Staat
from deploy.lokaal.voortgang import nette_afloop

Dienst = Annotated[str, typer.Argument(metavar="DIENST", help=", ".join(DIENSTEN))]

app = typer.Typer(
    help="Banenspoor: elk getal van de banenafspraak, herleidbaar tot zijn gebeurtenissen.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(lokaal)


@app.command()
def run(dir: Map = LOKAAL) -> None:
    """Start alles op de voorgrond met een klein voorbeeld; Ctrl-C stopt netjes."""
    from deploy.lokaal.voorgrond import draai

    with nette_afloop():
        draai(dir)


@app.command()
def token(
    scopes: Annotated[list[str] | None, typer.Argument(metavar="[SCOPE…]", help="Zonder: alle scopes.")] = None,
    dir: Map = LOKAAL,
) -> None:
    """Druk een toegangstoken van de lokale uitgever af (een uur geldig), en niets anders."""
    from deploy.lokaal import uitgever
    from shared.auth import SCOPES

    with nette_afloop():
        if onbekend := [scope for scope in scopes or () if scope not in SCOPES]:
            raise LokaalFout(f"Onbekende scope {', '.join(onbekend)}; er zijn: {', '.join(SCOPES)}.", VERKEERD_GEBRUIK)
        typer.echo(uitgever.token(dir, scopes or SCOPES))


@app.command()
def serve(dienst: Dienst, dir: Map = LOKAAL) -> None:
    """Draai één dienst tot SIGTERM, met de instellingen uit de omgeving of anders die van de map."""
    with nette_afloop():
        _ken(dienst)
        if "BANENSPOOR_DATABASE_URL" not in os.environ:
            os.environ.update(_omgeving(dir, dienst))
        from shared.service import draai

        draai(importlib.import_module(f"services.{dienst}.app").DIENST)


@app.command()
def migreer(
    dienst: Annotated[str, typer.Argument(metavar="[DIENST]", help=f"alle, {', '.join(DIENSTEN)}")] = "alle",
    dir: Map = LOKAAL,
) -> None:
    """Breng databases bij; nog eens doen verandert niets."""
    url = "BANENSPOOR_EIGENAAR_DATABASE_URL"
    with nette_afloop():
        if dienst == "alle" and url in os.environ:
            raise LokaalFout(f"{url} is van één database: noem de dienst.", VERKEERD_GEBRUIK)
        for naam in DIENSTEN if dienst == "alle" else (_ken(dienst),):
            adres = os.environ.get(url) or _omgeving(dir, naam)[url]
            from shared.migreer import migreer as breng_bij

            try:
                breng_bij(naam, adres)
            except ConnectionError as fout:
                raise LokaalFout(f"De database van {naam} is niet te bereiken: {fout}") from fout
            typer.echo(f"{naam} is bij", err=True)


@app.command()
def topics(
    dir: Map = LOKAAL,
    replicatie: Annotated[int, typer.Option(min=1, help="Kopieën van een nieuw topic.")] = 1,
) -> None:
    """Maak de topics van topics.yml die er nog niet zijn; een ander aantal partities wordt geweigerd."""
    with nette_afloop():
        kafka = os.environ.get("BANENSPOOR_KAFKA") or _omgeving(dir, DIENSTEN[0])["BANENSPOOR_KAFKA"]
        import asyncio

        from deploy import topics as onderwerpen

        bestand = Path(os.environ.get("BANENSPOOR_TOPICS") or onderwerpen.BESTAND)
        for naam in asyncio.run(onderwerpen.zorg_voor(kafka, bestand, replicatie)):
            typer.echo(naam)


def _ken(dienst: str) -> str:
    if dienst not in DIENSTEN:
        raise LokaalFout(f"Onbekende dienst {dienst}; er zijn: {', '.join(DIENSTEN)}.", VERKEERD_GEBRUIK)
    return dienst


def _omgeving(map_: Path, dienst: str) -> dict[str, str]:
    from deploy.lokaal.diensten import instellingen

    staat = Staat.laad(map_)
    if staat is None or not staat.poorten.get("postgres"):
        raise LokaalFout(f"Geen ingebedde stand in {map_}: eerst `banenspoor lokaal start`, of zet BANENSPOOR_*.")
    return instellingen(map_.resolve(), staat, dienst)


elders.voeg_toe(app)

if __name__ == "__main__":
    app()
