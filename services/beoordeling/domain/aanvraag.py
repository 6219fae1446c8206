"""De aanvraag, en hoe zij binnenkomt. Puur: gegevens in, een stand of een weigering uit.

Alleen uitkomsten en data. Een criterium, bevinding of diagnose zit nooit in een aanvraag (zie `bevinding`).
Participatiewet art. 10b; Besluit advisering beschut werk; Awb titel 4.1, 6 en 7.
"""

from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from uuid import UUID

from banenspoor_contracts import AanvraagSoort, Aanvrager, Uitkomst, gemeenten

from services.beoordeling.domain import gegevens, machine
from services.beoordeling.domain.machine import Handeling, Toestand, Weigering
from services.beoordeling.domain.termijnen import Klok, Klokstap, eerste_klok, termijn


@dataclass(frozen=True, slots=True)
class Stap:
    """Een advies of een besluit. `binnen_termijn`: `op` viel op of voor de uiterste dag van zijn eigen klok."""

    uitkomst: Uitkomst
    op: date
    binnen_termijn: bool


@dataclass(frozen=True, slots=True)
class Aanvraag:
    """De stand van één aanvraag. `uiterlijk`: de termijn zoals bij ontvangst gezegd; `termijn_tot`: zoals zij nu loopt.

    `besluit_uiterlijk` is de klok van het college, die bij het advies begint. `handeling` en `sinds` zijn de laatste stap.
    `voorrang`: plaats in de eigen volgorde van de gemeente (laag gaat voor).
    """

    aanvraag: UUID
    referentie: str
    persoon: UUID
    soort: AanvraagSoort
    aanvrager: Aanvrager
    gemeente: str
    ontvangen_op: date
    uiterlijk: date
    sinds: date
    kantoor: str | None = None
    nieuwe_feiten: bool = False
    toestand: Toestand = Toestand.IN_BEHANDELING
    handeling: Handeling = Handeling.ONTVANG
    klok: tuple[Klokstap, ...] = ()
    advies: Stap | None = None
    besluit_uiterlijk: date | None = None
    besluit: Stap | None = None
    bezwaar_op: date | None = None
    bezwaar_uiterlijk: date | None = None
    voorrang: int | None = None

    @property
    def termijn_tot(self) -> date | None:
        """De laatste dag van de eerste klok, met pauzes en verlengingen; leeg zolang zij stilstaat."""
        regel = termijn(self.soort, eerste_klok(self.soort), self.ontvangen_op)
        return regel.einde(self.ontvangen_op, self.klok) if regel else None

    @property
    def loopt_af(self) -> date | None:
        """De laatste dag van de klok die nu loopt; leeg als er geen loopt."""
        if self.toestand is Toestand.IN_BEHANDELING:
            return self.termijn_tot
        if self.toestand is Toestand.GEADVISEERD:
            return self.besluit_uiterlijk
        return self.bezwaar_uiterlijk


@dataclass(frozen=True, slots=True)
class Opgave:
    """Wat de bron over een aanvraag opgeeft."""

    referentie: str
    persoon: UUID
    soort: AanvraagSoort
    aanvrager: Aanvrager
    gemeente: str
    ontvangen_op: date
    kantoor: str | None = None
    nieuwe_feiten: bool = False


def ontvang(vorige: Aanvraag | None, nieuwe_id: UUID, opgave: Opgave, vandaag: date) -> Aanvraag | Weigering:
    """Een aanvraag komt binnen, of wat erover bekend was verandert (`vorige`: dezelfde referentie, eerder ontvangen).

    Een wijziging van de ontvangst verlegt de termijn, en daarmee ook of een al uitgebracht advies binnen de termijn was.
    """
    gemeente = bekende_gemeente(opgave.gemeente)
    if gemeente is None:
        return Weigering("gemeente", "onbekende_gemeente", "Deze gemeentecode bestaat niet en heeft niet bestaan.")
    if opgave.ontvangen_op > vandaag:
        return toekomst("ontvangen_op")
    regel = termijn(opgave.soort, eerste_klok(opgave.soort), opgave.ontvangen_op)
    if regel is None:
        melding = f"Voor {opgave.soort.value} ontvangen op {opgave.ontvangen_op} is geen termijn bekend."
        return Weigering("soort", "geen_termijn", melding)
    if not mag_aanvragen(opgave.soort, opgave.aanvrager, opgave.ontvangen_op):
        melding = f"{opgave.aanvrager.value} kon op {opgave.ontvangen_op} geen {opgave.soort.value} aanvragen."
        return Weigering("aanvrager", "onjuiste_aanvrager", melding)
    nieuw = Aanvraag(
        vorige.aanvraag if vorige else nieuwe_id,
        opgave.referentie,
        opgave.persoon,
        opgave.soort,
        opgave.aanvrager,
        gemeente,
        opgave.ontvangen_op,
        regel.uiterlijk(opgave.ontvangen_op),
        sinds=opgave.ontvangen_op,
        kantoor=opgave.kantoor,
        nieuwe_feiten=opgave.nieuwe_feiten,
    )
    return nieuw if vorige is None else _wijzig(vorige, nieuw)


_OPGEGEVEN = (
    "persoon",
    "soort",
    "aanvrager",
    "gemeente",
    "ontvangen_op",
    "uiterlijk",
    "kantoor",
    "nieuwe_feiten",
)


def _wijzig(vorige: Aanvraag, nieuw: Aanvraag) -> Aanvraag | Weigering:
    anders = {veld: getattr(nieuw, veld) for veld in _OPGEGEVEN if getattr(nieuw, veld) != getattr(vorige, veld)}
    if not anders:
        return vorige
    if "persoon" in anders:
        return Weigering("referentie", "andere_persoon", "Deze referentie hoort bij een aanvraag voor iemand anders.")
    if vorige.besluit:
        return al_besloten(vorige.besluit)
    if vorige.toestand in machine.AFGESLOTEN:
        return Weigering("referentie", "afgesloten", f"Deze aanvraag is {machine.woord(vorige.toestand)}.")
    if (vorige.advies or vorige.klok) and "soort" in anders:
        return Weigering("soort", "onjuist", "De soort kan niet meer anders: er is al een stap gezet.")
    eerste = min([s.van if not hasattr(s, "op") else s.op for s in vorige.klok], default=date.max)
    if nieuw.ontvangen_op > min(eerste, vorige.advies.op if vorige.advies else date.max):
        return terug("ontvangen_op", "er is al een stap van voor deze ontvangst")
    na = replace(vorige, **anders)
    if vorige.toestand is Toestand.IN_BEHANDELING and vorige.handeling is Handeling.ONTVANG:
        na = replace(na, sinds=na.ontvangen_op)
    return na if na.advies is None else replace(na, advies=adviesstap(na, na.advies.uitkomst, na.advies.op))


def adviesstap(a: Aanvraag, uitkomst: Uitkomst, op: date) -> Stap:
    """Het advies met of het binnen de termijn was."""
    return Stap(uitkomst, op, binnen_termijn=op <= (a.termijn_tot or date.max))


@cache
def _aanvragers() -> dict[tuple[AanvraagSoort, Aanvrager], date]:
    rijen = gegevens.lees("aanvragers.csv")
    return {(AanvraagSoort(r["soort"]), Aanvrager(r["aanvrager"])): gegevens.van(r["van"]) for r in rijen}


def mag_aanvragen(soort: AanvraagSoort, aanvrager: Aanvrager, op: date) -> bool:
    """Kon deze aanvrager dit op deze dag aanvragen (`aanvragers.csv`)?"""
    return _aanvragers().get((soort, aanvrager), date.max) <= op


def bekende_gemeente(code: str) -> str | None:
    """De code van vier cijfers (`GM` ervoor mag), of None als zo'n gemeente er niet is of is geweest."""
    try:
        vier = gemeenten.normaliseer(code)
    except ValueError:
        return None
    return vier if gemeenten.is_gemeente(vier) else None


def onbekend() -> Weigering:
    """Er is geen aanvraag met deze referentie."""
    return Weigering("referentie", "onbekende_aanvraag", "Er is geen aanvraag met deze referentie.")


def toekomst(kolom: str) -> Weigering:
    """De dag in deze kolom moet nog komen."""
    return Weigering(kolom, "toekomst", "Deze datum ligt in de toekomst.")


def terug(kolom: str, waarom: str) -> Weigering:
    """De dag in deze kolom ligt voor wat eraan voorafging."""
    return Weigering(kolom, "einde_voor_begin", f"Deze datum kan niet: {waarom}.")


def al_besloten(genomen: Stap) -> Weigering:
    """Na het besluit verandert dit niet meer."""
    return Weigering("referentie", "al_besloten", f"Op deze aanvraag is op {genomen.op} al besloten.")


def klok_van(a: Aanvraag, klok: Klok, begin: date) -> date:
    """De uiterste dag van een klok die op `begin` begint."""
    regel = termijn(a.soort, klok, begin)
    return regel.uiterlijk(begin) if regel else date.max
