"""Wat er gevraagd wordt, en welke standen daarvoor gelezen moeten worden."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple
from uuid import UUID

from banenspoor_contracts import INLEEN, Reeks, Sector, Vorm

from services.telling.domain.perioden import Onjuist, Periode, laatste_dag, laatste_dag_kwartaal, maandnummer
from services.telling.domain.regels import Herkomst, Keuze, Peilmoment, Plaats, Regelboek

VAN_WERKGEVER = ("branche", "grootteklasse", "werkgever")
"""Wat niet van de baan maar van haar formele werkgever is: elke werkgever heeft er één van."""
UITSPLITSINGEN = ("sector", "vorm", "regio", "gemeente", "grondslag", "contract", "subsector", *VAN_WERKGEVER)
"""Waarnaar uitgesplitst kan worden, in de volgorde van het antwoord."""
ZONDER_NULMETING = frozenset({"grondslag", "contract", "subsector", *VAN_WERKGEVER})
GROVE_VORMEN = ("formeel", "inleen")


class Stand(NamedTuple):
    """Uren (in honderdsten) van één maand met gelijke kenmerken; wat niet gevraagd is, is leeg.

    `gemeente` is die van de gevraagde plaats, `grondslagen` zijn die op het gevraagde peilmoment, met komma's ertussen.
    `gezegd` is het aantal baan-maanden waarvan iets gezegd is. `branche` en `grootteklasse` zijn leeg als zij van de
    `werkgever` niet bekend zijn.
    """

    maand: int
    gemeente: str | None
    sector: str
    subsector: str | None
    vorm: str
    contract: str
    grondslagen: str
    uren_x100: int
    gezegd: int = 0
    branche: str | None = None
    grootteklasse: str | None = None
    werkgever: str | None = None


@dataclass(frozen=True, slots=True)
class Selectie:
    """Een vraag naar cijfers. `plaats` leeg: volgens de regel; `grenzen` leeg: die van toen, anders een jaar."""

    reeks: Reeks
    perioden: tuple[Periode, ...]
    per: tuple[str, ...] = ()
    regio: str | None = None
    gemeente: str | None = None
    sector: Sector | None = None
    vorm: str | None = None
    grondslag: str | None = None
    plaats: Plaats | None = None
    grenzen: int | None = None
    werkgever: UUID | None = None
    groep: UUID | None = None

    def __post_init__(self) -> None:
        onbekend = [naam for naam in self.per if naam not in UITSPLITSINGEN]
        if onbekend:
            raise Onjuist(
                "onbekende_uitsplitsing",
                "Onbekende uitsplitsing",
                f"per={onbekend[0]} kan niet; wel: {', '.join(UITSPLITSINGEN)}.",
            )
        fijn = self.vorm is not None and self.vorm not in GROVE_VORMEN
        if fijn and (self.reeks is not Reeks.LOPEND or self.vorm not in set(Vorm)):
            mogelijk = GROVE_VORMEN + (tuple(v.value for v in Vorm) if self.reeks is Reeks.LOPEND else ())
            raise Onjuist("onbekende_vorm", "Onbekende vorm", f"vorm={self.vorm} kan niet; wel: {', '.join(mogelijk)}.")

    @property
    def gebied_nodig(self) -> bool:
        """Telt de plaats mee in de vraag?"""
        return bool({"regio", "gemeente"} & set(self.per)) or self.regio is not None or self.gemeente is not None

    @property
    def nodig(self) -> frozenset[str]:
        """Welke kenmerken er gelezen moeten worden naast sector, vorm en grondslagen."""
        fijn = frozenset(self.per) & {"subsector", "contract", *VAN_WERKGEVER}
        return fijn | {"gemeente"} if self.gebied_nodig else fijn

    @property
    def werkgever_nodig(self) -> bool:
        """Moet van elk uur de werkgever bekend zijn? Een saldo kent hem niet: dan worden boekingen gelezen."""
        return self.werkgever is not None or "werkgever" in self.per or self.werkgever_nu

    @property
    def werkgever_nu(self) -> bool:
        """Volgt de vraag kenmerken van de werkgever? Die zijn er alleen zoals nu bekend."""
        return (
            self.groep is not None or self.plaats is Plaats.ZETEL or bool({"branche", "grootteklasse"} & set(self.per))
        )

    @property
    def over_een_werkgever(self) -> bool:
        """Toont het antwoord cijfers van een herkenbare werkgever of groep?"""
        return "werkgever" in self.per or self.werkgever is not None or self.groep is not None

    @property
    def kring(self) -> str | None:
        """De groep of de werkgever waarover de vraag gaat, als zij over precies één daarvan gaat, waar ook in het land."""
        gevraagd = [str(wie) for wie in (self.groep, self.werkgever) if wie is not None]
        return gevraagd[0] if len(gevraagd) == 1 and not self.gebied_nodig else None

    @property
    def zo_gesplitst(self) -> bool:
        """Kan er van deze vraag een nulmeting of doelstelling zijn: alleen naar gebied, kring, sector en vorm?"""
        van_zetel = self.gebied_nodig and self.plaats is Plaats.ZETEL
        deel_van_kring = (self.groep, self.werkgever) != (None, None) and self.kring is None
        return not (set(self.per) & ZONDER_NULMETING or self.grondslag is not None or van_zetel or deel_van_kring)

    @property
    def vorm_per_code(self) -> bool:
        """Toont de vraag de vormen zelf (alleen lopend) in plaats van formeel en inleen?"""
        return self.reeks is Reeks.LOPEND and ("vorm" in self.per or self.vorm not in (None, *GROVE_VORMEN))

    def inleen_verdeeld(self) -> bool:
        """Hoort bij deze vraag de landelijke methode, die inleen over de sectoren verdeelt?"""
        return self.reeks is Reeks.JAARMETING and not self.gebied_nodig

    def grensdag(self, periode: Periode) -> date:
        """Op welke dag de grenzen gelden: het einde van de periode, of 1 januari van het gevraagde jaar."""
        return periode.einde if self.grenzen is None else date(self.grenzen, 1, 1)


@dataclass(frozen=True, slots=True)
class Opname:
    """Wat voor één periode gelezen wordt: deze maanden, bij deze plaats, op dit peilmoment."""

    periode: Periode
    maanden: Sequence[int]
    plaats: Keuze
    peilmoment: Keuze
    venster: Keuze | None

    def peildag(self, maand: int) -> date:
        """De dag waarop de grondslag van een uur in `maand` moet gelden."""
        return laatste_dag_kwartaal(maand) if self.peilmoment.waarde == Peilmoment.KWARTAAL else laatste_dag(maand)


_VENSTERS = {"december": (12, 1), "Q4": (10, 3), "jaar": (1, 12)}


def opnames(selectie: Selectie, boek: Regelboek) -> list[Opname]:
    """Per gevraagde periode wat ervoor gelezen moet worden, volgens de regels die aan haar einde gelden."""
    uit: list[Opname] = []
    for periode in selectie.perioden:
        venster, maanden = None, periode.maanden
        if selectie.reeks is Reeks.JAARMETING:
            venster = boek.meetvenster(periode.einde)
            eerste, aantal = _VENSTERS[venster.waarde]
            maanden = range(maandnummer(periode.jaar, eerste), maandnummer(periode.jaar, eerste) + aantal)
        plaats = boek.plaats(selectie.reeks, periode.einde)
        if selectie.plaats is not None:
            plaats = Keuze(selectie.plaats, Herkomst(selectie.plaats, "zo gevraagd"))
        uit.append(Opname(periode, maanden, plaats, boek.peilmoment(selectie.reeks, periode.einde), venster))
    return uit


def groepen(alle: Sequence[Opname]) -> dict[tuple[str, str], list[Opname]]:
    """Opnames met dezelfde plaats en hetzelfde peilmoment bij elkaar: die worden samen gelezen."""
    uit: dict[tuple[str, str], list[Opname]] = {}
    for opname in alle:
        uit.setdefault((opname.plaats.waarde, opname.peilmoment.waarde), []).append(opname)
    return uit


def is_inleen(vorm: str) -> bool:
    """Werkt iemand in deze vorm bij een ander dan de formele werkgever?"""
    return vorm in INLEEN
