"""Kafka en PostgreSQL van één map: starten op vrije poorten, stoppen, hard beëindigen, wissen, databases erbij."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from threading import Event

from deploy.lokaal import databases, poorten, processen
from deploy.lokaal.diensten import Diensten
from deploy.lokaal.fouten import LokaalFout, PoortBezet
from deploy.lokaal.kafka import Kafka, antwoordend_cluster
from deploy.lokaal.postgres import BEHEERDER, Postgres
from deploy.lokaal.staat import DIENSTEN, Staat

_POGINGEN = 4


class Servers:
    """Wat er onder ``dir`` draait of draaien kan. Wie iets wijzigt, houdt het slot (:class:`deploy.lokaal.stack.Stack`)."""

    def __init__(self, dir: Path, cache: Path | None, voortgang: Callable[[str], None]) -> None:
        self.dir = dir.expanduser().resolve()
        self.staat = Staat()
        self._meld = voortgang
        self._afgebroken = Event()
        self._logs = self.dir / "logs"
        self._kafka = Kafka(self.dir, (cache or self.dir / "cache").expanduser().resolve(), self._logs / "kafka.log")
        self._postgres = Postgres(self.dir, self._logs / "postgres.log")
        self.diensten = Diensten(self.dir, self._logs)

    def voortgang(self, tekst: str) -> None:
        """Meld een stap; in een afgebroken start is dit waar de andere draad stopt."""
        if self._afgebroken.is_set():
            raise LokaalFout("De start is afgebroken.")
        self._meld(tekst)

    @property
    def kafka(self) -> str:
        """Het bootstrapadres, ``127.0.0.1:poort``."""
        return f"{poorten.ADRES}:{self.staat.poorten['kafka']}"

    @property
    def postgres(self) -> str:
        """Het adres van de databaseserver, ``127.0.0.1:poort``."""
        return f"{poorten.ADRES}:{self.staat.poorten['postgres']}"

    @property
    def kafka_pid(self) -> int | None:
        return self._kafka.pid()

    @property
    def postgres_pid(self) -> int | None:
        return self._postgres.pid()

    def pids(self) -> dict[str, int]:
        """Wat er onder deze map draait, wie het ook startte."""
        lijst = processen.lijst()
        alles = {"kafka": self._kafka.pid(lijst), "postgres": self._postgres.pid(lijst)}
        alles |= {dienst: self.diensten.pid(dienst, lijst) for dienst in DIENSTEN}
        return {naam: pid for naam, pid in alles.items() if pid is not None}

    def noteer(self) -> None:
        """Schrijf de stand van nu in ``state.json``."""
        self.staat.pids = self.pids()
        if self.dir.exists():
            self.staat.bewaar(self.dir)

    def _kafka_antwoordt(self) -> bool:
        poort = self.staat.poorten.get("kafka", 0)
        return poort > 0 and antwoordend_cluster(poort) == self.staat.cluster_id

    # -- Kafka ---------------------------------------------------------------------------------------------------------

    def start_kafka(self) -> None:
        """Start de broker (of neem hem over als hij draait), met behoud van gegevens en zo mogelijk van poort."""
        self._begin_kafka()
        self.noteer()

    def _begin_kafka(self) -> None:
        poorten_ = self.staat.poorten
        if self._kafka.pid() is not None:
            if self._kafka_antwoordt():
                return
            self._kafka.stop()
        for poging in range(_POGINGEN):
            for naam in ("kafka", "controller"):
                poorten_[naam] = self._vrije_poort(naam, onthouden=poging == 0)
            try:
                self._kafka.start(poorten_["kafka"], poorten_["controller"], self.staat.cluster_id, self.voortgang)
                return
            except PoortBezet:
                if poging == _POGINGEN - 1:
                    raise

    def stop_kafka(self) -> None:
        self._kafka.stop()

    def kill_kafka(self) -> None:
        """Beëindig de broker met SIGKILL, voor proeven."""
        self._kafka.kill()

    def wis_kafka(self) -> None:
        """Gooi het log van een stilstaande broker weg; de volgende start formatteert opnieuw, met hetzelfde clusterid.

        Raises:
            LokaalFout: de broker draait nog.
        """
        self._kafka.wis()

    # -- PostgreSQL ----------------------------------------------------------------------------------------------------

    def start_postgres(self) -> None:
        """Start PostgreSQL (of neem hem over als hij draait), met behoud van gegevens en zo mogelijk van poort."""
        self._begin_postgres()
        self.noteer()

    def _begin_postgres(self) -> None:
        for poging in range(_POGINGEN):
            if self._postgres.pid() is not None and poging == 0:
                self._postgres.poort = self.staat.poorten["postgres"]
                break
            self.staat.poorten["postgres"] = self._vrije_poort("postgres", onthouden=poging == 0)
            try:
                wachtwoord = self.staat.wachtwoord(BEHEERDER)
                self._postgres.start(self.staat.poorten["postgres"], wachtwoord, self.voortgang)
                break
            except PoortBezet:
                if poging == _POGINGEN - 1:
                    raise
        databases.controleer_versie(self._postgres, self.staat)
        databases.maak(self._postgres, self.staat, [(dienst, dienst) for dienst in DIENSTEN])

    def stop_postgres(self) -> None:
        self._postgres.stop()

    def kill_postgres(self) -> None:
        """Beëindig de databaseserver met SIGKILL, voor proeven."""
        self._postgres.kill()

    def postgres_url(self, database: str, rol: str) -> str:
        """Het verbindingsadres van ``rol`` (bijvoorbeeld ``intake_app``) op ``database``."""
        return databases.url(self.staat.poorten["postgres"], self.staat, database, rol)

    def maak_database(self, naam: str, dienst: str | None = None, sjabloon: str | None = None) -> tuple[str, str]:
        """Maak een extra database en geef de adressen van haar eigenaar en haar toepassing.

        De rollen zijn die van ``dienst``; zonder dienst krijgt de database eigen rollen. Met ``sjabloon`` wordt zij een
        kopie van die database (waar dan niemand op verbonden mag zijn).
        """
        eigenaar, app = databases.rollen(dienst or naam)
        for rol in (eigenaar, app):
            self.staat.wachtwoord(rol)
        self.staat.bewaar(self.dir)
        databases.maak(self._postgres, self.staat, [(naam, dienst or naam)], sjabloon)
        return self.postgres_url(naam, eigenaar), self.postgres_url(naam, app)

    def verwijder_database(self, naam: str) -> None:
        """Verwijder een extra database, ook als er nog iemand op verbonden is."""
        databases.verwijder(self._postgres, self.staat, naam)

    def _vrije_poort(self, naam: str, *, onthouden: bool) -> int:
        bezet = {poort for ander, poort in self.staat.poorten.items() if ander != naam}
        return poorten.vrije_poort(self.staat.poorten[naam] or None if onthouden else None, bezet)
