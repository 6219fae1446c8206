"""Opdrachten die elders wonen: hier staat alleen hun naam en uitleg; hun room laadt pas als zij wordt geroepen."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import typer

from deploy.lokaal.staat import DIENSTEN

if TYPE_CHECKING:
    from shared.api import Soort


@dataclass(frozen=True)
class Elders:
    """Een opdracht, haar korte uitleg, en hoe de uitvoerbare opdracht ontstaat."""

    naam: str
    uitleg: str
    bouw: Callable[[], Any]


def soorten() -> list[Soort]:
    """De soorten bestanden die de diensten aannemen."""
    return [soort for dienst in DIENSTEN for soort in importlib.import_module(f"services.{dienst}.cli").SOORTEN]


def _importeer() -> Any:
    from shared.importeer import maak_app

    app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
    app.command()(maak_app(soorten))
    return typer.main.get_command(app)


def _app_van(module: str, naam: str = "app") -> Callable[[], Any]:
    return lambda: typer.main.get_command(getattr(importlib.import_module(module), naam))


def _beheer(naam: str) -> Callable[[], Any]:
    return lambda: typer.main.get_group(getattr(importlib.import_module("shared.beheer_cli"), naam))


OPDRACHTEN = (
    Elders("importeer", "Neem een bestand op; afgewezen rijen komen met hun fout terug.", _importeer),
    Elders(
        "volledige-lijst",
        "Een volledige lijst van een uitkeringsregister: wie er niet op staat, is geëindigd.",
        _app_van("services.intake.levering_cli"),
    ),
    Elders(
        "aansluiten",
        "Een eigen administratie naast het register leggen.",
        _app_van("services.intake.aansluiten_cli"),
    ),
    Elders(
        "levering",
        "Leveringen van verloonde uren: lijst, kwaliteit, intrekken.",
        _app_van("services.plaatsing.levering_cli"),
    ),
    Elders(
        "leveringen",
        "De leveringen van verloonde uren, de nieuwste eerst.",
        _app_van("services.plaatsing.levering_cli", "leveringen_app"),
    ),
    Elders(
        "leveranciers",
        "Wie uren levert, en wie te laat of stil is.",
        _app_van("services.plaatsing.levering_cli", "leveranciers_app"),
    ),
    Elders("telling", "Cijfers per periode, als tabel, CSV of JSON.", _app_van("services.telling.cli")),
    Elders(
        "revisie",
        "Wat er tussen twee kennismomenten aan een cijfer veranderde, zonder rest.",
        _app_van("services.telling.brug_cli", "revisie_app"),
    ),
    Elders(
        "verklaar",
        "Een cijfer geopend tot in zijn boekingen.",
        _app_van("services.telling.brug_cli", "verklaar_app"),
    ),
    Elders(
        "stromen",
        "Werk gevonden en verloren, in- en uitstroom, als tabel, CSV of JSON.",
        _app_van("services.telling.stromen_cli"),
    ),
    Elders(
        "reeksbrug",
        "Van kwartaalcijfer naar jaarmeting, stap voor stap.",
        _app_van("services.telling.reeksbrug_cli"),
    ),
    Elders(
        "kluis",
        "Sleutels vervangen, nalopen wie naar wie keek, samenvoegen en vernietigen.",
        _app_van("services.intake.kluis_cli"),
    ),
    Elders("afnemers", "Wie van buiten banen afneemt, vullen.", _app_van("services.plaatsing.afnemers_cli")),
    Elders("historie", "Het laden van historie sluiten.", _beheer("historie")),
    Elders("doctor", "Wat deze machine heeft en wat er mankeert.", _app_van("deploy.doctor")),
    Elders(
        "demo",
        "Een synthetische bevolking met de gepubliceerde totalen, en wat leven.",
        _app_van("deploy.demo.opdracht"),
    ),
    Elders("dlq", "Geparkeerde gebeurtenissen bekijken, opnieuw verwerken, herstellen, verwerpen.", _beheer("dlq")),
)


def voeg_toe(app: typer.Typer) -> None:
    """Meld elke opdracht aan met een doorgever, die haar argumenten (ook ``--help``) onveranderd doorgeeft."""
    for opdracht in OPDRACHTEN:
        app.command(
            opdracht.naam,
            help=opdracht.uitleg,
            add_help_option=False,
            context_settings={"allow_extra_args": True, "ignore_unknown_options": True},
        )(_doorgever(opdracht))


def _doorgever(opdracht: Elders) -> Callable[[typer.Context], None]:
    def geef_door(ctx: typer.Context) -> None:
        opdracht.bouw()(args=ctx.args, prog_name=f"banenspoor {opdracht.naam}")

    return geef_door
