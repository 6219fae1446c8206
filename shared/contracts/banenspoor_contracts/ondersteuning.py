"""Topic `ondersteuning`, gezegd door plaatsing, alleen voor ingewijden: wat steun aan persoon of werkgever verraadt."""

from datetime import date
from typing import ClassVar, Self
from uuid import UUID

from pydantic import model_validator

from .codes import Instrument, VerstrekkerSoort
from .feit import OverPersoon, Waarde
from .velden import Aantal, Code, Gemeente, controleer_periode


class Verstrekker(Waarde):
    """Wie het instrument geeft; `code` is bij een gemeente haar CBS-code en bij UWV leeg."""

    soort: VerstrekkerSoort
    code: Gemeente | None = None


class _Ondersteuning(OverPersoon):
    topic: ClassVar[str] = "ondersteuning"

    plaatsing: UUID


class _Instrument(_Ondersteuning):
    instrument: Instrument
    verstrekker: Verstrekker
    van: date


class InstrumentGestart(_Instrument):
    """Een instrument begint (half open; `tot` leeg: zonder einddatum)."""

    naam: ClassVar[str] = "instrument-gestart"

    tot: date | None = None

    @model_validator(mode="after")
    def _periode(self) -> Self:
        controleer_periode(self.van, self.tot)
        return self


class InstrumentBeeindigd(_Instrument):
    """Het instrument dat op `van` begon, eindigt; `tot` is de eerste dag zonder."""

    naam: ClassVar[str] = "instrument-beeindigd"

    tot: date


class LoonwaardeVastgesteld(_Ondersteuning):
    """De loonwaarde in honderdsten van procenten van het WML (4250 is 42,5 %), geldig vanaf `op`."""

    naam: ClassVar[str] = "loonwaarde-vastgesteld"

    procent_x100: Aantal
    methode: Code
    op: date
