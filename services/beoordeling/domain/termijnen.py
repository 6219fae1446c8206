"""De klokken van een aanvraag, als gedateerde regels (`termijnen.csv`): een andere termijn is een rij, geen andere code."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import cache

from banenspoor_contracts import AanvraagSoort

from services.beoordeling.domain import gegevens
from services.beoordeling.domain.feestdagen import eerstvolgende_werkdag

TERMIJNENWET_HOOGSTENS = 12
"""Weken: op een langere termijn is de Algemene termijnenwet niet van toepassing (art. 4 onder a)."""


class Klok(StrEnum):
    """Wat er op tijd moet gebeuren: het advies, het besluit, bezwaar maken, of daarop beslissen."""

    ADVIES = "ADVIES"
    BESLUIT = "BESLUIT"
    BEZWAAR_INDIENEN = "BEZWAAR_INDIENEN"
    BEZWAAR = "BEZWAAR"


@dataclass(frozen=True, slots=True)
class Pauze:
    """De klok staat stil in `[van, tot)`; `tot` leeg: nog steeds (Awb art. 4:15)."""

    van: date
    tot: date | None = None


@dataclass(frozen=True, slots=True)
class Verlenging:
    """Op `op` is de termijn zoveel weken verlengd (Awb art. 4:14)."""

    op: date
    weken: int


Klokstap = Pauze | Verlenging


@dataclass(frozen=True, slots=True)
class Termijn:
    """Weken vanaf het begin van de klok, voor klokken die beginnen in `[van, tot)`; `soort` leeg: elke soort.

    `verlengen_weken`: zoveel weken mag zij in totaal verlengd worden. `aangenomen`: geen bron zegt het zo.
    """

    soort: AanvraagSoort | None
    klok: Klok
    van: date
    tot: date
    weken: int
    opschorten: bool
    verlengen_weken: int
    termijnenwet: bool
    aangenomen: bool
    bron: str

    def einde(self, begin: date, stappen: Sequence[Klokstap] = ()) -> date | None:
        """De laatste dag die nog binnen de termijn valt; leeg zolang de klok stilstaat.

        Elke gepauzeerde dag komt erbij. Valt de dag in een weekend of op een feestdag, dan is het de eerste werkdag erna.
        """
        dag = begin + timedelta(weeks=self.weken)
        for stap in stappen:
            if isinstance(stap, Verlenging):
                dag += timedelta(weeks=stap.weken)
            elif stap.tot is None:
                return None
            else:
                dag += stap.tot - stap.van
        return eerstvolgende_werkdag(dag) if self.termijnenwet and self.weken <= TERMIJNENWET_HOOGSTENS else dag

    def uiterlijk(self, begin: date) -> date:
        """Als `einde`, zonder pauze of verlenging."""
        dag = self.einde(begin)
        assert dag is not None  # noqa: S101  # alleen een pauze maakt het einde onbekend
        return dag


@cache
def termijnen() -> tuple[Termijn, ...]:
    """Alle regels."""
    return tuple(
        Termijn(
            AanvraagSoort(r["soort"]) if r["soort"] else None,
            Klok(r["klok"]),
            gegevens.van(r["van"]),
            gegevens.tot(r["tot"]),
            int(r["weken"]),
            r["opschorten"] == "ja",
            int(r["verlengen_weken"]),
            r["termijnenwet"] == "ja",
            r["aangenomen"] == "ja",
            r["bron"],
        )
        for r in gegevens.lees("termijnen.csv")
    )


@cache
def termijn(soort: AanvraagSoort, klok: Klok, begin: date) -> Termijn | None:
    """De regel die geldt als deze klok op `begin` begint; leeg als er voor deze soort op die dag geen is."""
    for regel in termijnen():
        if regel.soort in (None, soort) and regel.klok == klok and regel.van <= begin < regel.tot:
            return regel
    return None


def eerste_klok(soort: AanvraagSoort) -> Klok:
    """Waarmee een aanvraag begint: bij beschut werk het advies, anders meteen het besluit."""
    return Klok.ADVIES if soort is AanvraagSoort.BESCHUT_WERK else Klok.BESLUIT
