"""Wat een verse stand meekrijgt, door de voordeur: vastgestelde regels, en op verzoek de demo.

De regels zijn de CSV-bestanden in ``deploy/gegevens``, genoemd naar hun soort en geladen in volgorde van naam
(``10-norm.csv``).
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

from deploy.lokaal.invoer import laad_bestand
from deploy.lokaal.staat import schrijf_geheim

GEGEVENS = Path(__file__).resolve().parent.parent / "gegevens"
Voortgang = Callable[[str], None]


def regels(map_: Path, voortgang: Voortgang) -> None:
    """Laad de vastgestelde regels en streefcijfers; wat hier al geladen is, wordt overgeslagen.

    Raises:
        LokaalFout: een rij wordt afgewezen, of een dienst is niet te bereiken.
    """
    laad(map_, sorted(GEGEVENS.glob("*.csv")), "Regels en streefcijfers laden", voortgang)


def laad(map_: Path, bestanden: Sequence[Path], melding: str, voortgang: Voortgang) -> None:
    """Importeer CSV-bestanden, elk met deze inhoud één keer; de soort is de naam zonder volgnummer (``10-norm.csv``)."""
    boek = map_ / "geladen.json"
    gedaan: dict[str, str] = json.loads(boek.read_text(encoding="utf-8")) if boek.exists() else {}
    for bestand in bestanden:
        som = hashlib.sha256(bestand.read_bytes()).hexdigest()
        if gedaan.get(bestand.name) != som:
            voortgang(melding)
            _importeer(map_, bestand)
            gedaan[bestand.name] = som
            schrijf_geheim(boek, json.dumps(gedaan, indent=1) + "\n")


def _importeer(map_: Path, bestand: Path) -> None:
    from shared.client import Client

    werk = map_ / "gegevens"
    werk.mkdir(exist_ok=True)
    kopie = Path(shutil.copy(bestand, werk))  # de lijst met fouten komt naast het bestand
    laad_bestand(Client(map_), kopie, re.sub(r"^\d+-", "", bestand.stem), lambda *_: None)


def demo(map_: Path, voortgang: Voortgang) -> bool:
    """Laad de demo in een stand waar nog niemand iets over mensen zei; onwaar als er al andere gegevens in staan.

    Een demo die nog niet klaar was wordt afgemaakt, een die klaar is blijft zoals hij is.
    """
    from deploy.demo.laden import is_demo, laad

    if not is_demo(map_) and not _leeg(map_):
        return False
    laad(map_, voortgang)
    return True


def _leeg(map_: Path) -> bool:
    from shared.client import Client

    client = Client(map_)
    nummers = [client.get(dienst, "/v1/beheer/nummers") for dienst in ("intake", "plaatsing")]
    return not any(gezegd for n in nummers for partities in n["nummers"].values() for gezegd in partities.values())


def eerste_cijfers(map_: Path) -> None:
    """Druk de eerste cijfers van de demo af, zoals `banenspoor telling` dat doet."""
    from services.telling.cli import tabel_van, toon
    from shared.client import Client

    vraag = {"reeks": "kwartaal", "periode": "2023-Q4", "per": "sector,vorm"}
    antwoord = Client(map_).get("telling", "/v1/tellingen", **vraag)
    toon(tabel_van(antwoord), antwoord)
