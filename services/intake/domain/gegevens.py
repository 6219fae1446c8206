"""De gedateerde regels van intake: CSV in `gegevens/`, elk met zijn bron."""

from __future__ import annotations

import csv
from datetime import date
from importlib import resources


def lees(naam: str) -> list[dict[str, str]]:
    """De rijen van een bestand in `gegevens/`."""
    bestand = resources.files("services.intake") / "gegevens" / naam
    return list(csv.DictReader(bestand.read_text("utf-8").splitlines()))


def dag(tekst: str) -> date | None:
    """Een dag; leeg: geen."""
    return date.fromisoformat(tekst) if tekst else None
