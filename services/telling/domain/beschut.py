"""Beschut werk en de andere aanvragen: van wat gezegd is naar boekingen. Puur.

Een dossier is wat van één aanvraag het laatst gehoord is; de boekingen volgen er geheel uit. Verandert er iets (een hersteld
advies, een andere aanvrager, een herzien besluit), dan gaat af wat er stond en komt bij wat er nu staat.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any, NamedTuple

from banenspoor_contracts import (
    AanvraagAfgewezenZonderOnderzoek,
    AanvraagBuitenBehandeling,
    AanvraagIngetrokken,
    AanvraagOntvangen,
    AdviesUitgebracht,
    BesluitBeschutWerkGenomen,
    IndicatieVastgesteld,
    PlaatsAangeboden,
    VoorzieningBeslist,
)


class Wat(StrEnum):
    """Wat er geboekt wordt. Een *beoordeling* is een advies; een aanvraag is een andere telling."""

    AANVRAAG = "AANVRAAG"
    ADVIES = "ADVIES"
    BESLUIT = "BESLUIT"
    AANGEBODEN = "AANGEBODEN"
    INGETROKKEN = "INGETROKKEN"
    BUITEN_BEHANDELING = "BUITEN_BEHANDELING"
    AFGEWEZEN_ZONDER_ONDERZOEK = "AFGEWEZEN_ZONDER_ONDERZOEK"


Afgesloten = AanvraagIngetrokken | AanvraagBuitenBehandeling | AanvraagAfgewezenZonderOnderzoek
Besloten = BesluitBeschutWerkGenomen | IndicatieVastgesteld | VoorzieningBeslist
Gehoord = AanvraagOntvangen | AdviesUitgebracht | Besloten | PlaatsAangeboden | Afgesloten
AFGESLOTEN: dict[type[Any], Wat] = {
    AanvraagIngetrokken: Wat.INGETROKKEN,
    AanvraagBuitenBehandeling: Wat.BUITEN_BEHANDELING,
    AanvraagAfgewezenZonderOnderzoek: Wat.AFGEWEZEN_ZONDER_ONDERZOEK,
}


class Regel(NamedTuple):
    """Eén regel die geboekt staat, op de dag waarop het gebeurde."""

    feit: Wat
    dag: date
    soort: str | None
    aanvrager: str | None
    gemeente: str | None
    kantoor: str | None
    uitkomst: str | None = None
    binnen_termijn: bool | None = None


@dataclass(frozen=True, slots=True)
class Uitspraak:
    """Een advies of besluit."""

    op: date
    uitkomst: str
    binnen_termijn: bool | None


@dataclass(frozen=True, slots=True)
class Dossier:
    """Wat van een aanvraag gehoord is, in welke volgorde ook; na een samenvoeging kan de aanvraag zelf later komen."""

    ontvangen_op: date | None = None
    soort: str | None = None
    aanvrager: str | None = None
    gemeente: str | None = None
    kantoor: str | None = None
    advies: Uitspraak | None = None
    besluit: Uitspraak | None = None
    aangeboden: tuple[date, ...] = ()
    afgesloten: tuple[Wat, date] | None = None

    def regels(self) -> frozenset[Regel]:
        """Alles wat van dit dossier geboekt hoort te staan."""
        wie = (self.soort, self.aanvrager, self.gemeente, self.kantoor)
        uit = [Regel(Wat.AANGEBODEN, dag, *wie) for dag in self.aangeboden]
        if self.ontvangen_op:
            uit.append(Regel(Wat.AANVRAAG, self.ontvangen_op, *wie))
        for wat, uitspraak in ((Wat.ADVIES, self.advies), (Wat.BESLUIT, self.besluit)):
            if uitspraak:
                uit.append(Regel(wat, uitspraak.op, *wie, uitspraak.uitkomst, uitspraak.binnen_termijn))
        if self.afgesloten:
            uit.append(Regel(*self.afgesloten, *wie))
        return frozenset(uit)

    def als_json(self) -> dict[str, Any]:
        """Het dossier zoals het bewaard wordt."""
        return asdict(self)


def uit_json(inhoud: Mapping[str, Any]) -> Dossier:
    """Een bewaard dossier."""

    def uitspraak(deel: Mapping[str, Any] | None) -> Uitspraak | None:
        return Uitspraak(date.fromisoformat(deel["op"]), deel["uitkomst"], deel["binnen_termijn"]) if deel else None

    op, weg = inhoud["ontvangen_op"], inhoud["afgesloten"]
    return Dossier(
        date.fromisoformat(op) if op else None,
        inhoud["soort"],
        inhoud["aanvrager"],
        inhoud["gemeente"],
        inhoud["kantoor"],
        uitspraak(inhoud["advies"]),
        uitspraak(inhoud["besluit"]),
        tuple(map(date.fromisoformat, inhoud["aangeboden"])),
        (Wat(weg[0]), date.fromisoformat(weg[1])) if weg else None,
    )


def neem(dossier: Dossier, feit: Gehoord, dag: date) -> Dossier:
    """Het dossier na dit feit. `dag`: de Nederlandse dag waarop het bekend werd, voor wat zelf geen dag zegt."""
    match feit:
        case AanvraagOntvangen():
            return replace(
                dossier,
                ontvangen_op=feit.ontvangen_op,
                soort=feit.soort.value,
                aanvrager=feit.aanvrager.value,
                gemeente=feit.gemeente,
                kantoor=feit.kantoor,
            )
        case AdviesUitgebracht():
            return replace(dossier, advies=Uitspraak(feit.uitgebracht_op, feit.uitkomst.value, feit.binnen_termijn))
        case BesluitBeschutWerkGenomen():
            return replace(dossier, besluit=Uitspraak(feit.besluit_op, feit.uitkomst.value, feit.binnen_termijn))
        case IndicatieVastgesteld() | VoorzieningBeslist():
            return replace(dossier, besluit=Uitspraak(feit.op, feit.uitkomst.value, feit.binnen_termijn))
        case PlaatsAangeboden():
            return replace(dossier, aangeboden=tuple(sorted({*dossier.aangeboden, feit.op})))
        case _:
            return dossier if dossier.afgesloten else replace(dossier, afgesloten=(AFGESLOTEN[type(feit)], dag))


def verschil(oud: frozenset[Regel], nieuw: frozenset[Regel]) -> list[tuple[Regel, int]]:
    """Wat er af gaat en wat er bij komt, eerst af."""
    return [*((r, -1) for r in sorted(oud - nieuw, key=str)), *((r, 1) for r in sorted(nieuw - oud, key=str))]
