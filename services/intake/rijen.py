"""De rijen die intake aanneemt: wat uit een bestand of JSON komt, getoetst en in de vorm waarin wij ermee werken."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from enum import StrEnum
from typing import Annotated, Any, ClassVar

from banenspoor_contracts import CorrectieReden, EindReden, Grondslag
from banenspoor_contracts.gemeenten import is_gemeente, normaliseer
from pydantic import BeforeValidator, ConfigDict, Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from services.intake.domain.bsn import ELFPROEF, geldig_bsn
from shared.api import Rij

_DAG = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_PROCENT = re.compile(r"(\d{1,2})(?:[.,](\d{1,2}))?", re.ASCII)
OUDSTE_DAG = date(1900, 1, 1)
"""Een eerdere dag is een tikfout: niemand in het register leefde toen al."""


def _bsn(waarde: Any) -> str:
    bsn = geldig_bsn(waarde) if isinstance(waarde, str) else None
    if bsn is None:
        raise PydanticCustomError("elfproef", ELFPROEF)
    return bsn


def _dag(waarde: Any) -> date:
    """Alleen `JJJJ-MM-DD`: een rij cijfers is geen tijdstempel."""
    try:
        dag = date.fromisoformat(waarde) if isinstance(waarde, str) and _DAG.fullmatch(waarde) else None
    except ValueError:
        dag = None
    if dag is None or dag < OUDSTE_DAG:
        raise PydanticCustomError("onjuist", "geen datum: verwacht JJJJ-MM-DD, niet voor 1900")
    return dag


def _gemeente(waarde: Any) -> str:
    try:
        code = normaliseer(waarde) if isinstance(waarde, str) else ""
    except ValueError:
        code = ""
    if not is_gemeente(code):
        raise PydanticCustomError("onbekende_gemeente", "geen bestaande of vroegere CBS-code van een gemeente")
    return code


def _woord(soort: type[StrEnum], code: str, wat: str) -> BeforeValidator:
    woorden = {str(woord): woord for woord in soort}

    def lees(waarde: Any) -> StrEnum:
        if not isinstance(waarde, str) or waarde not in woorden:
            raise PydanticCustomError(
                code, "onbekende {wat}: verwacht {woorden}", {"wat": wat, "woorden": ", ".join(woorden)}
            )
        return woorden[waarde]

    return BeforeValidator(lees)


def _procent(waarde: Any) -> int:
    """Een percentage met punt of komma, in honderdsten; meer dan twee decimalen wordt niet afgerond maar geweigerd."""
    past = _PROCENT.fullmatch(str(waarde)) if isinstance(waarde, str | int | float) else None
    if past is None:
        raise PydanticCustomError("onjuist", "verwacht een percentage van 0 tot 100, met hooguit twee decimalen")
    return int(past[1]) * 100 + int((past[2] or "0").ljust(2, "0"))


Loonwaarde = Annotated[int, BeforeValidator(_procent)]
"""Loonwaarde ten opzichte van het WML in honderdsten van procenten: 0 ≤ x < 10.000."""
VERVALREDENEN = frozenset((EindReden.HERBEOORDELING, EindReden.LOONWAARDE_BOVEN_WML, EindReden.VERLOPEN))
Bsn = Annotated[str, BeforeValidator(_bsn), Field(repr=False)]
Dag = Annotated[date, BeforeValidator(_dag)]
GemeenteCode = Annotated[str, BeforeValidator(_gemeente)]
GrondslagWoord = Annotated[Grondslag, _woord(Grondslag, "onbekende_grondslag", "grondslag")]
_EindReden = Annotated[EindReden, _woord(EindReden, "onjuist", "reden")]
_CorrectieReden = Annotated[CorrectieReden, _woord(CorrectieReden, "onjuist", "reden")]


class RegisterRij(Rij):
    """Een rij over één mens, wie dat ook is."""

    model_config = ConfigDict(hide_input_in_errors=True)
    verleden: ClassVar[tuple[str, ...]] = ("van",)
    """De kolommen waarvan de datum niet in de toekomst mag liggen."""


class BsnRij(RegisterRij):
    """Een rij over één mens. Het BSN staat niet in de weergave van de rij en niet in haar fouten."""

    bsn: Bsn


def _na(van: str) -> Callable[[date, ValidationInfo], date]:
    """Toetst dat een einde na het begin in kolom `van` ligt; is dat begin leeg of fout, dan valt er niets te toetsen."""

    def toets(tot: date, info: ValidationInfo) -> date:
        begin = info.data.get(van)
        if tot is not None and begin is not None and tot <= begin:
            raise PydanticCustomError("einde_voor_begin", "tot ligt niet na van (tot zelf telt niet mee)")
        return tot

    return toets


class PersoonRij(BsnRij):
    """Geboortedatum en overlijden, alleen voor de kluis; een leeg `overleden_op` zegt niets."""

    verleden: ClassVar[tuple[str, ...]] = ("geboortedatum", "overleden_op")

    geboortedatum: Dag
    overleden_op: Dag | None = None

    @field_validator("overleden_op")
    @classmethod
    def _niet_voor_geboorte(cls, op: date | None, info: ValidationInfo) -> date | None:
        geboren = info.data.get("geboortedatum")
        if op is not None and geboren is not None and op < geboren:
            raise PydanticCustomError("einde_voor_begin", "overleden_op ligt voor de geboortedatum")
        return op


class RegistratieRij(BsnRij):
    """Een grondslag begint op `van`, of eindigt op `tot` (telt zelf niet mee) om `reden`."""

    verleden: ClassVar[tuple[str, ...]] = ("van", "loonwaarde_op", "verzoek_op")

    grondslag: GrondslagWoord
    van: Dag
    gemeente: GemeenteCode
    tot: Dag | None = None
    reden: _EindReden | None = None
    loonwaarde_procent: Loonwaarde | None = None
    loonwaarde_op: Dag | None = None
    verzoek_op: Dag | None = None
    """Bewijs, naar de grondslag; alleen voor intake."""

    _tot_na_van = field_validator("tot")(_na("van"))

    @field_validator("reden")
    @classmethod
    def _alleen_bij_einde(cls, reden: EindReden | None, info: ValidationInfo) -> EindReden | None:
        if reden is not None and info.data.get("tot", reden) is None:
            raise PydanticCustomError("onjuist", "een reden hoort bij een einde: vul tot in")
        return reden


class PersoonCorrectieRij(RegisterRij):
    """De grondslag gold in werkelijkheid van `van` tot `tot`; een leeg `van`: nooit."""

    grondslag: GrondslagWoord
    van: Dag | None = None
    tot: Dag | None = None
    reden: _CorrectieReden

    _tot_na_van = field_validator("tot")(_na("van"))

    @field_validator("tot")
    @classmethod
    def _alleen_met_begin(cls, tot: date | None, info: ValidationInfo) -> date | None:
        if tot is not None and info.data.get("van", tot) is None:
            raise PydanticCustomError("onjuist", "zonder van heeft de grondslag nooit bestaan: laat tot leeg")
        return tot


class CorrectieRij(BsnRij, PersoonCorrectieRij):
    """Een correctie van wie met een BSN wordt aangeduid."""


class PersoonBeeindigingRij(RegisterRij):
    """Wat op deze grondslag loopt, eindigt op `tot` (telt zelf niet mee) om `reden`."""

    verleden: ClassVar[tuple[str, ...]] = ()

    grondslag: GrondslagWoord
    tot: Dag
    reden: _EindReden | None = None


class VervallenRij(BsnRij):
    """De voorwaarden van deze grondslag vervielen op `vervallen_op`; of de registratie eindigt, zegt de regel van die dag."""

    verleden: ClassVar[tuple[str, ...]] = ("vervallen_op",)

    grondslag: GrondslagWoord
    vervallen_op: Dag
    reden: _EindReden

    @field_validator("reden")
    @classmethod
    def _alleen_verval(cls, reden: EindReden) -> EindReden:
        if reden not in VERVALREDENEN:
            raise PydanticCustomError("onjuist", "kies uit HERBEOORDELING, LOONWAARDE_BOVEN_WML of VERLOPEN")
        return reden


class VerhuizingRij(BsnRij):
    """Woont vanaf `van` in `gemeente`."""

    gemeente: GemeenteCode
    van: Dag
