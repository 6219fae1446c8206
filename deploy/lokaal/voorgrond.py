"""``banenspoor run``: alles op de voorgrond, tot Ctrl-C of SIGTERM; wat ondertussen omvalt, wordt weer gestart."""

from __future__ import annotations

import signal
import threading
import time
from collections import deque
from pathlib import Path
from types import FrameType

from deploy.lokaal import vulling
from deploy.lokaal.fouten import LokaalFout
from deploy.lokaal.opdrachten import toon
from deploy.lokaal.staat import DIENSTEN
from deploy.lokaal.stack import Stack
from deploy.lokaal.voortgang import Voortgang

_DRAAIT = "Banenspoor draait; Ctrl-C stopt het."
_PER_MINUUT = 6
_LEVEND_PER_MINUUT = 30


class Onderbroken(BaseException):
    """Er is om stoppen gevraagd terwijl er nog gestart werd."""


def draai(map_: Path) -> None:
    """Start, laad de demo in een lege stand, toon adressen en eerste cijfers, en wacht; stop daarna netjes.

    De seinen worden hier zelf afgehandeld: onder ``bash … &`` is SIGINT van huis uit genegeerd.

    Raises:
        LokaalFout: de start lukt niet, of iets valt zo vaak om dat opnieuw starten geen zin heeft.
    """
    einde = threading.Event()

    def onderbreek(_sein: int, _frame: FrameType | None) -> None:
        if not einde.is_set():
            einde.set()
            raise Onderbroken

    oud = {sein: signal.signal(sein, onderbreek) for sein in (signal.SIGINT, signal.SIGTERM)}
    try:
        with Voortgang() as voortgang:
            stack = Stack.start(map_, diensten=True, voortgang=voortgang, wie="banenspoor run")
            try:
                if _toon_eerste(stack, voortgang):
                    threading.Thread(target=_leef, args=(stack.dir, einde), daemon=True).start()
                _bewaak(stack, voortgang)
            except Onderbroken:
                voortgang.console.print()
            finally:
                einde.set()
                voortgang("Stoppen (de eerste keer schrijft Kafka zijn startcache)")
                stack.stop()
    except Onderbroken:
        pass  # tijdens de start: Stack.start heeft zijn delen al gestopt
    finally:
        for sein, vorige in oud.items():
            signal.signal(sein, vorige)


def _toon_eerste(stack: Stack, voortgang: Voortgang) -> bool:
    """Of het de demo is waar men naar kijkt."""
    vulling.regels(stack.dir, voortgang)
    demo = vulling.demo(stack.dir, voortgang)
    with voortgang.pauze():
        if demo:
            vulling.eerste_cijfers(stack.dir)
        toon(stack.staat)
        print(f"\nIn een browser: {stack.staat.adressen['telling']}/")  # noqa: T201  # de uitvoer van de opdracht
    voortgang(_DRAAIT)
    return demo


def _leef(map_: Path, einde: threading.Event) -> None:
    """Laat leven in de demo komen; wat er binnenkomt is op de bladzijde te zien."""
    from deploy.demo.stroom import stroom

    stroom(map_, _LEVEND_PER_MINUUT, None, lambda _: None, einde)


def _bewaak(stack: Stack, voortgang: Voortgang) -> None:
    """Start opnieuw wat omvalt (de waakhond van een dienst stopt haar met opzet), maar niet eindeloos."""
    gevallen: deque[float] = deque(maxlen=_PER_MINUUT)
    while True:
        time.sleep(1)
        levend = stack.pids()
        weg = [naam for naam in ("postgres", "kafka", *DIENSTEN) if naam not in levend]
        if not weg:
            continue
        if len(gevallen) == _PER_MINUUT and time.monotonic() - gevallen[0] < 60:
            raise LokaalFout(f"{weg[0]} valt telkens om; zie {stack.dir / 'logs' / (weg[0] + '.log')}.")
        gevallen.append(time.monotonic())
        voortgang.console.print(f"{', '.join(weg)} viel om en wordt weer gestart", markup=False)
        stack.hervat()
        voortgang.console.print("Hersteld")
        voortgang(_DRAAIT)
