"""Plaatsen beschut werk: hoeveel een gemeente er moet hebben, hoeveel er zijn, en wie aan de beurt is. Puur.

Het te realiseren aantal is een stand aan het eind van het jaar en een minimum (Participatiewet art. 10b lid 4 en 5). Plicht =
het kleinste van dat aantal en wie positief en beschikbaar is. Het pad 2.600 → 30.000 is het uitgangspunt van de
bekostiging; het staat erbij en is nergens de plicht.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction
from functools import cache
from uuid import UUID

from banenspoor_contracts import AantalBron, BeschutWerkReden, PlaatsingEindReden

from services.beoordeling.domain import gegevens
from services.beoordeling.domain.machine import Handeling, Toestand


@dataclass(frozen=True, slots=True)
class Aantal:
    """Zoveel plaatsen moet `gemeente` eind `jaar` ten minste hebben; besloten op een dag, geldig vanaf `van`."""

    gemeente: str
    jaar: int
    aantal: int
    bron: AantalBron
    besloten_op: date
    van: date


class Volgorde(StrEnum):
    """In welke volgorde een gemeente wie wacht een plaats geeft (Participatiewet art. 10b lid 5)."""

    BESLUIT = "BESLUIT"
    """De dag van het besluit: de standaard."""
    AANVRAAG = "AANVRAAG"
    VOORRANG = "VOORRANG"
    """De voorrang die de gemeente bij het besluit gaf (laag eerst); zonder voorrang achteraan."""


@dataclass(frozen=True, slots=True)
class Wachtende:
    """Iemand die positief en beschikbaar is en geen plaats heeft."""

    aanvraag: UUID
    persoon: UUID
    toestand: Toestand
    besluit_op: date
    ontvangen_op: date
    voorrang: int | None


@dataclass(frozen=True, slots=True)
class Verdeling:
    """Wie een plaats krijgt, en wie (nog niet op de lijst) op de wachtlijst komt; beide op volgorde."""

    aanbieden: tuple[Wachtende, ...]
    op_lijst: tuple[Wachtende, ...]


def geldend(aantallen: Iterable[Aantal], op: date) -> dict[str, Aantal]:
    """Per gemeente het aantal dat op die dag geldt: van elke bron het laatst beslotene, en daarvan het hoogste.

    `aantallen` staan op volgorde van bekend worden: van twee met dezelfde dag van besluit geldt de laatste.
    """
    per_bron: dict[tuple[str, AantalBron], Aantal] = {}
    for a in aantallen:
        vorige = per_bron.get((a.gemeente, a.bron))
        if a.van <= op and (vorige is None or a.besloten_op >= vorige.besloten_op):
            per_bron[a.gemeente, a.bron] = a
    uit: dict[str, Aantal] = {}
    for a in per_bron.values():
        if a.gemeente not in uit or a.aantal > uit[a.gemeente].aantal:
            uit[a.gemeente] = a
    return uit


def te_realiseren(geldige: Mapping[str, Aantal]) -> int | None:
    """De som over de delen van een gemeente; leeg als voor geen deel een aantal bekend is."""
    return sum(a.aantal for a in geldige.values()) if geldige else None


def plicht(aantal: int | None, beschikbaar: int) -> int | None:
    """Zoveel plaatsen moet het college hebben; zonder bekend aantal is de plicht niet te zeggen."""
    return None if aantal is None else min(aantal, beschikbaar)


def gevuld(banen: int, uren_x100: int, plaats_uren: int) -> Fraction:
    """Hoeveel plaatsen deze banen zijn: hun uren per week samen / de uren van een plaats; 0: elke baan is een plaats."""
    return Fraction(uren_x100, plaats_uren * 100) if plaats_uren else Fraction(banen)


def volgorde(wachtenden: Iterable[Wachtende], regel: Volgorde) -> list[Wachtende]:
    """Wie er wacht, de eerste eerst."""

    def sleutel(w: Wachtende) -> tuple[int, date, date, UUID]:
        if regel is Volgorde.AANVRAAG:
            return 0, w.ontvangen_op, w.besluit_op, w.aanvraag
        if regel is Volgorde.VOORRANG and w.voorrang is None:
            return 2**31, w.besluit_op, w.ontvangen_op, w.aanvraag
        return w.voorrang or 0 if regel is Volgorde.VOORRANG else 0, w.besluit_op, w.ontvangen_op, w.aanvraag

    return sorted(wachtenden, key=sleutel)


def verdeel(aantal: int | None, bezet: Fraction, wachtenden: Sequence[Wachtende], regel: Volgorde) -> Verdeling:
    """Geeft in volgorde een plaats zolang er ruimte is; wie overblijft staat op de wachtlijst.

    Een begonnen plaats telt als ruimte: het aantal is een minimum. Zonder bekend aantal gebeurt er niets.
    """
    if aantal is None:
        return Verdeling((), ())
    rij = volgorde(wachtenden, regel)
    ruimte = aantal - bezet
    beurt = max(0, -(-ruimte.numerator // ruimte.denominator))
    op_lijst = (w for w in rij[beurt:] if w.toestand is not Toestand.WACHTLIJST)
    return Verdeling(tuple(rij[:beurt]), tuple(op_lijst))


_NA_EINDE = {
    PlaatsingEindReden.EIGEN_VERZOEK: (Handeling.STROOM_UIT, BeschutWerkReden.EIGEN_VERZOEK),
    PlaatsingEindReden.PENSIOEN: (Handeling.BEEINDIG, BeschutWerkReden.PENSIOEN),
    PlaatsingEindReden.OVERLEDEN: (Handeling.BEEINDIG, BeschutWerkReden.OVERLEDEN),
}


def na_einde(reden: PlaatsingEindReden, geregistreerd: bool) -> tuple[Handeling, BeschutWerkReden]:
    """Wat er met haar aanspraak gebeurt als een baan in beschut werk eindigt.

    Naar ander werk: zij houdt het recht om terug te keren; of dat banenafspraak is of regulier, zegt het register. Anders
    is zij weer beschikbaar, op de plek in de volgorde die zij had.
    """
    if reden is PlaatsingEindReden.ANDERE_BAAN:
        waarheen = BeschutWerkReden.BANENAFSPRAAK if geregistreerd else BeschutWerkReden.REGULIER_WERK
        return Handeling.STROOM_UIT, waarheen
    return _NA_EINDE.get(reden, (Handeling.MAAK_VRIJ, BeschutWerkReden.ONBEKEND))


MET_TERUGKEERRECHT = frozenset(
    {
        BeschutWerkReden.BANENAFSPRAAK,
        BeschutWerkReden.REGULIER_WERK,
        BeschutWerkReden.DAGBESTEDING,
        BeschutWerkReden.EIGEN_VERZOEK,
    }
)
"""Uitstroom waarna het besluit blijft staan: wie een stap zet, kan terug (Kamerbrief 12-7-2024, Simpel Switchen)."""
UITSTROOM = MET_TERUGKEERRECHT | {
    BeschutWerkReden.HERBEOORDELING,
    BeschutWerkReden.VERHUIZING,
    BeschutWerkReden.PENSIOEN,
    BeschutWerkReden.OVERLEDEN,
}
"""Waarom iemand beschut werk of de wachtlijst ervoor verlaat."""


@cache
def financieringspad() -> tuple[tuple[int, int, str], ...]:
    """Het pad van de bekostiging: (jaar, plaatsen in het land, bron). Nooit de plicht van een gemeente."""
    return tuple((int(r["jaar"]), int(r["plaatsen"]), r["bron"]) for r in gegevens.lees("financieringspad.csv"))
