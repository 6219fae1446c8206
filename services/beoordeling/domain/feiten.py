"""Wat er over een aanvraag gezegd wordt: het verschil tussen twee standen, in volgorde van het proces."""

from datetime import datetime
from typing import Any

from banenspoor_contracts import (
    AanvraagAfgewezenZonderOnderzoek,
    AanvraagBuitenBehandeling,
    AanvraagIngetrokken,
    AanvraagOntvangen,
    AanvraagSoort,
    Aanvrager,
    AdviesUitgebracht,
    BesluitBeschutWerkGenomen,
    Feit,
    Grondslag,
    IndicatieVastgesteld,
    TermijnHervat,
    TermijnOpgeschort,
    TermijnVerlengd,
    VoorzieningBeslist,
)

from services.beoordeling.domain.aanvraag import Aanvraag, Stap
from services.beoordeling.domain.machine import Toestand
from services.beoordeling.domain.termijnen import Pauze, eerste_klok, termijn

GRONDSLAG = {Aanvrager.GEMEENTE: Grondslag.PW_INDICATIE, Aanvrager.BURGER: Grondslag.EIGEN_VERZOEK}
"""Op welke grond een positieve indicatie registreert (Wfsv art. 38b lid 1 onder a en e); per aanvrager, aangenomen."""
_AFGESLOTEN = {
    Toestand.INGETROKKEN: AanvraagIngetrokken,
    Toestand.BUITEN_BEHANDELING: AanvraagBuitenBehandeling,
    Toestand.AFGEWEZEN_ZONDER_ONDERZOEK: AanvraagAfgewezenZonderOnderzoek,
}


def verschil(vorige: Aanvraag | None, nieuw: Aanvraag, bekend_op: datetime | None) -> list[Feit]:
    """Wat van `nieuw` nog niet is gezegd; leeg als er niets verandert."""
    gezegd = feiten(vorige, None) if vorige else []
    return [
        feit for feit, kaal in zip(feiten(nieuw, bekend_op), feiten(nieuw, None), strict=True) if kaal not in gezegd
    ]


def feiten(a: Aanvraag, bekend_op: datetime | None) -> list[Feit]:
    """Alles wat over deze stand gezegd is of wordt, behalve de plaats (zie `plaatsen`)."""
    over: dict[str, Any] = {"persoon": a.persoon, "aanvraag": a.aanvraag, "bekend_op": bekend_op}
    uit: list[Feit] = [
        AanvraagOntvangen(
            **over,
            soort=a.soort,
            aanvrager=a.aanvrager,
            gemeente=a.gemeente,
            kantoor=a.kantoor,
            ontvangen_op=a.ontvangen_op,
            uiterlijk=a.uiterlijk,
        ),
        *_klok(a, over),
    ]
    if a.advies:
        advies = a.advies
        uit.append(
            AdviesUitgebracht(
                **over, uitkomst=advies.uitkomst, uitgebracht_op=advies.op, binnen_termijn=advies.binnen_termijn
            )
        )
    if a.toestand in _AFGESLOTEN:
        uit.append(_AFGESLOTEN[a.toestand](**over))
    return [*uit, _besluit(a, a.besluit, over)] if a.besluit else uit


def _klok(a: Aanvraag, over: dict[str, Any]) -> list[Feit]:
    """Elke pauze en verlenging met de termijn zoals zij daarna liep."""
    regel, uit = termijn(a.soort, eerste_klok(a.soort), a.ontvangen_op), list[Feit]()
    for nr, stap in enumerate(a.klok, start=1):
        einde = regel.einde(a.ontvangen_op, a.klok[:nr]) if regel else None
        if isinstance(stap, Pauze):
            uit.append(TermijnOpgeschort(**over, van=stap.van))
            if stap.tot is not None:
                uit.append(TermijnHervat(**over, van=stap.tot, uiterlijk=einde or a.uiterlijk))
        else:
            uit.append(TermijnVerlengd(**over, van=stap.op, uiterlijk=einde or a.uiterlijk))
    return uit


def _besluit(a: Aanvraag, genomen: Stap, over: dict[str, Any]) -> Feit:
    if a.soort is AanvraagSoort.BESCHUT_WERK:
        return BesluitBeschutWerkGenomen(
            **over,
            gemeente=a.gemeente,
            uitkomst=genomen.uitkomst,
            besluit_op=genomen.op,
            binnen_termijn=genomen.binnen_termijn,
        )
    if a.soort is AanvraagSoort.INDICATIE_BANENAFSPRAAK:
        return IndicatieVastgesteld(
            **over,
            uitkomst=genomen.uitkomst,
            op=genomen.op,
            gemeente=a.gemeente,
            grondslag=GRONDSLAG[a.aanvrager],
            binnen_termijn=genomen.binnen_termijn,
        )
    return VoorzieningBeslist(**over, uitkomst=genomen.uitkomst, op=genomen.op, binnen_termijn=genomen.binnen_termijn)
