"""Topic `beschut-werk`, gezegd door beoordeling: aanvragen, adviezen, besluiten, termijnen, wachtlijst en aantallen.

Nooit een criterium, bevinding of diagnose: die blijven in de dienst.
"""

from datetime import date
from typing import Any, ClassVar
from uuid import UUID

from .codes import AantalBron, AanvraagSoort, Aanvrager, BeschutWerkReden, Grondslag, Uitkomst
from .feit import Feit, OverPersoon
from .velden import Aantal, Code, Gemeente, Jaar


class _OverAanvraag(OverPersoon):
    topic: ClassVar[str] = "beschut-werk"
    later_erbij: ClassVar[frozenset[str]] = frozenset()
    """Velden die er na de eerste uitgave bij kwamen: leeg staan zij niet in de data, zodat wat eerder gezegd is gelijk blijft."""

    aanvraag: UUID

    def json_(self) -> dict[str, Any]:
        inhoud = super().json_()
        return {naam: waarde for naam, waarde in inhoud.items() if waarde is not None or naam not in self.later_erbij}


class AanvraagOntvangen(_OverAanvraag):
    """Een aanvraag is binnen; `uiterlijk` is de laatste dag om te adviseren of te beslissen. `kantoor`: wie haar behandelt."""

    naam: ClassVar[str] = "aanvraag-ontvangen"
    later_erbij: ClassVar[frozenset[str]] = frozenset({"kantoor"})

    soort: AanvraagSoort
    aanvrager: Aanvrager
    gemeente: Gemeente
    ontvangen_op: date
    uiterlijk: date
    kantoor: Code | None = None


class TermijnOpgeschort(_OverAanvraag):
    """De klok staat stil vanaf `van`; `uiterlijk` is leeg zolang niet vaststaat wanneer zij weer loopt."""

    naam: ClassVar[str] = "termijn-opgeschort"

    van: date
    uiterlijk: date | None = None


class TermijnHervat(_OverAanvraag):
    """De klok loopt weer vanaf `van`."""

    naam: ClassVar[str] = "termijn-hervat"

    van: date
    uiterlijk: date


class TermijnVerlengd(_OverAanvraag):
    """De termijn is op `van` verlengd."""

    naam: ClassVar[str] = "termijn-verlengd"

    van: date
    uiterlijk: date


class TermijnLooptAf(_OverAanvraag):
    """Herinnering, enkele dagen (een instelling) voor de termijn afloopt."""

    naam: ClassVar[str] = "termijn-loopt-af"

    uiterlijk: date


class AanvraagBuitenBehandeling(_OverAanvraag):
    """De aanvraag is onvolledig gebleven."""

    naam: ClassVar[str] = "aanvraag-buiten-behandeling"


class AanvraagAfgewezenZonderOnderzoek(_OverAanvraag):
    """Eigen aanvraag binnen twaalf maanden na de vorige, zonder nieuwe feiten (Besluit advisering beschut werk)."""

    naam: ClassVar[str] = "aanvraag-afgewezen-zonder-onderzoek"


class AanvraagIngetrokken(_OverAanvraag):
    """De aanvrager trok de aanvraag in."""

    naam: ClassVar[str] = "aanvraag-ingetrokken"


class AdviesUitgebracht(_OverAanvraag):
    """UWV adviseerde: dit is wat een *beoordeling* heet."""

    naam: ClassVar[str] = "advies-uitgebracht"

    uitkomst: Uitkomst
    uitgebracht_op: date
    binnen_termijn: bool


class BesluitBeschutWerkGenomen(_OverAanvraag):
    """Het college stelde vast of iemand beschut werk nodig heeft (Participatiewet art. 10b lid 1).

    Een positief besluit beëindigt de registratie in het doelgroepregister de dag na `besluit_op`.
    """

    naam: ClassVar[str] = "besluit-beschut-werk-genomen"

    gemeente: Gemeente
    uitkomst: Uitkomst
    besluit_op: date
    binnen_termijn: bool


class IndicatieVastgesteld(_OverAanvraag):
    """De beoordeling van het arbeidsvermogen voor de banenafspraak is klaar.

    Een positieve registreert in het doelgroepregister vanaf `op`, op `grondslag` met woonplaats `gemeente`.
    """

    naam: ClassVar[str] = "indicatie-vastgesteld"
    later_erbij: ClassVar[frozenset[str]] = frozenset({"gemeente", "grondslag", "binnenTermijn"})

    uitkomst: Uitkomst
    op: date
    gemeente: Gemeente | None = None
    grondslag: Grondslag | None = None
    binnen_termijn: bool | None = None


class VoorzieningBeslist(_OverAanvraag):
    """Op een aanvraag voor een voorziening of loonkostensubsidie is beslist."""

    naam: ClassVar[str] = "voorziening-beslist"

    uitkomst: Uitkomst
    op: date
    binnen_termijn: bool


class _Plek(_OverAanvraag):
    gemeente: Gemeente
    op: date
    reden: BeschutWerkReden | None = None


class OpWachtlijstGeplaatst(_Plek):
    """Positief besluit, maar nu geen plaats."""

    naam: ClassVar[str] = "op-wachtlijst-geplaatst"


class PlaatsAangeboden(_Plek):
    """De gemeente bood een dienstbetrekking beschut werk aan."""

    naam: ClassVar[str] = "plaats-aangeboden"


class BeschutWerkBeeindigd(_Plek):
    """Het beschut werk is afgelopen; `op` is de eerste dag zonder."""

    naam: ClassVar[str] = "beschut-werk-beeindigd"


class TeRealiserenAantalVastgesteld(Feit):
    """Zoveel plaatsen beschut werk moet de gemeente eind `jaar` ten minste hebben; geldt vanaf `van`."""

    naam: ClassVar[str] = "te-realiseren-aantal-vastgesteld"
    topic: ClassVar[str] = "beschut-werk"
    sleutelveld: ClassVar[str] = "gemeente"

    gemeente: Gemeente
    jaar: Jaar
    aantal: Aantal
    bron: AantalBron
    besloten_op: date
    van: date
