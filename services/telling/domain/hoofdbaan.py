"""Wie wanneer in of uit een cel ging: het effect van elke boeking, in de volgorde waarin zij bekend werden.

Personen en werkgevers zijn niet op te tellen uit boekingen: een uur erbij kan iemand laten werken, haar naar een andere
hoofdbaan brengen, of niets veranderen. Wat een boeking veranderde, is het verschil tussen de stand ervoor en erna.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import groupby
from typing import NamedTuple

from services.telling.domain.optelling import Kenmerken

Soort = tuple[int, int]
"""(cel_id, werkgever_nr): de kenmerken waaronder een uur verloond is."""


class Tellend(NamedTuple):
    """Een tellende boeking; die van dezelfde `wie` in één maand staan op volgorde van bekend worden.

    `wie` is het nummer van een persoon of van een werkgever. `reden` is 0 voor het saldo van alles wat er aan het begin al was.
    """

    maand: int
    wie: int
    bekend_op: int
    partitie: int
    publicatienr: int
    reden: int
    persoon_nr: int
    plaatsing_nr: int
    werkgever_nr: int
    cel_id: int
    delta_uren_x100: int

    @property
    def soort(self) -> Soort:
        """Onder welke kenmerken dit uur verloond is."""
        return self.cel_id, self.werkgever_nr


class Overstap(NamedTuple):
    """Een gebeurtenis bracht iemand van de ene hoofdbaan naar de andere (None: zonder werk)."""

    gebeurtenis: Tellend
    van: Soort | None
    naar: Soort | None


class Deelname(NamedTuple):
    """Een gebeurtenis bracht een werkgever in (+1) of uit (−1) een cel."""

    gebeurtenis: Tellend
    kenmerken: Kenmerken
    teken: int


def overstappen(boekingen: Iterable[Tellend], rang: Mapping[Soort, int]) -> Iterator[Overstap]:
    """Elke overstap van een persoon; `rang` zet banen bij gelijke uren op volgorde (laagste gaat voor)."""
    for gebeurtenissen in _per_wie(boekingen):
        uren: dict[tuple[int, Soort], int] = {}
        hoofd: Soort | None = None
        for samen in gebeurtenissen:
            for boeking in samen:
                baan = boeking.plaatsing_nr, boeking.soort
                uren[baan] = uren.get(baan, 0) + boeking.delta_uren_x100
            nieuw = _hoofdbaan(uren, rang)
            if samen[0].reden and nieuw != hoofd:
                yield Overstap(samen[-1], hoofd, nieuw)
            hoofd = nieuw


def _hoofdbaan(uren: Mapping[tuple[int, Soort], int], rang: Mapping[Soort, int]) -> Soort | None:
    if sum(uren.values()) <= 0:
        return None
    return max(uren, key=lambda baan: (uren[baan], -rang[baan[1]]))[1]


def deelnames(boekingen: Iterable[Tellend], waar: Callable[[Tellend], Iterable[Kenmerken]]) -> Iterator[Deelname]:
    """Elke cel waar een werkgever in of uit ging; `waar` zegt in welke cellen een boeking meetelt."""
    for gebeurtenissen in _per_wie(boekingen):
        uren: dict[Kenmerken, int] = {}
        for samen in gebeurtenissen:
            eerder = dict[Kenmerken, bool]()
            for boeking in samen:
                for kenmerken in waar(boeking):
                    eerder.setdefault(kenmerken, uren.get(kenmerken, 0) > 0)
                    uren[kenmerken] = uren.get(kenmerken, 0) + boeking.delta_uren_x100
            for kenmerken, deed_mee in eerder.items():
                if samen[0].reden and (uren[kenmerken] > 0) != deed_mee:
                    yield Deelname(samen[-1], kenmerken, -1 if deed_mee else 1)


def _per_wie(boekingen: Iterable[Tellend]) -> Iterator[Iterator[list[Tellend]]]:
    """Per (maand, wie) de boekingen van elke gebeurtenis bij elkaar."""
    for _, van_een in groupby(boekingen, key=lambda b: (b.maand, b.wie)):
        yield (list(samen) for _, samen in groupby(van_een, key=lambda b: b[2:5]))
