"""Vanaf welke dag de uren van een jaar te laat zijn voor de jaarlijkse vaststelling. Een kenmerk: het verandert geen cijfer."""

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, lru_cache
from importlib import resources

from services.plaatsing.domain.kalender import dag_in_nederland
from services.plaatsing.domain.uren import Regel, Sleutel, maanden


@dataclass(frozen=True, slots=True)
class Sluiting:
    """Voor uren van de jaren `jaar_van` tot en met `jaar_tot` (leeg: door): deze dag van het jaar erna, en waar dat staat."""

    jaar_van: int
    jaar_tot: int | None
    maand: int
    dag: int
    bron: str


@lru_cache(maxsize=256)
def sluit_op(jaar: int) -> date | None:
    """De eerste dag waarop uren van dit jaar na de sluiting komen; None als er voor dat jaar geen regel is."""
    for regel in _regels():
        if regel.jaar_van <= jaar and (regel.jaar_tot is None or jaar <= regel.jaar_tot):
            return date(jaar + 1, regel.maand, regel.dag)
    return None


def na_sluiting(maand: str, geleverd: date) -> bool:
    """Zijn uren van deze maand, op deze dag geleverd, na de sluiting van hun jaar gekomen?"""
    sluit = sluit_op(int(maand[:4]))
    return sluit is not None and geleverd >= sluit


def geleverd_sinds(versies: Iterable[tuple[datetime, Regel]]) -> Mapping[Sleutel, date]:
    """Per regel de Nederlandse dag sinds wanneer zij zo geleverd is; een latere bevestiging maakt haar niet later.

    `versies`: op volgorde, zonder wat is ingetrokken.
    """
    laatst: dict[Sleutel, Regel] = {}
    sinds: dict[Sleutel, date] = {}
    for op, regel in versies:
        vorige = laatst.get(regel.sleutel)
        if vorige is None or not regel.zegt_hetzelfde(vorige):
            sinds[regel.sleutel] = dag_in_nederland(op)
        laatst[regel.sleutel] = regel
    return sinds


def late_maanden(regels: Iterable[Regel], sinds: Mapping[Sleutel, date], van: date, tot: date | None) -> frozenset[str]:
    """De maanden van een baan `[van, tot)` waarvan een regel na de sluiting van haar jaar kwam."""
    return frozenset(
        maand
        for regel in regels
        if (dag := sinds.get(regel.sleutel)) is not None
        for maand, _ in maanden(regel, van, tot)
        if na_sluiting(maand, dag)
    )


@cache
def _regels() -> tuple[Sluiting, ...]:
    bestand = resources.files("services.plaatsing") / "gegevens" / "jaarsluiting.csv"
    uit = []
    for rij in csv.DictReader(bestand.read_text("utf-8").splitlines()):
        maand, dag = map(int, rij["sluit"].split("-"))
        tot = int(rij["jaar_tot"]) if rij["jaar_tot"] else None
        uit.append(Sluiting(int(rij["jaar_van"]), tot, maand, dag, rij["bron"]))
    return tuple(uit)
