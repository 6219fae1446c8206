"""`banenspoor kluis`: sleutels vervangen en de keten van raadplegingen nalopen; samenvoegen en vernietigen ernaast."""

import json
from typing import Annotated, Any

import typer

from services.intake.vernietig_cli import voeg_toe_aan
from shared.client import MAP, Client, Map, OpdrachtFout, nette_afloop

app = typer.Typer(
    help="De kluis van intake: sleutels vervangen, raadplegingen nalopen, samenvoegen en vernietigen.",
    no_args_is_help=True,
)
voeg_toe_aan(app)
AlsJson = Annotated[bool, typer.Option("--json", help="Als JSON op stdout.")]


@app.command()
@nette_afloop()
def hersleutel(als_json: AlsJson = False, map_: Map = MAP) -> None:
    """Breng alles onder de nieuwste sleutel; na onderbreken gewoon nog eens. Daarna kan een oude sleutel weg."""
    client = Client(map_)
    stand, gedaan = client.get("intake", "/v1/kluis/sleutels"), 0
    totaal = _oud(stand)
    while nog := _oud(stand):
        while stap := client.post("intake", "/v1/kluis/hersleutel")["hersleuteld"]:
            gedaan += stap
            typer.echo(f"{gedaan} rijen opnieuw versleuteld ({totaal} blobs te doen bij het begin)", err=True)
        stand = client.get("intake", "/v1/kluis/sleutels")
        if _oud(stand) >= nog:
            raise OpdrachtFout("Er komt geen einde aan: draait er nog een intake zonder de nieuwste sleutel?", 1)
    _toon(stand, als_json)


@app.command()
@nette_afloop()
def sleutels(als_json: AlsJson = False, map_: Map = MAP) -> None:
    """Toon welke sleutelnummers nog gebruikt worden en welke weg kunnen."""
    _toon(Client(map_).get("intake", "/v1/kluis/sleutels"), als_json)


@app.command()
@nette_afloop()
def keten(
    anker: Annotated[str, typer.Option(metavar="NR:HASH", help="Een eerder genoteerde schakel.")] = "",
    als_json: AlsJson = False,
    map_: Map = MAP,
) -> None:
    """Loop de keten van raadplegingen na; exitstatus 1 als zij niet heel is."""
    nr, _, hash_ = anker.partition(":")
    vraag = {"nr": nr, "hash": hash_} if anker else {}
    antwoord = Client(map_).get("intake", "/v1/verantwoording/keten", **vraag)
    laatste, fout = antwoord["laatste"], antwoord["eersteFout"]
    if als_json:
        typer.echo(json.dumps(antwoord, ensure_ascii=False))
    elif fout is None:
        typer.echo(f"De keten is heel. Anker om te bewaren: {laatste['nr']}:{laatste['hash']}")
    else:
        typer.echo(f"De keten is gebroken bij nummer {fout['nr']}: {fout['reden']}.")
    if fout is not None:
        raise typer.Exit(1)


def _oud(stand: dict[str, Any]) -> int:
    return sum(aantal for nummer, aantal in stand["inGebruik"].items() if nummer != str(stand["nieuwste"]))


def _toon(stand: dict[str, Any], als_json: bool) -> None:
    if als_json:
        typer.echo(json.dumps(stand, ensure_ascii=False))
        return
    for nummer, aantal in stand["inGebruik"].items():
        typer.echo(f"sleutel {nummer}: {aantal} blobs" + (" (nieuwste)" if nummer == str(stand["nieuwste"]) else ""))
    for nummer in stand["kanWeg"]:
        typer.echo(f"sleutel {nummer} wordt niet meer gebruikt en kan weg")
