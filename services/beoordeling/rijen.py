"""De rijen die beoordeling aanneemt: wat uit een bestand of JSON komt, getoetst en in de vorm waarin wij ermee werken."""

import re
from datetime import date
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from banenspoor_contracts import AantalBron, AanvraagSoort, Aanvrager, BeschutWerkReden, Uitkomst
from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError

from services.beoordeling.domain.bevinding import Bevinding, Wsw
from services.beoordeling.domain.plaatsen import Volgorde
from services.beoordeling.domain.processtappen import Processtap
from shared.api import Rij

BEOORDELAAR = "beoordeling:bevindingen"
"""De scope van de beoordelaar: criteria en bevindingen schrijven en lezen."""
_DAG = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def _dag(waarde: Any) -> date:
    """Alleen `JJJJ-MM-DD`: een rij cijfers is geen tijdstempel."""
    try:
        if isinstance(waarde, str) and _DAG.fullmatch(waarde.strip()):
            return date.fromisoformat(waarde.strip())
    except ValueError:
        pass
    raise PydanticCustomError("onjuist", "geen datum: verwacht JJJJ-MM-DD")


def woord(soort: type[StrEnum]) -> BeforeValidator:
    """Een vast woord; de melding noemt de keuzes, nooit wat er stond."""

    def lees(waarde: Any) -> StrEnum:
        try:
            return soort(str(waarde).strip())
        except ValueError:
            raise PydanticCustomError("onjuist", "verwacht {woorden}", {"woorden": ", ".join(soort)}) from None

    return BeforeValidator(lees)


def _ja(waarde: Any) -> bool:
    if isinstance(waarde, bool):
        return waarde
    if isinstance(waarde, str) and waarde.strip().lower() in ("ja", "nee"):
        return waarde.strip().lower() == "ja"
    raise PydanticCustomError("onjuist", "verwacht ja of nee")


def _getal(waarde: Any) -> int:
    if isinstance(waarde, int) and not isinstance(waarde, bool):
        return waarde
    if isinstance(waarde, str) and re.fullmatch(r"[0-9]{1,9}", waarde.strip()):
        return int(waarde)
    raise PydanticCustomError("onjuist", "geen geheel getal")


Referentie = Annotated[str, Field(max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$")]
Datum = Annotated[date, BeforeValidator(_dag)]
UitkomstWoord = Annotated[Uitkomst, woord(Uitkomst)]
JaNee = Annotated[bool, BeforeValidator(_ja)]
Getal = Annotated[int, BeforeValidator(_getal), Field(ge=0, le=10**9)]
Kantoor = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_-]{0,59}$")]


class StapRij(Rij):
    """Een stap van een aanvraag; `referentie` is die van de aanvraag."""

    referentie: Referentie


class AanvraagRij(Rij):
    """Een aanvraag komt binnen. `referentie` is de sleutel van de bron; dezelfde nog eens is een wijziging."""

    referentie: Referentie
    soort: Annotated[AanvraagSoort, woord(AanvraagSoort)]
    persoon: UUID
    aanvrager: Annotated[Aanvrager, woord(Aanvrager)]
    gemeente: str
    ontvangen_op: Datum
    kantoor: Kantoor | None = None
    nieuwe_feiten: JaNee = False


class AdviesRij(StapRij):
    """UWV bracht advies uit. Criteria en bevindingen mogen alleen van een beoordelaar komen; zij worden versleuteld bewaard."""

    uitkomst: UitkomstWoord
    uitgebracht_op: Datum
    aanpassingen: JaNee | None = Field(default=None, repr=False)
    toezicht: JaNee | None = Field(default=None, repr=False)
    wsw: Annotated[Wsw | None, woord(Wsw)] = Field(default=None, repr=False)
    gegevens_van: Datum | None = Field(default=None, repr=False)
    bevinding: str | None = Field(default=None, max_length=4000, repr=False)

    @property
    def achtergrond(self) -> Bevinding:
        """De criteria en bevindingen van deze rij."""
        return Bevinding(self.aanpassingen, self.toezicht, self.wsw, self.gegevens_van, self.bevinding)


class BesluitRij(StapRij):
    """Er is besloten; bij beschut werk door het college, na het advies. `herziening`: in plaats van het vorige besluit."""

    uitkomst: UitkomstWoord
    besluit_op: Datum
    onzorgvuldig_advies: JaNee = False
    herziening: JaNee = False
    voorrang: Getal | None = None


class OpschortingRij(StapRij):
    """De termijn staat stil vanaf `van`; met `tot` loopt zij vanaf die dag weer (ook later te melden)."""

    van: Datum
    tot: Datum | None = None


class VerlengingRij(StapRij):
    """De termijn is op `op` zoveel weken verlengd."""

    op: Datum
    weken: Annotated[Getal, Field(ge=1, le=12)]


class IntrekkingRij(StapRij):
    """De aanvrager trok de aanvraag in."""

    op: Datum


class Afsluiting(StrEnum):
    """Hoe een aanvraag zonder advies of besluit eindigt."""

    BUITEN_BEHANDELING = "BUITEN_BEHANDELING"
    AFGEWEZEN_ZONDER_ONDERZOEK = "AFGEWEZEN_ZONDER_ONDERZOEK"


class AfsluitingRij(StapRij):
    """Buiten behandeling (onvolledig gebleven), of afgewezen zonder onderzoek (eigen aanvraag binnen twaalf maanden)."""

    uitkomst: Annotated[Afsluiting, woord(Afsluiting)]
    op: Datum


class BezwaarRij(StapRij):
    """Bezwaar tegen het besluit; met `gegrond` en `beslist_op` wat erop is beslist (ook later te melden)."""

    op: Datum
    gegrond: JaNee | None = None
    beslist_op: Datum | None = None


class ProcesstapRij(StapRij):
    """Een stap in het werkproces loonkostensubsidie is gezet."""

    stap: Annotated[Processtap, woord(Processtap)]
    op: Datum


class UitstroomRij(StapRij):
    """Iemand verlaat beschut werk of de wachtlijst; naar ander werk of dagbesteding met het recht om terug te keren."""

    naar: Annotated[BeschutWerkReden, woord(BeschutWerkReden)]
    op: Datum


class TerugkeerRij(StapRij):
    """Iemand met het recht om terug te keren is weer beschikbaar voor beschut werk, op haar oude plek in de volgorde."""

    op: Datum


class TeRealiserenRij(Rij):
    """Zoveel plaatsen beschut werk moet deze gemeente eind dit jaar ten minste hebben, volgens de regeling of een verordening."""

    gemeente: str
    jaar: Annotated[Getal, Field(ge=2015, le=2100)]
    aantal: Annotated[Getal, Field(le=100_000)]
    besloten_op: Datum
    van: Datum
    bron: Annotated[AantalBron, woord(AantalBron)]


class VolgordeRij(Rij):
    """Vanaf `van` geeft deze gemeente wie wacht in deze volgorde een plaats (Participatiewet art. 10b lid 5)."""

    gemeente: str
    volgorde: Annotated[Volgorde, woord(Volgorde)]
    van: Datum
