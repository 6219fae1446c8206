"""Het kleine voorbeeld van `make run`: een synthetische bevolking door de voordeur, en de eerste cijfers."""

import csv
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import typer

from deploy import synthetisch
from deploy.lokaal.vulling import laad as laad_bestanden

GEMEENTEN = ("0014", "0106", "0080", "0193", "0344", "0363", "0599", "0855", "0935")
KOLOMMEN = tuple(
    synthetisch.Kolom(naam, banen * synthetisch.BAAN_KWARTAAL)
    for naam, banen in (("markt", 60), ("overheid", 20), ("inleen", 30))
)


def laad(map_: Path, voortgang: Callable[[str], None]) -> None:
    """Schrijft de vier bestanden in de map en importeert wat nog niet geladen is; ook het laatste volle kwartaal."""
    bevolking = synthetisch.maak(KOLOMMEN, GEMEENTEN, *kwartaal(date.today()), zaad=33)  # noqa: DTZ011  # kalenderdag
    werk = map_ / "voorbeeld"
    if not werk.exists():
        werk.mkdir()
        for nr, (soort, rijen) in enumerate(bevolking.bestanden().items()):
            with (werk / f"{nr}-{soort}.csv").open("w", newline="", encoding="utf-8") as uit:
                schrijver = csv.DictWriter(uit, list(rijen[0]))
                schrijver.writeheader()
                schrijver.writerows(rijen)
    laad_bestanden(map_, sorted(werk.glob("*.csv")), "Voorbeeld laden (synthetisch)", voortgang)
    from shared.client import Client
    from shared.wacht import wacht

    voortgang("Wachten tot het voorbeeld in de cijfers zit")
    wacht(Client(map_), "intake", lambda *_: None)


def kwartaal(vandaag: date) -> tuple[int, int]:
    """Het laatste kwartaal dat helemaal voorbij is: (jaar, 1–4)."""
    nr = (vandaag.month - 1) // 3
    return (vandaag.year, nr) if nr else (vandaag.year - 1, 4)


def toon(map_: Path) -> None:
    """Drukt de banen van het voorbeeld af, per sector en vorm."""
    from rich.console import Console
    from rich.table import Table

    from shared.client import Client

    jaar, nr = kwartaal(date.today())  # noqa: DTZ011  # kalenderdag
    vraag: dict[str, Any] = {"reeks": "kwartaal", "periode": f"{jaar}-Q{nr}", "maat": "banen", "per": "sector,vorm"}
    antwoord = Client(map_).get("telling", "/v1/tellingen", **vraag)
    tabel = Table("sector", "vorm", "banen", title=f"Voorbeeld (synthetisch), {jaar}-Q{nr}, kwartaalreeks, indicatief")
    for cel in antwoord["cellen"]:
        tabel.add_row(cel["sector"] or "onverdeeld", cel["vorm"], str(cel["banen"]))
    Console(highlight=False).print(tabel)
    typer.echo(f"Zelf kijken: banenspoor telling --reeks kwartaal --periode {jaar}-Q{nr} --maat banen --per regio")
