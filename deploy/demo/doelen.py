"""De doelen van de demo: wat de synthetische bevolking per kwartaal aan uren, personen en register moet opleveren.

`gegevens/doelen.csv` en `gegevens/laat.csv` zijn een samenhangende geschiedenis van 2012-Q4 tot en met 2023-Q4 die de
gepubliceerde kwartalen en officiële jaren geeft; per cel zegt `status` wat gepubliceerd is en wat is aangenomen
(`gegevens/BRONNEN.md`). Hier wordt alleen gelezen; er wordt niets opgelost of bijgesteld.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

GEGEVENS = Path(__file__).resolve().parent / "gegevens"
KOLOMMEN = ("markt", "overheid", "inleen")
"""De drie kolommen van de kwartaalreeks waarin uren ontstaan: twee keer formeel, en inleen ongedeeld."""
GRONDEN = ("pw", "wajong", "wsw")
"""De drie groepen van het register: Participatiewet en overig, Wajong, Wsw."""
_KOLOM = {"markt/formeel": "markt", "overheid/formeel": "overheid", "/inleen": "inleen"}
_GROND = {"grond participatiewet+overig": "pw", "grond wajong": "wajong", "grond wsw": "wsw"}
_NIEUWSTE_NULMETING = "nulmeting v1"


@dataclass(frozen=True, slots=True)
class Doelcel:
    """Eén cel van de bron: een kwartaal, jaar of nulmeting met haar uren (honderdsten) en wat er gedrukt staat.

    `uren_x100` is leeg bij personen en register, en bij een verdeelsleutel het percentage; `gedrukt` is leeg als het
    getal nergens gepubliceerd is.
    """

    periode: str
    reeks: str
    bekend_op: date
    cel: str
    uren_x100: str
    gedrukt: int | None
    status: str
    noot: str

    @property
    def gepubliceerd(self) -> bool:
        """Of het getal met de publicatie te vergelijken is (en dus niet aangenomen)."""
        return self.status.startswith("given")


@dataclass(frozen=True, slots=True)
class Laat:
    """Uren die na de publicatie van het vierde kwartaal bekend werden en vóór de officiële meting; honderdsten, met teken."""

    jaar: int
    kolom: str
    maand: str
    reden: str
    bekend_op: date
    uren_x100: int


@dataclass(slots=True)
class Kwartaaldoel:
    """Wat één kwartaal op zijn publicatiedag oplevert; `stromen` is leeg waar de bron er geen heeft."""

    periode: str
    publicatie: date
    uren_x100: dict[str, int] = field(default_factory=dict)
    werkzaam: int = 0
    gronden: dict[str, int] = field(default_factory=dict)
    stromen: dict[str, int] = field(default_factory=dict)

    @property
    def begin(self) -> date:
        """De eerste dag van het kwartaal."""
        return date(int(self.periode[:4]), 3 * int(self.periode[6]) - 2, 1)

    @property
    def einde(self) -> date:
        """De eerste dag na het kwartaal."""
        jaar, nr = int(self.periode[:4]), int(self.periode[6])
        return date(jaar + 1, 1, 1) if nr == 4 else date(jaar, 3 * nr + 1, 1)

    @property
    def maanden(self) -> tuple[date, date, date]:
        """De eerste dag van elk van de drie maanden."""
        b = self.begin
        return b, b.replace(month=b.month + 1), b.replace(month=b.month + 2)


@dataclass(frozen=True, slots=True)
class Doelen:
    """Alles wat de bron zegt, op volgorde van tijd."""

    kwartalen: Sequence[Kwartaaldoel]
    laat: Sequence[Laat]
    nulmeting_x100: Mapping[str, int]
    nulmeting_v0_x100: int
    sleutels: Sequence[Doelcel]
    cellen: Sequence[Doelcel]

    def tot(self, periode: str) -> Doelen:
        """Dezelfde doelen tot en met een kwartaal; ValueError als dat er niet in staat."""
        gevraagd = [k.periode for k in self.kwartalen]
        if periode not in gevraagd:
            raise ValueError(f"{periode} staat niet in de demo: kies een kwartaal van {gevraagd[0]} tot {gevraagd[-1]}")
        tot = gevraagd.index(periode) + 1
        laat = [late for late in self.laat if f"{late.jaar}-Q4" in gevraagd[:tot]]
        return Doelen(
            self.kwartalen[:tot], laat, self.nulmeting_x100, self.nulmeting_v0_x100, self.sleutels, self.cellen
        )


def lees(map_: Path = GEGEVENS) -> Doelen:
    """Leest de twee bestanden."""
    cellen = list(_cellen(map_ / "doelen.csv"))
    kwartalen: dict[str, Kwartaaldoel] = {}
    for cel in cellen:
        if cel.reeks in ("kwartaal", "personen", "register", "stromen"):
            doel = kwartalen.setdefault(cel.periode, Kwartaaldoel(cel.periode, cel.bekend_op))
            _zet(doel, cel)
    nul = {_KOLOM[c.cel]: int(c.uren_x100) for c in cellen if c.reeks == _NIEUWSTE_NULMETING and c.cel in _KOLOM}
    v0 = next(int(c.uren_x100) for c in cellen if c.reeks == "nulmeting v0")
    sleutels = [c for c in cellen if c.reeks == "sleutel"]
    return Doelen([kwartalen[p] for p in sorted(kwartalen)], _laat(map_ / "laat.csv"), nul, v0, sleutels, cellen)


def _zet(doel: Kwartaaldoel, cel: Doelcel) -> None:
    if cel.reeks == "kwartaal" and cel.cel in _KOLOM:
        doel.uren_x100[_KOLOM[cel.cel]] = int(cel.uren_x100)
    elif cel.reeks == "personen":
        doel.werkzaam = cel.gedrukt or 0
    elif cel.reeks == "register" and cel.cel in _GROND:
        doel.gronden[_GROND[cel.cel]] = cel.gedrukt or 0
    elif cel.reeks == "stromen":
        doel.stromen[cel.cel] = cel.gedrukt or 0


def _cellen(pad: Path) -> Iterator[Doelcel]:
    with pad.open(encoding="utf-8", newline="") as bestand:
        for rij in csv.DictReader(bestand):
            gedrukt = rij["published_rounded"]
            yield Doelcel(
                rij["period"],
                rij["reeks"],
                date.fromisoformat(rij["bekend_op"]),
                rij["cel"],
                rij["banen_exact"] if rij["reeks"] == "sleutel" else rij["uren_x100"],
                int(gedrukt) if gedrukt else None,
                rij["status"],
                rij["note"],
            )


def _laat(pad: Path) -> list[Laat]:
    with pad.open(encoding="utf-8", newline="") as bestand:
        rijen = [
            Laat(
                int(rij["jaar"]),
                rij["sector"] or "inleen",
                rij["maand"],
                rij["reden"],
                date.fromisoformat(rij["bekend_op"]),
                int(rij["uren_x100"]),
            )
            for rij in csv.DictReader(bestand)
        ]
    return sorted(rijen, key=lambda late: (late.bekend_op, late.kolom, late.maand))


def per_jaar(laat: Sequence[Laat]) -> Mapping[tuple[int, str], list[Laat]]:
    """De late uren per (jaar, kolom), op kennismoment."""
    uit: dict[tuple[int, str], list[Laat]] = defaultdict(list)
    for late in laat:
        uit[late.jaar, late.kolom].append(late)
    return uit
