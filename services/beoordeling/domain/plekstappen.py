"""Beschut werk verlaten en terugkeren: wie een stap zet, houdt haar besluit en haar plek in de volgorde."""

from datetime import date

from banenspoor_contracts import BeschutWerkReden

from services.beoordeling.domain.aanvraag import Aanvraag, onbekend, terug, toekomst
from services.beoordeling.domain.machine import Handeling, Weigering
from services.beoordeling.domain.plaatsen import MET_TERUGKEERRECHT, UITSTROOM
from services.beoordeling.domain.stappen import Gevolg, zet


def stroom_uit(a: Aanvraag | None, naar: BeschutWerkReden, op: date, vandaag: date) -> Gevolg:
    """Iemand verlaat beschut werk of de wachtlijst: met het recht om terug te keren, of voorgoed."""
    if a is None:
        return onbekend()
    if naar not in UITSTROOM:
        return Weigering("naar", "onjuist", f"kies uit {', '.join(sorted(UITSTROOM))}")
    return _stap(a, Handeling.STROOM_UIT if naar in MET_TERUGKEERRECHT else Handeling.BEEINDIG, op, vandaag)


def keer_terug(a: Aanvraag | None, op: date, vandaag: date) -> Gevolg:
    """Iemand met het recht om terug te keren is weer beschikbaar."""
    return onbekend() if a is None else _stap(a, Handeling.KEER_TERUG, op, vandaag)


def _stap(a: Aanvraag, handeling: Handeling, op: date, vandaag: date) -> Gevolg:
    if (a.handeling, a.sinds) == (handeling, op):
        return a
    if op > vandaag:
        return toekomst("op")
    return terug("op", f"de vorige stap is van {a.sinds}") if op < a.sinds else zet(a, handeling, op)
