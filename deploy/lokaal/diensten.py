"""De vier diensten als achtergrondprocessen: hun instellingen, starten, wachten tot ze gereed zijn, stoppen."""

from __future__ import annotations

import http.client
import json
import os
import signal
import sys
import time
from collections.abc import Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from deploy.lokaal import databases, kluis, poorten, processen, uitgever
from deploy.lokaal.fouten import LokaalFout
from deploy.lokaal.staat import DIENSTEN, Staat

TOPICS = Path(__file__).resolve().parent.parent / "topics.yml"
OIN = "00000000000000000000"


def instellingen(map_: Path, staat: Staat, dienst: str) -> dict[str, str]:
    """De omgeving waarmee een dienst (of zijn migratie) in deze map werkt."""
    poort = staat.poorten["postgres"]
    eigenaar, app = databases.rollen(dienst)
    omgeving = {
        "BANENSPOOR_DIENST": dienst,
        "BANENSPOOR_DIR": str(map_),
        "BANENSPOOR_DATABASE_URL": databases.url(poort, staat, dienst, app),
        "BANENSPOOR_EIGENAAR_DATABASE_URL": databases.url(poort, staat, dienst, eigenaar),
        "BANENSPOOR_KAFKA": f"{poorten.ADRES}:{staat.poorten['kafka']}",
        "BANENSPOOR_JWKS": str(uitgever.jwks_pad(map_)),
        "BANENSPOOR_UITGEVER": uitgever.UITGEVER,
        "BANENSPOOR_OIN": OIN,
        "BANENSPOOR_HOST": poorten.ADRES,
        "BANENSPOOR_POORT": str(staat.poorten.get(dienst, 0)),
        "BANENSPOOR_TOPICS": str(TOPICS),
    }
    if dienst in kluis.MET_KLUIS:
        sleutels = kluis.zorg_voor(map_)[dienst]
        omgeving["BANENSPOOR_KLUIS_SLEUTELS"] = json.dumps(sleutels["sleutels"])
        omgeving["BANENSPOOR_KLUIS_HMAC"] = str(sleutels["hmac"])
    return omgeving


class Diensten:
    """De dienstprocessen van één map."""

    def __init__(self, map_: Path, logs: Path) -> None:
        self._map = map_
        self._logs = logs
        self._servers: dict[str, processen.Server] = {}

    def log(self, dienst: str) -> Path:
        return self._logs / f"{dienst}.log"

    def _kenmerk(self, dienst: str) -> tuple[str, ...]:
        return ("serve", dienst, "--dir", str(self._map))

    def pid(self, dienst: str, lijst: processen.Lijst | None = None) -> int | None:
        """De pid van een dienst van deze map, ook als een eerdere eigenaar hem startte."""
        server = self._servers.get(dienst)
        if server is not None and server.leeft():
            return server.pid
        return processen.zoek(self._kenmerk(dienst), lijst)

    def start(self, staat: Staat, dienst: str, extra: Mapping[str, str] | None = None) -> None:
        """Start één dienst op haar onthouden poort, of op een andere als die bezet is; wacht niet."""
        andere = {poort for naam, poort in staat.poorten.items() if naam != dienst}
        staat.poorten[dienst] = poorten.vrije_poort(staat.poorten.get(dienst), andere)
        staat.adressen[dienst] = f"http://{poorten.ADRES}:{staat.poorten[dienst]}"
        geheim = {"BANENSPOOR_EIGENAAR_DATABASE_URL"}
        env = {naam: w for naam, w in os.environ.items() if not naam.startswith("BANENSPOOR_KLUIS")}
        env |= {naam: w for naam, w in instellingen(self._map, staat, dienst).items() if naam not in geheim}
        env |= {"PYTHONUNBUFFERED": "1", **(extra or {})}
        opdracht = [sys.executable, "-m", "deploy.cli", *self._kenmerk(dienst)]
        self._servers[dienst] = processen.start(opdracht, self.log(dienst), env=env)

    def wacht_tot_gereed(self, staat: Staat, namen: Collection[str] = DIENSTEN, geduld: float = 120) -> None:
        """Wacht tot elke dienst op ``/healthz/ready`` 200 antwoordt.

        Raises:
            LokaalFout: een dienst stopte, of was niet op tijd gereed; met waarom, zover bekend.
        """
        einde = time.monotonic() + geduld
        wachtend = dict.fromkeys(namen, "nog geen antwoord")
        while wachtend:
            for naam in list(wachtend):
                status, wachtend[naam] = antwoord_gereed(staat.poorten[naam])
                if status == 200:
                    del wachtend[naam]
                elif self.pid(naam) is None:
                    raise LokaalFout(
                        f"Dienst {naam} stopte tijdens de start; zie {self.log(naam)}. {self._laatste(naam)}"
                    )
            if wachtend and time.monotonic() > einde:
                naam, reden = next(iter(wachtend.items()))
                raise LokaalFout(f"Dienst {naam} was na {geduld:.0f} s niet gereed ({reden}); zie {self.log(naam)}.")
            time.sleep(0.05 if wachtend else 0)

    def _laatste(self, dienst: str) -> str:
        server = self._servers.get(dienst)
        regels = [regel for regel in (server.logboek().splitlines() if server else []) if regel.strip()]
        return regels[-1][:300] if regels else ""

    def stop(self, namen: Collection[str] = DIENSTEN, geduld: float = 15) -> None:
        """Stop diensten netjes en naast elkaar (SIGTERM); wie na ``geduld`` seconden nog leeft, hard."""
        lijst = processen.lijst()
        levend = {naam: pid for naam in namen if (pid := self.pid(naam, lijst)) is not None}
        if levend:
            with ThreadPoolExecutor(len(levend)) as samen:
                for naam, pid in levend.items():
                    samen.submit(processen.stop, pid, signal.SIGTERM, geduld, self._servers.get(naam))
        for naam in namen:
            self._servers.pop(naam, None)

    def kill(self, dienst: str) -> None:
        """Beëindig één dienst hard (SIGKILL)."""
        if (pid := self.pid(dienst)) is not None:
            processen.stop(pid, signal.SIGKILL, 10, self._servers.pop(dienst, None))


def antwoord_gereed(poort: int) -> tuple[int, str]:
    """Status en begin van het antwoord op ``/healthz/ready``; status 0 als er niemand antwoordt."""
    verbinding = http.client.HTTPConnection(poorten.ADRES, poort, timeout=2)
    try:
        verbinding.request("GET", "/healthz/ready")
        antwoord = verbinding.getresponse()
        return antwoord.status, antwoord.read(300).decode("utf-8", "replace")
    except (OSError, http.client.HTTPException):
        return 0, "nog geen antwoord"
    finally:
        verbinding.close()
