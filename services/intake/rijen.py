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


Bsn = Annotated[str, BeforeValidator(_bsn), Field(repr=False)]
Dag = Annotated[date, BeforeValidator(_dag)]
GemeenteCode = Annotated[str, BeforeValidator(_gemeente)]
_Grondslag = Annotated[Grondslag, _woord(Grondslag, "onbekende_grondslag", "grondslag")]
_EindReden = Annotated[EindReden, _woord(EindReden, "onjuist", "reden")]
_CorrectieReden = Annotated[CorrectieReden, _woord(CorrectieReden, "onjuist", "reden")]


class BsnRij(Rij):
    """Een rij over één mens. Het BSN staat niet in de weergave van de rij en niet in haar fouten."""

    model_config = ConfigDict(hide_input_in_errors=True)
    verleden: ClassVar[tuple[str, ...]] = ("van",)
    """De kolommen waarvan de datum niet in de toekomst mag liggen."""

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

    grondslag: _Grondslag
    van: Dag
    gemeente: GemeenteCode
    tot: Dag | None = None
    reden: _EindReden | None = None

    _tot_na_van = field_validator("tot")(_na("van"))

    @field_validator("reden")
    @classmethod
    def _alleen_bij_einde(cls, reden: EindReden | None, info: ValidationInfo) -> EindReden | None:
        if reden is not None and info.data.get("tot", reden) is None:
            raise PydanticCustomError("onjuist", "een reden hoort bij een einde: vul tot in")
        return reden


class CorrectieRij(BsnRij):
    """De grondslag gold in werkelijkheid van `van` tot `tot`; een leeg `van`: nooit."""

    grondslag: _Grondslag
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


class VerhuizingRij(BsnRij):
    """Woont vanaf `van` in `gemeente`."""

    gemeente: GemeenteCode
    van: Dag
