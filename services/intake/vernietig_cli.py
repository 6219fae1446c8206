"""`banenspoor kluis samenvoegen|vernietig|…`: twee nummers samenvoegen, en vernietigen wat niet meer bewaard mag worden."""

import json
from typing import Annotated, Any
from uuid import UUID

import typer

from services.intake.vernietigen import Waarom
from shared.client import MAP, Client, Map, nette_afloop

Persoon = Annotated[UUID, typer.Argument(help="Het pseudoniem.", show_default=False)]
Kenmerk = Annotated[str, typer.Option(help="Waar het besluit vastligt (een zaaknummer; geen naam, geen BSN).")]
AlsJson = Annotated[bool, typer.Option("--json", help="Als JSON op stdout.")]


def voeg_toe_aan(app: typer.Typer) -> None:
    """Zet deze opdrachten bij `banenspoor kluis`."""
    for naam, opdracht in (
        ("samenvoegen", samenvoegen),
        ("vernietig", vernietig),
        ("aangekondigd", aangekondigd),
        ("vernietig-verlopen", vernietig_verlopen),
    ):
        app.command(naam)(nette_afloop()(opdracht))


def samenvoegen(
    oud: Persoon,
    in_: Annotated[UUID, typer.Argument(metavar="IN", help="Het pseudoniem dat blijft.", show_default=False)],
    map_: Map = MAP,
) -> None:
    """OUD en IN bleken één mens: alles van OUD gaat naar IN. Niet terug te draaien."""
    antwoord = _post(map_, f"/v1/personen/{oud}/samenvoeging", {"in": str(in_)})
    typer.echo(f"Samengevoegd in {antwoord['persoon']}." if antwoord["gewijzigd"] else "Dat was al zo.")


def vernietig(
    persoon: Persoon,
    reden: Annotated[Waarom, typer.Option(help="Waarom.", show_default=False)],
    kenmerk: Kenmerk,
    ja: Annotated[bool, typer.Option("--ja", help="Niet vragen of het zeker is.")] = False,
    map_: Map = MAP,
) -> None:
    """Vernietig alles van één persoon; totalen blijven. Niet terug te draaien."""
    if not ja:
        typer.confirm("Dit is niet terug te draaien. Doorgaan?", abort=True)
    _post(map_, f"/v1/personen/{persoon}/vernietiging", {"reden": str(reden), "kenmerk": kenmerk})
    typer.echo("Vernietigd. Wat in back-ups staat: docs/vernietigen.md.")


def aangekondigd(als_json: AlsJson = False, map_: Map = MAP) -> None:
    """Toon van wie de bewaartermijn verlopen is, en vanaf wanneer er vernietigd kan worden."""
    client, na = Client(map_), None
    aantal = 0
    while True:
        blad = client.get("intake", "/v1/vernietigingen/aangekondigd", hooguit=1000, **({"na": na} if na else {}))
        for rij in blad["aangekondigd"]:
            aantal += 1
            regel = f"{rij['persoon']}  bewaard tot {rij['bewaardTot']}, vernietigen vanaf {rij['vernietigenOp']}"
            typer.echo(json.dumps(rij) if als_json else regel)
        if (na := blad["volgende"]) is None:
            break
    if not als_json:
        typer.echo(f"{aantal} personen.", err=True)


def vernietig_verlopen(
    kenmerk: Kenmerk,
    ja: Annotated[bool, typer.Option("--ja", help="Niet vragen of het zeker is.")] = False,
    map_: Map = MAP,
) -> None:
    """Vernietig iedereen van wie de aankondiging voorbij is; na onderbreken gewoon nog eens."""
    if not ja:
        typer.confirm("Dit is niet terug te draaien. Doorgaan?", abort=True)
    totaal, meer = 0, True
    while meer:
        antwoord = _post(map_, "/v1/vernietigingen/verlopen", {"kenmerk": kenmerk})
        totaal, meer = totaal + antwoord["vernietigd"], antwoord["meer"]
        typer.echo(f"{totaal} vernietigd", err=True)
    typer.echo(f"Klaar: {totaal} personen. Wat in back-ups staat: docs/vernietigen.md.")


def _post(map_: Map, pad: str, inhoud: dict[str, str]) -> dict[str, Any]:
    antwoord: dict[str, Any] = Client(map_).post("intake", pad, json=inhoud)
    return antwoord
