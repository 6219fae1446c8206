"""Velden van rijen: wat uit een bestand of JSON komt, getoetst en in de eenheid waarin wij rekenen."""

import re
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Annotated, Any

from banenspoor_contracts import Sector, Subsector
from banenspoor_contracts.gemeenten import is_gemeente, normaliseer
from pydantic import AfterValidator, BeforeValidator, Field
from pydantic_core import PydanticCustomError

from services.plaatsing.domain.uren import honderdsten
from services.plaatsing.domain.werkgever import GROOTTEKLASSE

LANGSTE_TEKST = 200
_DAG = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def _dag(waarde: Any) -> Any:
    """Alleen `JJJJ-MM-DD`: een rij cijfers is geen tijdstempel."""
    if isinstance(waarde, str) and (dag := dag_uit(waarde)) is not None:
        return dag
    if isinstance(waarde, date):
        return waarde
    raise PydanticCustomError("onjuist", "geen datum: verwacht JJJJ-MM-DD")


@lru_cache(maxsize=8192)
def dag_uit(tekst: str) -> date | None:
    """De dag in deze tekst, of None; onthouden, want in een levering staan telkens dezelfde dagen."""
    try:
        return date.fromisoformat(tekst.strip()) if _DAG.fullmatch(tekst.strip()) else None
    except ValueError:
        return None


def _uren(waarde: Any) -> int:
    try:
        return honderdsten(_tekst(waarde))
    except ValueError as fout:
        raise PydanticCustomError("onjuist", "{reden}", {"reden": str(fout)}) from None


def _procent(waarde: Any) -> int:
    try:
        if 0 <= (procent := honderdsten(_tekst(waarde))) <= 100_00:
            return procent
    except ValueError:
        pass
    raise PydanticCustomError("onjuist", "geen percentage: verwacht 0 tot en met 100, met ten hoogste twee decimalen")


def _tekst(waarde: Any) -> str:
    """Tekst of een getal uit JSON; een kommagetal alleen via zijn kortste schrijfwijze, zodat er niets verschuift."""
    return waarde if isinstance(waarde, str) else format(Decimal(repr(waarde)), "f") if _is_getal(waarde) else ""


def _is_getal(waarde: Any) -> bool:
    return isinstance(waarde, int | float) and not isinstance(waarde, bool) and abs(waarde) < 10**9


def _sector(waarde: Any) -> Any:
    if waarde in tuple(Sector):
        return waarde
    raise PydanticCustomError("onbekende_sector", "onbekende sector: verwacht markt of overheid")


def _subsector(waarde: Any) -> Any:
    if waarde is None or waarde in tuple(Subsector):
        return waarde
    raise PydanticCustomError("onbekende_sector", "deze subsector kennen wij niet")


def _gemeente(waarde: str) -> str:
    try:
        code = normaliseer(waarde)
    except ValueError:
        code = ""
    if not is_gemeente(code):
        raise PydanticCustomError("onbekende_gemeente", "geen bestaande of vroegere CBS-code van een gemeente")
    return code


def _loonheffingennummer(waarde: Any) -> Any:
    if isinstance(waarde, str) and re.fullmatch(r"\d{9}L\d{2}", nummer := loonheffingennummer(waarde), re.ASCII):
        return nummer
    raise PydanticCustomError("onjuist", "geen loonheffingennummer: verwacht negen cijfers, een L en twee cijfers")


def loonheffingennummer(tekst: str) -> str:
    """Eén schrijfwijze: zonder spaties, met een hoofdletter L."""
    return tekst.replace(" ", "").upper()


Dag = Annotated[date, BeforeValidator(_dag)]
Honderdsten = Annotated[int, BeforeValidator(_uren)]
"""Uren in het bestand (`152,5`), honderdsten van uren in Python."""
Procent = Annotated[int, BeforeValidator(_procent)]
"""Procenten in het bestand (`62,5`), honderdsten van procenten in Python."""
SectorVeld = Annotated[Sector, BeforeValidator(_sector)]
SubsectorVeld = Annotated[Subsector | None, BeforeValidator(_subsector)]
GemeenteVeld = Annotated[str, AfterValidator(_gemeente)]
Loonheffingennummer = Annotated[str, BeforeValidator(_loonheffingennummer)]
BekendNummer = Annotated[str, AfterValidator(loonheffingennummer)]
"""Het nummer van een werkgever die er al hoort te zijn: een onmogelijk nummer is dan gewoon onbekend."""
MaandVeld = Annotated[str, Field(pattern=r"^[0-9]{4}-(0[1-9]|1[0-2])$")]
Sleutelveld = Annotated[str, Field(min_length=1, max_length=LANGSTE_TEKST)]
Tekst = Annotated[str, Field(max_length=LANGSTE_TEKST)]
Klasse = Annotated[str, Field(max_length=GROOTTEKLASSE)]
