"""Wat er over een maand gezegd moet worden, ten opzichte van wat er het laatst gezegd is."""

from datetime import date, datetime
from enum import StrEnum
from operator import attrgetter
from typing import NamedTuple
from uuid import UUID

from banenspoor_contracts import Cel, Reden, UrenStand, UrenVerloond

from services.plaatsing.domain.kalender import dag_in_nederland
from services.plaatsing.domain.plaatsing import na


class Aanleiding(StrEnum):
    """Waardoor een maand anders kan zijn dan gezegd."""

    REGEL = "regel"
    """Een urenregel die er nog niet was."""
    REGEL_OPNIEUW = "regel_opnieuw"
    """Een urenregel die een eerdere vervangt."""
    PLAATSING = "plaatsing"
    """De bron gaf de baan anders op."""
    SECTOR = "sector"
    """De sector van een werkgever is anders opgegeven."""
    REGISTER = "register"
    """Het doelgroepregister zei iets."""
    WET = "wet"
    """Een registratie eindigde doordat de wet veranderde."""
    INTREKKING = "intrekking"
    """Een levering is ingetrokken."""
    ONGEDAAN = "ongedaan"
    """De baan blijkt er nooit geweest."""


class Gezegd(NamedTuple):
    """Wat er het laatst over een (baan, maand) gezegd is.

    `stand` None: dat er niets is. `bekend_op`: kennistijd in geladen historie, None is de logtijd.
    `leverancier`: van de laatste urenregel; zijn maandsluiting geldt.
    """

    stand: UrenStand | None
    bekend_op: datetime | None
    leverancier: str


class Moment(NamedTuple):
    """Wanneer wij iets horen (`nu`), en wanneer het in geladen historie bekend werd (`bekend_op`)."""

    nu: datetime
    bekend_op: datetime | None = None


def kennistijd(gezegd: Gezegd | None, bekend_op: datetime | None) -> datetime | None:
    """De `bekend_op` van wat nu gezegd wordt: van de aanleiding, maar nooit eerder dan van wat er al gezegd is."""
    return bekend_op if gezegd is None else na(gezegd.bekend_op, bekend_op)


def verschil(
    persoon: UUID,
    plaatsing: UUID,
    maand: str,
    gezegd: Gezegd | None,
    nieuw: UrenStand | None,
    aanleiding: Aanleiding,
    moment: Moment,
    sluit_op: date | None,
) -> UrenVerloond | None:
    """Het feit dat de maand nu `nieuw` is, of None als precies dat al gezegd is.

    `vorig` is wat er het laatst gezegd is en wordt nooit opnieuw uitgerekend. `sluit_op`: de eerste dag waarop de maand
    voor deze leverancier gesloten is; None: open.
    """
    vorig = None if gezegd is None else gezegd.stand
    if _zelfde(nieuw, vorig):
        return None
    bekend_op = kennistijd(gezegd, moment.bekend_op)
    gesloten = sluit_op is not None and dag_in_nederland(bekend_op or moment.nu) >= sluit_op
    return UrenVerloond(
        persoon=persoon,
        plaatsing=plaatsing,
        maand=maand,
        reden=reden(aanleiding, gesloten, vorig, nieuw),
        nieuw=nieuw,
        vorig=vorig,
        bekend_op=bekend_op,
    )


def reden(aanleiding: Aanleiding, gesloten: bool, vorig: UrenStand | None, nieuw: UrenStand | None) -> Reden:
    """De reden volgens de tabel van `events`: alleen plaatsing beslist haar."""
    if aanleiding is Aanleiding.REGEL:
        return Reden.NALEVERING if gesloten else Reden.LEVERING
    if aanleiding is Aanleiding.REGEL_OPNIEUW:
        return Reden.CORRECTIE
    if aanleiding is Aanleiding.INTREKKING:
        return Reden.LEVERING_INGETROKKEN
    if aanleiding is Aanleiding.ONGEDAAN:
        return Reden.ONGEDAAN
    if aanleiding is Aanleiding.SECTOR:
        return Reden.SECTOR_CORRECTIE
    if aanleiding is Aanleiding.WET:
        return Reden.WETSWIJZIGING
    if _alleen_gemeente(vorig, nieuw):
        return Reden.GEMEENTE_CORRECTIE
    if aanleiding is Aanleiding.PLAATSING:
        return Reden.CORRECTIE
    return Reden.STATUS_CORRECTIE if gesloten else Reden.STATUS


def _zelfde(een: UrenStand | None, ander: UrenStand | None) -> bool:
    """Gelijke waarde, gelijke bytes; en die zijn toch nodig om het verschil te zeggen."""
    return een is ander or (een is not None and ander is not None and een.bytes_() == ander.bytes_())


def _alleen_gemeente(vorig: UrenStand | None, nieuw: UrenStand | None) -> bool:
    """Zij verschillen, en alleen in een gemeente."""
    if vorig is not None and nieuw is not None and vorig.cel.grondslagen_maand != nieuw.cel.grondslagen_maand:
        return False  # verreweg het meest
    return vorig is not None and nieuw is not None and _RESTANT(vorig) == _RESTANT(nieuw)


_GEMEENTEN = ("gemeente_werk", "gemeente_woon")
_RESTANT = attrgetter(
    *(veld for veld in UrenStand.model_fields if veld != "cel"),
    *(f"cel.{veld}" for veld in Cel.model_fields if veld not in _GEMEENTEN),
)
