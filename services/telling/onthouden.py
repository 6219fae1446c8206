"""Per periode van een vraag onthouden wat zij opleverde, zolang er voor die periode niets bij geboekt is."""

from collections.abc import Awaitable, Callable, Hashable, Iterable, Mapping
from dataclasses import replace
from typing import TypeVar

from services.telling.domain.perioden import Periode
from services.telling.domain.regels import Regelboek
from services.telling.domain.selectie import Selectie
from services.telling.store.geheugen import BLADEN, per_periode
from services.telling.store.grootboek import REGISTERMAAND, WERKGEVERMAAND
from services.telling.vraag import Vraag
from shared.db import Tx

T = TypeVar("T")


async def onthoud(
    tx: Tx,
    soort: str,
    vraag: Vraag,
    boeken: tuple[Regelboek, ...],
    momenten: Hashable,
    maak: Callable[[Selectie], Awaitable[Mapping[Periode, T]]],
) -> Mapping[Periode, T]:
    """Wat `maak` van elke periode van de vraag maakt, met deze regelboeken en kennismomenten; `soort` zegt wat het is.

    Een wat-als rekent met een boek dat nergens vastligt: dat wordt niet onthouden.
    """
    s = vraag.selectie
    if any(boek.stempel is None for boek in boeken):
        return await maak(s)
    wat = _wat(soort, replace(vraag, selectie=replace(s, perioden=())), boeken, momenten)
    maanden = {periode: _maanden([periode]) for periode in s.perioden}

    async def per_bereik(nieuw: list[Periode]) -> Mapping[Periode, T]:
        uit: dict[Periode, T] = {}
        for bereik in _aaneengesloten(nieuw):
            uit |= await maak(replace(s, perioden=bereik))
        return uit

    return await per_periode(tx, wat, maanden, per_bereik)


async def onthoud_blad(
    tx: Tx, soort: str, vraag: Vraag, boek: Regelboek, welk: Hashable, maak: Callable[[], Awaitable[T]]
) -> T:
    """Eén blad van de hele vraag; `welk` zegt welk, met het kennismoment erbij."""

    async def heel(_: list[str]) -> Mapping[str, T]:
        return {"blad": await maak()}

    if boek.stempel is None:
        return await maak()
    wat, maanden = _wat(soort, vraag, (boek,), welk), {"blad": _maanden(vraag.selectie.perioden)}
    return (await per_periode(tx, wat, maanden, heel, BLADEN))["blad"]


def bij_periode(selectie: Selectie, alle: Iterable[T], periode: Callable[[T], str]) -> dict[Periode, list[T]]:
    """Alles bij de periode van de selectie waar het bij hoort; een periode zonder iets heeft een lege lijst."""
    uit = {str(p): (p, list[T]()) for p in selectie.perioden}
    for een in alle:
        uit[periode(een)][1].append(een)
    return dict(uit.values())


def _aaneengesloten(perioden: Iterable[Periode]) -> list[tuple[Periode, ...]]:
    """De perioden in bereiken zonder gat: zo is elke selectie, en een stroom rekent daarop."""
    uit: list[tuple[Periode, ...]] = []
    for periode in perioden:
        if uit and uit[-1][-1].maanden.stop == periode.eerste:
            uit[-1] = (*uit[-1], periode)
        else:
            uit.append((periode,))
    return uit


def _wat(soort: str, vraag: Vraag, boeken: Iterable[Regelboek], momenten: Hashable) -> Hashable:
    return soort, vraag.maat, vraag.selectie, tuple(boek.stempel for boek in boeken), momenten


def _maanden(perioden: Iterable[Periode]) -> list[int]:
    """Waar deze perioden van afhangen; een stroom begint aan het eind van de vorige periode."""
    return [REGISTERMAAND, WERKGEVERMAAND, *(maand for p in perioden for maand in (p.eerste - 1, *p.maanden))]
