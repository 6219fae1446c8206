"""Wat er gevraagd wordt, en welke standen daarvoor gelezen moeten worden."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from banenspoor_contracts import INLEEN, Reeks, Sector, Vorm

from services.telling.domain.perioden import Onjuist, Periode, laatste_dag, laatste_dag_kwartaal, maandnummer
from services.telling.domain.regels import Herkomst, Keuze, Peilmoment, Plaats, Regelboek

UITSPLITSINGEN = ("sector", "vorm", "regio", "gemeente", "grondslag", "contract", "subsector")
"""Waarnaar uitgesplitst kan worden, in de volgorde van het antwoord."""
ZONDER_NULMETING = frozenset({"grondslag", "contract", "subsector"})
GROVE_VORMEN = ("formeel", "inleen")


class Stand(NamedTuple):
    """Uren (in honderdsten) van één maand met gelijke kenmerken; wat niet gevraagd is, is leeg.

    `gemeente` is die van de gevraagde plaats, `grondslagen` zijn die op het gevraagde peilmoment, met komma's ertussen.
    `gezegd` is het aantal baan-maanden waarvan iets gezegd is.
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
        fijn = frozenset(self.per) & {"subsector", "contract"}
        return fijn | {"gemeente"} if self.gebied_nodig else fijn

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
