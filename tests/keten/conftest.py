"""De hele keten: vier diensten als processen op echte Kafka en PostgreSQL, door de voordeur gevuld."""

import csv
import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from deploy.lokaal.stack import Stack
from shared.client import Client
from shared.settings import WORTEL
from shared.wacht import wacht
from tests.bsn_scan import scan

Rij = dict[str, Any]


class Keten:
    """Een draaiende Banenspoor met de opdrachtregel en de API als enige ingang."""

    def __init__(self, stack: Stack, werkmap: Path) -> None:
        self.stack, self.werkmap = stack, werkmap
        self.client = Client(stack.dir)
        self._bestanden = 0
        self.bsns: set[str] = set()

    def opdracht(self, *woorden: str, status: int = 0) -> str:
        """Voert `banenspoor …` uit in een eigen proces en controleert de exitstatus."""
        klaar = subprocess.run(
            [sys.executable, "-m", "deploy.cli", *woorden, "--dir", str(self.stack.dir)],
            cwd=WORTEL,
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )
        assert klaar.returncode == status, f"{woorden}: {klaar.returncode}\n{klaar.stdout}\n{klaar.stderr}"
        return klaar.stdout

    def bestand(self, rijen: Sequence[Rij], naam: str = "") -> Path:
        """Schrijft rijen als CSV; de kolommen zijn die van de eerste rij."""
        self._bestanden += 1
        self.bsns |= {str(r["bsn"]) for r in rijen if r.get("bsn")}
        pad = self.werkmap / (naam or f"{self._bestanden}.csv")
        with pad.open("w", newline="", encoding="utf-8") as uit:
            schrijver = csv.DictWriter(uit, list(rijen[0]))
            schrijver.writeheader()
            schrijver.writerows(rijen)
        return pad

    def importeer(self, soort: str, rijen: Sequence[Rij] | Path, *opties: str, status: int = 0) -> Any:
        """Importeert rijen door de voordeur en geeft de samenvatting."""
        pad = rijen if isinstance(rijen, Path) else self.bestand(rijen)
        return json.loads(self.opdracht("importeer", soort, str(pad), "--json", *opties, status=status))

    def wacht(self) -> str | None:
        """Wacht tot alles wat gezegd is door de hele keten is verwerkt; geeft `vastTot`."""
        return wacht(self.client, "beoordeling", lambda *_: None)

    def tellingen(self, **vraag: Any) -> Any:
        """`GET /v1/tellingen`."""
        return self.client.get("telling", "/v1/tellingen", **vraag)

    def geen_bsn(self) -> None:
        """Geen ingevoerd BSN staat ergens buiten de kluis."""
        assert scan(self.stack, self.bsns, [self.werkmap]) == []

    def sluit_historie(self) -> None:
        """`banenspoor historie sluit`."""
        self.opdracht("historie", "sluit")


@pytest.fixture(scope="module")
def keten(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Keten]:
    """Een verse, lege Banenspoor met de gepubliceerde regels, voor één module."""
    werkmap = tmp_path_factory.mktemp("keten")
    with Stack.start(werkmap / "stack", diensten=True, cache=WORTEL / ".lokaal" / "cache") as stack:
        from deploy.lokaal import vulling

        vulling.regels(stack.dir, lambda _: None)
        keten = Keten(stack, werkmap)
        yield keten
        keten.geen_bsn()
