"""Geef de schema's uit: `python -m banenspoor_contracts.uitgave MAP`.

Breekt een model met het document dat al uitgegeven is, dan stopt dit met een fout en verandert er niets.
"""

import json
import sys
from pathlib import Path

from .schema import breuken, schemas, tekst


def geef_uit(map_: Path) -> list[str]:
    """Schrijf wat nieuw of aangevuld is in `map_` en geef de namen. `ValueError` als een model met zijn document breekt."""
    teksten = {map_ / naam: (document, tekst(document)) for naam, document in schemas().items()}
    gewijzigd = [b for b, (_, nu) in teksten.items() if not b.exists() or b.read_text(encoding="utf-8") != nu]
    for bestand in gewijzigd:
        if bestand.exists() and (gebroken := breuken(json.loads(bestand.read_text("utf-8")), teksten[bestand][0])):
            raise ValueError(f"{bestand.name}: {'; '.join(gebroken)}. Een andere vorm is een nieuwe versie.")
    map_.mkdir(parents=True, exist_ok=True)
    for bestand in gewijzigd:
        bestand.write_text(teksten[bestand][1], encoding="utf-8")
    return [bestand.name for bestand in gewijzigd]


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("gebruik: python -m banenspoor_contracts.uitgave MAP")
    for naam in geef_uit(Path(sys.argv[1])):
        sys.stdout.write(f"{naam}\n")
