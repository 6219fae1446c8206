"""`banenspoor demo`: laad de synthetische bevolking met de gepubliceerde totalen, en laat er daarna leven in komen."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from deploy.demo.laden import SCHAAL, TOT, laad
from deploy.lokaal.fouten import VERKEERD_GEBRUIK, LokaalFout
from deploy.lokaal.voortgang import Voortgang, nette_afloop

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def demo(
    schaal: Annotated[int, typer.Option(min=1, help="1 : N; 50 is klaar in minuten, 1 is volle grootte.")] = SCHAAL,
    regio: Annotated[str, typer.Option(help="Alleen deze arbeidsmarktregio, bijvoorbeeld AM01.")] = "",
    tot: Annotated[str, typer.Option(help="Tot en met dit kwartaal.")] = TOT,
    stroom: Annotated[int, typer.Option(min=0, help="Daarna zoveel levende gebeurtenissen per minuut; 0: geen.")] = 30,
    aantal: Annotated[int, typer.Option(min=0, help="Na zoveel levende gebeurtenissen stoppen; 0: tot Ctrl-C.")] = 0,
    map_: Annotated[Path, typer.Option("--dir", envvar="BANENSPOOR_DIR", help="De ingebedde stand.")] = Path(".lokaal"),
) -> None:
    """Een synthetische bevolking waarvan de totalen de gepubliceerde zijn; overal als demo gemerkt."""
    from shared.client import OpdrachtFout

    with nette_afloop():
        try:
            with Voortgang() as voortgang:
                laad(map_, voortgang, schaal, regio=regio, tot=tot)
            typer.echo("De demo is geladen; kijk op het adres van telling.", err=True)
            if stroom:
                _leef(map_, stroom, aantal or None)
        except ValueError as fout:
            raise LokaalFout(str(fout), VERKEERD_GEBRUIK) from None
        except OpdrachtFout as fout:
            raise LokaalFout(str(fout), fout.status) from None


def _leef(map_: Path, per_minuut: int, aantal: int | None) -> None:
    from deploy.demo.stroom import stroom

    typer.echo(f"{per_minuut} levende gebeurtenissen per minuut; Ctrl-C stopt.", err=True)
    try:
        stroom(map_, per_minuut, aantal, lambda wat: typer.echo(wat, err=True))
    except KeyboardInterrupt:
        typer.echo("Gestopt; de demo blijft.", err=True)
