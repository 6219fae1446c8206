"""Wat een werkgever te horen krijgt over een werknemer of kandidaat (Wfsv art. 38d lid 7): nooit een grondslag."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from .tijdlijn import geldt


@dataclass(frozen=True, slots=True)
class Antwoordregel:
    """Vanaf deze dag antwoordt het register zo; `jaren_terug` leeg: alleen ja of nee."""

    vanaf: date
    jaren_terug: int | None


@dataclass(frozen=True, slots=True)
class Periode:
    """Half open; `tot` leeg: loopt nog, of eindigt na het venster."""

    van: date
    tot: date | None


@dataclass(frozen=True, slots=True)
class Antwoord:
    """Staat iemand op de dag van de vraag in het register; `perioden` leeg (None) als de wet die nog niet vraagt."""

    in_register: bool
    perioden: tuple[Periode, ...] | None = None


def antwoord(registraties: Iterable[Periode], op: date, regels: Sequence[Antwoordregel]) -> Antwoord:
    """Het antwoord op dag `op`; wie onbekend is heeft geen registraties en krijgt hetzelfde nee.

    Perioden van alle grondslagen samen, aaneengesloten en begrensd op het huidige en de gevraagde vorige kalenderjaren.
    """
    bekend = list(registraties)
    ja = any(geldt(p, op) for p in bekend)
    regel = max((r for r in regels if r.vanaf <= op), key=lambda r: r.vanaf, default=None)
    if regel is None or regel.jaren_terug is None:
        return Antwoord(ja)
    begin, eind = venster(op, regel.jaren_terug)
    binnen = [p for p in bekend if p.van < eind and (p.tot is None or p.tot > begin)]
    return Antwoord(ja, tuple(Periode(max(p.van, begin), _knip(p.tot, eind)) for p in _aaneen(binnen)))


def venster(op: date, jaren_terug: int) -> tuple[date, date]:
    """Het kalenderjaar van `op` en zoveel jaren ervoor, half open."""
    return date(op.year - jaren_terug, 1, 1), date(op.year + 1, 1, 1)


def _aaneen(perioden: Iterable[Periode]) -> list[Periode]:
    """Dezelfde dagen in zo min mogelijk perioden, op volgorde."""
    uit: list[Periode] = []
    for p in sorted(perioden, key=lambda p: p.van):
        if not uit or (uit[-1].tot is not None and uit[-1].tot < p.van):
            uit.append(p)
        elif uit[-1].tot is not None:
            uit[-1] = Periode(uit[-1].van, None if p.tot is None else max(p.tot, uit[-1].tot))
    return uit


def _knip(tot: date | None, eind: date) -> date | None:
    return None if tot is None or tot >= eind else tot
