"""Servers als eigen processen: starten, terugvinden aan hun map, en netjes stoppen."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from deploy.lokaal.fouten import LokaalFout

_LOGMAXIMUM = 20 * 2**20


@dataclass(frozen=True)
class Gebruiker:
    """Onder welke gebruiker een proces start: een voorvoegsel voor de opdracht, of een uid voor het proces."""

    voorvoegsel: tuple[str, ...] = ()
    uid: int | None = None
    gid: int | None = None


@dataclass
class Server:
    """Een gestart proces en waar zijn logboek van deze start begint (bytes)."""

    pid: int
    log: Path
    begin: int
    kind: subprocess.Popen[bytes] = field(repr=False)

    def leeft(self) -> bool:
        return self.kind.poll() is None

    def logboek(self) -> str:
        """Wat het proces sinds deze start schreef, ten hoogste de laatste 64 kB."""
        with self.log.open("rb") as bestand:
            einde = bestand.seek(0, os.SEEK_END)
            bestand.seek(max(self.begin, einde - 65536))
            return bestand.read().decode("utf-8", "replace")


def kale_omgeving() -> dict[str, str]:
    """De omgeving zonder wat een JVM of PostgreSQL ongevraagd anders laat werken."""
    return {
        naam: waarde
        for naam, waarde in os.environ.items()
        if not naam.startswith("PG")
        and naam not in ("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS", "CLASSPATH")
    }


def start(opdracht: Sequence[str], log: Path, *, env: Mapping[str, str], gebruiker: Gebruiker = Gebruiker()) -> Server:
    """Start een server in een eigen sessie (Ctrl-C van de terminal raakt hem niet), uitvoer naar ``log`` (0600)."""
    log.parent.mkdir(parents=True, exist_ok=True)
    if log.exists() and log.stat().st_size > _LOGMAXIMUM:
        log.replace(log.with_name(log.name + ".1"))
    fd = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        begin = os.fstat(fd).st_size
        kind = subprocess.Popen(  # noqa: S603
            [*gebruiker.voorvoegsel, *opdracht],
            stdin=subprocess.DEVNULL,
            stdout=fd,
            stderr=fd,
            env=dict(env),
            cwd="/",
            start_new_session=True,
            user=gebruiker.uid,
            group=gebruiker.gid,
            extra_groups=None if gebruiker.uid is None else [],
            umask=0o077,
        )
    finally:
        os.close(fd)
    return Server(kind.pid, log, begin, kind)


Lijst = Sequence[tuple[int, Sequence[str]]]


def lijst() -> Lijst:
    """Alle levende processen met hun opdrachtregel."""
    return [
        (proces.pid, proces.info["cmdline"] or ())
        for proces in psutil.process_iter(["cmdline", "status"])
        if proces.info["status"] != psutil.STATUS_ZOMBIE and proces.pid != os.getpid()
    ]


def zoek(deel: Sequence[str], lijst_: Lijst | None = None) -> int | None:
    """De pid van een levend proces met ``deel`` achter elkaar in zijn opdrachtregel.

    Zo vindt een nieuwe eigenaar de processen van zijn map terug, ook als de vorige viel voor hij iets kon opschrijven.
    """
    deel = list(deel)
    for pid, regel in lijst() if lijst_ is None else lijst_:
        if any(list(regel[plek : plek + len(deel)]) == deel for plek in range(len(regel) - len(deel) + 1)):
            return pid
    return None


def opdracht_van(pid: int) -> list[str]:
    """De opdrachtregel van een proces; leeg als het er niet (meer) is."""
    try:
        return psutil.Process(pid).cmdline()
    except psutil.Error:
        return []


def stop(pid: int, sein: signal.Signals, geduld: float, server: Server | None = None) -> bool:
    """Vraag een proces te stoppen en wacht ten hoogste ``geduld`` seconden; daarna SIGKILL.

    Geeft terug of het uit zichzelf stopte. Een stilgezet proces (SIGSTOP) wordt eerst weer wakker gemaakt.

    Raises:
        LokaalFout: het proces is zelfs met SIGKILL niet weg te krijgen.
    """
    try:
        proces = psutil.Process(pid)
        proces.send_signal(sein)
        if sein != signal.SIGKILL:
            proces.send_signal(signal.SIGCONT)
        netjes = _wacht(proces, server, geduld)
        if not netjes:
            proces.kill()
            if not _wacht(proces, server, 10):
                raise LokaalFout(f"Proces {pid} is niet te stoppen.")
    except psutil.NoSuchProcess:
        netjes = True
    except psutil.AccessDenied as fout:
        raise LokaalFout(f"Proces {pid} is van een andere gebruiker en niet te stoppen.") from fout
    if server is not None:
        server.kind.poll()
    return netjes


def _wacht(proces: psutil.Process, server: Server | None, geduld: float) -> bool:
    """Is het proces op tijd weg?"""
    einde = time.monotonic() + geduld
    while time.monotonic() < einde:
        if server is not None and server.pid == proces.pid and not server.leeft():
            return True
        if _is_weg(proces):
            return True
        time.sleep(0.02)
    return False


def _is_weg(proces: psutil.Process) -> bool:
    """Ook een zombie is weg (wie hem moet begraven, doet dat eens), maar pas als zijn laatste draad geen poort meer heeft."""
    try:
        return not proces.is_running() or (proces.status() == psutil.STATUS_ZOMBIE and proces.num_threads() <= 1)
    except psutil.Error:
        return True
