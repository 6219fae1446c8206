"""Hoe snel een client mag vragen: een emmer per client en soort vraag, in het geheugen van dit proces.

Een emmer loopt in een minuut vol. Een vraag die groter is dan de emmer mag als hij vol is, en maakt schuld. Draaien er
meer processen van intake, dan geldt de grens per proces.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from fastapi import Request

from shared.api import Opdracht, Probleem

_VEEL = 10_000


@dataclass(slots=True)
class Tempo:
    """Emmers van wie onlangs vroeg; een volle emmer hoeft niet onthouden te worden."""

    klok: Callable[[], float] = time.monotonic
    _emmers: dict[tuple[str, str], tuple[float, float]] = field(default_factory=dict)

    def neem(self, client: str, klasse: str, aantal: int, per_minuut: int) -> float:
        """Neemt `aantal`; 0 als het mag, anders het aantal seconden waarna het weer mag."""
        nu, snelheid = self.klok(), per_minuut / 60
        inhoud, sinds = self._emmers.get((client, klasse), (float(per_minuut), nu))
        inhoud = min(float(per_minuut), inhoud + (nu - sinds) * snelheid)
        nodig = min(aantal, per_minuut)
        if inhoud < nodig:
            return (nodig - inhoud) / snelheid
        if len(self._emmers) >= _VEEL:
            self._emmers = {wie: emmer for wie, emmer in self._emmers.items() if nu - emmer[1] < 60 or emmer[0] < 0}
        self._emmers[client, klasse] = inhoud - aantal, nu
        return 0.0


def houd_tempo(verzoek: Request, opdracht: Opdracht, klasse: str, aantal: int = 1) -> None:
    """429 met Retry-After als deze client te snel vraagt; `klasse` is bsns, vragen of lezen (instelling `tempo_…`)."""
    staat = verzoek.app.state
    tempo: Tempo | None = getattr(staat, "tempo", None)
    if tempo is None:
        tempo = staat.tempo = Tempo()
    per_minuut = getattr(staat.bedrijf.instellingen, f"tempo_{klasse}")
    wacht = math.ceil(tempo.neem(opdracht.client, klasse, aantal, per_minuut))
    if wacht:
        titel = "Te veel vragen in korte tijd"
        raise Probleem(429, "te_snel", titel, f"Probeer het over {wacht} s weer", koppen={"Retry-After": str(wacht)})
