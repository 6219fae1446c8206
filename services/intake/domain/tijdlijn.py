"""De tijdlijn van één mens: op welke grondslagen geregistreerd, waar woonachtig, en wat daarover al gezegd is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol, TypedDict
from uuid import UUID

from banenspoor_contracts import EindReden, Feit, Grondslag, Registratie, Woonplaats


@dataclass(frozen=True, slots=True)
class Grens:
    """De eerste dag waarop iemand niet meer geregistreerd kan zijn, en waarom (AOW-leeftijd of overlijden)."""

    dag: date
    reden: EindReden


@dataclass(frozen=True, slots=True)
class Tijdlijn:
    """Alle perioden zijn half open, `[van, tot)`; `tot` leeg: loopt nog.

    Perioden van één grondslag overlappen niet; woonplaatsen sluiten op elkaar aan en de laatste loopt door. Beide staan
    op volgorde van begin, zoals in de gebeurtenissen.
    """

    persoon: UUID
    registraties: tuple[Registratie, ...] = ()
    woonplaatsen: tuple[Woonplaats, ...] = ()
    verworpen: frozenset[Grondslag] = field(default_factory=frozenset)
    """Grondslagen waarvan een correctie zei dat zij er nooit waren."""
    beschut_vanaf: frozenset[date] = field(default_factory=frozenset)
    """De dag na elk positief besluit beschut werk: wat dan loopt, eindigt dan."""
    gezegd: bool = False
    """Is er over deze persoon al iets gezegd?"""
    bekend_op: datetime | None = None
    """De `bekend_op` van wat het laatst gezegd is; leeg: gezegd op logtijd (of nog niets gezegd)."""
    vervallen: frozenset[Grondslag] = field(default_factory=frozenset)
    """Grondslagen waarvan de voorwaarden vervielen: wie blijft, blijft door Wfsv art. 38b lid 6."""
    grens: Grens | None = None
    """Uit de kluis, als die dag er al is; wordt hier niet bewaard."""

    def van_grondslag(self, grondslag: Grondslag) -> tuple[Registratie, ...]:
        """De registraties op deze grondslag, op volgorde van begin."""
        return tuple(r for r in self.registraties if r.grondslag == grondslag)

    def kennistijd(self, bekend_op: datetime | None) -> datetime | None:
        """De `bekend_op` van het volgende feit: nooit lager dan die van het vorige.

        Was het vorige feit op logtijd gezegd (zonder `bekend_op`), dan dit ook: de logtijd ligt na elke historie.
        """
        if bekend_op is None or not self.gezegd:
            return bekend_op
        return max(bekend_op, self.bekend_op) if self.bekend_op is not None else None


@dataclass(frozen=True, slots=True)
class Gevolg:
    """De tijdlijn na de opdracht, en de feiten die daarmee te zeggen zijn; geen feiten: er verandert niets."""

    tijdlijn: Tijdlijn
    feiten: tuple[Feit, ...] = ()


@dataclass(frozen=True, slots=True)
class Weigering:
    """Waarom een opdracht niet kan: de kolom, een vaste code, en een melding die nooit een nummer van iemand noemt."""

    kolom: str
    code: str
    melding: str


class Tijdlijnen(TypedDict):
    """De velden die elke gebeurtenis met tijdlijnen draagt."""

    persoon: UUID
    registraties: tuple[Registratie, ...]
    woonplaatsen: tuple[Woonplaats, ...]
    bekend_op: datetime | None


def velden(tijdlijn: Tijdlijn) -> Tijdlijnen:
    """Wat een gebeurtenis van deze tijdlijn draagt: de hele tijdlijnen en het moment van bekend worden."""
    return {
        "persoon": tijdlijn.persoon,
        "registraties": tijdlijn.registraties,
        "woonplaatsen": tijdlijn.woonplaatsen,
        "bekend_op": tijdlijn.bekend_op,
    }


def op_volgorde(registraties: Sequence[Registratie]) -> tuple[Registratie, ...]:
    """Op begin, en bij gelijk begin op grondslag."""
    return tuple(sorted(registraties, key=lambda r: (r.van, r.grondslag)))


def overlapt(van: date, tot: date | None, andere: Registratie | Woonplaats) -> bool:
    """Hebben `[van, tot)` en de andere periode een dag gemeen?"""
    return (andere.tot is None or van < andere.tot) and (tot is None or andere.van < tot)


class Periode(Protocol):
    """Dagen `[van, tot)`; `tot` leeg: loopt nog."""

    @property
    def van(self) -> date: ...

    @property
    def tot(self) -> date | None: ...


def geldt(periode: Periode, dag: date) -> bool:
    """Valt deze dag in de periode?"""
    return periode.van <= dag and (periode.tot is None or dag < periode.tot)


def loopt_over(periode: Periode, dag: date) -> bool:
    """Begon de periode voor deze dag, en loopt zij erop door? Dan is er iets te beëindigen."""
    return periode.van < dag and geldt(periode, dag)
