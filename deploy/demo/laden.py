"""De demo laden: rijen naar bestanden, en die door de voordeur, op volgorde van kennis; daarna sluit de historie."""

from __future__ import annotations

import csv
import json
import threading
import zlib
from collections import defaultdict
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from deploy.demo import regels, rijen
from deploy.demo.banen import Bouwer
from deploy.demo.doelen import lees
from deploy.demo.rijen import Rij, Rijen
from deploy.demo.schaal import op_schaal
from deploy.demo.uren import Uren, Urenregel
from deploy.lokaal.fouten import LokaalFout
from deploy.lokaal.invoer import laad_bestand

if TYPE_CHECKING:
    from shared.client import Client

Voortgang = Callable[[str], None]
SCHAAL, TOT = 50, "2023-Q4"
_ZAAD = 2012
_KLAAR = "demo.json"
_BANEN = 2
"""In zoveel banen tegelijk wordt geladen; elke persoon zit in één baan (wacht dus nooit op de andere), op volgorde."""
_NA_REGISTER = "30"
"""Vanaf deze trap moet het register overal bekend zijn."""


@dataclass(frozen=True, slots=True)
class Demo:
    """Wat er gevraagd is: `schaal` 1 : N, één `regio` of het hele land, en tot en met welk kwartaal."""

    schaal: int = SCHAAL
    regio: str = ""
    tot: str = TOT

    @property
    def label(self) -> str:
        """Onder welke naam de demo bij elk cijfer staat."""
        return regels.label(self.schaal, self.regio)


def laad(map_: Path, voortgang: Voortgang, schaal: int = SCHAAL, *, regio: str = "", tot: str = TOT) -> None:
    """Schrijft de bestanden in `map_/demo` en laadt wat nog niet geladen is; nog eens verandert niets.

    Raises:
        LokaalFout: er is al een andere demo of de historie is al gesloten, of een rij wordt afgewezen.
        ValueError: `tot` staat niet in de doelen, of er is geen regio `regio`.
    """
    demo = Demo(schaal, regio, tot)
    werk = map_ / "demo"
    klaar = werk / _KLAAR
    eerder = json.loads(klaar.read_text(encoding="utf-8")) if klaar.exists() else None
    if eerder is not None and eerder["demo"] != [schaal, regio, tot]:
        raise LokaalFout(f"Hier is al een andere demo geladen ({eerder['label']}): begin opnieuw met `lokaal wis`.")
    if eerder is not None and eerder["gesloten"]:
        return
    werk.mkdir(parents=True, exist_ok=True)
    if eerder is None:
        voortgang(f"Demo maken ({demo.label}, synthetisch)")
        schrijf(demo, werk)
        _noteer(klaar, demo, gesloten=False)
    _laad(map_, werk, demo, voortgang)
    _noteer(klaar, demo, gesloten=True)


def is_demo(map_: Path) -> bool:
    """Of hier een demo geladen is, of het laden ervan begonnen."""
    return (map_ / "demo" / _KLAAR).exists()


def _noteer(klaar: Path, demo: Demo, *, gesloten: bool) -> None:
    inhoud = {"label": demo.label, "demo": [demo.schaal, demo.regio, demo.tot], "gesloten": gesloten}
    klaar.write_text(json.dumps(inhoud), encoding="utf-8")


def schrijf(demo: Demo, werk: Path) -> None:
    """Maakt de bevolking en schrijft de bestanden, genoemd naar hun plaats in de volgorde en hun soort."""
    doelen = op_schaal(lees().tot(demo.tot), demo.schaal)
    bevolking = Bouwer(doelen, demo.schaal, _ZAAD).bouw()
    if demo.regio and demo.regio not in bevolking.land.regios:
        raise ValueError(f"{demo.regio} is geen arbeidsmarktregio: kies uit {', '.join(bevolking.land.regios)}")
    uit = Rijen(doelen, bevolking, demo.regio)
    blijft = {baan.nr for baan in uit.banen}
    per_jaar: dict[str, list[Urenregel]] = defaultdict(list)
    eerste: Sequence[Urenregel] = ()
    for doel, blok in zip(doelen.kwartalen, Uren(doelen, bevolking.banen, _ZAAD).regels(), strict=True):
        eerste = eerste or blok
        if doel.periode.endswith("Q1") and per_jaar:
            _schrijf_uren(werk, per_jaar)
        per_jaar[doel.periode[:4]] += [regel for regel in blok if not demo.regio or regel.baan.nr in blijft]
    _schrijf_uren(werk, per_jaar)
    bestanden = {
        "10-nulmeting": regels.nulmeting(doelen, eerste, demo.schaal, demo.regio, bevolking.land.regio),
        "11-verdeelsleutel": regels.verdeelsleutels(doelen),
        "12-doelstellingen": regels.doelstellingen(demo.schaal),
        "20-werkgevers": uit.werkgevers(),
        "21-maandsluiting": uit.maandsluiting(),
        "23-verhuizingen": uit.verhuizingen(),
    }
    for naam, inhoud in bestanden.items():
        _schrijf(werk / f"{naam}.csv", inhoud)
    _per_persoon(werk, "22-registraties", uit.registraties())
    _per_persoon(werk, "30-plaatsingen", uit.plaatsingen())


def _schrijf_uren(werk: Path, per_jaar: dict[str, list[Urenregel]]) -> None:
    for jaar, blok in per_jaar.items():
        for baan in range(_BANEN):
            deel = [regel for regel in blok if regel.baan.persoon % _BANEN == baan]
            _schrijf(werk / f"40-uren-{jaar}.{baan + 1}.csv", rijen.uren(deel))
    per_jaar.clear()


def _per_persoon(werk: Path, naam: str, inhoud: Sequence[Rij]) -> None:
    for baan in range(_BANEN):
        _schrijf(
            werk / f"{naam}.{baan + 1}.csv", [rij for rij in inhoud if zlib.crc32(rij["bsn"].encode()) % _BANEN == baan]
        )


def _schrijf(pad: Path, inhoud: Sequence[Rij]) -> None:
    if inhoud:
        with pad.open("w", newline="", encoding="utf-8") as bestand:
            schrijver = csv.DictWriter(bestand, list(inhoud[0]))
            schrijver.writeheader()
            schrijver.writerows(inhoud)


def _laad(map_: Path, werk: Path, demo: Demo, voortgang: Voortgang) -> None:
    from shared.beheer_cli import sluit_historie
    from shared.client import Client
    from shared.wacht import wacht

    for trap, bestanden in groupby(sorted(werk.glob("[0-9]*.csv")), lambda bestand: bestand.name[:2]):
        if trap == _NA_REGISTER:
            voortgang("Wachten tot het register overal bekend is")
            wacht(Client(map_), "intake", lambda *_: None)
        Trap(map_, demo.label, voortgang).laad(list(bestanden))
    voortgang("Wachten tot de demo in de cijfers zit")
    sluit_historie(Client(map_))


class Trap:
    """Bestanden die op elkaar niet hoeven te wachten dan per baan (het laatste deel van hun naam): elke baan een draad."""

    def __init__(self, map_: Path, label: str, voortgang: Voortgang) -> None:
        self._map, self._label, self._voortgang = map_, label, voortgang
        self._genoeg, self._slot, self._hoever = threading.Event(), threading.Lock(), dict[str, int]()

    def laad(self, bestanden: Sequence[Path]) -> None:
        """Laadt ze; mislukt er een, dan houden de andere banen op."""
        banen: dict[str, list[Path]] = defaultdict(list)
        for bestand in bestanden:
            banen[bestand.stem.partition(".")[2]].append(bestand)
        with ThreadPoolExecutor(len(banen)) as draden:
            try:
                for klaar in as_completed([draden.submit(self._baan, baan) for baan in banen.values()]):
                    klaar.result()
            except BaseException:
                self._genoeg.set()
                raise

    def _baan(self, bestanden: Sequence[Path]) -> None:
        from shared.client import Client

        client = Client(self._map)
        for bestand in bestanden:
            self._importeer(client, bestand)

    def _importeer(self, client: Client, bestand: Path) -> None:
        naam = bestand.stem[3:].partition(".")[0].partition("-")[0]

        def stap(wat: str, hoever: int, _totaal: int | None) -> None:
            if self._genoeg.is_set():
                raise LokaalFout("Het laden is afgebroken.")
            if wat == "versturen":
                with self._slot:
                    self._hoever[bestand.name] = hoever
                    rijen = f"{sum(self._hoever.values()):,}".replace(",", ".")
                    self._voortgang(f"{self._label.capitalize()} laden (synthetisch), {naam}: ({rijen} rijen)")

        laad_bestand(client, bestand, naam, stap)
