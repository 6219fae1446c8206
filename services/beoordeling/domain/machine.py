"""Wat er met een aanvraag kan gebeuren: een tabel van overgangen. Wat er niet in staat, wordt geweigerd met de reden."""

from dataclasses import dataclass
from enum import StrEnum

from banenspoor_contracts import AanvraagSoort


@dataclass(frozen=True, slots=True)
class Weigering:
    """Waarom een rij niet wordt aangenomen: kolom, code en een zin voor wie hem stuurde."""

    kolom: str
    code: str
    melding: str


class Toestand(StrEnum):
    """Waar een aanvraag is. Na een positief besluit over beschut werk gaat zij verder: wachten, aanbod, werk, einde."""

    IN_BEHANDELING = "IN_BEHANDELING"
    OPGESCHORT = "OPGESCHORT"
    GEADVISEERD = "GEADVISEERD"
    POSITIEF = "POSITIEF"
    NEGATIEF = "NEGATIEF"
    WACHTLIJST = "WACHTLIJST"
    AANGEBODEN = "AANGEBODEN"
    GEPLAATST = "GEPLAATST"
    TERUGKEERRECHT = "TERUGKEERRECHT"
    """Werkt elders; haar besluit blijft staan, en zij kan terug op de plaats die zij op de lijst had."""
    BEEINDIGD = "BEEINDIGD"
    INGETROKKEN = "INGETROKKEN"
    BUITEN_BEHANDELING = "BUITEN_BEHANDELING"
    AFGEWEZEN_ZONDER_ONDERZOEK = "AFGEWEZEN_ZONDER_ONDERZOEK"


class Handeling(StrEnum):
    """Wat er met een aanvraag gebeurt."""

    ONTVANG = "ONTVANG"
    SCHORT_OP = "SCHORT_OP"
    HERVAT = "HERVAT"
    VERLENG = "VERLENG"
    ZET_PROCESSTAP = "ZET_PROCESSTAP"
    ADVISEER = "ADVISEER"
    BESLIS_POSITIEF = "BESLIS_POSITIEF"
    BESLIS_NEGATIEF = "BESLIS_NEGATIEF"
    STEL_BUITEN_BEHANDELING = "STEL_BUITEN_BEHANDELING"
    WIJS_AF_ZONDER_ONDERZOEK = "WIJS_AF_ZONDER_ONDERZOEK"
    TREK_IN = "TREK_IN"
    MAAK_BEZWAAR = "MAAK_BEZWAAR"
    HANDHAAF = "HANDHAAF"
    """Bezwaar ongegrond: het besluit blijft."""
    HERZIE_POSITIEF = "HERZIE_POSITIEF"
    HERZIE_NEGATIEF = "HERZIE_NEGATIEF"
    ZET_OP_WACHTLIJST = "ZET_OP_WACHTLIJST"
    BIED_AAN = "BIED_AAN"
    PLAATS = "PLAATS"
    MAAK_VRIJ = "MAAK_VRIJ"
    """De dienstbetrekking eindigde zonder dat zij iets anders heeft: weer beschikbaar."""
    STROOM_UIT = "STROOM_UIT"
    KEER_TERUG = "KEER_TERUG"
    BEEINDIG = "BEEINDIG"


T, H = Toestand, Handeling
BESLOTEN = (T.POSITIEF, T.NEGATIEF, T.WACHTLIJST, T.AANGEBODEN, T.GEPLAATST, T.TERUGKEERRECHT, T.BEEINDIGD)
AFGESLOTEN = (T.INGETROKKEN, T.BUITEN_BEHANDELING, T.AFGEWEZEN_ZONDER_ONDERZOEK)
WACHTENDEN = (T.POSITIEF, T.WACHTLIJST)
"""Positief en beschikbaar, zonder plaats."""
BESCHIKBAAR = (*WACHTENDEN, T.AANGEBODEN, T.GEPLAATST)
"""Voor wie het college een plaats moet hebben (Participatiewet art. 10b lid 1)."""
MET_RECHT = (*BESCHIKBAAR, T.TERUGKEERRECHT)
"""Wie een plaats heeft, erop wacht, of ernaar terug mag."""
_BESCHUT, _ANDERS = True, False

_ALTIJD = (
    (T.IN_BEHANDELING, H.SCHORT_OP, T.OPGESCHORT),
    (T.IN_BEHANDELING, H.VERLENG, T.IN_BEHANDELING),
    (T.IN_BEHANDELING, H.STEL_BUITEN_BEHANDELING, T.BUITEN_BEHANDELING),
    (T.IN_BEHANDELING, H.TREK_IN, T.INGETROKKEN),
    (T.OPGESCHORT, H.HERVAT, T.IN_BEHANDELING),
    (T.OPGESCHORT, H.STEL_BUITEN_BEHANDELING, T.BUITEN_BEHANDELING),
    (T.OPGESCHORT, H.TREK_IN, T.INGETROKKEN),
    *((t, H.MAAK_BEZWAAR, t) for t in BESLOTEN),
    *((t, H.HANDHAAF, t) for t in BESLOTEN),
    (T.NEGATIEF, H.HERZIE_POSITIEF, T.POSITIEF),
    *((t, H.HERZIE_NEGATIEF, T.NEGATIEF) for t in MET_RECHT),
)
_ALLEEN_BESCHUT = (
    (T.IN_BEHANDELING, H.ADVISEER, T.GEADVISEERD),
    (T.IN_BEHANDELING, H.WIJS_AF_ZONDER_ONDERZOEK, T.AFGEWEZEN_ZONDER_ONDERZOEK),
    (T.GEADVISEERD, H.ADVISEER, T.GEADVISEERD),
    (T.GEADVISEERD, H.TREK_IN, T.INGETROKKEN),
    (T.GEADVISEERD, H.BESLIS_POSITIEF, T.POSITIEF),
    (T.GEADVISEERD, H.BESLIS_NEGATIEF, T.NEGATIEF),
    (T.POSITIEF, H.ZET_OP_WACHTLIJST, T.WACHTLIJST),
    *((t, H.BIED_AAN, T.AANGEBODEN) for t in WACHTENDEN),
    *((t, H.PLAATS, T.GEPLAATST) for t in (*WACHTENDEN, T.AANGEBODEN, T.TERUGKEERRECHT)),
    (T.GEPLAATST, H.MAAK_VRIJ, T.POSITIEF),
    *((t, H.STROOM_UIT, T.TERUGKEERRECHT) for t in BESCHIKBAAR),
    (T.TERUGKEERRECHT, H.KEER_TERUG, T.POSITIEF),
    *((t, H.BEEINDIG, T.BEEINDIGD) for t in MET_RECHT),
)
_ALLEEN_ANDERS = (
    (T.IN_BEHANDELING, H.BESLIS_POSITIEF, T.POSITIEF),
    (T.IN_BEHANDELING, H.BESLIS_NEGATIEF, T.NEGATIEF),
    *((t, H.ZET_PROCESSTAP, t) for t in (T.IN_BEHANDELING, T.POSITIEF)),
)
OVERGANGEN: dict[tuple[bool, Toestand, Handeling], Toestand] = {
    **{(beschut, van, wat): naar for beschut in (_BESCHUT, _ANDERS) for van, wat, naar in _ALTIJD},
    **{(_BESCHUT, van, wat): naar for van, wat, naar in _ALLEEN_BESCHUT},
    **{(_ANDERS, van, wat): naar for van, wat, naar in _ALLEEN_ANDERS},
}
"""(beschut werk?, waar zij is, wat er gebeurt) → waar zij dan is. Wat hier niet staat, kan niet."""

_BESLISSEN = (H.ADVISEER, H.BESLIS_POSITIEF, H.BESLIS_NEGATIEF, H.SCHORT_OP, H.HERVAT, H.VERLENG)


def woord(naam: StrEnum) -> str:
    """Een toestand of handeling in gewone woorden."""
    return naam.value.lower().replace("_", " ")


def stap(soort: AanvraagSoort, van: Toestand, handeling: Handeling) -> Toestand | Weigering:
    """Waar de aanvraag na deze handeling is, of waarom dat niet kan."""
    beschut = soort is AanvraagSoort.BESCHUT_WERK
    naar = OVERGANGEN.get((beschut, van, handeling))
    if naar is not None:
        return naar
    if van in AFGESLOTEN:
        return Weigering("referentie", "afgesloten", f"Deze aanvraag is {woord(van)}.")
    if van in BESLOTEN and handeling in (*_BESLISSEN, H.TREK_IN):
        return Weigering("referentie", "al_besloten", "Op deze aanvraag is al besloten.")
    if van in (T.IN_BEHANDELING, T.OPGESCHORT) and beschut and handeling in (H.BESLIS_POSITIEF, H.BESLIS_NEGATIEF):
        return Weigering("referentie", "advies_ontbreekt", "Voor deze aanvraag is nog geen advies uitgebracht.")
    if handeling is H.ADVISEER and not beschut:
        return Weigering("referentie", "geen_advies", "Alleen over beschut werk wordt geadviseerd.")
    kan = sorted({woord(wat) for b, t, wat in OVERGANGEN if (b, t) == (beschut, van)})
    melding = f"Deze aanvraag is {woord(van)}; {woord(handeling)} kan dan niet, wel: {', '.join(kan) or 'niets'}."
    return Weigering("referentie", "stap_kan_niet", melding)
