"""Grenzen: welke gemeente op een dag in welke arbeidsmarktregio ligt, en waarin een oude gemeente is opgegaan."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from weakref import WeakKeyDictionary

from services.telling.domain.regels import Herkomst, Regel, Regelboek, herkomst

NEDERLAND = "NL"
ONBEKEND = "onbekend"


@dataclass(frozen=True, slots=True)
class Gebied:
    """Een gemeente in een regio, van `van` tot `tot` (half open; leeg: nog steeds); daarna hoort zij bij `opvolger`."""

    gemeente: str
    naam: str
    regio: str
    regio_naam: str
    van: date
    tot: date | None
    opvolger: str | None

    def geldt(self, dag: date) -> bool:
        """Geldt deze rij op `dag`?"""
        return self.van <= dag and (self.tot is None or dag < self.tot)


def gebied_van(inhoud: Mapping[str, str | None]) -> Gebied:
    """Een gebied uit de inhoud van een regel."""
    tot = inhoud.get("tot")
    return Gebied(
        str(inhoud["gemeente"]),
        str(inhoud["gemeenteNaam"]),
        str(inhoud["regio"]),
        str(inhoud["regioNaam"]),
        date.fromisoformat(str(inhoud["van"])),
        date.fromisoformat(tot) if tot else None,
        inhoud.get("opvolger"),
    )


class Grenzen:
    """Alle bekende grenzen. Een gemeente die op een dag nog niet of niet meer bestond, houdt haar dichtstbijzijnde regio."""

    def __init__(self, gebieden: Iterable[Gebied], laatste: Regel | None = None) -> None:
        self._rijen: dict[str, list[Gebied]] = {}
        for gebied in sorted(gebieden, key=lambda g: (g.gemeente, g.van)):
            self._rijen.setdefault(gebied.gemeente, []).append(gebied)
        self._laatste = laatste

    @classmethod
    def uit(cls, boek: Regelboek) -> "Grenzen":
        """De grenzen volgens de regels die in `boek` bekend zijn; van elk boek één keer gemaakt."""
        if boek not in _GRENZEN:
            regels = list(boek.geldend("gebieden").values())
            laatste = max(regels, key=lambda r: r.volgorde, default=None)
            _GRENZEN[boek] = cls((gebied_van(r.inhoud) for r in regels), laatste)
        return _GRENZEN[boek]

    @property
    def gemeenten(self) -> tuple[str, ...]:
        """Elke gemeente die ergens in de grenzen staat, ook een vroegere."""
        return tuple(self._rijen)

    @cached_property
    def namen(self) -> dict[str, str]:
        """De naam van elke regio en gemeente, zoals het laatst bekend."""
        namen: dict[str, str] = {}
        for rijen in self._rijen.values():
            for gebied in rijen:
                namen[gebied.gemeente] = gebied.naam
                namen[gebied.regio] = gebied.regio_naam
        return namen

    def gemeente(self, code: str | None, dag: date) -> str:
        """In welke gemeente `code` op `dag` ligt; `onbekend` als de code ontbreekt of nergens staat."""
        gezien: set[str] = set()
        while code is not None and code in self._rijen and code not in gezien:
            gezien.add(code)
            laatste = self._rijen[code][-1]
            if laatste.tot is None or dag < laatste.tot or laatste.opvolger is None:
                return code
            code = laatste.opvolger
        return code if code in self._rijen else ONBEKEND

    def regio(self, code: str | None, dag: date) -> str:
        """In welke regio `code` op `dag` ligt, of `onbekend`."""
        rijen = self._rijen.get(self.gemeente(code, dag))
        if not rijen:
            return ONBEKEND
        begonnen = [gebied for gebied in rijen if gebied.van <= dag]
        return (begonnen[-1] if begonnen else rijen[0]).regio

    def regios(self, dag: date) -> frozenset[str]:
        """De regio's die op `dag` bestaan."""
        return frozenset(gebied.regio for rijen in self._rijen.values() for gebied in rijen if gebied.geldt(dag))

    def zelfde(self, gebied: str, eerst: date, later: date) -> bool:
        """Beslaat een regio of gemeente op beide dagen dezelfde gemeenten, voor zover bekend?"""
        eerst, later = min(eerst, later), max(eerst, later)
        if gebied == NEDERLAND:
            return True
        plek = self.regio if gebied in self.regios(eerst) | self.regios(later) else self.gemeente
        toen = [code for code, rijen in self._rijen.items() if any(rij.geldt(eerst) for rij in rijen)]
        return all((plek(code, eerst) == gebied) == (plek(code, later) == gebied) for code in toen)

    def herkomst(self, dag: date) -> Herkomst | None:
        """De herkomst van de grenzen zoals zij op `dag` zijn."""
        if self._laatste is None:
            return None
        bron = herkomst(self._laatste)
        return Herkomst(
            f"grenzen op {dag.isoformat()}", bron.bron, bekend_op=bron.bekend_op, aangenomen=bron.aangenomen
        )


_GRENZEN: WeakKeyDictionary[Regelboek, Grenzen] = WeakKeyDictionary()
