"""Cijfers van beschut werk uit opgetelde boekingen. Aandelen zijn gewogen: een som gedeeld door een som, exact.

Brief 30-6-2017: 601 van 890 beoordelingen positief is 67,5 procent; de gedrukte 71 is het gemiddelde van twee percentages.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any

from services.telling.domain.bedragen import afgerond, exact
from services.telling.domain.beschut import Wat
from services.telling.domain.perioden import Periode


@dataclass(frozen=True, slots=True)
class Som:
    """Zoveel keer dit, in deze maand, met deze kenmerken; `kenmerken` zijn alleen die waarnaar gevraagd is."""

    maand: int
    kenmerken: tuple[str | None, ...]
    feit: Wat
    uitkomst: str | None
    binnen_termijn: bool | None
    aantal: int


@dataclass(frozen=True, slots=True)
class Vervolg:
    """Positieve adviezen van een maand: binnen drie maanden aan het werk, niet, of die drie maanden lopen nog."""

    maand: int
    kenmerken: tuple[str | None, ...]
    aan_het_werk: int
    niet: int
    loopt_nog: int


@dataclass(slots=True)
class Groep:
    """Wat er in één cel zit."""

    sommen: list[Som] = field(default_factory=list)
    vervolg: list[Vervolg] = field(default_factory=list)

    def aantal(self, *feiten: Wat, uitkomst: str | None = None, binnen: bool | None = None) -> int:
        """De som van deze feiten, zo nodig met alleen deze uitkomst of alleen wat (niet) binnen de termijn was."""
        return sum(
            s.aantal
            for s in self.sommen
            if s.feit in feiten
            and (uitkomst is None or s.uitkomst == uitkomst)
            and (binnen is None or s.binnen_termijn is binnen)
        )

    def cijfers(self, maanden: int) -> dict[str, Any]:
        """Alle maten van deze cel over zoveel maanden; een aandeel van niets is leeg."""
        beoordelingen, besluiten = self.aantal(Wat.ADVIES), self.aantal(Wat.BESLUIT)
        positief = self.aantal(Wat.ADVIES, uitkomst="POSITIEF")
        gewerkt = sum(v.aan_het_werk for v in self.vervolg)
        uit: dict[str, Any] = {
            "aanvragen": self.aantal(Wat.AANVRAAG),
            "ingetrokken": self.aantal(Wat.INGETROKKEN),
            "buitenBehandeling": self.aantal(Wat.BUITEN_BEHANDELING),
            "afgewezenZonderOnderzoek": self.aantal(Wat.AFGEWEZEN_ZONDER_ONDERZOEK),
            "beoordelingen": beoordelingen,
            "positief": positief,
            **aandeel("aandeelPositief", positief, beoordelingen),
            **aandeel("adviesBinnenTermijn", *self._op_tijd(Wat.ADVIES)),
            "besluiten": besluiten,
            "besluitenPositief": self.aantal(Wat.BESLUIT, uitkomst="POSITIEF"),
            **aandeel("besluitBinnenTermijn", *self._op_tijd(Wat.BESLUIT)),
            "aangeboden": self.aantal(Wat.AANGEBODEN),
            **aandeel("binnenDrieMaanden", gewerkt, gewerkt + sum(v.niet for v in self.vervolg)),
            "binnenDrieMaandenLooptNog": sum(v.loopt_nog for v in self.vervolg),
        }
        jaar = Fraction(positief * 12, maanden)
        return uit | {"positiefPerJaar": afgerond(jaar), "positiefPerJaarExact": exact(jaar)}

    def _op_tijd(self, feit: Wat) -> tuple[int, int]:
        return self.aantal(feit, binnen=True), self.aantal(feit, binnen=True) + self.aantal(feit, binnen=False)


def aandeel(naam: str, deel: int, geheel: int) -> dict[str, Any]:
    """Een aandeel in tienden van procenten, en exact; leeg als er niets is om een deel van te zijn."""
    if geheel == 0:
        return {f"{naam}ProcentX10": None, f"{naam}Exact": None}
    deel_ = Fraction(deel, geheel)
    return {f"{naam}ProcentX10": afgerond(deel_ * 1000), f"{naam}Exact": exact(deel_)}


Sleutel = tuple[str | None, ...]


def groepeer(
    sommen: Iterable[Som], vervolg: Iterable[Vervolg], perioden: Sequence[Periode]
) -> tuple[dict[tuple[int, Sleutel], Groep], dict[Sleutel, Groep]]:
    """Per (plaats van de periode, kenmerken) en over alle perioden samen."""
    van_maand = {maand: nr for nr, periode in enumerate(perioden) for maand in periode.maanden}
    per_periode: dict[tuple[int, Sleutel], Groep] = {}
    samen: dict[Sleutel, Groep] = {}
    for som in sommen:
        for groep in _waar(som.maand, som.kenmerken, van_maand, per_periode, samen):
            groep.sommen.append(som)
    for v in vervolg:
        for groep in _waar(v.maand, v.kenmerken, van_maand, per_periode, samen):
            groep.vervolg.append(v)
    return per_periode, samen


def _waar(
    maand: int,
    kenmerken: Sleutel,
    van_maand: Mapping[int, int],
    per_periode: dict[tuple[int, Sleutel], Groep],
    samen: dict[Sleutel, Groep],
) -> tuple[Groep, Groep]:
    plek = (van_maand[maand], kenmerken)
    return per_periode.setdefault(plek, Groep()), samen.setdefault(kenmerken, Groep())


@dataclass(frozen=True, slots=True)
class Beschutbaan:
    """Een baan in beschut werk `[van, tot)` in een gemeente."""

    persoon_nr: int
    gemeente: str
    van: date
    tot: date | None

    def loopt(self, dag: date) -> bool:
        """Loopt zij op deze dag?"""
        return self.van <= dag and (self.tot is None or dag < self.tot)


def plaatsen(banen: Sequence[Beschutbaan], eerste: date, laatste: date) -> dict[str, int]:
    """Personen die op de laatste dag beschut werken, en banen die in de periode begonnen of er de hele periode waren."""
    return {
        "werkend": len({b.persoon_nr for b in banen if b.loopt(laatste)}),
        "gecreeerd": sum(eerste <= b.van <= laatste for b in banen),
        "gecontinueerd": sum(b.van < eerste and b.loopt(eerste) and b.loopt(laatste) for b in banen),
    }
