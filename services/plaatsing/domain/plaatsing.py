"""Een baan: wat de bron erover opgeeft, en welke feiten een volgende opgave geeft."""

from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from uuid import UUID

from banenspoor_contracts import (
    INLEEN,
    Contract,
    Feit,
    PlaatsingBeeindigd,
    PlaatsingEindReden,
    PlaatsingGegevens,
    PlaatsingGestart,
    PlaatsingGewijzigd,
    PlaatsingOmgezet,
    PlaatsingVerlengd,
    Sector,
    Subsector,
    Vorm,
    Wijziging,
)

from services.plaatsing.domain.uren import Weigering


@dataclass(frozen=True, slots=True)
class Baan:
    """Een baan `[van, tot)`. `referentie` is de sleutel van de bron, `sector` die van de formele werkgever op `van`.

    `versie` telt wat er over haar op `plaatsingen` gezegd is; `bekend_op` is de kennistijd daarvan in geladen historie.
    `ikv` (nummer van de inkomstenverhouding) en `nr` (het volgnummer van de database; 0: nog niet bewaard) blijven hier.
    """

    plaatsing: UUID
    persoon: UUID
    bron: str
    referentie: str
    werkgever: UUID
    inlener: UUID | None
    vorm: Vorm
    contract: Contract
    uren_per_week_x100: int
    gemeente_werk: str
    sector: Sector
    subsector: Subsector | None
    van: date
    tot: date | None
    route: str | None = None
    ikv: str | None = None
    versie: int = 0
    bekend_op: datetime | None = None
    nr: int = 0

    @property
    def gegevens(self) -> PlaatsingGegevens:
        """De baan zoals zij op de bus staat."""
        return PlaatsingGegevens(**{veld: getattr(self, veld) for veld in PlaatsingGegevens.model_fields})


_VAN_ONS = ("plaatsing", "nr", "versie", "bekend_op", "sector", "subsector")
_OPGEGEVEN = [veld.name for veld in fields(Baan) if veld.name not in _VAN_ONS]
_VOOR_UREN = ("werkgever", "inlener", "vorm", "contract", "gemeente_werk", "van", "tot")


def keur(baan: Baan, vorig: Baan | None) -> Weigering | None:
    """Kan deze baan bestaan, en kan zij op `vorig` (dezelfde referentie) volgen?"""
    if baan.tot is not None and not baan.van < baan.tot:
        return Weigering("tot", "einde_voor_begin", "de plaatsing eindigt niet na haar begin")
    if baan.inlener is not None and baan.vorm not in INLEEN:
        return Weigering("inlener", "geen_inleen", f"bij de vorm {baan.vorm} hoort geen inlener")
    if vorig is not None and vorig.persoon != baan.persoon:
        return Weigering("referentie", "andere_persoon", "deze referentie is al de plaatsing van een ander")
    return None


def zelfde_opgave(baan: Baan, vorig: Baan) -> bool:
    """Geeft de bron precies hetzelfde op als wat er al staat?"""
    return all(getattr(baan, veld) == getattr(vorig, veld) for veld in _OPGEGEVEN)


def raakt_uren(baan: Baan, vorig: Baan) -> bool:
    """Kan de wijziging gezegde maanden anders maken?"""
    return any(getattr(baan, veld) != getattr(vorig, veld) for veld in _VOOR_UREN)


def vervolg(
    baan: Baan,
    vorig: Baan | None,
    bekend_op: datetime | None,
    reden: PlaatsingEindReden = PlaatsingEindReden.ONBEKEND,
) -> tuple[Baan, list[Feit]]:
    """De baan met haar nieuwe versie, en de feiten ten opzichte van wat er het laatst over gezegd is.

    Een opgave gaat over de hele baan: een ander contract of een andere werkgemeente geldt vanaf het begin (het contract
    per tijdvak staat op de urenregel). Een einddatum die verschijnt of vroeger wordt is een beëindiging (om `reden`), een
    die later wordt of vervalt een verlenging. Van tijdelijk naar vast, of van inleen naar formeel, is een omzetting; wat
    er verder anders is een wijziging. Elk heeft een eigen versie; `stand` is de baan na het geheel.
    """
    if vorig is None:
        start = replace(baan, versie=1, bekend_op=bekend_op)
        return start, [PlaatsingGestart(**_kop(start), **dict(baan.gegevens))]
    nu = replace(baan, plaatsing=vorig.plaatsing, nr=vorig.nr, versie=vorig.versie)
    nu = replace(nu, bekend_op=na(vorig.bekend_op, bekend_op))
    feiten: list[Feit] = []
    for soort, gewijzigd in _delen(nu, vorig):
        nu = replace(nu, versie=nu.versie + 1)
        if soort is PlaatsingBeeindigd:
            feiten.append(PlaatsingBeeindigd(**_kop(nu), tot=nu.tot, reden=reden))
        else:
            feiten.append(soort(**_kop(nu), van=nu.van, gewijzigd=gewijzigd, stand=nu.gegevens))
    return nu, feiten


def verplaats(baan: Baan, persoon: UUID, bekend_op: datetime | None) -> tuple[Baan, PlaatsingGewijzigd]:
    """Dezelfde baan, voortaan van dit pseudoniem: het oude ging erin op."""
    nu = replace(baan, persoon=persoon, versie=baan.versie + 1, bekend_op=na(baan.bekend_op, bekend_op))
    gewijzigd = {"persoon": Wijziging(vorig=str(baan.persoon), nieuw=str(persoon))}
    return nu, PlaatsingGewijzigd(**_kop(nu), van=nu.van, gewijzigd=gewijzigd, stand=nu.gegevens)


def _delen(nu: Baan, vorig: Baan) -> list[tuple[type[Feit], dict[str, Wijziging]]]:
    """Wat er anders is, verdeeld over de feiten die het zeggen; elk veld één keer."""
    rest = nu.gegevens.verschil_met(vorig.gegevens)
    uit: list[tuple[type[Feit], dict[str, Wijziging]]] = []
    if "tot" in rest:
        vroeger = nu.tot is not None and (vorig.tot is None or nu.tot < vorig.tot)
        uit.append((PlaatsingBeeindigd if vroeger else PlaatsingVerlengd, {"tot": rest.pop("tot")}))
    vast = (vorig.contract, nu.contract) == (Contract.TIJDELIJK, Contract.VAST)
    formeel = vorig.vorm in INLEEN and nu.vorm is Vorm.FORMEEL
    if vast or formeel:
        velden = ("contract", *(("vorm", "werkgever", "inlener", "sector", "subsector") if formeel else ()))
        uit.append((PlaatsingOmgezet, {veld: rest.pop(veld) for veld in velden if veld in rest}))
    if rest:
        uit.append((PlaatsingGewijzigd, rest))
    return uit


def na(vorig: datetime | None, bekend_op: datetime | None) -> datetime | None:
    """De kennistijd van wat ná `vorig` gezegd wordt: nooit eerder; None is de logtijd, en die komt na alle historie."""
    return None if vorig is None or bekend_op is None else max(vorig, bekend_op)


def _kop(baan: Baan) -> dict[str, object]:
    return {
        "persoon": baan.persoon,
        "plaatsing": baan.plaatsing,
        "versie": baan.versie,
        "bekend_op": baan.bekend_op,
    }
