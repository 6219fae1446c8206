"""Hoeveel personen er op de laatste dag van een periode in het register staan, en op welke grondslag.

In het register staan is een ander feit dan meetellen: ook wie niet werkt of niet meetelt, staat erin. De reeksen
verschillen hier alleen in de lengte van hun perioden; zij heten naar hun reeks, want cijfers van reeksen mengen niet.
"""

from collections.abc import Mapping
from datetime import date

from banenspoor_contracts import Reeks

from services.telling.domain.aantal import Aantal
from services.telling.domain.noten import Noot
from services.telling.domain.selectie import Selectie

Gevonden = Mapping[tuple[date, str | None], int]
"""Per dag hoeveel personen: bij elke grondslag, of zonder grondslag het totaal (ieder één keer)."""


def geregistreerd(gevonden: Gevonden, selectie: Selectie) -> list[Aantal]:
    """De cellen van elke periode; per grondslag alle grondslagen die in een van de perioden voorkomen."""
    uitgesplitst = "grondslag" in selectie.per
    gronden: list[str | None] = [None]
    if uitgesplitst:
        gronden = [*sorted({grond for _, grond in gevonden if grond is not None})]
    noten = [Noot.REGISTER, Noot.AAN_WERK_GEBONDEN]
    if uitgesplitst:
        noten.append(Noot.MEER_GRONDSLAGEN)
    return [
        Aantal(
            periode=str(periode),
            kenmerken={"grondslag": grond} if uitgesplitst else {},
            aantal=gevonden.get((periode.einde, grond), 0),
            status="lopend" if selectie.reeks is Reeks.LOPEND else "indicatief",
            noten=tuple(noten),
        )
        for periode in selectie.perioden
        for grond in gronden
    ]
