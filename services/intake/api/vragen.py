"""Wat leesvragen over groepen gemeen hebben: over welke gemeente, en op welk moment."""

from datetime import datetime

from banenspoor_contracts.gemeenten import is_gemeente, normaliseer

from services.intake.toegang import Rol, rol
from shared.api import AMSTERDAM, Opdracht, Probleem


def gemeente_van(opdracht: Opdracht, gevraagd: str | None) -> str | None:
    """De gemeente waarover gevraagd wordt; None: alle. Een gemeente krijgt alleen zichzelf, en hoeft zich niet te noemen."""
    wie = rol(opdracht)
    if wie is Rol.ZELF:
        raise Probleem(403, "namens_onjuist", "Het token komt niet namens wie deze vraag mag stellen")
    try:
        code = normaliseer(gevraagd) if gevraagd else None
    except ValueError:
        code = ""
    if code is not None and not is_gemeente(code):
        raise Probleem(400, "onbekende_gemeente", "Geen bestaande of vroegere CBS-code van een gemeente")
    if wie is Rol.GEMEENTE:
        if code not in (None, opdracht.gemeente):
            raise Probleem(403, "andere_gemeente", "Een gemeente vraagt alleen naar haar eigen inwoners")
        return opdracht.gemeente
    return code


def moment(tekst: str | None, nu: datetime) -> datetime:
    """Een dag (haar begin in Nederlandse tijd) of een tijdstip; leeg: nu."""
    if tekst is None:
        return nu
    try:
        gelezen = datetime.fromisoformat(tekst.strip())
    except ValueError:
        raise Probleem(400, "onjuist", "Geen moment: verwacht JJJJ-MM-DD of een tijdstip") from None
    return gelezen if gelezen.tzinfo else gelezen.replace(tzinfo=AMSTERDAM)
