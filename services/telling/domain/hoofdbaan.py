"""Wie wanneer bij welke hoofdbaan ging horen: het effect van elke boeking, in de volgorde waarin zij bekend werden.

Personen zijn niet op te tellen uit boekingen: een uur erbij kan iemand laten werken, haar naar een andere hoofdbaan brengen,
of niets veranderen. Wat een boeking veranderde, is het verschil tussen de stand ervoor en erna.
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import NamedTuple

Baan = tuple[int, int]
"""(plaatsing_nr, cel_id): een baan onder één combinatie van kenmerken."""


class Tellend(NamedTuple):
    """Een tellende boeking in één maand; die van één persoon in één maand staan op volgorde van bekend worden.

    `reden` is 0 voor het saldo van alles wat er aan het begin al was.
    """

    maand: int
    persoon_nr: int
    bekend_op: int
    partitie: int
    publicatienr: int
    reden: int
    plaatsing_nr: int
    cel_id: int
    delta_uren_x100: int


class Overstap(NamedTuple):
    """Een gebeurtenis bracht iemand van de ene hoofdbaan naar de andere (None: zonder werk)."""

    gebeurtenis: Tellend
    van: int | None
    naar: int | None


def overstappen(boekingen: Iterable[Tellend], rang: Mapping[int, int]) -> Iterator[Overstap]:
    """Elke overstap; `rang` zet de cellen bij gelijke uren op volgorde (laagste gaat voor), `van` en `naar` zijn cellen."""
    for _, van_een in groupby(boekingen, key=lambda b: (b.maand, b.persoon_nr)):
        uren: dict[Baan, int] = {}
        hoofd: int | None = None
        for _, samen in groupby(van_een, key=lambda b: b[2:5]):
            for boeking in samen:
                baan = boeking.plaatsing_nr, boeking.cel_id
                uren[baan] = uren.get(baan, 0) + boeking.delta_uren_x100
            nieuw = _hoofdcel(uren, rang)
            if boeking.reden and nieuw != hoofd:
                yield Overstap(boeking, hoofd, nieuw)
            hoofd = nieuw


def _hoofdcel(uren: Mapping[Baan, int], rang: Mapping[int, int]) -> int | None:
    if sum(uren.values()) <= 0:
        return None
    return max(uren, key=lambda baan: (uren[baan], -rang[baan[1]]))[1]
