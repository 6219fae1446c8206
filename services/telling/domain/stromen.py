"""Stromen: hoe het aantal personen met werk van het ene peilmoment op het volgende komt.

Vergeleken worden twee momenten: het eind van een periode en het eind van de vorige. Beide standen zijn die van `personen`,
elk volgens de regels van zijn eigen moment. Wie aan beide werkt, is gebleven, ook met een andere baan. Van wie aan één van
beide werkt, beslist of zij op het andere moment in de doelgroep was: zo ja, dan vond of verloor zij werk; zo nee, dan kwam
zij werkend binnen of ging zij werkend weg. Wie bleef maar in een andere regio werkt (of woont), is verhuisd.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from itertools import pairwise
from typing import NamedTuple

from banenspoor_contracts import Grondslag, Reeks
from banenspoor_contracts.wie_telt import hoort_bij

from services.telling.domain.gebieden import ONBEKEND, Grenzen
from services.telling.domain.noten import Noot
from services.telling.domain.perioden import Periode
from services.telling.domain.personen import peilmaanden, peilregels
from services.telling.domain.regels import Herkomst, Regelboek
from services.telling.domain.selectie import Opname, Selectie


class Situatie(NamedTuple):
    """Eén persoon op één peilmoment, zoals op één kennismoment bekend.

    `werkt`: haar tellende uren in die maand zijn boven nul; `gemeente` is dan die van haar hoofdbaan. Van wie niet werkt: de
    `gronden` in het register op de peildag (codes op volgorde, komma's ertussen), of zij in die maand uren in een
    `dienstbetrekking` heeft, en of zij dan in beschut werk of Wsw `beschut` werkt.
    """

    werkt: bool
    gemeente: str | None = None
    gronden: str = ""
    dienstbetrekking: bool = False
    beschut: bool = False

    def in_doelgroep(self, wet: str) -> bool:
        """Hoort zij op dit moment tot de doelgroep? Wie telt, werkt; een ander volgens het register en de wet."""
        gronden = [Grondslag(code) for code in self.gronden.split(",") if code]
        return self.werkt or hoort_bij(gronden, wet, werkt=self.dienstbetrekking, beschut=self.beschut)


class Verloop(NamedTuple):
    """Eén persoon van het eind van de vorige periode tot het eind van deze; `maand` is de laatste maand van deze."""

    maand: int
    begin: Situatie
    eind: Situatie


class Stroom(StrEnum):
    """Wat er met iemand gebeurde die aan het begin of aan het eind werkt."""

    GEBLEVEN = "gebleven"
    GEVONDEN = "gevonden"
    VERLOREN = "verloren"
    INSTROOM = "instroom_werkend"
    UITSTROOM = "uitstroom_werkend"


def stroom(verloop: Verloop, wet_begin: str, wet_eind: str) -> Stroom | None:
    """In welke stroom iemand hoort, volgens de wet op elk van beide momenten; None als zij aan geen van beide werkt."""
    match verloop.begin.werkt, verloop.eind.werkt:
        case True, True:
            return Stroom.GEBLEVEN
        case False, True:
            return Stroom.GEVONDEN if verloop.begin.in_doelgroep(wet_begin) else Stroom.INSTROOM
        case True, False:
            return Stroom.VERLOREN if verloop.eind.in_doelgroep(wet_eind) else Stroom.UITSTROOM
    return None


@dataclass(frozen=True, slots=True)
class Stromen:
    """De stromen van één periode in één gebied, in personen; `regio` is leeg voor alles wat gevraagd is samen.

    Altijd: eind = begin + gevonden − verloren + instroom − uitstroom + verhuisd in − verhuisd uit. `waarvan_grenzen_in` en
    `waarvan_grenzen_uit` zitten in de verhuisden: niet de persoon, maar de grens van de regio verplaatste.
    """

    periode: str
    regio: str | None
    begin: int
    gevonden: int
    verloren: int
    instroom_werkend: int
    uitstroom_werkend: int
    verhuisd_in: int
    verhuisd_uit: int
    waarvan_grenzen_in: int
    waarvan_grenzen_uit: int
    eind: int
    status: str
    noten: tuple[Noot, ...]
    regels_begin: Mapping[str, Herkomst | None]
    regels: Mapping[str, Herkomst | None]


AANTALLEN = (
    "begin",
    *(str(s) for s in Stroom if s is not Stroom.GEBLEVEN),
    "verhuisd_in",
    "verhuisd_uit",
    "waarvan_grenzen_in",
    "waarvan_grenzen_uit",
    "eind",
)
"""De aantallen van `Stromen`, in de volgorde van het antwoord."""


def momenten(selectie: Selectie, boek: Regelboek) -> list[Opname]:
    """Het peilmoment voor de eerste periode, en dan dat van elke gevraagde periode."""
    eerste = selectie.perioden[0]
    vorige = Periode(eerste.soort, eerste.eerste - len(eerste.maanden))
    return peilmaanden(replace(selectie, perioden=(vorige, *selectie.perioden)), boek)


def stromen(verlopen: Iterable[tuple[Verloop, int]], boek: Regelboek, selectie: Selectie) -> list[Stromen]:
    """De stromen per periode, en per regio als daarnaar gevraagd is; bij elk verloop staat hoeveel personen het hebben.

    `verlopen` is van iedereen die aan een van de `momenten(selectie, boek)` werkt.
    """
    per_maand: dict[int, list[tuple[Verloop, int]]] = {}
    for verloop, aantal in verlopen:
        per_maand.setdefault(verloop.maand, []).append((verloop, aantal))
    opnames, grenzen = momenten(selectie, boek), Grenzen.uit(boek)
    return [
        cel
        for begin, eind in pairwise(opnames)
        for cel in Overgang(selectie, begin, eind, boek, grenzen).cellen(per_maand.get(eind.maanden[-1], []))
    ]


@dataclass(frozen=True, slots=True)
class Overgang:
    """Van het ene peilmoment naar het volgende, elk met zijn eigen regels en grenzen."""

    selectie: Selectie
    begin: Opname
    eind: Opname
    boek: Regelboek
    grenzen: Grenzen
    _plekken: dict[tuple[str | None, date], str] = field(default_factory=dict)

    def cellen(self, verlopen: Iterable[tuple[Verloop, int]]) -> list[Stromen]:
        """Per gebied, op volgorde; `onbekend` achteraan."""
        geteld: dict[str | None, Counter[str]] = {regio: Counter() for regio in self._regios()}
        for verloop, aantal in verlopen:
            for regio, naam in self.posten(verloop):
                geteld.setdefault(regio, Counter())[naam] += aantal
        if self.selectie.regio is not None:
            geteld = {self.selectie.regio: geteld.get(self.selectie.regio, Counter())}
        op_volgorde = sorted(geteld.items(), key=lambda cel: (cel[0] == ONBEKEND, cel[0] or ""))
        return [self._cel(regio, posten) for regio, posten in op_volgorde]

    def posten(self, verloop: Verloop) -> list[tuple[str | None, str]]:
        """In welk gebied dit verloop onder welke namen meetelt."""
        wat = stroom(verloop, self._wet(self.begin), self._wet(self.eind))
        van = self._regio(verloop.begin.gemeente, self.begin) if verloop.begin.werkt else None
        naar = self._regio(verloop.eind.gemeente, self.eind) if verloop.eind.werkt else None
        posten: list[tuple[str | None, str]] = []
        if verloop.begin.werkt:
            posten.append((van, "begin"))
        if verloop.eind.werkt:
            posten.append((naar, "eind"))
        if wat is Stroom.GEBLEVEN and van != naar:
            posten += [(van, "verhuisd_uit"), (naar, "verhuisd_in")]
            if self._regio(verloop.begin.gemeente, self.eind) == naar:
                posten += [(van, "waarvan_grenzen_uit"), (naar, "waarvan_grenzen_in")]
        elif wat is not None and wat is not Stroom.GEBLEVEN:
            posten.append((naar if verloop.eind.werkt else van, wat))
        return posten

    def _wet(self, opname: Opname) -> str:
        return self.boek.wet(opname.peildag(opname.maanden[-1])).waarde

    def _regio(self, gemeente: str | None, opname: Opname) -> str | None:
        """De regio op een moment, of None als de vraag over het hele land gaat."""
        if not self.selectie.gebied_nodig:
            return None
        sleutel = gemeente, self.selectie.grensdag(opname.periode)
        if sleutel not in self._plekken:
            self._plekken[sleutel] = self.grenzen.regio(*sleutel)
        return self._plekken[sleutel]

    def _regios(self) -> frozenset[str | None]:
        """De gebieden die er altijd zijn, ook als er niemand werkt."""
        if not self.selectie.gebied_nodig:
            return frozenset({None})
        dagen = [self.selectie.grensdag(opname.periode) for opname in (self.begin, self.eind)]
        return frozenset[str | None]().union(*(self.grenzen.regios(dag) for dag in dagen))

    def _cel(self, regio: str | None, posten: Counter[str]) -> Stromen:
        lopend = self.selectie.reeks is Reeks.LOPEND
        noten = [Noot.PERSONEN, Noot.STROMEN] + ([Noot.LOPEND] if lopend else [])
        noten += [Noot.PLAATS_ONBEKEND] if regio == ONBEKEND else []
        noten += [Noot.GRENZEN_VERPLAATST] if posten["waarvan_grenzen_in"] or posten["waarvan_grenzen_uit"] else []
        return Stromen(
            periode=str(self.eind.periode),
            regio=regio,
            status="lopend" if lopend else "indicatief",
            noten=tuple(sorted(noten)),
            regels_begin=peilregels(self.begin, self.boek, self.grenzen, self.selectie),
            regels=peilregels(self.eind, self.boek, self.grenzen, self.selectie),
            **{naam: posten[naam] for naam in AANTALLEN},
        )
