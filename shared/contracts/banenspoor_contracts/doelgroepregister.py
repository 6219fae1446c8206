"""Topic `doelgroepregister`, gezegd door intake: wie in de doelgroep is, op welke grondslag, van wanneer tot wanneer.

Elke gebeurtenis behalve de laatste draagt de hele tijdlijnen zoals zij ná het feit zijn: een lezer vervangt wat zij had
en heeft geen geschiedenis nodig.
"""

from collections.abc import Sequence
from datetime import date
from itertools import pairwise
from typing import ClassVar, Self
from uuid import UUID

from pydantic import Field, field_validator, model_validator

from .codes import CorrectieReden, EindReden, Grondslag
from .feit import OverPersoon, Waarde
from .velden import Gemeente, controleer_periode


class Registratie(Waarde):
    """Eén grondslag van `van` tot `tot` (half open; `tot` leeg: loopt nog)."""

    grondslag: Grondslag
    van: date
    tot: date | None = None

    @model_validator(mode="after")
    def _periode(self) -> Self:
        controleer_periode(self.van, self.tot)
        return self


class Woonplaats(Waarde):
    """De gemeente waar iemand woont, van `van` tot `tot` (half open; `tot` leeg: woont er nog)."""

    gemeente: Gemeente
    van: date
    tot: date | None = None

    @model_validator(mode="after")
    def _periode(self) -> Self:
        controleer_periode(self.van, self.tot)
        return self


def _sluit_aan(perioden: Sequence[Registratie | Woonplaats]) -> None:
    for eerste, tweede in pairwise(perioden):
        if eerste.tot is None or eerste.tot > tweede.van:
            raise ValueError(f"perioden overlappen: {eerste} en {tweede}")


def _op_volgorde(registraties: tuple[Registratie, ...]) -> tuple[Registratie, ...]:
    for grondslag in {r.grondslag for r in registraties}:
        _sluit_aan(sorted((r for r in registraties if r.grondslag == grondslag), key=lambda r: r.van))
    return tuple(sorted(registraties, key=lambda r: (r.van, r.grondslag)))


class _Register(OverPersoon):
    topic: ClassVar[str] = "doelgroepregister"


class _MetTijdlijnen(_Register):
    """De hele tijdlijnen na het feit, op volgorde van begin; per grondslag en per woonplaats zonder overlap."""

    registraties: tuple[Registratie, ...]
    woonplaatsen: tuple[Woonplaats, ...]

    @field_validator("registraties")
    @classmethod
    def _registraties(cls, registraties: tuple[Registratie, ...]) -> tuple[Registratie, ...]:
        return _op_volgorde(registraties)

    @field_validator("woonplaatsen")
    @classmethod
    def _woonplaatsen(cls, woonplaatsen: tuple[Woonplaats, ...]) -> tuple[Woonplaats, ...]:
        op_volgorde = tuple(sorted(woonplaatsen, key=lambda w: w.van))
        _sluit_aan(op_volgorde)
        return op_volgorde


class RegistratieIngegaan(_MetTijdlijnen):
    """Een grondslag begint, ook een tweede naast een eerste."""

    naam: ClassVar[str] = "registratie-ingegaan"

    grondslag: Grondslag
    van: date


class RegistratieBeeindigd(_MetTijdlijnen):
    """Een grondslag eindigt; `tot` is de eerste dag waarop zij niet meer geldt."""

    naam: ClassVar[str] = "registratie-beeindigd"

    grondslag: Grondslag
    tot: date
    reden: EindReden


class RegistratieGecorrigeerd(_MetTijdlijnen):
    """Wat vastgelegd was, blijkt niet te kloppen; reikt terug. `vorige`: alle registraties zoals zij er stonden."""

    naam: ClassVar[str] = "registratie-gecorrigeerd"

    vorige: tuple[Registratie, ...]
    reden: CorrectieReden

    @field_validator("vorige")
    @classmethod
    def _vorige(cls, vorige: tuple[Registratie, ...]) -> tuple[Registratie, ...]:
        return _op_volgorde(vorige)


class PersoonVerhuisd(_MetTijdlijnen):
    """De woonplaats is veranderd of verbeterd."""

    naam: ClassVar[str] = "persoon-verhuisd"


class PersoonSamengevoegd(_MetTijdlijnen):
    """Twee nummers bleken één mens: `persoon` gaat op in `in` (in Python `in_`).

    De tijdlijnen zijn die van `persoon` en dus leeg; die van `in` staan in haar eigen gebeurtenis.
    """

    naam: ClassVar[str] = "persoon-samengevoegd"

    in_: UUID = Field(alias="in")


class PersoonsgegevensVernietigd(_Register):
    """De gegevens van deze persoon zijn vernietigd; wie luistert, vergeet haar."""

    naam: ClassVar[str] = "persoonsgegevens-vernietigd"
