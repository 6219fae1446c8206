"""Waar de demo zich afspeelt: gemeenten met een gewicht, hun regio, en verzonnen werkgevers per regio."""

from __future__ import annotations

import csv
import random
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path

GEBIEDEN = Path(__file__).resolve().parent.parent / "gegevens" / "10-gebieden.csv"
_GROOT = (
    "0363:92 0599:66 0518:56 0344:37 0772:24 0014:24 0855:23 0034:22 0758:19 0268:18 0200:17 0202:17 0392:16 0394:16 "
    "0153:16 0307:16 0479:16 0796:16 0193:13 0080:13 0637:13 0546:13 0935:12 0228:12 0505:12 1783:11 0484:11 0361:11 "
    "0114:11 0503:11 0983:10 0150:10 0141:7 0715:5 0917:9 0687:5 0106:7 0995:8"
)
"""Duizenden tientallen inwoners van de grote gemeenten, ruw en aangenomen; elke andere gemeente weegt vier."""
_GEWICHTEN = {code: int(gewicht) for code, gewicht in (deel.split(":") for deel in _GROOT.split())}
_OVERIG = 4
_SUBSECTOREN = ("gemeente", "gemeente", "rijk", "primair_onderwijs", "mbo", "provincie", "zbo", "politie")
_PER_REGIO = {"markt": 6, "overheid": 3, "wsw_detachering": 1, "uitzendrelatie": 2}
"""Werkgevers per regio op schaal 1 : 50: in de markt, bij de overheid, en wie uitleent."""


@dataclass(frozen=True, slots=True)
class Werkgever:
    """Een verzonnen werkgever; `nummer` heeft de vorm van een loonheffingennummer, maar is er geen."""

    nummer: str
    naam: str
    sector: str
    subsector: str
    regio: str


class Land:
    """Gemeenten die van 2012 tot nu bestaan, en per regio de werkgevers. `maal`: hoeveel keer zoveel als op 1 : 50."""

    def __init__(self, maal: int, loting: random.Random) -> None:
        self._loting = loting
        self.regio: dict[str, str] = _regios()
        self._gemeenten = list(self.regio)
        self._oplopend = list(accumulate(_GEWICHTEN.get(g, _OVERIG) for g in self._gemeenten))
        self._in_regio: dict[str, list[str]] = {}
        for gemeente, regio in self.regio.items():
            self._in_regio.setdefault(regio, []).append(gemeente)
        self.werkgevers: list[Werkgever] = []
        self._op: dict[tuple[str, str], list[Werkgever]] = {}
        for regio in sorted(self._in_regio):
            for soort, aantal in _PER_REGIO.items():
                self._op[regio, soort] = [self._verzin(regio, soort, nr) for nr in range(aantal * maal)]

    @property
    def regios(self) -> Sequence[str]:
        """De codes van de arbeidsmarktregio's."""
        return sorted(self._in_regio)

    def gemeente(self) -> str:
        """Een gemeente door het lot, naar gewicht."""
        (gekozen,) = self._loting.choices(self._gemeenten, cum_weights=self._oplopend)
        return gekozen

    def werkt_in(self, woont: str) -> str:
        """Waar iemand uit deze gemeente werkt: meestal daar, anders ergens in dezelfde regio."""
        return woont if self._loting.random() < 0.6 else self._loting.choice(self._in_regio[self.regio[woont]])

    def werkgever(self, woont: str, soort: str) -> Werkgever:
        """Een werkgever van deze soort in de regio van deze gemeente."""
        return self._loting.choice(self._op[self.regio[woont], soort])

    def _verzin(self, regio: str, soort: str, nr: int) -> Werkgever:
        volgnummer = len(self.werkgevers) + 1
        overheid = soort in ("overheid", "wsw_detachering")
        subsector = self._loting.choice(_SUBSECTOREN) if soort == "overheid" else ""
        if soort == "wsw_detachering":
            subsector = "gemeenschappelijke_regeling"
        nummer = f"{100_000_000 + volgnummer * 37:09d}L{volgnummer % 90 + 1:02d}"
        naam = f"Demo {soort.replace('_', ' ')} {regio} {nr + 1} (synthetisch)"
        werkgever = Werkgever(nummer, naam, "overheid" if overheid else "markt", subsector, regio)
        self.werkgevers.append(werkgever)
        return werkgever


def _regios() -> dict[str, str]:
    """Gemeente → regio, van gemeenten die niet door herindeling kwamen of gingen."""
    with GEBIEDEN.open(encoding="utf-8", newline="") as bestand:
        rijen = list(csv.DictReader(bestand))
    return {r["gemeente"]: r["regio"] for r in rijen if r["van"] == "2012-01-01" and not r["tot"]}
