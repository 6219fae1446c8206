"""Vrije poorten op 127.0.0.1: onthouden waar het kan, opnieuw gekozen waar het moet."""

from __future__ import annotations

import random
import socket
from collections.abc import Collection
from pathlib import Path

from deploy.lokaal.fouten import LokaalFout

ADRES = "127.0.0.1"
_EERSTE = 20000


def is_vrij(poort: int) -> bool:
    """Kan een server nu op deze poort gaan luisteren? (met SO_REUSEADDR, zoals Java en PostgreSQL het doen)"""
    with socket.socket() as proef:
        proef.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            proef.bind((ADRES, poort))
        except OSError:
            return False
        return True


def _laatste() -> int:
    """Onder het bereik waaruit het systeem uitgaande poorten neemt.

    Daarbinnen kan een klant die op een dode broker wacht, bij toeval met zichzelf verbinden en de poort bezet houden.
    """
    try:
        laagste = int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text(encoding="ascii").split()[0])
    except (OSError, ValueError, IndexError):
        laagste = 32768
    return min(laagste, 32768) - 1


def vrije_poort(voorkeur: int | None = None, bezet: Collection[int] = ()) -> int:
    """De voorkeur als die vrij is, anders een willekeurige vrije poort; nooit een uit ``bezet``.

    Raises:
        LokaalFout: er is geen vrije poort te vinden.
    """
    if voorkeur is not None and voorkeur not in bezet and is_vrij(voorkeur):
        return voorkeur
    laatste = _laatste()
    for _ in range(200 if laatste > _EERSTE else 0):
        poort = random.randint(_EERSTE, laatste)  # noqa: S311
        if poort not in bezet and is_vrij(poort):
            return poort
    for _ in range(20):
        with socket.socket() as proef:
            proef.bind((ADRES, 0))
            poort = int(proef.getsockname()[1])
        if poort not in bezet:
            return poort
    raise LokaalFout("Geen vrije poort gevonden op 127.0.0.1: stop andere servers en probeer het opnieuw.")
