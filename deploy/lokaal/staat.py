"""De map ``.lokaal``: wat er onthouden wordt (``state.json``) en wie er de baas is (``lock``)."""

from __future__ import annotations

import base64
import fcntl
import json
import os
import secrets
import uuid
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from deploy.lokaal.fouten import LokaalFout

DIENSTEN = ("intake", "beoordeling", "plaatsing", "telling")


def schrijf_geheim(pad: Path, inhoud: str) -> None:
    """Schrijf ``inhoud`` in één keer (geheel of niet), leesbaar voor de eigenaar alleen (0600)."""
    tijdelijk = pad.with_name(f"{pad.name}.{os.getpid()}.part")
    try:
        with os.fdopen(os.open(tijdelijk, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as uit:
            uit.write(inhoud)
            uit.flush()
            os.fsync(uit.fileno())
        tijdelijk.replace(pad)
    finally:
        tijdelijk.unlink(missing_ok=True)


def nieuw_cluster_id() -> str:
    """Een Kafka-clusterid: 16 willekeurige bytes in base64url zonder opvulling, niet met een streepje vooraan."""
    while True:
        kandidaat = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
        if not kandidaat.startswith("-"):
            return kandidaat


@dataclass
class Staat:
    """Inhoud van ``state.json``.

    ``poorten`` en ``wachtwoorden`` blijven over starts heen gelijk zolang ze vrij zijn; ``pids`` en ``adressen``
    gelden voor de stack die nu draait (leeg als er niets draait); ``los`` is waar als die stack met opzet zonder
    eigenaar draait (``lokaal start``), en onwaar als zijn eigenaar het slot hoort vast te houden.
    """

    cluster_id: str = field(default_factory=nieuw_cluster_id)
    poorten: dict[str, int] = field(default_factory=dict)
    wachtwoorden: dict[str, str] = field(default_factory=dict)
    pids: dict[str, int] = field(default_factory=dict)
    adressen: dict[str, str] = field(default_factory=dict)
    kafka: str = ""
    postgres: str = ""
    los: bool = False

    @staticmethod
    def pad(map_: Path) -> Path:
        return map_ / "state.json"

    @classmethod
    def laad(cls, map_: Path) -> Staat | None:
        """Lees ``state.json``; ``None`` als die er niet is.

        Raises:
            LokaalFout: het bestand is er, maar is geen geldige staat.
        """
        try:
            gelezen: dict[str, Any] = json.loads(cls.pad(map_).read_text(encoding="utf-8"))
            bekend = {veld.name for veld in fields(cls)}
            return cls(**{naam: waarde for naam, waarde in gelezen.items() if naam in bekend})
        except FileNotFoundError:
            return None
        except (ValueError, TypeError, AttributeError) as fout:
            raise LokaalFout(f"{cls.pad(map_)} is onleesbaar: zet een kopie terug of begin opnieuw met wis.") from fout

    def bewaar(self, map_: Path) -> None:
        """Schrijf ``state.json`` (0600), geheel of niet."""
        schrijf_geheim(self.pad(map_), json.dumps(asdict(self), indent=1) + "\n")

    def wachtwoord(self, rol: str) -> str:
        """Het wachtwoord van een databaserol; de eerste keer wordt het gemaakt."""
        return self.wachtwoorden.setdefault(rol, secrets.token_urlsafe(24))


class Slot:
    """Eén eigenaar per map: een ``flock`` dat met het proces verdwijnt, ook bij kill -9."""

    def __init__(self, map_: Path) -> None:
        self._pad = map_ / "lock"
        self._fd: int | None = None

    def neem(self, wie: str) -> None:
        """Neem het slot, of weiger meteen.

        Raises:
            LokaalFout: een ander proces heeft deze map in gebruik.
        """
        fd = os.open(self._pad, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as fout:
            houder = os.pread(fd, 200, 0).decode("utf-8", "replace").strip() or "een ander proces"
            os.close(fd)
            raise LokaalFout(
                f"{self._pad.parent} is in gebruik door {houder}: stop dat eerst of kies een andere map met --dir."
            ) from fout
        os.ftruncate(fd, 0)
        os.pwrite(fd, f"proces {os.getpid()} ({wie})\n".encode(), 0)
        self._fd = fd

    @property
    def gehouden(self) -> bool:
        return self._fd is not None

    def geef_vrij(self) -> None:
        """Laat het slot los; nog eens mag."""
        if self._fd is not None:
            os.ftruncate(self._fd, 0)
            os.close(self._fd)
            self._fd = None
