"""Wie wanneer in het register kwam of eruit ging: het effect van elke gebeurtenis op het aantal van één dag.

Een grondslag die aan werk gebonden is, geldt alleen in een maand met uren in een dienstbetrekking; daarom verandert ook een
uur soms wie er in het register staat.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import groupby
from typing import NamedTuple

from banenspoor_contracts.wie_telt import AAN_WERK_GEBONDEN

from services.telling.domain.perioden import maand_van_dag
from services.telling.domain.register import Gebeurtenis, Inschrijving


class Effect(NamedTuple):
    """Op een dag staat er door een gebeurtenis één persoon meer (+1) of minder (−1); grondslag leeg: in het totaal."""

    gebeurtenis: Gebeurtenis
    dag: date
    grondslag: str | None
    teken: int


def effecten(
    gebeurtenissen: Iterable[Gebeurtenis], dagen: Sequence[date], grondslag: str | None, per_grondslag: bool
) -> Iterator[Effect]:
    """Het effect van elke gebeurtenis op het aantal van elke dag; met `grondslag` alleen wie op die grondslag staat."""
    for _, van_een in groupby(gebeurtenissen, key=lambda g: g.persoon_nr):
        stappen = [list(samen) for _, samen in groupby(van_een, key=lambda g: g[1:5])]
        for dag in dagen:
            standen, uren, toen = dict[Inschrijving, int](), 0, frozenset[str | None]()
            for stap in stappen:
                for g in stap:
                    if g.inschrijving is not None:
                        standen[g.inschrijving] = standen.get(g.inschrijving, 0) + g.delta
                    elif g.maand == maand_van_dag(dag):
                        uren += g.delta
                nu = _op(dag, standen, uren > 0, grondslag, per_grondslag)
                if stap[-1].naam:
                    yield from (Effect(stap[-1], dag, grond, 1) for grond in sorted(nu - toen, key=str))
                    yield from (Effect(stap[-1], dag, grond, -1) for grond in sorted(toen - nu, key=str))
                toen = nu


def _op(
    dag: date, standen: dict[Inschrijving, int], werkt: bool, grondslag: str | None, per_grondslag: bool
) -> frozenset[str | None]:
    """Op welke grondslagen iemand op `dag` staat; zonder uitsplitsing alleen of zij er staat."""
    gronden = {
        i.grondslag
        for i, aantal in standen.items()
        if aantal > 0 and i.geldt(dag)
        if grondslag in (None, i.grondslag) and (werkt or i.grondslag not in AAN_WERK_GEBONDEN)
    }
    return frozenset(gronden) if per_grondslag else frozenset([None] if gronden else [])
