"""Waar iemand woont: elke woonplaats geldt van haar begin tot de volgende."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from itertools import pairwise

from banenspoor_contracts import PersoonVerhuisd, Woonplaats

from .tijdlijn import Gevolg, Tijdlijn, overlapt, velden


def verhuis(tijdlijn: Tijdlijn, gemeente: str, van: date, *, bekend_op: datetime | None = None) -> Gevolg:
    """Woont vanaf `van` in deze gemeente, tot de volgende bekende verhuizing; hetzelfde `van` nog eens verbetert."""
    woonplaatsen = woont_vanaf(tijdlijn.woonplaatsen, gemeente, van)
    if woonplaatsen == tijdlijn.woonplaatsen:
        return Gevolg(tijdlijn)
    na = replace(tijdlijn, woonplaatsen=woonplaatsen, gezegd=True, bekend_op=tijdlijn.kennistijd(bekend_op))
    return Gevolg(na, (PersoonVerhuisd(**velden(na)),))


def woont_vanaf(woonplaatsen: Sequence[Woonplaats], gemeente: str, van: date) -> tuple[Woonplaats, ...]:
    """De woonplaatsen, met vanaf `van` deze gemeente tot de eerstvolgende andere woonplaats."""
    if not woonplaatsen:
        return (Woonplaats(gemeente=gemeente, van=van),)
    begin = {w.van: w.gemeente for w in woonplaatsen} | {van: gemeente}
    dagen = sorted(begin)
    anders = [dagen[0], *(dag for vorige, dag in pairwise(dagen) if begin[dag] != begin[vorige])]
    return tuple(
        Woonplaats(gemeente=begin[dag], van=dag, tot=tot) for dag, tot in zip(anders, [*anders[1:], None], strict=True)
    )


def loopt_mee(woonplaatsen: Sequence[Woonplaats], van: date) -> tuple[Woonplaats, ...]:
    """De eerste woonplaats begint niet later dan `van`: begint een registratie eerder, dan woonde iemand daar al."""
    if not woonplaatsen or woonplaatsen[0].van <= van:
        return tuple(woonplaatsen)
    eerste, *rest = woonplaatsen
    return (Woonplaats(gemeente=eerste.gemeente, van=van, tot=eerste.tot), *rest)


def woonde_elders(woonplaatsen: Sequence[Woonplaats], gemeente: str, van: date, tot: date | None) -> bool:
    """Is in `[van, tot)` een woonplaats bekend, en nergens deze gemeente?"""
    bekend = {w.gemeente for w in woonplaatsen if overlapt(van, tot, w)}
    return bool(bekend) and gemeente not in bekend
