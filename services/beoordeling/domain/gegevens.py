"""De gedateerde regels van beoordeling: CSV in `gegevens/`, elk met zijn bron."""

import csv
from datetime import date
from importlib import resources


def lees(naam: str) -> list[dict[str, str]]:
    """De rijen van een bestand in `gegevens/`."""
    bestand = resources.files("services.beoordeling") / "gegevens" / naam
    return list(csv.DictReader(bestand.read_text("utf-8").splitlines()))


def van(tekst: str) -> date:
    """Een eerste dag; leeg: altijd al."""
    return date.fromisoformat(tekst) if tekst else date.min


def tot(tekst: str) -> date:
    """De eerste dag erna; leeg: nooit."""
    return date.fromisoformat(tekst) if tekst else date.max
