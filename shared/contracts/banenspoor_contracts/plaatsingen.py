"""Topics `plaatsingen`, `plaatsing-stand` en `werkgevers`, gezegd door plaatsing: banen en werkgevers.

`versie` telt per plaatsing (op `werkgevers`: per werkgever) 1, 2, …: wie versie n al kent, slaat n en lager over. Zo
sluiten de stand en het vervolg zonder gat op elkaar aan.
"""

from datetime import date
from typing import Annotated, ClassVar, Self
from uuid import UUID

from pydantic import Field, field_validator, model_validator

from .codes import Contract, OngedaanReden, PlaatsingEindReden, Sector, Subsector, Vorm
from .feit import Feit, OverPersoon, Waarde
from .velden import Aantal, Gemeente, Nummer, Vrij, controleer_periode


class Wijziging(Waarde):
    """Eén veld: wat er stond en wat er nu staat, als in de JSON van de stand."""

    vorig: Vrij
    nieuw: Vrij


class PlaatsingGegevens(Waarde):
    """Hoe een baan is. `werkgever` is de formele, `inlener` waar zij werkt bij inleen; `sector` is van de formele.

    Periode half open; `tot` leeg: zonder einddatum. `urenPerWeekX100` in honderdsten van uren.
    """

    werkgever: UUID
    inlener: UUID | None = None
    vorm: Vorm
    contract: Contract
    uren_per_week_x100: Aantal
    gemeente_werk: Gemeente
    sector: Sector
    subsector: Subsector | None = None
    route: Annotated[str, Field(max_length=60, pattern=r"^[^0-9]*$")] | None = None
    van: date
    tot: date | None = None

    @model_validator(mode="after")
    def _periode(self) -> Self:
        controleer_periode(self.van, self.tot)
        return self

    @property
    def gegevens(self) -> "PlaatsingGegevens":
        """Alleen de velden van de baan zelf."""
        return PlaatsingGegevens.model_construct(
            **{veld: getattr(self, veld) for veld in PlaatsingGegevens.model_fields}
        )

    def verschil_met(self, vorige: "PlaatsingGegevens") -> dict[str, Wijziging]:
        """De velden die anders zijn dan in `vorige`, met hun naam in de JSON: de inhoud van `gewijzigd`."""
        oud, nieuw = vorige.gegevens.json_(), self.gegevens.json_()
        return {veld: Wijziging(vorig=oud[veld], nieuw=nieuw[veld]) for veld in nieuw if oud[veld] != nieuw[veld]}


class _OverPlaatsing(OverPersoon):
    topic: ClassVar[str] = "plaatsingen"

    plaatsing: UUID
    versie: Nummer


class PlaatsingGestart(_OverPlaatsing, PlaatsingGegevens):
    """Een baan begint."""

    naam: ClassVar[str] = "plaatsing-gestart"


class _Veranderd(_OverPlaatsing):
    van: date
    gewijzigd: dict[str, Wijziging]
    stand: PlaatsingGegevens


class PlaatsingGewijzigd(_Veranderd):
    """Iets aan de baan is vanaf `van` anders, elk veld tot het daarna al anders gezegd was.

    `stand` is de baan erna, met wat het laatst ingaat: ook als dat nog moet komen, of als `van` daarvoor ligt.

    Staat `persoon` in `gewijzigd`, dan ging het oude pseudoniem in het nieuwe op (`persoon-samengevoegd`): het feit staat
    bij het nieuwe, op een andere partitie dan wat er eerder over deze baan gezegd is. Volg `versie`.
    """

    naam: ClassVar[str] = "plaatsing-gewijzigd"


class PlaatsingVerlengd(_Veranderd):
    """Het contract loopt langer door."""

    naam: ClassVar[str] = "plaatsing-verlengd"


class PlaatsingOmgezet(_Veranderd):
    """Van tijdelijk naar vast, of van inleen naar een formeel dienstverband."""

    naam: ClassVar[str] = "plaatsing-omgezet"


class PlaatsingBeeindigd(_OverPlaatsing):
    """De baan eindigt; `tot` is de eerste dag zonder."""

    naam: ClassVar[str] = "plaatsing-beeindigd"

    tot: date
    reden: PlaatsingEindReden


class PlaatsingOngedaanGemaakt(_OverPlaatsing):
    """De baan was ten onrechte vastgelegd: zij is er nooit geweest."""

    naam: ClassVar[str] = "plaatsing-ongedaan-gemaakt"

    reden: OngedaanReden


class OvergangVanOnderneming(_OverPlaatsing):
    """De baan gaat op `op` over naar een andere werkgever en loopt door; rechten en duur blijven."""

    naam: ClassVar[str] = "overgang-van-onderneming"

    van_werkgever: UUID
    naar_werkgever: UUID
    op: date


class PlaatsingVergeten(_OverPlaatsing):
    """De gegevens van deze baan zijn vernietigd; wie luistert, vergeet haar."""

    naam: ClassVar[str] = "plaatsing-vergeten"


class PlaatsingStand(_OverPlaatsing, PlaatsingGegevens):
    """De baan zoals zij nu is (topic met alleen de laatste stand; een lege waarde: ongedaan gemaakt of vergeten)."""

    naam: ClassVar[str] = "plaatsing-stand"
    topic: ClassVar[str] = "plaatsing-stand"
    sleutelveld: ClassVar[str] = "plaatsing"


class Sectorperiode(Waarde):
    """In welke sector een werkgever valt, van `van` tot `tot` (half open; `tot` leeg: nog steeds)."""

    sector: Sector
    subsector: Subsector | None = None
    van: date
    tot: date | None = None

    @model_validator(mode="after")
    def _periode(self) -> Self:
        controleer_periode(self.van, self.tot)
        return self


class WerkgeverStand(Feit):
    """Wat van een werkgever bekend is: geen nummer en geen naam (topic met alleen de laatste stand).

    `branche` is de SBI-sectie (één letter), `groep` de groep waartoe zij hoort.
    """

    naam: ClassVar[str] = "werkgever-stand"
    topic: ClassVar[str] = "werkgevers"
    sleutelveld: ClassVar[str] = "werkgever"

    werkgever: UUID
    versie: Nummer
    sectoren: tuple[Sectorperiode, ...]
    branche: Annotated[str, Field(pattern=r"^[A-V]$")] | None = None
    grootteklasse: Annotated[str, Field(min_length=1, max_length=20)] | None = None
    gemeente_zetel: Gemeente | None = None
    groep: UUID | None = None

    @field_validator("sectoren")
    @classmethod
    def _op_volgorde(cls, sectoren: tuple[Sectorperiode, ...]) -> tuple[Sectorperiode, ...]:
        return tuple(sorted(sectoren, key=lambda s: s.van))
