"""Een volledige lijst van een uitkeringsregister tegen de tijdlijn van één mens: wie er niet op staat, is geëindigd.

Een lijst gaat over bepaalde grondslagen en over één dag, de peildatum. Alles gebeurt met dezelfde regels als gewone rijen;
wat die weigeren, is afgewezen en verandert niets.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from banenspoor_contracts import CorrectieReden, EindReden, Feit, Grondslag, Registratie

from .registratie import corrigeer, registreer
from .tijdlijn import Gevolg, Tijdlijn, Weigering, loopt_over, overlapt
from .woonplaats import woonde_elders


class Soort(StrEnum):
    """Wat een lijst met een registratie doet."""

    BEGIN = "begin"
    EINDE = "einde"
    CORRECTIE = "correctie"
    AFGEWEZEN = "afgewezen"


@dataclass(frozen=True, slots=True)
class Lijstrij:
    """Eén rij van de lijst over deze persoon; `rij` is haar nummer in het bestand."""

    rij: int
    grondslag: Grondslag
    van: date
    gemeente: str
    tot: date | None = None
    reden: EindReden | None = None


@dataclass(frozen=True, slots=True)
class Wijziging:
    """Eén verandering. `was_van`: het begin dat er stond, bij een correctie. `rij` leeg: stond niet op de lijst."""

    soort: Soort
    grondslag: Grondslag
    van: date
    tot: date | None = None
    gemeente: str | None = None
    was_van: date | None = None
    reden: str | None = None
    rij: int | None = None
    code: str | None = None
    melding: str | None = None


@dataclass(frozen=True, slots=True)
class Vergelijking:
    """Wat de lijst aan deze persoon verandert: de tijdlijn erna, de feiten die dat zegt, en elke wijziging op volgorde."""

    tijdlijn: Tijdlijn
    wijzigingen: tuple[Wijziging, ...] = ()
    feiten: tuple[Feit, ...] = ()
    stappen: tuple[tuple[Tijdlijn, Tijdlijn], ...] = ()


def vergelijk(
    tijdlijn: Tijdlijn, rijen: Sequence[Lijstrij], grondslagen: Collection[Grondslag], peildatum: date
) -> Vergelijking:
    """Eerst wat op de lijst staat (einden, correcties, begin), dan wat er niet op staat en nog liep.

    Een rij met een bekend begin kan alleen beëindigen. Heeft één lopende rij een ander begin, en loopt er precies één
    registratie op die grondslag die niet op de lijst staat, dan is het begin verbeterd. Andere rijen beginnen een
    registratie. Wat op de peildatum liep, eerder begon en niet op de lijst staat, eindigt op de peildatum (`VERLOPEN`);
    een later gepland einde wordt dan verbeterd. Wat op of na de peildatum begon, blijft.
    """
    beeld = _Beeld(tijdlijn, peildatum)
    for grondslag in sorted(set(grondslagen)):
        beeld.neem(grondslag, sorted((r for r in rijen if r.grondslag == grondslag), key=lambda r: (r.van, r.rij)))
    return Vergelijking(beeld.tijdlijn, tuple(beeld.wijzigingen), tuple(beeld.feiten), tuple(beeld.stappen))


class _Beeld:
    def __init__(self, tijdlijn: Tijdlijn, peildatum: date) -> None:
        self.tijdlijn, self.peildatum = tijdlijn, peildatum
        self.wijzigingen: list[Wijziging] = []
        self.feiten: list[Feit] = []
        self.stappen: list[tuple[Tijdlijn, Tijdlijn]] = []

    def neem(self, grondslag: Grondslag, rijen: Sequence[Lijstrij]) -> None:
        bekend = {r.van: r for r in self.tijdlijn.van_grondslag(grondslag)}
        eerste: dict[date, Lijstrij] = {}
        for rij in rijen:
            if rij.van in eerste:
                self._wijs_af(rij, Weigering("van", "dubbel", f"staat al op de lijst, in rij {eerste[rij.van].rij}"))
            else:
                eerste[rij.van] = rij
        nieuw = [rij for van, rij in eerste.items() if van not in bekend]
        weg = [r for van, r in bekend.items() if van not in eerste and loopt_over(r, self.peildatum)]
        for van in sorted(eerste.keys() & bekend.keys()):
            self._bekend(eerste[van], bekend[van])
        lopend = [rij for rij in nieuw if rij.tot is None or rij.tot > self.peildatum]
        if len(lopend) == 1 and len(weg) == 1:
            self._verbeter(lopend[0], weg[0])
            nieuw, weg = [rij for rij in nieuw if rij is not lopend[0]], []
        for r in weg:
            self._beeindig(r)
        for rij in nieuw:
            self._begin(rij)

    def _bekend(self, rij: Lijstrij, r: Registratie) -> None:
        if rij.tot is None and r.tot is not None and r.tot <= self.peildatum:
            tekst = f"deze registratie eindigde op {r.tot}, en de lijst noemt haar nog: lever een registratie-correctie"
            self._wijs_af(rij, Weigering("tot", "al_geeindigd", tekst))
            return
        uitkomst = registreer(
            self.tijdlijn, rij.grondslag, rij.van, rij.gemeente, tot=rij.tot, reden=rij.reden or EindReden.VERLOPEN
        )
        reden = str(rij.reden or EindReden.VERLOPEN)
        self._doe(uitkomst, rij, Wijziging(Soort.EINDE, rij.grondslag, rij.van, rij.tot, None, None, reden, rij.rij))

    def _verbeter(self, rij: Lijstrij, r: Registratie) -> None:
        if woonde_elders(self.tijdlijn.woonplaatsen, rij.gemeente, rij.van, rij.tot):
            tekst = "in deze registratie is een andere woonplaats bekend: lever een verhuizing"
            self._wijs_af(rij, Weigering("gemeente", "onjuist", tekst))
            return
        uitkomst = corrigeer(self.tijdlijn, rij.grondslag, rij.van, CorrectieReden.DATUM, tot=rij.tot)
        reden = str(CorrectieReden.DATUM)
        self._doe(
            uitkomst, rij, Wijziging(Soort.CORRECTIE, rij.grondslag, rij.van, rij.tot, None, r.van, reden, rij.rij)
        )

    def _beeindig(self, r: Registratie) -> None:
        if r.tot is None:
            hier = (w.gemeente for w in self.tijdlijn.woonplaatsen if overlapt(r.van, r.tot, w))
            gemeente = next(hier, "")
            uitkomst = registreer(
                self.tijdlijn, r.grondslag, r.van, gemeente, tot=self.peildatum, reden=EindReden.VERLOPEN
            )
            reden = str(EindReden.VERLOPEN)
        else:
            uitkomst = corrigeer(self.tijdlijn, r.grondslag, r.van, CorrectieReden.DATUM, tot=self.peildatum)
            reden = str(CorrectieReden.DATUM)
        self._doe(uitkomst, None, Wijziging(Soort.EINDE, r.grondslag, r.van, self.peildatum, None, None, reden, None))

    def _begin(self, rij: Lijstrij) -> None:
        uitkomst = registreer(self.tijdlijn, rij.grondslag, rij.van, rij.gemeente, tot=rij.tot, reden=rij.reden)
        self._doe(
            uitkomst,
            rij,
            Wijziging(Soort.BEGIN, rij.grondslag, rij.van, rij.tot, rij.gemeente, None, rij.reden, rij.rij),
        )

    def _doe(self, uitkomst: Gevolg | Weigering, rij: Lijstrij | None, wijziging: Wijziging) -> None:
        if isinstance(uitkomst, Weigering):
            self._noteer(
                replace(wijziging, soort=Soort.AFGEWEZEN, reden=None, code=uitkomst.code, melding=uitkomst.melding), rij
            )
        elif uitkomst.feiten:
            self.stappen.append((self.tijdlijn, uitkomst.tijdlijn))
            self.tijdlijn = uitkomst.tijdlijn
            self.feiten += uitkomst.feiten
            self._noteer(wijziging, rij)

    def _noteer(self, wijziging: Wijziging, rij: Lijstrij | None) -> None:
        """Met de gemeente waar iemand op de peildatum woont, en het einde dat het echt wordt (een besluit kapt af)."""
        woont = [w.gemeente for w in self.tijdlijn.woonplaatsen if overlapt(self.peildatum, None, w)]
        gemeente = (rij.gemeente if rij else None) or next(iter(woont), None)
        stond = (r.tot for r in self.tijdlijn.van_grondslag(wijziging.grondslag) if r.van == wijziging.van)
        tot = wijziging.tot if wijziging.soort is Soort.AFGEWEZEN else next(stond, wijziging.tot)
        self.wijzigingen.append(replace(wijziging, gemeente=gemeente, tot=tot))

    def _wijs_af(self, rij: Lijstrij, weigering: Weigering) -> None:
        self._doe(weigering, rij, Wijziging(Soort.AFGEWEZEN, rij.grondslag, rij.van, rij.tot, rij=rij.rij))
