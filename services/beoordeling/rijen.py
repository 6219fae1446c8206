"""De rijen die beoordeling aanneemt: wat uit een bestand of JSON komt, getoetst en in de vorm waarin wij ermee werken."""

import re
from datetime import date
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from banenspoor_contracts import AanvraagSoort, Aanvrager, Uitkomst
from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError

from shared.api import Rij

_DAG = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def _dag(waarde: Any) -> date:
    """Alleen `JJJJ-MM-DD`: een rij cijfers is geen tijdstempel."""
    try:
        if isinstance(waarde, str) and _DAG.fullmatch(waarde.strip()):
            return date.fromisoformat(waarde.strip())
    except ValueError:
        pass
    raise PydanticCustomError("onjuist", "geen datum: verwacht JJJJ-MM-DD")


def _woord(soort: type[StrEnum]) -> BeforeValidator:
    def lees(waarde: Any) -> StrEnum:
        try:
            return soort(str(waarde).strip())
        except ValueError:
            raise PydanticCustomError("onjuist", "verwacht {woorden}", {"woorden": ", ".join(soort)}) from None

    return BeforeValidator(lees)


Referentie = Annotated[str, Field(max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$")]
Datum = Annotated[date, BeforeValidator(_dag)]
UitkomstWoord = Annotated[Uitkomst, _woord(Uitkomst)]


class AanvraagRij(Rij):
    """Een aanvraag komt binnen. `referentie` is de sleutel van de bron; dezelfde nog eens is een wijziging."""

    referentie: Referentie
    soort: Annotated[AanvraagSoort, _woord(AanvraagSoort)]
    persoon: UUID
    aanvrager: Annotated[Aanvrager, _woord(Aanvrager)]
    gemeente: str
    ontvangen_op: Datum


class AdviesRij(Rij):
    """UWV bracht advies uit. Alleen de uitkomst: criteria en bevindingen horen hier niet."""

    referentie: Referentie
    uitkomst: UitkomstWoord
    uitgebracht_op: Datum


class BesluitRij(Rij):
    """Het college besloot."""

    referentie: Referentie
    uitkomst: UitkomstWoord
    besluit_op: Datum
