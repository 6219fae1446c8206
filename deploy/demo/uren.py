"""Derde stap: de uren. Elke kolom van elk kwartaal is over haar banen verdeeld met cumulatief afronden, en sluit precies."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from deploy.demo.banen import Baan
from deploy.demo.doelen import KOLOMMEN, Doelen, Kwartaaldoel, Laat, per_jaar
from deploy.demo.schaal import verdeel

MAX_MAAND = 20_000
"""Hoogstens 200 uur per plaatsing per maand (honderdsten)."""
_LATE_MAAND = 13_000
"""Zo groot is een nageleverde maand ongeveer (honderdsten)."""
_HOOGSTENS = 3
"""Een correctie haalt hoogstens een derde van een maand weg, zodat er altijd uren over blijven."""
_LEVERDAGEN = (20, 24, 28)
"""Dagen na het einde van het kwartaal waarop de uren bekend worden: vóór de publicatie, na elk feit van het register."""
NIET_GETELD_MAAND = 9_000
"""Ongeveer zoveel uren per maand heeft een baan die niet (meer) telt (honderdsten)."""


@dataclass(frozen=True, slots=True)
class Urenregel:
    """Eén regel: de uren (honderdsten) van `[van, tot)`, en wanneer zij bekend werd."""

    baan: Baan
    van: date
    tot: date
    uren_x100: int
    bekend_op: date


@dataclass(slots=True)
class _Plan:
    """Hoe een baan in dit kwartaal geleverd wordt: in één regel, of per maand (`maanden`: eerste dagen)."""

    baan: Baan
    maanden: list[date]
    per_maand: bool = False


class Uren:
    """Maakt de regels, kwartaal na kwartaal, elk kwartaal op volgorde van kennis."""

    def __init__(self, doelen: Doelen, banen: Sequence[Baan], zaad: int) -> None:
        self._doelen, self._loting = doelen, random.Random(zaad + 1)  # noqa: S311  # herhaalbaar, geen geheim
        self._laat = per_jaar(doelen.laat)
        self._per_begin: dict[date, list[Baan]] = defaultdict(list)
        for baan in banen:
            eerste = max(baan.van, doelen.kwartalen[0].begin)
            self._per_begin[date(eerste.year, (eerste.month - 1) // 3 * 3 + 1, 1)].append(baan)

    def regels(self) -> Iterator[list[Urenregel]]:
        """Per kwartaal alle regels; de late van een vierde kwartaal komen in hetzelfde blok, met hun eigen kennismoment."""
        lopend: list[Baan] = []
        for doel in self._doelen.kwartalen:
            lopend = [b for b in lopend if b.tot is None or b.tot > doel.begin] + self._per_begin[doel.begin]
            yield sorted(self._kwartaal(doel, lopend), key=lambda regel: (regel.bekend_op, regel.baan.nr, regel.van))

    def _kwartaal(self, doel: Kwartaaldoel, lopend: Sequence[Baan]) -> Iterator[Urenregel]:
        per_kolom: dict[str, list[_Plan]] = {kolom: [] for kolom in KOLOMMEN}
        for baan in lopend:
            plan = _Plan(baan, [m for m in doel.maanden if m >= baan.van])
            if not baan.kolom or baan.telt_tot == doel.begin:
                uren = sum(NIET_GETELD_MAAND * baan.gewicht // 100 for _ in plan.maanden)
                yield self._regel(doel, baan, plan.maanden[0], doel.einde, uren)
            else:
                per_kolom[baan.kolom].append(plan)
        for kolom, plannen in per_kolom.items():
            laat = self._laat.get((int(doel.periode[:4]), kolom), []) if doel.periode.endswith("Q4") else []
            yield from self._kolom(doel, plannen, doel.uren_x100[kolom], laat)

    def _regel(self, doel: Kwartaaldoel, baan: Baan, van: date, tot: date, uren: int) -> Urenregel:
        bekend = doel.einde + timedelta(days=_LEVERDAGEN[baan.nr % len(_LEVERDAGEN)])
        return Urenregel(baan, van, tot, uren, bekend)

    def _kolom(
        self, doel: Kwartaaldoel, plannen: list[_Plan], totaal: int, laat: Sequence[Laat]
    ) -> Iterator[Urenregel]:
        nagekomen, gecorrigeerd = self._kies(plannen, laat)
        delen = verdeel(totaal, [plan.baan.gewicht * len(plan.maanden) for plan in plannen])
        stand: dict[tuple[int, date], int] = {}
        for plan, deel in zip(plannen, delen, strict=True):
            if not 0 < deel <= MAX_MAAND * len(plan.maanden) * 95 // 100:
                raise ValueError(f"{doel.periode}: baan {plan.baan.nr} zou {deel} honderdsten uren hebben")
            if not plan.per_maand:
                yield self._regel(doel, plan.baan, plan.maanden[0], doel.einde, deel)
                continue
            for maand, uren in zip(plan.maanden, verdeel(deel, [1] * len(plan.maanden)), strict=True):
                stand[plan.baan.nr, maand] = uren
                yield self._regel(doel, plan.baan, maand, _volgende(maand), uren)
        yield from self._na(nagekomen, doel)
        yield from self._verbeterd(laat, gecorrigeerd, stand)

    def _kies(self, plannen: list[_Plan], laat: Sequence[Laat]) -> tuple[list[tuple[Laat, list[_Plan]]], list[_Plan]]:
        """Welke banen een maand te laat leveren, en welke verbeterd worden; nooit dezelfde."""
        vol = [plan for plan in plannen if len(plan.maanden) == 3]
        self._loting.shuffle(vol)
        nagekomen: list[tuple[Laat, list[_Plan]]] = []
        for late in laat:
            if late.reden == "NALEVERING" and late.uren_x100:
                gekozen = [vol.pop() for _ in range(-(-late.uren_x100 // _LATE_MAAND))]
                for plan in gekozen:
                    plan.per_maand = True
                    plan.maanden = [m for m in plan.maanden if f"{m:%Y-%m}" != late.maand]
                nagekomen.append((late, gekozen))
        grootste = max((-late.uren_x100 for late in laat if late.uren_x100 < 0), default=0)
        # een maand heeft ten minste ruim zestig uur (kleine banen ook de helft): een derde daarvan is twintig
        gewicht, gecorrigeerd = -(-grootste * _HOOGSTENS * 100 // 11_000), list[_Plan]()
        while gewicht > 0:
            plan = vol.pop()
            plan.per_maand = True
            gewicht -= plan.baan.gewicht
            gecorrigeerd.append(plan)
        return nagekomen, gecorrigeerd

    def _na(self, nagekomen: Sequence[tuple[Laat, list[_Plan]]], doel: Kwartaaldoel) -> Iterator[Urenregel]:
        for late, gekozen in nagekomen:
            van = date.fromisoformat(f"{late.maand}-01")
            delen = verdeel(late.uren_x100, [plan.baan.gewicht for plan in gekozen])
            for plan, uren in zip(gekozen, delen, strict=True):
                if not 0 < uren <= MAX_MAAND:
                    raise ValueError(f"{doel.periode}: een nageleverde maand van {uren} honderdsten uren")
                yield Urenregel(plan.baan, van, _volgende(van), uren, late.bekend_op)

    def _verbeterd(
        self, laat: Sequence[Laat], gecorrigeerd: Sequence[_Plan], stand: dict[tuple[int, date], int]
    ) -> Iterator[Urenregel]:
        for late in laat:
            if late.reden != "CORRECTIE" or not late.uren_x100:
                continue
            van = date.fromisoformat(f"{late.maand}-01")
            minder = verdeel(-late.uren_x100, [plan.baan.gewicht for plan in gecorrigeerd])
            for plan, uren in zip(gecorrigeerd, minder, strict=True):
                nieuw = stand[plan.baan.nr, van] - uren
                if nieuw <= 0:
                    raise ValueError(f"{late.maand}: een correctie laat geen uren over")
                if uren:
                    stand[plan.baan.nr, van] = nieuw
                    yield Urenregel(plan.baan, van, _volgende(van), nieuw, late.bekend_op)


def _volgende(maand: date) -> date:
    return date(maand.year + maand.month // 12, maand.month % 12 + 1, 1)
