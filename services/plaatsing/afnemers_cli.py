"""`banenspoor afnemers vul NAAM`: een nieuwe afnemer (of een ruimer filter) krijgt wat er al is."""

from typing import Annotated

import typer

from shared.client import MAP, Client, Map, nette_afloop

app = typer.Typer(help="Wie van buiten banen afneemt (deploy/afnemers.yml).", no_args_is_help=True)


@app.callback()
def _afnemers() -> None:
    """Een groep met opdrachten, ook nu er maar één is."""


@app.command()
@nette_afloop()
def vul(
    naam: Annotated[str, typer.Argument(help="De naam in afnemers.yml.", show_default=False)], map_: Map = MAP
) -> None:
    """Zeg deze afnemer de stand van elke baan die zij mag zien; na onderbreken gewoon nog eens."""
    client, na, gezegd = Client(map_), None, 0
    while True:
        antwoord = client.post("plaatsing", f"/v1/afnemers/{naam}/vulling", json={"na": na})
        gezegd, na = gezegd + antwoord["gezegd"], antwoord["volgende"]
        if na is None:
            break
        typer.echo(f"{gezegd} banen gezegd", err=True)
    typer.echo(f"Klaar: {gezegd} banen op afname-{naam}.")
