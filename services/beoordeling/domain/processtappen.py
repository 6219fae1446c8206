"""Het afgesproken werkproces loonkostensubsidie, met per stap hoe lang hij duurde (`processtappen.csv`).

De stappen zijn aangenomen: het voorkeursmodel zelf staat niet in onze bronnen. `dagen` is de afgesproken doorlooptijd vanaf
de vorige stap; leeg: niet bekend, dan is er niets om aan te toetsen.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache

from banenspoor_contracts import AanvraagSoort

from services.beoordeling.domain import gegevens
from services.beoordeling.domain.aanvraag import Aanvraag, onbekend, terug, toekomst
from services.beoordeling.domain.machine import Handeling, Weigering
from services.beoordeling.domain.stappen import Gevolg, zet


class Processtap(StrEnum):
    """Een stap naast ontvangst en besluit."""

    BEVESTIGD = "BEVESTIGD"
    LOONWAARDE_AANGEVRAAGD = "LOONWAARDE_AANGEVRAAGD"
    LOONWAARDE_BEPAALD = "LOONWAARDE_BEPAALD"
    BETAALD = "BETAALD"


@dataclass(frozen=True, slots=True)
class Doorlooptijd:
    """Een gezette stap: dagen sinds de vorige, en de afgesproken dagen als die bekend zijn."""

    stap: str
    op: date
    dagen: int
    afgesproken: int | None


@cache
def afgesproken() -> dict[str, int | None]:
    """De afgesproken doorlooptijd per stap in dagen."""
    return {r["stap"]: int(r["dagen"]) if r["dagen"] else None for r in gegevens.lees("processtappen.csv")}


def zet_processtap(a: Aanvraag | None, op: date, vandaag: date) -> Gevolg:
    """Er is een stap in het werkproces gezet; alleen bij loonkostensubsidie."""
    if a is None:
        return onbekend()
    if a.soort is not AanvraagSoort.LOONKOSTENSUBSIDIE:
        return Weigering("referentie", "geen_werkproces", "Alleen loonkostensubsidie heeft dit werkproces.")
    if op > vandaag:
        return toekomst("op")
    return terug("op", f"de vorige stap is van {a.sinds}") if op < a.sinds else zet(a, Handeling.ZET_PROCESSTAP, op)


def doorlooptijden(stappen: list[tuple[str, date]]) -> list[Doorlooptijd]:
    """Per stap hoeveel dagen na de vorige; de eerste is de ontvangst."""
    uit, vorige = list[Doorlooptijd](), stappen[0][1]
    for naam, op in stappen[1:]:
        uit.append(Doorlooptijd(naam, op, (op - vorige).days, afgesproken().get(naam)))
        vorige = op
    return uit
