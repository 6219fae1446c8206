"""Een bestand door de voordeur laden, waarbij elke rij goed moet zijn."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from deploy.lokaal.fouten import LokaalFout

if TYPE_CHECKING:
    from shared.client import Client
    from shared.wacht import Stap


def laad_bestand(client: Client, bestand: Path, naam: str, stap: Stap) -> None:
    """Importeert een CSV-bestand van de soort `naam`; wat al eens verwerkt is verandert niets.

    Raises:
        LokaalFout: er is geen soort van die naam, een rij wordt afgewezen, of een dienst is niet te bereiken.
    """
    from deploy.elders import soorten
    from shared.client import OpdrachtFout
    from shared.importeer import Bestand, voer_in

    soort = next((soort for soort in soorten() if soort.naam == naam), None)
    if soort is None:
        raise LokaalFout(f"{bestand.name}: er is geen soort {naam}.")
    try:
        uit = voer_in(client, Bestand(bestand, soort, client.instellingen.import_max_bytes), stap)
    except OpdrachtFout as fout:
        raise LokaalFout(f"{bestand.name} kon niet worden geladen: {fout}", fout.status) from fout
    if uit.fouten:
        raise LokaalFout(f"{bestand.name}: {uit.fouten} rijen afgewezen; zie {bestand}.fouten.csv.")
