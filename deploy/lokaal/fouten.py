"""Wat er mis kan gaan, in één Nederlandse regel, met de exitstatus die erbij hoort."""

from __future__ import annotations

import errno
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

NIET_BEREIKBAAR = 3
VERKEERD_GEBRUIK = 2


class LokaalFout(Exception):
    """Een fout die de gebruiker kan begrijpen: ``melding`` is één regel, ``status`` de exitstatus (2 of 3)."""

    def __init__(self, melding: str, status: int = NIET_BEREIKBAAR) -> None:
        super().__init__(melding)
        self.melding = melding
        self.status = status


class PoortBezet(LokaalFout):
    """Iemand anders luistert al op de gekozen poort; de aanroeper kiest een andere."""


class SchijfVol(LokaalFout):
    """Geen ruimte meer op de schijf onder ``plek``."""

    def __init__(self, plek: Path) -> None:
        super().__init__(f"De schijf met {plek} is vol: maak ruimte vrij en start opnieuw.")


@contextmanager
def vertaald(plek: Path) -> Iterator[None]:
    """Vertaal de fouten van het besturingssysteem die een gebruiker kan verhelpen.

    Raises:
        LokaalFout: schijf vol, geen recht, of een map die alleen gelezen kan worden.
    """
    try:
        yield
    except OSError as fout:
        waar = fout.filename or plek
        if fout.errno in (errno.ENOSPC, errno.EDQUOT):
            raise SchijfVol(Path(str(waar))) from fout
        if fout.errno in (errno.EACCES, errno.EPERM):
            raise LokaalFout(f"Geen recht op {waar}: kies een eigen map met --dir of geef uzelf rechten.") from fout
        if fout.errno == errno.EROFS:
            raise LokaalFout(f"{waar} kan alleen gelezen worden: kies een andere map met --dir.") from fout
        raise


def is_vol(plek: Path) -> bool:
    """Is er zo weinig ruimte dat een server er niet meer kan schrijven? Dan staat de reden ook niet in zijn logboek."""
    return shutil.disk_usage(plek).free < 2**20


def controleer_ruimte(plek: Path, nodig_mb: int) -> None:
    """Raises LokaalFout als de schijf onder ``plek`` minder dan ``nodig_mb`` megabyte vrij heeft."""
    vrij = shutil.disk_usage(plek).free // 2**20
    if vrij < nodig_mb:
        raise LokaalFout(
            f"De schijf met {plek} is bijna vol ({vrij} MB vrij, nodig is {nodig_mb} MB): maak ruimte vrij."
        )
