"""De voetnoten die bij een cijfer kunnen staan."""

from enum import Enum
from functools import total_ordering


@total_ordering
class Noot(Enum):
    """Een voetnoot; de waarde is haar tekst. De volgorde hier is die in het antwoord."""

    AFRONDING = (
        "De som van de toename van het aantal banen in de markt en bij de overheid kan afwijken van de toename van het "
        "totaal vanwege afrondingsverschillen: elk getal is voor zich afgerond, half naar boven."
    )
    LOPEND = "Lopende stand: naleveringen en correcties komen nog; zie volledigheid en versheid."
    INDICATIEF = "De kwartaalreeks is en blijft indicatief; inleen is niet over de sectoren verdeeld."
    JAARMETING = (
        "Volgens de methode van de jaarlijkse meting: de ingeleende uren zijn met de verdeelsleutel over de sectoren "
        "verdeeld. Dit cijfer is niet gepubliceerd en dus niet vastgesteld."
    )
    AFGELEID = (
        "De jaarlijkse meting is landelijk; dit cijfer voor een gebied is er door dit systeem van afgeleid, met inleen "
        "niet over de sectoren verdeeld."
    )
    GEEN_NORM = "Op dit kennismoment was er nog geen urennorm bekend: uren zijn niet in banen om te rekenen."
    GEEN_SLEUTEL = "Er is geen verdeelsleutel bekend: inleen is niet over de sectoren verdeeld."
    ANDERE_SLEUTEL = "Voor dit jaar is geen eigen verdeelsleutel bekend; toegepast is de laatste van een eerder jaar."
    GEEN_NULMETING = "Voor dit gebied is geen nulmeting bekend: extra banen zijn niet te bepalen."
    NULMETING_NIET_ZO_GESPLITST = (
        "De nulmeting is niet naar deze kenmerken gesplitst: extra banen zijn niet te bepalen."
    )
    ANDERE_GRENZEN = "De nulmeting is in andere grenzen bepaald dan dit cijfer: extra banen zijn niet te bepalen."
    PLAATS_ONBEKEND = (
        "Banen waarvan de gemeente niet bekend is, staan bij 'onbekend': zo tellen gebieden op tot het land."
    )

    WERKGEVER_NU = (
        "Branche, grootteklasse, groep en zetel zijn die van de formele werkgever zoals nu bekend, ook bij een ouder "
        "kennismoment: dit cijfer kan nog veranderen. Wat van een werkgever niet bekend is, staat bij 'onbekend'."
    )

    PERSONEN = (
        "Personen met tellende uren in de laatste maand van de periode, ieder één keer bij haar hoofdbaan: de baan met de "
        "meeste tellende uren in die maand. Inleen is niet over de sectoren verdeeld: een sleutel verdeelt geen mensen."
    )
    REGISTER = (
        "Personen die op de laatste dag van de periode in het register staan, ook wie niet werkt of niet meetelt; ieder "
        "één keer."
    )
    AAN_WERK_GEBONDEN = (
        "Een grondslag die aan werk gebonden is, telt alleen in een maand met uren in een dienstbetrekking."
    )
    MEER_GRONDSLAGEN = (
        "Wie op meer grondslagen geregistreerd is, staat bij elke grondslag en in het totaal één keer: de grondslagen "
        "tellen niet op tot het totaal."
    )

    ONDERDRUKT = (
        "Hier staat geen getal omdat er te weinig mensen of werkgevers achter zitten, of omdat zo'n getal er anders uit te "
        "rekenen was."
    )

    WAT_ALS = (
        "Wat als: dit is geen cijfer van de banenafspraak. Het zijn dezelfde uren met een of meer andere regels, zoals "
        "hieronder staat."
    )
    WAT_ALS_NORM = (
        "Wat als: een baan is een ander aantal uren per week; de uren per jaar gaan in dezelfde verhouding, ook voor de "
        "nulmeting. Een nulmeting in banen is via haar uren omgerekend."
    )
    WAT_ALS_WIE_TELT = (
        "Wat als: wie telt volgens een andere wet. De nulmeting blijft die van de groep van toen: er zijn geen uren van "
        "2012 om haar opnieuw te tellen."
    )
    WAT_ALS_SECTOREN = "Wat als: markt en overheid samen, met één doelstelling: de som als er geen eigen totaal is."
    WAT_ALS_PEILMOMENT = "Wat als: de grondslag moet op een andere dag gelden (het eind van de maand of het kwartaal)."
    WAT_ALS_SLEUTEL = "Wat als: de ingeleende uren zijn met de verdeelsleutel van een ander jaar verdeeld."
    WAT_ALS_SLEUTEL_NIET_NODIG = "Wat als: de gevraagde verdeelsleutel verandert hier niets, want inleen is ongedeeld."
    WAT_ALS_GEEN_DOEL = (
        "Wat als: de doelstelling is besloten in banen van de geldende norm en voor de groep van de geldende wet; hier "
        "naast zou zij niets zeggen."
    )

    STROMEN = (
        "Stromen vergelijken het eind van de periode met het eind van de vorige. Wie op het andere moment in de doelgroep was "
        "(een grondslag die telt, en niet in beschut werk of Wsw beschut), vond of verloor werk; wie dat niet was, kwam of ging "
        "werkend. Wie bleef werken in een andere regio, is verhuisd."
    )
    GRENZEN_VERPLAATST = (
        "Een deel van de verhuisden ging zelf niet naar een ander gebied: hun gemeente hoort sinds deze periode bij een andere "
        "regio (waarvanGrenzen)."
    )
    REGISTERSTROOM = (
        "Een reden is de gebeurtenis die dit begin of einde het laatst in het register bracht. Van iemand met meer grondslagen "
        "is het die met het vroegste begin, of bij vertrek die met het laatste einde. Van wat voor deze uitgave geboekt is, is "
        "de reden onbekend."
    )

    WERKGEVERS = (
        "Formele werkgevers (elk loonheffingennummer is er één, ook binnen een groep) met tellende uren boven nul in de "
        "laatste maand van de periode, ook van wie is uitgeleend; de sector is die van de werkgever zelf."
    )
    WERKGEVER_IN_MEER_CELLEN = (
        "Een werkgever staat in elke cel waarin hij tellende uren heeft: deze cellen tellen niet op tot het totaal."
    )
    GEEN_TOTAAL = (
        "Voor dit jaar en deze kenmerken is geen totaal aantal werkgevers bekend: een aandeel is niet te bepalen."
    )

    @property
    def nummer(self) -> int:
        """De plaats in de lijst hierboven, vanaf 0."""
        return _PLAATSEN[self]

    def __lt__(self, ander: "Noot") -> bool:
        return self.nummer < ander.nummer


_PLAATSEN = {noot: plaats for plaats, noot in enumerate(Noot)}
