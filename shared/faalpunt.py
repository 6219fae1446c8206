"""Faalpunten: plekken waar een test het proces laat sterven, gewapend door `BANENSPOOR_FAALPUNT=naam[:n]`."""

import os
import signal

_NAAM, _, _KEER = os.environ.get("BANENSPOOR_FAALPUNT", "").partition(":")
_nog = int(_KEER or 1)


def faalpunt(naam: str) -> None:
    """Doodt dit proces met SIGKILL op de n-de keer dat het gewapende punt wordt bereikt; anders niets."""
    global _nog
    if naam == _NAAM:
        _nog -= 1
        if _nog == 0:
            os.kill(os.getpid(), signal.SIGKILL)
