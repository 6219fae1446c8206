"""De termijn van een aanvraag, als gedateerde regel: een andere termijn is een regel erbij, geen andere code."""

from dataclasses import dataclass
from datetime import date, timedelta

from banenspoor_contracts import AanvraagSoort


@dataclass(frozen=True, slots=True)
class Termijn:
    """Weken na ontvangst, voor aanvragen ontvangen in `[van, tot)`; `tot` None: tot een volgende regel."""

    soort: AanvraagSoort
    van: date
    tot: date | None
    weken: int
    bron: str

    def uiterlijk(self, ontvangen_op: date) -> date:
        """De laatste dag die nog binnen de termijn valt."""
        return ontvangen_op + timedelta(weeks=self.weken)


TERMIJNEN = (
    Termijn(
        AanvraagSoort.BESCHUT_WERK,
        date(2015, 1, 1),  # Participatiewet art. 10b
        None,
        8,
        "Besluit advisering beschut werk (BWBR0035947) art. 2; voor het besluit van het college Awb art. 4:13 lid 2",
    ),
)


def termijn(soort: AanvraagSoort, ontvangen_op: date) -> Termijn | None:
    """De termijn die gold bij ontvangst; None als voor deze soort op die dag geen regel bekend is."""
    for regel in TERMIJNEN:
        if regel.soort == soort and regel.van <= ontvangen_op and (regel.tot is None or ontvangen_op < regel.tot):
            return regel
    return None
