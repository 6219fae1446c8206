"""Wanneer een registratie vanzelf eindigt: AOW-leeftijd, overlijden, en het vervallen van de voorwaarden.

Gedateerde regels, met bron in `gegevens/aow.csv` en `gegevens/verval.csv` (AOW art. 7a; Besluit SUWI art. 3.2).
"""

from __future__ import annotations

import calendar
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cache

from banenspoor_contracts import EindReden, Grondslag, Registratie

from .gegevens import dag, lees
from .registratie import beeindig
from .tijdlijn import Gevolg, Grens, Tijdlijn, Weigering, geldt, loopt_over


class Verval(StrEnum):
    """Wat er gebeurt als de voorwaarden vervallen."""

    T_PLUS_2 = "T_PLUS_2"
    """De registratie eindigt na 31 december van het tweede kalenderjaar erna."""
    OPGESCHORT = "OPGESCHORT"
    BLIJFT = "BLIJFT"
    """Blijft door Wfsv art. 38b lid 6, tot AOW-leeftijd, overlijden, beschut werk of eigen verzoek."""


@dataclass(frozen=True, slots=True)
class _Klasse:
    van: date
    tot: date
    jaren: int
    maanden: int


@cache
def _aow() -> tuple[_Klasse, ...]:
    return tuple(
        _Klasse(
            dag(r["geboren_van"]) or date.min, dag(r["geboren_tot"]) or date.max, int(r["jaren"]), int(r["maanden"])
        )
        for r in lees("aow.csv")
    )


@cache
def _verval() -> tuple[tuple[Verval, date, date], ...]:
    return tuple((Verval(r["regel"]), dag(r["van"]) or date.min, dag(r["tot"]) or date.max) for r in lees("verval.csv"))


def aow_op(geboren: date) -> date | None:
    """De dag waarop iemand de AOW-leeftijd bereikt (AOW art. 7a); None: voor deze geboortedag nog niet vastgesteld.

    Bestaat de dag in die maand niet, dan de eerste van de volgende.
    """
    klasse = next((k for k in _aow() if k.van <= geboren < k.tot), None)
    return None if klasse is None else _bereikt(geboren, klasse)


def aow_vroegst(geboren: date) -> date:
    """De dag waarop de AOW-leeftijd op zijn vroegst bereikt is; voor wie zij nog niet vaststaat met de laatst vastgestelde."""
    return aow_op(geboren) or _bereikt(geboren, _aow()[-1])


def _bereikt(geboren: date, klasse: _Klasse) -> date:
    maanden = geboren.month - 1 + klasse.maanden
    jaar, maand = geboren.year + klasse.jaren + maanden // 12, maanden % 12 + 1
    laatste = calendar.monthrange(jaar, maand)[1]
    return date(jaar, maand, geboren.day) if geboren.day <= laatste else date(jaar, maand, laatste) + timedelta(days=1)


def grens(geboren: date | None, overleden: date | None, vandaag: date) -> Grens | None:
    """De eerste dag waarop iemand niet meer geregistreerd kan zijn, als die er al is: daarna loopt geen registratie.

    Overlijden: de dag erna (op de sterfdag zelf was zij nog geregistreerd). AOW: de dag waarop de leeftijd is bereikt.
    """
    dagen = [Grens(overleden + timedelta(days=1), EindReden.OVERLEDEN)] if overleden is not None else []
    aow = aow_op(geboren) if geboren is not None else None
    if aow is not None and aow <= vandaag:
        dagen.append(Grens(aow, EindReden.AOW_LEEFTIJD))
    return min(dagen, key=lambda g: g.dag, default=None)


def na_grens(tijdlijn: Tijdlijn, bekend_op: datetime | None = None) -> Gevolg:
    """Beëindigt op de grens wat eroverheen loopt; wat erna begint is met een correctie te herstellen en blijft staan."""
    if tijdlijn.grens is None:
        return Gevolg(tijdlijn)
    dag, reden = tijdlijn.grens.dag, tijdlijn.grens.reden
    lopend = tuple(r for r in tijdlijn.registraties if loopt_over(r, dag))
    return beeindig(tijdlijn, lopend, dag, reden, bekend_op)


def regel_op(dag: date) -> Verval:
    """De regel voor voorwaarden die op deze dag vervallen."""
    return next(regel for regel, van, tot in _verval() if van <= dag < tot)


def einde_na_verval(vervallen_op: date, bekend: date) -> date | None:
    """De eerste dag zonder registratie; None: zij blijft.

    `bekend`: de dag waarop wij het weten. Lag het einde van t+2 na het begin van de opschorting en weten wij van die
    opschorting, dan is er geen einde: zij is nooit ingegaan.
    """
    if regel_op(vervallen_op) is not Verval.T_PLUS_2:
        return None
    einde, opgeschort = (
        date(vervallen_op.year + 3, 1, 1),
        next(tot for regel, _, tot in _verval() if regel is Verval.T_PLUS_2),
    )
    return einde if einde <= opgeschort or bekend < opgeschort else None


def vervallen(
    tijdlijn: Tijdlijn,
    grondslag: Grondslag,
    vervallen_op: date,
    reden: EindReden,
    bekend: date,
    bekend_op: datetime | None = None,
) -> Gevolg | Weigering:
    """De voorwaarden vervielen op `vervallen_op`: onthoudt dat, en beëindigt alleen als de regel van die dag dat zegt."""
    lopend = next((r for r in tijdlijn.van_grondslag(grondslag) if geldt(r, vervallen_op)), None)
    if lopend is None:
        return Weigering(
            "vervallen_op", "onbekende_registratie", "op die dag loopt er geen registratie op deze grondslag"
        )
    tijdlijn = replace(tijdlijn, vervallen=tijdlijn.vervallen | {grondslag})
    tot = einde_na_verval(vervallen_op, bekend)
    raakt: tuple[Registratie, ...] = (lopend,) if tot is not None and (lopend.tot is None or lopend.tot > tot) else ()
    return Gevolg(tijdlijn) if tot is None else beeindig(tijdlijn, raakt, tot, reden, bekend_op)
