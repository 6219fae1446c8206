"""Een Banenspoor op docker compose, in een eigen project met eigen geheimen en poorten; na afloop is alles weg.

Deze proeven draaien alleen als zij gevraagd worden (`make test-compose`); Docker wordt gevonden zoals Docker dat doet.
"""

import csv
import json
import os
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from deploy import synthetisch
from deploy.geheimen import maak
from shared.settings import WORTEL

DIENSTEN = ("intake", "beoordeling", "plaatsing", "telling")
TAKEN = ("kafka-format", "topics", "migreer", "regels")
POORTEN = ("INTAKE", "BEOORDELING", "PLAATSING", "TELLING", "KAFKA", "PROMETHEUS")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Alleen wie deze map (of iets daarin) noemt krijgt deze proeven."""
    genoemd = any("compose" in arg for arg in config.invocation_params.args if not arg.startswith("-"))
    return None if genoemd else collection_path.name.startswith("test_")


@dataclass
class Project:
    """Eén Composeproject: zijn naam, geheimen en poorten."""

    naam: str
    geheimen: Path
    poorten: dict[str, int] = field(default_factory=dict)
    gemeten: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        sloten = [socket.create_server(("127.0.0.1", 0)) for _ in POORTEN]
        self.poorten = {naam: slot.getsockname()[1] for naam, slot in zip(POORTEN, sloten, strict=True)}
        for slot in sloten:
            slot.close()

    @property
    def omgeving(self) -> dict[str, str]:
        """Alles wat anders uit `.env` komt; een `.env` van een beheerder telt hier niet mee."""
        eigen = {f"{naam}_POORT": str(poort) for naam, poort in self.poorten.items()}
        eigen |= {"BANENSPOOR_GEHEIMEN": str(self.geheimen), "BANENSPOOR_IMAGE": "banenspoor:proef"}
        return {n: w for n, w in os.environ.items() if not n.startswith("BANENSPOOR_")} | eigen

    def compose(self, *woorden: str, invoer: str = "", mag: bool = False) -> subprocess.CompletedProcess[str]:
        """Voert `docker compose …` uit; een exitstatus anders dan 0 is een fout, tenzij dat mag."""
        klaar = subprocess.run(
            ["docker", "compose", "--env-file", os.devnull, "--project-name", self.naam, *woorden],
            cwd=WORTEL,
            env=self.omgeving,
            input=invoer,
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )
        assert mag or klaar.returncode == 0, (
            f"{woorden}: {klaar.returncode}\n{klaar.stdout}\n{klaar.stderr}\n{self.stand()}"
        )
        return klaar

    def op(self, *diensten: str, profiel: str = "") -> None:
        """`up --wait`: komt terug als alles gereed is."""
        begin = time.monotonic()
        self.compose(*(("--profile", profiel) if profiel else ()), "up", "--detach", "--wait", *diensten)
        wat = f"up {' '.join(diensten)}".strip()
        self.gemeten[f"weer {wat}" if wat in self.gemeten else wat] = time.monotonic() - begin

    def stand(self) -> str:
        """Wat er draait en wat het laatst gelogd is, voor bij een fout."""
        if self.naam.endswith("-zonder"):
            return ""
        delen = [("ps", "--all"), ("logs", "--no-color", "--tail", "15")]
        kop = ["docker", "compose", "--env-file", os.devnull, "--project-name", self.naam]
        klaar = [
            subprocess.run([*kop, *d], cwd=WORTEL, env=self.omgeving, capture_output=True, text=True, check=False)
            for d in delen
        ]
        return "\n".join(k.stdout for k in klaar)

    def opdracht(self, *woorden: str, map_: Path | None = None) -> str:
        """`banenspoor …` in de container `tools`, als de gebruiker van deze proef, met `map_` als werkmap."""
        wie = ("--user", f"{os.getuid()}:{os.getgid()}")
        werk = ("--volume", f"{map_}:/werk") if map_ else ()
        return self.compose("run", "--rm", "--no-TTY", *wie, *werk, "tools", *woorden).stdout

    def python(self, dienst: str, code: str) -> Any:
        """Voert Python uit in de container van een dienst, met haar instellingen; geeft wat zij als JSON afdrukt."""
        return json.loads(self.compose("exec", "--no-TTY", dienst, "python", "-", invoer=code).stdout)

    def inspecteer(self) -> dict[str, Any]:
        """`docker inspect` van elke container, op naam van de dienst."""
        nummers = self.compose("--profile", "*", "ps", "--all", "--quiet").stdout.split()
        if not nummers:
            return {}
        gezien = subprocess.run(["docker", "inspect", *nummers], capture_output=True, text=True, check=True, timeout=60)
        return {c["Config"]["Labels"]["com.docker.compose.service"]: c for c in json.loads(gezien.stdout)}


def schrijf(map_: Path, bevolking: synthetisch.Bevolking) -> Sequence[tuple[str, str]]:
    """Schrijft de bestanden van een synthetische bevolking; geeft soort en naam, in de volgorde van laden."""
    uit = []
    for soort, rijen in bevolking.bestanden().items():
        with (map_ / f"{soort}.csv").open("w", newline="", encoding="utf-8") as bestand:
            schrijver = csv.DictWriter(bestand, list(rijen[0]))
            schrijver.writeheader()
            schrijver.writerows(rijen)
        uit.append((soort, f"{soort}.csv"))
    return uit


@pytest.fixture(scope="session")
def project(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """Van niets tot gereed; daarna blijft er niets over, ook geen volume."""
    uit = Project(f"banenspoor-proef-{os.getpid()}", tmp_path_factory.mktemp("geheimen"))
    maak(uit.geheimen)
    begin = time.monotonic()
    uit.compose("build", "migreer")
    uit.gemeten["build"] = time.monotonic() - begin
    try:
        uit.op()
        yield uit
    finally:
        uit.compose("--profile", "*", "down", "--volumes", "--timeout", "30", mag=True)
        vang = request.config.pluginmanager.getplugin("capturemanager")
        with vang.global_and_fixture_disabled():
            print("\n" + "\n".join(f"{wat:<24} {tijd:6.1f} s" for wat, tijd in uit.gemeten.items()))  # noqa: T201
