"""Wie welke mensen mag zien en verbeteren: iemand zichzelf, een gemeente wie er woont of woonde, UWV iedereen.

Namens wie een token komt begrenst altijd, welke scopes het ook heeft. Wie iets niet mag zien krijgt hetzelfde antwoord
als wanneer het er niet was.
"""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum
from typing import Any

from services.intake.domain import Gevolg, Tijdlijn, Weigering
from services.intake.domain.tijdlijn import overlapt
from shared.api import Opdracht, Probleem
from shared.db import Tx
from shared.personen import volg

ONBEKENDE_REGISTRATIE = Weigering("bsn", "onbekende_registratie", "van deze persoon is geen registratie bekend")
_ANDERE_GEMEENTE = Weigering("gemeente", "andere_gemeente", "een gemeente levert alleen over haar eigen inwoners")
_ANDERE_INWONER = Weigering("bsn", "andere_gemeente", "een gemeente levert alleen over haar eigen inwoners")
_PAST_NIET = Weigering(
    "bsn", "andere_gemeente", "deze rij past niet bij wat er bekend is; vraag de vorige woongemeente of UWV"
)
LEZEN = "registraties:lezen"


class Rol(StrEnum):
    """Namens wie een token komt."""

    ZELF = "zelf"
    GEMEENTE = "gemeente"
    IEDER = "ieder"


def onbekende_persoon() -> Probleem:
    """Het antwoord over wie er niet is, en over wie de vrager niet mag zien."""
    return Probleem(404, "onbekende_persoon", "Dit pseudoniem is niet bekend")


def rol(opdracht: Opdracht, ieder: str = LEZEN) -> Rol:
    """Als wie deze houder leest; scope `ieder` geldt over iedereen. 403 als scope en namens wie niet samengaan."""
    if opdracht.persoon is not None and opdracht.scopes & {"eigen-gegevens", ieder}:
        return Rol.ZELF
    if opdracht.persoon is None and opdracht.gemeente is not None and opdracht.scopes & {"gemeente", ieder}:
        return Rol.GEMEENTE
    if ieder not in opdracht.scopes or opdracht.namens_een:
        raise Probleem(403, "namens_onjuist", "Het token komt niet namens wie deze vraag mag stellen")
    return Rol.IEDER


async def als_nu(tx: Tx, opdracht: Opdracht) -> Opdracht:
    """Namens wie nu: een token van voor een samenvoeging is van wie haar in zich opnam."""
    if opdracht.persoon is None:
        return opdracht
    return replace(opdracht, persoon=(await volg(tx, [opdracht.persoon]))[opdracht.persoon])


def mag_lezen(opdracht: Opdracht, tijdlijn: Tijdlijn, ieder: str = LEZEN) -> bool:
    """Mag de houder van dit token deze persoon zien? 403 als hij niemand mag zien."""
    wie = rol(opdracht, ieder)
    if wie is Rol.ZELF:
        return tijdlijn.persoon == opdracht.persoon
    return wie is Rol.IEDER or woonde_in(tijdlijn, opdracht.gemeente)


def zichtbaar(opdracht: Opdracht, tijdlijn: Tijdlijn) -> Tijdlijn:
    """Wat deze houder van de tijdlijnen ziet: een gemeente alleen de tijd dat iemand er woonde."""
    if rol(opdracht) is not Rol.GEMEENTE:
        return tijdlijn
    hier = tuple(w for w in tijdlijn.woonplaatsen if w.gemeente == opdracht.gemeente)
    registraties = tuple(r for r in tijdlijn.registraties if any(overlapt(r.van, r.tot, w) for w in hier))
    return replace(tijdlijn, registraties=registraties, woonplaatsen=hier)


def woonde_in(tijdlijn: Tijdlijn, gemeente: str | None) -> bool:
    """Woont of woonde deze persoon in deze gemeente? Ook vroeger: over die tijd blijft zij verantwoordelijk."""
    return any(w.gemeente == gemeente for w in tijdlijn.woonplaatsen)


def is_van_ander(opdracht: Opdracht, tijdlijn: Tijdlijn) -> Weigering | None:
    """Waarom een gemeente over deze persoon niets levert: zij woonde er nooit (of is onbekend); anders None."""
    elders = opdracht.gemeente is not None and not woonde_in(tijdlijn, opdracht.gemeente)
    return _ANDERE_INWONER if elders else None


def begrens(opdracht: Opdracht, tijdlijn: Tijdlijn, rij: Any, uitkomst: Gevolg | Weigering) -> Gevolg | Weigering:
    """De uitkomst van een rij voor wie haar levert; alleen een token namens een gemeente wordt begrensd.

    Een rij over een andere gemeente is `andere_gemeente`; een verbetering van wie er nooit woonde, is als van een
    onbekende; en een weigering over zo iemand vertelt niet wat er bekend is.
    """
    eigen = opdracht.gemeente
    if eigen is None:
        return uitkomst
    if (gemeente := getattr(rij, "gemeente", None)) is not None:
        if gemeente != eigen:
            return _ANDERE_GEMEENTE
    elif not woonde_in(tijdlijn, eigen):
        return ONBEKENDE_REGISTRATIE
    bekend = bool(tijdlijn.woonplaatsen or tijdlijn.registraties)
    return _PAST_NIET if isinstance(uitkomst, Weigering) and bekend and not woonde_in(tijdlijn, eigen) else uitkomst
