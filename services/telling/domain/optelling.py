"""Uren optellen tot de cellen van één periode: wie telt, wat past in de filters, en in welke kolom het valt."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from itertools import product
from typing import TypeVar

from banenspoor_contracts import Grondslag, Sector, Vorm
from banenspoor_contracts.wie_telt import telt

from services.telling.domain.gebieden import ONBEKEND, Grenzen
from services.telling.domain.regels import Regelboek, Verdeelsleutel
from services.telling.domain.selectie import GROVE_VORMEN, ZONDER_NULMETING, Opname, Selectie, Stand, is_inleen

Kenmerken = tuple[str | None, ...]
"""De waarden van een cel, in de volgorde van `selectie.per`."""
Bedrag = TypeVar("Bedrag", int, Fraction)
Waar = tuple[Kenmerken, Sector | None]
"""Een cel; met een sector erbij als die sector alleen haar deel van de uren krijgt."""


def op_volgorde(kenmerken: Kenmerken) -> list[tuple[bool, str]]:
    """De volgorde van cellen: op hun kenmerken; `onbekend` en leeg achteraan."""
    return [(waarde is None or waarde == ONBEKEND, waarde or "") for waarde in kenmerken]


@dataclass(frozen=True, slots=True)
class Optelling:
    """Wat er in één periode op te tellen is. Zonder `sleutel` blijft inleen ongedeeld.

    `van_werkgever`: ook ingeleend hoort bij de sector van de formele werkgever (om werkgevers te tellen, geen uren).
    """

    selectie: Selectie
    opname: Opname
    boek: Regelboek
    grenzen: Grenzen
    sleutel: Verdeelsleutel | None
    van_werkgever: bool = False
    _plekken: dict[str | None, tuple[str, str]] = field(default_factory=dict)
    _tellend: dict[tuple[str, str, int], bool] = field(default_factory=dict)

    @property
    def grensdag(self) -> date:
        """De dag waarop de grenzen gelden."""
        return self.selectie.grensdag(self.opname.periode)

    def uren(self, standen: Iterable[Stand]) -> dict[Kenmerken, Fraction]:
        """De tellende uren per cel, in uren; volgorde als bij `tel_op`."""
        x100 = self.tel_op((stand, stand.uren_x100) for stand in standen)
        return {kenmerken: som / 100 for kenmerken, som in x100.items()}

    def tel_op(self, standen: Iterable[tuple[Stand, int]]) -> dict[Kenmerken, Fraction]:
        """Wat er bij elke tellende stand hoort per cel opgeteld, op volgorde van kenmerken."""
        som: dict[Waar, int] = {}
        for stand, aantal in standen:
            for waar in self._cellen_van(stand):
                som[waar] = som.get(waar, 0) + aantal
        uit = dict.fromkeys(self._vaste_cellen(), Fraction(0))
        for waar, aantal in som.items():
            uit[waar[0]] = uit.get(waar[0], Fraction(0)) + self._deel(waar) * aantal
        return _gesorteerd(uit)

    def werkgevers(self, standen: Iterable[Stand]) -> dict[Kenmerken, int]:
        """Per cel hoeveel werkgevers er met tellende uren boven nul in staan; volgorde als bij `tel_op`."""
        uren: dict[tuple[Kenmerken, str | None], int] = {}
        for stand in standen:
            for kenmerken, _ in self._cellen_van(stand):
                wie = kenmerken, stand.werkgever
                uren[wie] = uren.get(wie, 0) + stand.uren_x100
        uit = dict.fromkeys(self._vaste_cellen(), 0)
        for (kenmerken, _), x100 in uren.items():
            if x100 > 0:
                uit[kenmerken] = uit.get(kenmerken, 0) + 1
        return _gesorteerd(uit)

    def plaatsen(self, stand: Stand) -> list[tuple[Kenmerken, Fraction]]:
        """In welke cellen deze stand meetelt, en voor welk deel; leeg als zij niet telt of niet past."""
        return [(waar[0], self._deel(waar)) for waar in self._cellen_van(stand)]

    def soorten(self, maand: int, alle: Iterable[tuple[str, str]]) -> list[tuple[str, str, str | None]]:
        """Van deze (grondslagen, vorm) welke in een maand kunnen tellen en passen, met de sector die erbij moet horen."""
        uit, sector = list[tuple[str, str, str | None]](), self.selectie.sector
        for gronden, vorm in alle:
            stand = Stand(maand, None, sector or Sector.MARKT, None, vorm, "", gronden, 0)
            if self._telt(stand) and self._past(stand):
                uit.append((gronden, vorm, None if is_inleen(vorm) else sector))
        return uit

    def deel_inleen(self, sector: str | None) -> Fraction:
        """Welk deel van de ingeleende uren bij een sector hoort; 1 als inleen niet verdeeld wordt."""
        return Fraction(1) if sector is None or self.sleutel is None else self.sleutel.deel[Sector(sector)]

    def past_gemeente(self, gemeente: str | None) -> bool:
        """Ligt deze gemeente in het gevraagde gebied?"""
        plek = self._plek(gemeente)
        return self.selectie.gemeente in (None, plek[0]) and self.selectie.regio in (None, plek[1])

    def _deel(self, waar: Waar) -> Fraction:
        return self.deel_inleen(waar[1])

    def kolommen(self) -> list[tuple[str | None, str]]:
        """De kolommen (sector, vorm) waarin deze reeks telt, na de filters."""
        ongedeeld = self.sleutel is None and not self.van_werkgever
        inleen: list[str | None] = [None] if ongedeeld else [sector.value for sector in Sector]
        alle = [(sector.value, "formeel") for sector in Sector] + [(sector, "inleen") for sector in inleen]
        s = self.selectie
        return [(sector, vorm) for sector, vorm in alle if s.sector in (None, sector) and s.vorm in (None, vorm)]

    def _telt(self, stand: Stand) -> bool:
        vraag = (stand.grondslagen, stand.vorm, stand.maand)
        if vraag not in self._tellend:
            gronden = [Grondslag(code) for code in stand.grondslagen.split(",") if code]
            wet = self.boek.wet(self.opname.peildag(stand.maand)).waarde
            self._tellend[vraag] = telt(gronden, Vorm(stand.vorm), wet)
        return self._tellend[vraag]

    def _plek(self, gemeente: str | None) -> tuple[str, str]:
        """(gemeente, regio) van een gemeentecode in de gevraagde grenzen."""
        if not self.selectie.gebied_nodig:
            return ONBEKEND, ONBEKEND
        if gemeente not in self._plekken:
            dag = self.grensdag
            self._plekken[gemeente] = self.grenzen.gemeente(gemeente, dag), self.grenzen.regio(gemeente, dag)
        return self._plekken[gemeente]

    def _past(self, stand: Stand) -> bool:
        """Past deze stand in de filters, afgezien van haar gebied? Ongedeelde inleen hoort bij geen van beide sectoren."""
        s, inleen = self.selectie, is_inleen(stand.vorm)
        zonder_sector = inleen and not self.van_werkgever
        if s.sector is not None and (self.sleutel is None if zonder_sector else stand.sector != s.sector):
            return False
        vorm = stand.vorm if s.vorm not in GROVE_VORMEN else "inleen" if inleen else "formeel"
        if s.vorm not in (None, vorm):
            return False
        return s.grondslag is None or s.grondslag in stand.grondslagen.split(",")

    def _cellen_van(self, stand: Stand) -> Iterator[Waar]:
        """In welke cel deze uren vallen: geen als zij niet tellen of passen; verdeelde inleen in één cel per sector."""
        plek = self._plek(stand.gemeente)
        if not (self._telt(stand) and self._past(stand) and self.past_gemeente(stand.gemeente)):
            return
        s, inleen = self.selectie, is_inleen(stand.vorm)
        zonder_sector = inleen and not self.van_werkgever
        grof = "inleen" if inleen else "formeel"
        waarden: dict[str, str | None] = {
            "sector": None if zonder_sector else stand.sector,
            "vorm": stand.vorm if s.vorm_per_code else grof,
            "gemeente": plek[0],
            "regio": plek[1],
            "grondslag": stand.grondslagen.replace(",", "+"),
            "contract": stand.contract,
            "subsector": None if zonder_sector else stand.subsector,
            "branche": stand.branche or ONBEKEND,
            "grootteklasse": stand.grootteklasse or ONBEKEND,
            "werkgever": stand.werkgever,
        }
        if not zonder_sector or self.sleutel is None or ("sector" not in s.per and s.sector is None):
            yield tuple(waarden[naam] for naam in s.per), None
            return
        for sector in Sector:
            if s.sector in (None, sector):
                waarden["sector"] = sector.value
                yield tuple(waarden[naam] for naam in s.per), sector

    def _vaste_cellen(self) -> Iterator[Kenmerken]:
        """Cellen die er altijd zijn, ook zonder uren: sector × vorm × regio, als er niets fijners gevraagd is."""
        s = self.selectie
        elke_gemeente = "gemeente" in s.per and s.gemeente is None
        if s.vorm_per_code or set(s.per) & ZONDER_NULMETING or elke_gemeente:
            return
        regios: list[str | None] = [None]
        if "regio" in s.per:
            alle = [s.regio] if s.regio else sorted(self.grenzen.regios(self.grensdag))
            regios = [self.grenzen.regio(s.gemeente, self.grensdag)] if s.gemeente else [*alle]
        for (sector, vorm), regio in product(self.kolommen(), regios):
            kolom = {"sector": sector, "vorm": vorm, "regio": regio, "gemeente": s.gemeente}
            yield tuple(kolom[naam] for naam in s.per)


def _gesorteerd(cellen: Mapping[Kenmerken, Bedrag]) -> dict[Kenmerken, Bedrag]:
    return dict(sorted(cellen.items(), key=lambda cel: op_volgorde(cel[0])))
