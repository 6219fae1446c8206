"""Op welke gronden iemand geregistreerd kan zijn: artikel, wijze van binnenkomen, geldigheid van de regel en bewijs.

De gegevens staan met hun bron in `gegevens/grondslagen.csv`. Een leeg `regel_van` betekent: de bronnen geven geen dag, en dan
wordt er ook niets om geweigerd.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from types import MappingProxyType

from banenspoor_contracts import EindReden, Grondslag, Registratie

from .gegevens import dag, lees
from .tijdlijn import Tijdlijn, Weigering, geldt

AFMELDEN_LID_6 = date(2021, 1, 1)
"""Wie alleen door Wfsv art. 38b lid 6 geregistreerd blijft, kan zich vanaf deze dag afmelden (Besluit SUWI art. 3.2)."""


class Wijze(StrEnum):
    """Hoe iemand op een grondslag binnenkomt."""

    BEOORDELING = "beoordeling"
    MELDING_GEMEENTE = "melding_gemeente"
    SCHRIFTELIJK_VERZOEK = "schriftelijk_verzoek"
    UITKERINGSREGISTER = "uitkeringsregister"
    AAN_WERK_GEBONDEN = "aan_werk_gebonden"
    OVERGANG = "overgang"


@dataclass(frozen=True, slots=True)
class Regel:
    """Eén grondslag. De regel geldt `[regel_van, regel_tot)`; `bewijs`: de kolommen die een registratie hoort te dragen."""

    grondslag: Grondslag
    artikel: str
    wijze: Wijze
    regel_van: date | None
    regel_tot: date | None
    bewijs: tuple[str, ...]
    afmelden_vanaf: date | None
    bron: str


@cache
def regels() -> Mapping[Grondslag, Regel]:
    """Van elke grondslag haar regel."""
    uit: dict[Grondslag, Regel] = {}
    for rij in lees("grondslagen.csv"):
        regel = Regel(
            Grondslag(rij["grondslag"]),
            rij["artikel"],
            Wijze(rij["wijze"]),
            dag(rij["regel_van"]),
            dag(rij["regel_tot"]),
            tuple(rij["bewijs"].split()),
            dag(rij["afmelden_vanaf"]),
            rij["bron"],
        )
        if regel.grondslag in uit:
            raise ValueError(f"grondslagen.csv noemt {regel.grondslag} twee keer")
        uit[regel.grondslag] = regel
    if ontbreekt := set(Grondslag) - uit.keys():
        raise ValueError(f"grondslagen.csv mist {', '.join(sorted(ontbreekt))}")
    return MappingProxyType(uit)


def bestond_niet(grondslag: Grondslag, van: date) -> Weigering | None:
    """Waarom een registratie niet op `van` kan beginnen: de regel was er toen niet; None als dat wel kan."""
    regel = regels()[grondslag]
    if regel.regel_van is not None and van < regel.regel_van:
        return Weigering("van", "grondslag_bestond_niet", f"deze grondslag bestaat pas sinds {regel.regel_van}")
    if regel.regel_tot is not None and van >= regel.regel_tot:
        return Weigering("van", "grondslag_bestond_niet", f"deze grondslag bestond tot {regel.regel_tot}")
    return None


def afmelden(tijdlijn: Tijdlijn, grondslag: Grondslag, tot: date | None, reden: EindReden | None) -> Weigering | None:
    """Waarom iemand zich op deze grondslag niet op eigen verzoek kan afmelden per `tot`; None als dat kan of niet speelt.

    Het kan bij Besluit Wfsv art. 2.24 en 2.25, en voor wie alleen nog door Wfsv art. 38b lid 6 geregistreerd is.
    """
    if tot is None or reden is not EindReden.EIGEN_VERZOEK:
        return None
    vanaf = regels()[grondslag].afmelden_vanaf or (AFMELDEN_LID_6 if grondslag in tijdlijn.vervallen else None)
    if vanaf is None:
        return Weigering("reden", "afmelden_kan_niet", "op deze grondslag kan iemand zich niet zelf afmelden")
    if tot < vanaf:
        return Weigering("tot", "afmelden_kan_niet", f"zelf afmelden kan niet eerder dan {vanaf}")
    return None


def ontbrekend_bewijs(grondslag: Grondslag, bekend: Collection[str]) -> tuple[str, ...]:
    """Welk bewijs een registratie op deze grondslag nog mist."""
    return tuple(kolom for kolom in regels()[grondslag].bewijs if kolom not in bekend)


def zonder_bewijs(tijdlijn: Tijdlijn, grondslag: Grondslag, van: date, bekend: Collection[str]) -> Weigering | None:
    """Waarom een nieuwe registratie niet zonder meer bewijs kan; None als zij alles draagt, of al bekend is."""
    if any(r.van == van for r in tijdlijn.van_grondslag(grondslag)):
        return None
    if not (mist := ontbrekend_bewijs(grondslag, bekend)):
        return None
    return Weigering(mist[0], "verplicht", f"deze grondslag vraagt bewijs: {' en '.join(mist)} ontbreekt")


def geregistreerd(registraties: Collection[Registratie], dag: date) -> bool:
    """Is iemand op deze dag geregistreerd, op welke grondslag ook? Of zij meetelt is een ander feit (`wie_telt`)."""
    return any(geldt(r, dag) for r in registraties)
