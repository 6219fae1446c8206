"""Codes in gebeurtenissen: elke waarde is een vast woord dat nooit iets anders gaat betekenen.

Een code erbij is een nieuwe versie van de gebeurtenissen die haar dragen; een code verdwijnt nooit. De grondslagen zijn
van ons: die van UWV zijn niet openbaar. Welk wetsartikel bij een grondslag hoort, staat in `wie_telt`.
"""

from enum import StrEnum


class Grondslag(StrEnum):
    """Waarom iemand in het doelgroepregister staat (Wfsv art. 38b; Wet banenafspraak art. 2)."""

    PW_INDICATIE = "PW_INDICATIE"
    """Participatiewet, kan het WML niet verdienen; vastgesteld door UWV op verzoek van het college."""
    PW_PRAKTIJKROUTE = "PW_PRAKTIJKROUTE"
    """Participatiewet, loonwaarde op de werkplek lager dan het WML, vastgesteld door het college."""
    WSW = "WSW"
    """Indicatie op grond van de Wet sociale werkvoorziening; geen nieuwe instroom."""
    WAJONG_OUD = "WAJONG_OUD"
    WAJONG_NIEUW = "WAJONG_NIEUW"
    WAJONG_NIEUW_VOORTGEZET = "WAJONG_NIEUW_VOORTGEZET"
    WAJONG_NIEUW_ARBEIDSONDERSTEUNING = "WAJONG_NIEUW_ARBEIDSONDERSTEUNING"
    WAJONG_DUURZAAM_GEEN = "WAJONG_DUURZAAM_GEEN"
    """Wajong, duurzaam geen arbeidsvermogen; de periode is die van het recht, geregistreerd is zij zolang zij werkt."""
    VSO_PRO = "VSO_PRO"
    """(Oud-)leerling van voortgezet speciaal onderwijs of praktijkonderwijs, op eigen schriftelijk verzoek."""
    ENTREE = "ENTREE"
    """Entreeopleiding mbo, op eigen verzoek."""
    WAJONG_AFGEWEZEN = "WAJONG_AFGEWEZEN"
    WSW_VERLOPEN = "WSW_VERLOPEN"
    EIGEN_VERZOEK = "EIGEN_VERZOEK"
    """Eigen verzoek, beoordeeld door UWV."""
    OVERGANG = "OVERGANG"
    """Hoorde op of na 1-1-2013 tot de doelgroep (Wsw, Wajong), maar niet meer op 1-5-2015."""
    IVA_LOONDISPENSATIE = "IVA_LOONDISPENSATIE"
    LID2_VOOR18 = "LID2_VOOR18"
    """Ziekte of gebrek van vóór het achttiende jaar of tijdens de studie; heeft een voorziening nodig."""
    WIW_ID = "WIW_ID"
    """Wiw- of ID-baan, gelijkgesteld."""


class Vorm(StrEnum):
    """Hoe iemand werkt. De drie inleenvormen staan in `INLEEN`; of een vorm telt, zegt `wie_telt`."""

    FORMEEL = "formeel"
    UITZENDRELATIE = "uitzendrelatie"
    WSW_DETACHERING = "wsw_detachering"
    OVERIGE_DETACHERING = "overige_detachering"
    BEGELEID_WERKEN = "begeleid_werken"
    BESCHUT_WERK = "beschut_werk"
    WSW_BESCHUT = "wsw_beschut"
    WIW_ID = "wiw_id"
    PROEFPLAATSING = "proefplaatsing"


INLEEN: frozenset[Vorm] = frozenset({Vorm.UITZENDRELATIE, Vorm.WSW_DETACHERING, Vorm.OVERIGE_DETACHERING})
"""De vormen waarin iemand bij een ander werkt dan de formele werkgever."""


class Contract(StrEnum):
    VAST = "vast"
    TIJDELIJK = "tijdelijk"
    ONBEKEND = "onbekend"


class Sector(StrEnum):
    """De twee sectoren van Wfsv art. 38c, zoals de Regeling Wfsv (art. 3.26-3.27) een werkgever indeelt."""

    MARKT = "markt"
    OVERHEID = "overheid"


class Subsector(StrEnum):
    RIJK = "rijk"
    ZBO = "zbo"
    RECHTERLIJKE_MACHT = "rechterlijke_macht"
    PROVINCIE = "provincie"
    GEMEENTE = "gemeente"
    GEMEENSCHAPPELIJKE_REGELING = "gemeenschappelijke_regeling"
    WATERSCHAP = "waterschap"
    POLITIE = "politie"
    DEFENSIE = "defensie"
    PRIMAIR_ONDERWIJS = "primair_onderwijs"
    VOORTGEZET_ONDERWIJS = "voortgezet_onderwijs"
    MBO = "mbo"
    HBO = "hbo"
    WO = "wo"
    OVERIG = "overig"


class EindReden(StrEnum):
    """Waarom een registratie eindigt (Besluit SUWI art. 3.2)."""

    AOW_LEEFTIJD = "AOW_LEEFTIJD"
    OVERLEDEN = "OVERLEDEN"
    BESCHUT_WERK = "BESCHUT_WERK"
    """Het college stelde beschut werk vast: de registratie eindigt de dag erna."""
    EIGEN_VERZOEK = "EIGEN_VERZOEK"
    HERBEOORDELING = "HERBEOORDELING"
    LOONWAARDE_BOVEN_WML = "LOONWAARDE_BOVEN_WML"
    VERLOPEN = "VERLOPEN"
    WETSWIJZIGING = "WETSWIJZIGING"


class CorrectieReden(StrEnum):
    """Wat er aan een vastgelegde registratie niet klopte."""

    ONTERECHT = "ONTERECHT"
    DATUM = "DATUM"
    GRONDSLAG = "GRONDSLAG"
    BSN = "BSN"


class Reden(StrEnum):
    """Waarom uren (opnieuw) gezegd worden; `plaatsing` alleen beslist dit, met haar maandsluiting per leverancier."""

    LEVERING = "LEVERING"
    """Eerste levering, de maand was nog open."""
    NALEVERING = "NALEVERING"
    """Eerste levering, de maand was al gesloten."""
    CORRECTIE = "CORRECTIE"
    """De werkgever leverde de regel opnieuw, anders."""
    STATUS = "STATUS"
    """Het doelgroepregister veranderde, de maand was nog open."""
    STATUS_CORRECTIE = "STATUS_CORRECTIE"
    """Het doelgroepregister veranderde, de maand was al gesloten."""
    SECTOR_CORRECTIE = "SECTOR_CORRECTIE"
    GEMEENTE_CORRECTIE = "GEMEENTE_CORRECTIE"
    WETSWIJZIGING = "WETSWIJZIGING"
    AFBAKENING = "AFBAKENING"
    LEVERING_INGETROKKEN = "LEVERING_INGETROKKEN"
    ONGEDAAN = "ONGEDAAN"


class RegelStap(StrEnum):
    """Stappen in een brug tussen twee standen die geen gebeurtenis hebben: er veranderde alleen een regel."""

    SLEUTEL = "SLEUTEL"
    NORM = "NORM"
    NULMETING = "NULMETING"
    GRENZEN = "GRENZEN"
    WIE_TELT = "WIE_TELT"
    MEETVENSTER = "MEETVENSTER"
    DOELSTELLING = "DOELSTELLING"


class AanvraagSoort(StrEnum):
    BESCHUT_WERK = "BESCHUT_WERK"
    INDICATIE_BANENAFSPRAAK = "INDICATIE_BANENAFSPRAAK"
    WERKGEVERSVOORZIENING = "WERKGEVERSVOORZIENING"
    WERKNEMERSVOORZIENING = "WERKNEMERSVOORZIENING"
    LOONKOSTENSUBSIDIE = "LOONKOSTENSUBSIDIE"


class Aanvrager(StrEnum):
    GEMEENTE = "GEMEENTE"
    BURGER = "BURGER"
    WERKGEVER = "WERKGEVER"
    WERKNEMER = "WERKNEMER"


class Uitkomst(StrEnum):
    POSITIEF = "POSITIEF"
    NEGATIEF = "NEGATIEF"


class BeschutWerkReden(StrEnum):
    """Waarom iemand op de wachtlijst kwam of het beschut werk eindigde; nooit een bevinding of diagnose."""

    PLAFOND_BEREIKT = "PLAFOND_BEREIKT"
    """Wachtlijst: het te realiseren aantal van de gemeente is gevuld (Participatiewet art. 10b lid 6)."""
    GEEN_PASSENDE_PLAATS = "GEEN_PASSENDE_PLAATS"
    """Wachtlijst: er is ruimte, maar nog geen plaats die past."""
    HERBEOORDELING = "HERBEOORDELING"
    BANENAFSPRAAK = "BANENAFSPRAAK"
    REGULIER_WERK = "REGULIER_WERK"
    DAGBESTEDING = "DAGBESTEDING"
    EIGEN_VERZOEK = "EIGEN_VERZOEK"
    VERHUIZING = "VERHUIZING"
    PENSIOEN = "PENSIOEN"
    OVERLEDEN = "OVERLEDEN"
    ONBEKEND = "ONBEKEND"


class AantalBron(StrEnum):
    """Waaruit het te realiseren aantal beschut werk volgt (Participatiewet art. 10b lid 4 of lid 5)."""

    REGELING = "REGELING"
    VERORDENING = "VERORDENING"


class PlaatsingEindReden(StrEnum):
    CONTRACT_AFGELOPEN = "CONTRACT_AFGELOPEN"
    ONTSLAG = "ONTSLAG"
    EIGEN_VERZOEK = "EIGEN_VERZOEK"
    ANDERE_BAAN = "ANDERE_BAAN"
    BESCHUT_WERK = "BESCHUT_WERK"
    PENSIOEN = "PENSIOEN"
    OVERLEDEN = "OVERLEDEN"
    ONBEKEND = "ONBEKEND"


class OngedaanReden(StrEnum):
    """Waarom een plaatsing er nooit geweest is."""

    DUBBEL = "DUBBEL"
    VERGISSING = "VERGISSING"
    LEVERING_INGETROKKEN = "LEVERING_INGETROKKEN"


class Instrument(StrEnum):
    LOONKOSTENSUBSIDIE = "LOONKOSTENSUBSIDIE"
    FORFAITAIR = "FORFAITAIR"
    """Forfaitaire loonkostensubsidie: de eerste maanden, zonder gemeten loonwaarde."""
    LOONDISPENSATIE = "LOONDISPENSATIE"
    JOBCOACH_INTERN = "JOBCOACH_INTERN"
    JOBCOACH_EXTERN = "JOBCOACH_EXTERN"
    NO_RISKPOLIS = "NO_RISKPOLIS"
    LKV = "LKV"
    """Loonkostenvoordeel."""
    PROEFPLAATSING = "PROEFPLAATSING"
    WERKVOORZIENING = "WERKVOORZIENING"


class VerstrekkerSoort(StrEnum):
    GEMEENTE = "GEMEENTE"
    UWV = "UWV"


class Reeks(StrEnum):
    """De drie reeksen cijfers; zij overschrijven elkaar nooit."""

    LOPEND = "lopend"
    KWARTAAL = "kwartaal"
    JAARMETING = "jaarmeting"


class RegelSoort(StrEnum):
    """Soorten gedateerde regels en gegevens van `telling`; de naam is die van het invoerbestand."""

    NORM = "norm"
    VERDEELSLEUTEL = "verdeelsleutel"
    NULMETING = "nulmeting"
    PEILMOMENT = "peilmoment"
    MEETVENSTER = "meetvenster"
    WIE_TELT = "wie-telt"
    PLAATS = "plaats"
    DOELSTELLINGEN = "doelstellingen"
    GEBIEDEN = "gebieden"
    HOOFDBAAN = "hoofdbaan"
    WERKGEVERS_TOTALEN = "werkgevers-totalen"
    AGGREGATEN = "aggregaten"
