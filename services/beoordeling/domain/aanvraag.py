"""Beschut werk: een aanvraag, het advies van UWV, het besluit van het college. Puur: gegevens in, feiten uit.

Alleen uitkomsten en data. Een criterium, bevinding of diagnose komt hier niet binnen en wordt nergens bewaard of gezegd.
Participatiewet art. 10b; Besluit advisering beschut werk.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from banenspoor_contracts import (
    AanvraagOntvangen,
    AanvraagSoort,
    Aanvrager,
    AdviesUitgebracht,
    BesluitBeschutWerkGenomen,
    Feit,
    Uitkomst,
    gemeenten,
)

from services.beoordeling.domain.termijnen import termijn


@dataclass(frozen=True, slots=True)
class Weigering:
    """Waarom een rij niet wordt aangenomen: kolom, code en een zin voor wie hem stuurde."""

    kolom: str
    code: str
    melding: str


@dataclass(frozen=True, slots=True)
class Stap:
    """Een advies of een besluit. `binnen_termijn`: `op` viel op of voor de uiterste dag van de aanvraag."""

    uitkomst: Uitkomst
    op: date
    binnen_termijn: bool


@dataclass(frozen=True, slots=True)
class Aanvraag:
    """De stand van één aanvraag, zoals zij is gezegd. `uiterlijk` is de laatste dag die nog binnen de termijn valt."""

    aanvraag: UUID
    referentie: str
    persoon: UUID
    soort: AanvraagSoort
    aanvrager: Aanvrager
    gemeente: str
    ontvangen_op: date
    uiterlijk: date
    advies: Stap | None = None
    besluit: Stap | None = None


def ontvang(
    vorige: Aanvraag | None,
    nieuwe_id: UUID,
    referentie: str,
    persoon: UUID,
    soort: AanvraagSoort,
    aanvrager: Aanvrager,
    gemeente: str,
    ontvangen_op: date,
    vandaag: date,
) -> Aanvraag | Weigering:
    """Een aanvraag komt binnen, of wat erover bekend was verandert (`vorige`: dezelfde referentie, eerder ontvangen).

    Een wijziging van de ontvangst verlegt de termijn, en daarmee ook of een al uitgebracht advies binnen de termijn was.
    """
    bekende = _gemeente(gemeente)
    if bekende is None:
        return Weigering("gemeente", "onbekende_gemeente", "Deze gemeentecode bestaat niet en heeft niet bestaan.")
    if ontvangen_op > vandaag:
        return _toekomst("ontvangen_op")
    regel = termijn(soort, ontvangen_op)
    if regel is None:
        return Weigering(
            "soort", "geen_termijn", f"Voor {soort.value} ontvangen op {ontvangen_op} is geen termijn bekend."
        )
    nieuw = Aanvraag(
        vorige.aanvraag if vorige else nieuwe_id,
        referentie,
        persoon,
        soort,
        aanvrager,
        bekende,
        ontvangen_op,
        regel.uiterlijk(ontvangen_op),
    )
    return nieuw if vorige is None else _wijzig(vorige, nieuw)


def _wijzig(vorige: Aanvraag, nieuw: Aanvraag) -> Aanvraag | Weigering:
    if nieuw == replace(vorige, advies=None, besluit=None):
        return vorige
    if vorige.persoon != nieuw.persoon:
        return Weigering("referentie", "andere_persoon", "Deze referentie hoort bij een aanvraag voor iemand anders.")
    if vorige.besluit:
        return _al_besloten(vorige.besluit)
    if vorige.advies is None:
        return nieuw
    if vorige.advies.op < nieuw.ontvangen_op:
        return _terug("ontvangen_op", f"het advies is van {vorige.advies.op}, voor deze ontvangst")
    return replace(nieuw, advies=_stap(nieuw, vorige.advies.uitkomst, vorige.advies.op))


def adviseer(aanvraag: Aanvraag | None, uitkomst: Uitkomst, op: date, vandaag: date) -> Aanvraag | Weigering:
    """UWV brengt advies uit, of herstelt een eerder advies zolang het college niet heeft besloten."""
    if aanvraag is None:
        return _onbekend()
    if op > vandaag:
        return _toekomst("uitgebracht_op")
    if op < aanvraag.ontvangen_op:
        return _terug("uitgebracht_op", f"de aanvraag is ontvangen op {aanvraag.ontvangen_op}")
    advies = _stap(aanvraag, uitkomst, op)
    if advies == aanvraag.advies:
        return aanvraag
    return _al_besloten(aanvraag.besluit) if aanvraag.besluit else replace(aanvraag, advies=advies)


def besluit(aanvraag: Aanvraag | None, uitkomst: Uitkomst, op: date, vandaag: date) -> Aanvraag | Weigering:
    """Het college besluit, na advies (Participatiewet art. 10b lid 2). Het mag afwijken van het advies."""
    if aanvraag is None:
        return _onbekend()
    if op > vandaag:
        return _toekomst("besluit_op")
    if aanvraag.advies is None:
        return Weigering("referentie", "advies_ontbreekt", "Voor deze aanvraag is nog geen advies uitgebracht.")
    if op < aanvraag.advies.op:
        return _terug("besluit_op", f"het advies is van {aanvraag.advies.op}")
    genomen = _stap(aanvraag, uitkomst, op)
    if genomen == aanvraag.besluit:
        return aanvraag
    return _al_besloten(aanvraag.besluit) if aanvraag.besluit else replace(aanvraag, besluit=genomen)


def verschil(vorige: Aanvraag | None, nieuw: Aanvraag, bekend_op: datetime | None) -> list[Feit]:
    """Wat van `nieuw` nog niet is gezegd, in volgorde van het proces; leeg als er niets verandert."""
    gezegd = _feiten(vorige, None) if vorige else []
    return [
        feit for feit, kaal in zip(_feiten(nieuw, bekend_op), _feiten(nieuw, None), strict=True) if kaal not in gezegd
    ]


def _feiten(a: Aanvraag, bekend_op: datetime | None) -> list[Feit]:
    feiten: list[Feit] = [
        AanvraagOntvangen(
            persoon=a.persoon,
            aanvraag=a.aanvraag,
            soort=a.soort,
            aanvrager=a.aanvrager,
            gemeente=a.gemeente,
            ontvangen_op=a.ontvangen_op,
            uiterlijk=a.uiterlijk,
            bekend_op=bekend_op,
        )
    ]
    if a.advies:
        feiten.append(
            AdviesUitgebracht(
                persoon=a.persoon,
                aanvraag=a.aanvraag,
                uitkomst=a.advies.uitkomst,
                uitgebracht_op=a.advies.op,
                binnen_termijn=a.advies.binnen_termijn,
                bekend_op=bekend_op,
            )
        )
    if a.besluit:
        feiten.append(
            BesluitBeschutWerkGenomen(
                persoon=a.persoon,
                aanvraag=a.aanvraag,
                gemeente=a.gemeente,
                uitkomst=a.besluit.uitkomst,
                besluit_op=a.besluit.op,
                binnen_termijn=a.besluit.binnen_termijn,
                bekend_op=bekend_op,
            )
        )
    return feiten


def _gemeente(code: str) -> str | None:
    """De code van vier cijfers (`GM` ervoor mag), of None als zo'n gemeente er niet is of is geweest."""
    try:
        vier = gemeenten.normaliseer(code)
    except ValueError:
        return None
    return vier if gemeenten.is_gemeente(vier) else None


def _stap(aanvraag: Aanvraag, uitkomst: Uitkomst, op: date) -> Stap:
    return Stap(uitkomst, op, binnen_termijn=op <= aanvraag.uiterlijk)


def _onbekend() -> Weigering:
    return Weigering("referentie", "onbekende_aanvraag", "Er is geen aanvraag met deze referentie.")


def _toekomst(kolom: str) -> Weigering:
    return Weigering(kolom, "toekomst", "Deze datum ligt in de toekomst.")


def _terug(kolom: str, waarom: str) -> Weigering:
    return Weigering(kolom, "einde_voor_begin", f"Deze datum kan niet: {waarom}.")


def _al_besloten(genomen: Stap) -> Weigering:
    return Weigering("referentie", "al_besloten", f"Het college heeft op {genomen.op} al besloten op deze aanvraag.")
