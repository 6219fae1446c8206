"""Waarom een advies zo luidt: de twee criteria en wat erachter zit. Zegt iets over gezondheid: alleen voor de beoordelaar.

Besluit advisering beschut werk art. 3 (BWBR0035947). Loonwaarde is geen criterium. Geen melding hieruit noemt een waarde.
"""

import json
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from banenspoor_contracts import Uitkomst

from services.beoordeling.domain.machine import Weigering

HERGEBRUIK_JAREN = 2
"""Zo oud mogen gegevens uit een eerder onderzoek hooguit zijn (art. 3 lid 7)."""


class Wsw(StrEnum):
    """Een eerder advies bij een Wsw-indicatie, waarmee zonder onderzoek wordt geadviseerd (art. 3 lid 3 en 4)."""

    WEL_BEGELEID_WERKEN = "WEL_BEGELEID_WERKEN"
    NIET_BEGELEID_WERKEN = "NIET_BEGELEID_WERKEN"


@dataclass(frozen=True, slots=True, repr=False)
class Bevinding:
    """`aanpassingen` (onder a) en `toezicht` (onder b): kan een werkgever dit niet binnen redelijke grenzen bieden?

    `gegevens_van`: de dag van een eerder onderzoek waaruit gegevens zijn hergebruikt.
    """

    aanpassingen: bool | None = None
    toezicht: bool | None = None
    wsw: Wsw | None = None
    gegevens_van: date | None = None
    tekst: str | None = None

    def __bool__(self) -> bool:
        velden = (self.aanpassingen, self.toezicht, self.wsw, self.gegevens_van, self.tekst)
        return any(veld is not None for veld in velden)

    def als_tekst(self) -> str:
        """De inhoud om te versleutelen."""
        van = self.gegevens_van
        return json.dumps(
            {
                "aanpassingen": self.aanpassingen,
                "toezicht": self.toezicht,
                "wsw": self.wsw,
                "gegevensVan": van.isoformat() if van else None,
                "bevinding": self.tekst,
            }
        )


def uit_tekst(inhoud: str) -> dict[str, Any]:
    """De ontsleutelde inhoud, met de namen van de API."""
    gelezen: dict[str, Any] = json.loads(inhoud)
    return gelezen


def keur(b: Bevinding, uitkomst: Uitkomst, op: date, *, nieuwe_feiten: bool, verplicht: bool) -> Weigering | None:
    """Volgt de uitkomst uit de criteria? Positief alleen als ten minste een van beide geldt (art. 3 lid 2)."""
    positief = uitkomst is Uitkomst.POSITIEF
    if b.gegevens_van is not None and not _vers(b.gegevens_van, op):
        melding = f"Gegevens van een eerder onderzoek zijn hooguit {HERGEBRUIK_JAREN} jaar oud en niet van later."
        return Weigering("gegevens_van", "te_oud", melding)
    if b.wsw is not None:
        if nieuwe_feiten:
            return Weigering("wsw", "nieuwe_feiten", "Er zijn nieuwe feiten vermeld: dan volgt onderzoek.")
        if b.aanpassingen is not None or b.toezicht is not None:
            return Weigering("wsw", "onjuist", "Met een eerder Wsw-advies wordt niet onderzocht: geef geen criteria.")
        return None if positief == (b.wsw is Wsw.NIET_BEGELEID_WERKEN) else _VOLGT_NIET
    if b.aanpassingen is None and b.toezicht is None:
        return Weigering("aanpassingen", "verplicht", "De criteria ontbreken.") if verplicht else None
    if b.aanpassingen is None or b.toezicht is None:
        return Weigering("aanpassingen", "onjuist", "Beide criteria zijn beantwoord, of geen van beide.")
    return None if positief == (b.aanpassingen or b.toezicht) else _VOLGT_NIET


_VOLGT_NIET = Weigering("uitkomst", "volgt_niet", "Deze uitkomst volgt niet uit wat er is vastgesteld.")


def _vers(van: date, op: date) -> bool:
    schrikkel = (van.month, van.day) == (2, 29)
    grens = date(van.year + HERGEBRUIK_JAREN, 2, 28) if schrikkel else van.replace(year=van.year + HERGEBRUIK_JAREN)
    return van <= op <= grens
