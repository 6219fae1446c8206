"""De opdracht ``banenspoor``: stelt samen wat er overal aan opdrachten is. Zwaar werk laadt pas bij gebruik."""

from __future__ import annotations

import importlib
import os
from pathlib import Path
from typing import Annotated, Any

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
    """Start alles op de voorgrond met de demo; Ctrl-C stopt netjes."""
    from deploy.lokaal.voorgrond import draai

    with nette_afloop():
        draai(dir)


@app.command()
def token(
    scopes: Annotated[list[str] | None, typer.Argument(metavar="[SCOPE…]", help="Zonder: alle scopes.")] = None,
    werkgever: Annotated[str, typer.Option(help="Namens deze werkgever (UUID).")] = "",
    gemeente: Annotated[str, typer.Option(help="Namens deze gemeente (CBS-code).")] = "",
    persoon: Annotated[str, typer.Option(help="Namens deze persoon (pseudoniem).")] = "",
    dir: Map = LOKAAL,
) -> None:
    """Druk een toegangstoken van de lokale uitgever af (een uur geldig), en niets anders."""
    from deploy.lokaal import uitgever
    from shared.auth import SCOPES

    with nette_afloop():
        if onbekend := [scope for scope in scopes or () if scope not in SCOPES]:
            raise LokaalFout(f"Onbekende scope {', '.join(onbekend)}; er zijn: {', '.join(SCOPES)}.", VERKEERD_GEBRUIK)
        namens = {"werkgever": werkgever, "gemeente": gemeente, "persoon": persoon}
        typer.echo(uitgever.token(dir, scopes or SCOPES, **{wie: wat for wie, wat in namens.items() if wat}))


@app.command()
def serve(dienst: Dienst, dir: Map = LOKAAL) -> None:
    """Draai één dienst tot SIGTERM, met de instellingen uit de omgeving of anders die van de map."""
    with nette_afloop():
        _ken(dienst)
        if not _ingericht("DATABASE_URL", "KAFKA"):
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
            geheim = _geheim(f"{naam}_eigenaar_database_url")
            adres = os.environ.get(url) or geheim or _omgeving(dir, naam)[url]
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
    acl: Annotated[Path | None, typer.Option(metavar="FILE", help="Zet de rechten gelijk met dit bestand.")] = None,
) -> None:
    """Maak de topics van topics.yml die er nog niet zijn; een ander aantal partities wordt geweigerd."""
    with nette_afloop():
        import asyncio

        from deploy import acl as rechten
        from deploy import topics as onderwerpen
        from shared.settings import lees_afnemers, lees_topics

        kafka = _kafka(dir)
        bestand = Path(os.environ.get("BANENSPOOR_TOPICS") or onderwerpen.BESTAND)
        for naam in asyncio.run(onderwerpen.zorg_voor(kafka, bestand, replicatie)):
            typer.echo(naam)
        if acl is not None:
            nieuw, weg = asyncio.run(
                rechten.zorg_voor(
                    kafka, rechten.lees(acl, lees_topics(bestand)) | rechten.van_afnemers(lees_afnemers())
                )
            )
            typer.echo(f"rechten: {len(nieuw)} gegeven, {len(weg)} ingetrokken", err=True)


@app.command()
def regels(dir: Map = LOKAAL) -> None:
    """Laad de vastgestelde regels en streefcijfers door de voordeur; nog eens doen verandert niets."""
    from deploy.lokaal.voortgang import Voortgang
    from deploy.lokaal.vulling import regels as laad

    with nette_afloop(), Voortgang() as voortgang:
        laad(dir, voortgang)


def _ken(dienst: str) -> str:
    if dienst not in DIENSTEN:
        raise LokaalFout(f"Onbekende dienst {dienst}; er zijn: {', '.join(DIENSTEN)}.", VERKEERD_GEBRUIK)
    return dienst


def _ingericht(*namen: str) -> bool:
    """Is een van deze instellingen gegeven, in de omgeving of als geheim? Dan geldt dat, en geen ingebedde stand."""
    return any(f"BANENSPOOR_{naam}" in os.environ or _geheim(naam.lower()) for naam in namen)


def _geheim(naam: str) -> str | None:
    from shared.settings import GEHEIMEN

    pad = GEHEIMEN / f"banenspoor_{naam}"
    return pad.read_text(encoding="utf-8").strip() if pad.is_file() else None


def _kafka(map_: Path) -> dict[str, Any]:
    """Hoe met Kafka te verbinden: uit omgeving en geheimen (de rest van een dienst is hier niet nodig), anders die van de map."""
    from shared.settings import Instellingen

    if not _ingericht("KAFKA"):
        return {"bootstrap_servers": _omgeving(map_, DIENSTEN[0])["BANENSPOOR_KAFKA"]}
    return Instellingen(dienst="beheer", database_url="", jwks=Path(), uitgever="").kafka_verbinding


def _omgeving(map_: Path, dienst: str) -> dict[str, str]:
    from deploy.lokaal.diensten import instellingen

    staat = Staat.laad(map_)
    if staat is None or not staat.poorten.get("postgres"):
        raise LokaalFout(f"Geen ingebedde stand in {map_}: eerst `banenspoor lokaal start`, of zet BANENSPOOR_*.")
    return instellingen(map_.resolve(), staat, dienst)


elders.voeg_toe(app)

if __name__ == "__main__":
    app()
