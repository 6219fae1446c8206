"""Een stroompje levende gebeurtenissen na de demo: uren van de laatste volle maand, mensen die beginnen, een verbetering.

Zonder `bekend_op`: de historie is gesloten, dus elk feit is bekend vanaf zijn eigen gebeurtenis. Alles is verzonnen.
"""

from __future__ import annotations

import csv
import random
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from stdnum.nl import bsn as elfproef

from deploy.demo.rijen import LEVERANCIER
from deploy.demo.uren import MAX_MAAND

if TYPE_CHECKING:
    from shared.client import Client

Rij = dict[str, str]
Stap = tuple[str, Rij]
"""Een soort en één rij daarvan."""
_SOORTEN = {
    "registraties": ("intake", "/v1/registraties"),
    "plaatsingen": ("plaatsing", "/v1/plaatsingen"),
    "uren": ("plaatsing", "/v1/uren"),
}


@dataclass
class Stroom:
    """Verzint stap voor stap wat er vandaag binnenkomt. `plaatsingen`: de rijen van de banen die in de demo nog lopen."""

    plaatsingen: Sequence[Rij]
    vandaag: date
    loting: random.Random
    geleverd: list[Rij] = field(default_factory=list)

    def stappen(self) -> Iterator[Stap]:
        """Eindeloos: meestal een maand uren van een lopende baan, soms een verbetering, soms iemand die begint."""
        maand = vorige_maand(self.vandaag)
        volgorde = [rij for rij in self.plaatsingen if rij["van"] < maand[1].isoformat()]
        self.loting.shuffle(volgorde)
        while True:
            worp = self.loting.random()
            if worp < 0.1:
                yield from self._begint(maand)
            elif worp < 0.2 and self.geleverd:
                yield "uren", self._verbeterd()
            elif volgorde:
                rij = volgorde.pop()
                yield "uren", self._uren(rij["referentie"], maand)
            else:
                yield from self._begint(maand)

    def _uren(self, referentie: str, maand: tuple[date, date]) -> Rij:
        uren = self.loting.randint(9_000, MAX_MAAND - 4_000)
        rij = {
            "referentie": referentie,
            "tijdvak_van": maand[0].isoformat(),
            "tijdvak_tot": maand[1].isoformat(),
            "uren": f"{uren // 100}.{uren % 100:02d}",
            "leverancier": LEVERANCIER,
        }
        self.geleverd.append(rij)
        return rij

    def _verbeterd(self) -> Rij:
        rij = self.loting.choice(self.geleverd)
        heel = int(rij["uren"].partition(".")[0])
        rij["uren"] = f"{heel - self.loting.randint(1, 8)}.{self.loting.randint(0, 99):02d}"
        return dict(rij)

    def _begint(self, maand: tuple[date, date]) -> Iterator[Stap]:
        """Iemand komt in het register, begint bij een werkgever van de demo, en heeft uren."""
        voorbeeld, nummer, van = self.loting.choice(self.plaatsingen), _bsn(self.loting), maand[0].isoformat()
        woont = voorbeeld["gemeente_werk"]
        yield "registraties", {"bsn": nummer, "grondslag": "PW_PRAKTIJKROUTE", "van": van, "gemeente": woont}
        referentie = f"DEMO-LIVE-{self.loting.randbytes(5).hex()}"
        velden = ("werkgever", "vorm", "gemeente_werk", "inlener", "uren_per_week")
        baan = {"referentie": referentie, "bsn": nummer, "contract": "tijdelijk", "van": van}
        yield "plaatsingen", baan | {veld: voorbeeld[veld] for veld in velden}
        yield "uren", self._uren(referentie, maand)


def lopende(werk: Path) -> list[Rij]:
    """De banen die in de bestanden van de demo geen einde hebben en meetellen, bij hun laatste rij."""
    laatste: dict[str, Rij] = {}
    for pad in sorted(werk.glob("30-plaatsingen*.csv")):
        with pad.open(encoding="utf-8", newline="") as bestand:
            laatste |= {rij["referentie"]: rij for rij in csv.DictReader(bestand)}
    return [rij for rij in laatste.values() if not rij["tot"] and rij["vorm"] != "beschut_werk"]


def vorige_maand(vandaag: date) -> tuple[date, date]:
    """De laatste maand die helemaal voorbij is, half open."""
    tot = vandaag.replace(day=1)
    return date(tot.year - (tot.month == 1), (tot.month - 2) % 12 + 1, 1), tot


def _bsn(loting: random.Random) -> str:
    """Een nummer uit de reeks 9998xxxxx, die de demo op 1 : 50 niet gebruikt."""
    while True:
        kandidaat = str(loting.randrange(999_800_000, 999_900_000))
        if elfproef.is_valid(kandidaat):
            return kandidaat


def stroom(
    map_: Path, per_minuut: int, aantal: int | None, meld: Callable[[str], None], einde: threading.Event | None = None
) -> None:
    """Stuurt `aantal` stappen (None: tot `einde`) in dit tempo; `meld` zegt wat er gestuurd is.

    Elke stap is één opdracht, zoals een bronhouder die zou sturen; lukt zij niet, dan komt de volgende.
    """
    from shared.client import Client, OpdrachtFout

    vandaag = date.today()  # noqa: DTZ011  # kalenderdag
    bron = Stroom(lopende(map_ / "demo"), vandaag, random.Random())  # noqa: S311  # verzint, geen geheim
    client, einde = Client(map_), einde or threading.Event()
    for nr, (soort, rij) in enumerate(bron.stappen(), start=1):
        try:
            stuur(client, soort, rij)
            meld(f"{soort}: {rij.get('referentie', 'nieuwe registratie')}")
        except OpdrachtFout as fout:
            meld(str(fout))
        if nr == aantal or einde.wait(60 / per_minuut):
            return


def stuur(client: Client, soort: str, rij: Rij) -> None:
    """Stuurt één rij naar haar dienst; een BSN wordt onderweg gewisseld waar de dienst een pseudoniem verwacht."""
    dienst, pad = _SOORTEN[soort]
    inhoud = {kolom: waarde for kolom, waarde in rij.items() if waarde}
    if soort == "plaatsingen":
        bsn = inhoud.pop("bsn")
        antwoord = client.post("intake", "/v1/pseudoniemen", json={"bsns": [bsn]})
        inhoud["persoon"] = antwoord["pseudoniemen"][0]
    client.post(dienst, pad, json=inhoud)
