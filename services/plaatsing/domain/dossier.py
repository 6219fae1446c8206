"""Alles van één baan bij elkaar, en wat er gezegd moet worden als er iets aan verandert."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from uuid import UUID

from banenspoor_contracts import Feit, PlaatsingEindReden, Reden, UrenStand, UrenVerloond

from services.plaatsing.domain.kalender import peildag
from services.plaatsing.domain.plaatsing import NOOIT_GEWEEST, Baan, keur, na, raakt_uren, zelfde_opgave
from services.plaatsing.domain.stand import ONBEKEND, Register, met_register, met_sectoren, stand, zonder_sector
from services.plaatsing.domain.uren import Regel, Sleutel, Weigering, beoordeel, buiten_periode, maanden
from services.plaatsing.domain.verloop import delen, met_opgave, met_sector
from services.plaatsing.domain.verschil import Aanleiding, Gezegd, Moment, kennistijd, verschil
from services.plaatsing.domain.vervolg import verplaats, vervolg
from services.plaatsing.domain.werkgever import Tijdlijn, sector_op


@dataclass(frozen=True, slots=True)
class Omgeving:
    """Wat er om de banen heen bekend is: het register per persoon, sectoren per werkgever, en de maandsluitingen."""

    registers: Mapping[UUID, Register]
    sectoren: Mapping[UUID, Tijdlijn]
    sluitingen: Mapping[tuple[str, str], date]
    """(leverancier, maand) → de eerste dag waarop de maand gesloten is; een maand zonder rij is open."""


@dataclass(slots=True)
class Dossier:
    """Eén baan met haar urenregels en met wat er per maand het laatst gezegd is.

    `regels` en `gezegd` hoeven niet volledig te zijn, als maar alles erin zit van de maanden waarover het gaat.
    `baan_veranderd`, `nieuwe_regels` en `nieuw_gezegd` zeggen wat er sinds het laden veranderd is en bewaard moet worden;
    `bekende_regels` en `bekend_gezegd` wat er bij het laden al was en dus vervangen wordt.
    """

    baan: Baan
    regels: dict[Sleutel, Regel] = field(default_factory=dict)
    gezegd: dict[str, Gezegd] = field(default_factory=dict)
    baan_veranderd: bool = False
    delen_veranderd: bool = False
    nieuwe_regels: set[Sleutel] = field(default_factory=set)
    nieuw_gezegd: set[str] = field(default_factory=set)
    bekende_regels: frozenset[Sleutel] = frozenset()
    bekend_gezegd: frozenset[str] = frozenset()

    def neem(self, baan: Baan) -> None:
        """De baan is voortaan zo."""
        self.delen_veranderd |= baan.eerder != self.baan.eerder or baan.vanaf != self.baan.vanaf
        self.baan, self.baan_veranderd = baan, True

    def zeg(
        self,
        maand: str,
        nieuw: UrenStand | None,
        aanleiding: Aanleiding,
        moment: Moment,
        omgeving: Omgeving,
        leverancier: str | None = None,
    ) -> Iterable[UrenVerloond]:
        """Het feit dat deze maand nu `nieuw` is, of niets als dat al gezegd is; onthoudt het als gezegd.

        `leverancier`: van de urenregel die de aanleiding is; anders geldt die van de laatste.
        """
        gezegd = self.gezegd.get(maand)
        wie = leverancier or (gezegd.leverancier if gezegd else "")
        sluit_op = omgeving.sluitingen.get((wie, maand))
        feit = verschil(self.baan.persoon, self.baan.plaatsing, maand, gezegd, nieuw, aanleiding, moment, sluit_op)
        if feit is None:
            return ()
        self.gezegd[maand] = Gezegd(nieuw, feit.bekend_op, wie)
        self.nieuw_gezegd.add(maand)
        return (feit,)


def neem_regel(
    dossier: Dossier, regel: Regel, vandaag: date, moment: Moment, omgeving: Omgeving
) -> list[UrenVerloond] | Weigering | None:
    """Neemt een urenregel op: de feiten die eruit volgen, waarom zij niet kan, of None als zij er al zo stond."""
    baan = dossier.baan
    if baan.ongedaan is not None:
        return NOOIT_GEWEEST
    if weigering := beoordeel(regel, baan.van, baan.tot, dossier.regels, vandaag):
        return weigering
    oud = dossier.regels.get(regel.sleutel)
    if oud is not None and regel.zegt_hetzelfde(oud):
        return None
    geraakt = [maand for maand, _ in maanden(regel, baan.van, baan.tot)]
    if dag := zonder_sector(baan, geraakt, omgeving.sectoren):
        return geen_sector("tijdvak_van", dag)
    dossier.regels[regel.sleutel] = (
        regel if oud is None else regel._replace(bekend_op=na(oud.bekend_op, regel.bekend_op))
    )
    dossier.nieuwe_regels.add(regel.sleutel)
    aanleiding = Aanleiding.REGEL if oud is None else Aanleiding.REGEL_OPNIEUW
    return _zeg_alles(dossier, geraakt, aanleiding, moment, omgeving, regel.leverancier)


def neem_baan(
    dossier: Dossier | None,
    opgave: Baan,
    moment: Moment,
    omgeving: Omgeving,
    reden: PlaatsingEindReden = PlaatsingEindReden.ONBEKEND,
) -> tuple[Dossier, list[Feit]] | Weigering | None:
    """Neemt op wat de bron over een baan opgeeft; `dossier` is van dezelfde referentie, met al haar regels.

    Geeft het dossier met de feiten, waarom het niet kan, of None als er niets anders door wordt. Wie een baan inkort
    terwijl er uren buiten vallen, verbetert eerst die uren. `reden`: waarom zij eindigt, als dat zo is.
    """
    vorig = None if dossier is None else dossier.baan
    if weigering := keur(opgave, vorig):
        return weigering
    if vorig is not None and zelfde_opgave(opgave, vorig):
        return None
    nu = met_sector(opgave if vorig is None else met_opgave(vorig, opgave), _bekend(opgave, vorig, omgeving))
    if isinstance(nu, date):
        return geen_sector("werkgever", nu)
    if dossier is None:
        baan, feiten = vervolg(nu, None, moment.bekend_op)
        return Dossier(baan, baan_veranderd=True), [*feiten, baan.stand]
    andere_ikv = dossier.baan.ikv != nu.ikv
    gevolg = verander(dossier, nu, moment, omgeving, reden)
    if gevolg is None and andere_ikv:  # blijft hier, en is toch iets nieuws
        return dossier, []
    return (dossier, gevolg) if isinstance(gevolg, list) else gevolg


def verander(
    dossier: Dossier,
    baan: Baan,
    moment: Moment,
    omgeving: Omgeving,
    reden: PlaatsingEindReden = PlaatsingEindReden.ONBEKEND,
    overgang: date | None = None,
) -> list[Feit] | Weigering | None:
    """De baan wordt zo: de feiten, met de geraakte maanden en de nieuwe stand, of waarom het niet kan.

    None als er op de bus niets anders door wordt; wat alleen hier blijft is dan wel opgenomen. `omgeving` kent de sectoren
    van alle werkgevers van de baan.
    """
    vorig = dossier.baan
    if weigering := NOOIT_GEWEEST if vorig.ongedaan is not None else keur(baan, None):
        return weigering
    baan, feiten = vervolg(baan, vorig, moment.bekend_op, reden, overgang)
    if raakt_uren(baan, vorig):
        uren = _verander_uren(dossier, baan, moment, omgeving)
        if isinstance(uren, Weigering):
            return uren
        feiten += uren
    dossier.neem(baan)
    return [*feiten, baan.stand] if feiten else None


def _bekend(opgave: Baan, vorig: Baan | None, omgeving: Omgeving) -> dict[UUID, Tijdlijn]:
    """De sectoren van alle werkgevers van deze baan; wie er geen heeft, heeft een lege tijdlijn."""
    wie = {opgave.werkgever, *(deel.werkgever for deel in (delen(vorig) if vorig else ()))}
    return {werkgever: omgeving.sectoren.get(werkgever, ()) for werkgever in wie}


def _verander_uren(dossier: Dossier, baan: Baan, moment: Moment, omgeving: Omgeving) -> list[UrenVerloond] | Weigering:
    if buiten := buiten_periode(dossier.regels.values(), baan.van, baan.tot):
        veld = "van" if buiten.tot <= baan.van else "tot"
        tijdvak = f"{buiten.van} tot {buiten.tot}"
        return Weigering(veld, "uren_buiten_periode", f"de uren van het tijdvak {tijdvak} vallen buiten de plaatsing")
    nu = {maand for regel in dossier.regels.values() for maand, _ in maanden(regel, baan.van, baan.tot)}
    if dag := zonder_sector(baan, sorted(nu), omgeving.sectoren):
        return geen_sector("werkgever", dag)
    dossier.neem(baan)
    return _zeg_alles(dossier, sorted(nu | dossier.gezegd.keys()), Aanleiding.PLAATSING, moment, omgeving, None)


def geen_sector(veld: str, dag: date) -> Weigering:
    """Er is op die dag geen sector van de werkgever bekend."""
    return Weigering(veld, "onbekende_sector", f"op {dag} is geen sector van de werkgever bekend")


def neem_register(
    dossier: Dossier, moment: Moment, omgeving: Omgeving, aanleiding: Aanleiding = Aanleiding.REGISTER
) -> list[UrenVerloond]:
    """De gezegde maanden die door het register van deze persoon anders zijn; `aanleiding`: REGISTER of WET."""
    register = omgeving.registers.get(dossier.baan.persoon, ONBEKEND)
    feiten: list[UrenVerloond] = []
    for maand, gezegd in sorted(dossier.gezegd.items()):
        if gezegd.stand is not None:
            nieuw = met_register(gezegd.stand, maand, dossier.baan.tot, register)
            feiten.extend(dossier.zeg(maand, nieuw, aanleiding, moment, omgeving))
    return feiten


def verplaats_dossier(dossier: Dossier, persoon: UUID, moment: Moment, omgeving: Omgeving) -> list[Feit]:
    """De baan is voortaan van dit pseudoniem: elke gezegde maand gaat bij het oude af en komt er bij het nieuwe bij.

    Twee feiten per maand, want zij hebben elk een eigen sleutel; welke van de twee een lezer het eerst hoort doet er niet
    toe. De uren blijven, de grondslagen zijn die van het nieuwe pseudoniem.
    """
    oud, register = dossier.baan, omgeving.registers.get(persoon, ONBEKEND)
    if oud.ongedaan is not None:  # zij is er nooit geweest: er valt niets te zeggen
        dossier.neem(replace(oud, persoon=persoon))
        return []
    baan, gewijzigd = verplaats(oud, persoon, moment.bekend_op)
    dossier.neem(baan)
    feiten: list[Feit] = [gewijzigd, baan.stand]
    for maand, gezegd in sorted(dossier.gezegd.items()):
        if gezegd.stand is None:
            continue
        nieuw, bekend_op = met_register(gezegd.stand, maand, oud.tot, register), kennistijd(gezegd, moment.bekend_op)
        vast = {"plaatsing": oud.plaatsing, "maand": maand, "reden": Reden.CORRECTIE, "bekend_op": bekend_op}
        feiten.append(UrenVerloond(**vast, persoon=oud.persoon, nieuw=None, vorig=gezegd.stand))
        feiten.append(UrenVerloond(**vast, persoon=persoon, nieuw=nieuw, vorig=None))
        dossier.gezegd[maand] = Gezegd(nieuw, bekend_op, gezegd.leverancier)
        dossier.nieuw_gezegd.add(maand)
    return feiten


def mist_sector(dossier: Dossier, sectoren: Mapping[UUID, Tijdlijn]) -> date | None:
    """De eerste dag waarop deze baan, of een van haar gezegde maanden, met deze sectoren zonder sector zou zitten.

    Andere werkgevers dan in `sectoren` blijven zoals zij zijn.
    """
    baan = dossier.baan
    if isinstance(anders := met_sector(baan, sectoren), date):
        return anders
    dagen = (peildag(maand, baan.tot) for maand, g in sorted(dossier.gezegd.items()) if g.stand is not None)
    return next((d for d in dagen if (w := baan.op(d).werkgever) in sectoren and not sector_op(sectoren[w], d)), None)


def neem_sectoren(dossier: Dossier, sectoren: Mapping[UUID, Tijdlijn], moment: Moment) -> list[Feit]:
    """Wat door deze sectoren anders is: de baan zelf, en haar gezegde maanden. Andere werkgevers blijven zoals gezegd.

    LookupError als er een sector ontbreekt die nodig is: wie een opgave aanneemt, keurt dat eerst met `mist_sector`.
    """
    baan, omgeving = dossier.baan, Omgeving({}, sectoren, {})
    anders = met_sector(baan, sectoren)
    if isinstance(anders, date):
        raise LookupError(f"geen sector op {anders}")
    nu, feiten = vervolg(anders, baan, moment.bekend_op)
    if anders != baan:
        dossier.neem(nu)
    if feiten:
        feiten.append(nu.stand)
    for maand, gezegd in sorted(dossier.gezegd.items()):
        if gezegd.stand is not None:
            nieuw = met_sectoren(gezegd.stand, maand, baan.tot, sectoren)
            feiten.extend(dossier.zeg(maand, nieuw, Aanleiding.SECTOR, moment, omgeving))
    return feiten


def _zeg_alles(
    dossier: Dossier,
    geraakt: Iterable[str],
    aanleiding: Aanleiding,
    moment: Moment,
    omgeving: Omgeving,
    leverancier: str | None,
) -> list[UrenVerloond]:
    register = omgeving.registers.get(dossier.baan.persoon, ONBEKEND)
    feiten: list[UrenVerloond] = []
    for maand in geraakt:
        nieuw = stand(dossier.baan, maand, dossier.regels.values(), register, omgeving.sectoren)
        feiten.extend(dossier.zeg(maand, nieuw, aanleiding, moment, omgeving, leverancier))
    return feiten
