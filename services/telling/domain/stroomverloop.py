"""Wie wanneer in of uit een stroom ging: het effect van elke gebeurtenis op de stromen van een overgang.

Een stroom vergelijkt iemands situatie op twee peilmomenten. Elk uur in een van beide maanden en elke registratie kan een van
die situaties veranderen; wat een gebeurtenis deed, is het verschil tussen de stromen ervoor en erna.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import NamedTuple

from banenspoor_contracts import Vorm
from banenspoor_contracts.wie_telt import DIENSTBETREKKING

from services.telling.domain.register import Gebeurtenis, Inschrijving
from services.telling.domain.stromen import Situatie, Verloop

BESCHUT = (Vorm.BESCHUT_WERK, Vorm.WSW_BESCHUT)
Post = tuple[str | None, str]
"""Een gebied (leeg: alles samen) en de naam van een aantal."""


class Werkplek(NamedTuple):
    """Waar en hoe er onder een cel gewerkt wordt; `rang` beslist bij gelijke uren."""

    rang: int
    gemeente: str | None
    vorm: str
    grondslagen: str


@dataclass(frozen=True, slots=True)
class Moment:
    """Een peilmoment: haar maand en dag, wat er dan telt, en waar de cellen liggen."""

    maand: int
    peildag: date
    tellend: Collection[tuple[str, str]]
    plekken: Mapping[int, Werkplek]


class Verschuiving(NamedTuple):
    """Een gebeurtenis veranderde een aantal van de stromen."""

    feit: Gebeurtenis
    post: Post
    aantal: int


def verschuivingen(
    feiten: Iterable[Gebeurtenis], begin: Moment, eind: Moment, posten: Callable[[Verloop], Iterable[Post]]
) -> Iterator[Verschuiving]:
    """Het effect van elke gebeurtenis op de stromen van `begin` naar `eind`; `posten` zegt waarin een verloop meetelt."""
    for _, van_een in groupby(feiten, key=lambda f: f.persoon_nr):
        mens, toen = _Mens(), Counter[Post]()
        for _, samen in groupby(van_een, key=lambda f: f[1:5]):
            for feit in samen:
                mens.neem(feit)
            nu = Counter(posten(Verloop(eind.maand, mens.situatie(begin), mens.situatie(eind))))
            if feit.naam:
                verschil = Counter(nu)
                verschil.subtract(toen)
                yield from (Verschuiving(feit, post, aantal) for post, aantal in verschil.items() if aantal)
            toen = nu


class _Mens:
    """Wat er tot nu toe over iemand bekend is."""

    def __init__(self) -> None:
        self._uren: dict[tuple[int, int, int], int] = {}
        self._register: dict[Inschrijving, int] = {}

    def neem(self, feit: Gebeurtenis) -> None:
        if feit.inschrijving is not None:
            self._register[feit.inschrijving] = self._register.get(feit.inschrijving, 0) + feit.delta
        else:
            baan = feit.maand, feit.plaatsing_nr, feit.cel_id
            self._uren[baan] = self._uren.get(baan, 0) + feit.delta

    def situatie(self, moment: Moment) -> Situatie:
        in_maand = [
            (uren, moment.plekken[cel]) for (maand, _, cel), uren in self._uren.items() if maand == moment.maand
        ]
        tellend = [(uren, plek) for uren, plek in in_maand if (plek.grondslagen, plek.vorm) in moment.tellend]
        if sum(uren for uren, _ in tellend) > 0:
            return Situatie(True, max(tellend, key=lambda baan: (baan[0], -baan[1].rang))[1].gemeente)
        gronden = {i.grondslag for i, aantal in self._register.items() if aantal > 0 and i.geldt(moment.peildag)}
        return Situatie(
            False,
            None,
            ",".join(sorted(gronden)),
            sum(uren for uren, plek in in_maand if plek.vorm in DIENSTBETREKKING) > 0,
            sum(uren for uren, plek in in_maand if plek.vorm in BESCHUT) > 0,
        )
