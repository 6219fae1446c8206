"""Een baan: wat de bron erover opgeeft, en hoe zij van dag tot dag is."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from banenspoor_contracts import (
    INLEEN,
    Contract,
    OngedaanReden,
    PlaatsingGegevens,
    PlaatsingStand,
    Sector,
    Subsector,
    Vorm,
)

from services.plaatsing.domain.uren import Weigering

KENMERKEN = ("werkgever", "inlener", "vorm", "contract", "uren_per_week_x100", "gemeente_werk", "route")
"""Wat binnen een baan vanaf een dag anders kan zijn."""


@dataclass(frozen=True, slots=True)
class Deel:
    """Een deel van een baan: van `van` tot het volgende deel begint. `sector` is die van de werkgever op `van`."""

    van: date
    werkgever: UUID
    inlener: UUID | None
    vorm: Vorm
    contract: Contract
    uren_per_week_x100: int
    gemeente_werk: str
    route: str | None
    sector: Sector
    subsector: Subsector | None

    @property
    def kenmerken(self) -> dict[str, Any]:
        """Alles behalve de dag waarop het begint."""
        return {veld: getattr(self, veld) for veld in (*KENMERKEN, "sector", "subsector")}

    def zelfde(self, andere: "Deel") -> bool:
        """Is er niets anders dan de dag (en daardoor soms de sector)?"""
        return all(getattr(self, veld) == getattr(andere, veld) for veld in KENMERKEN)


@dataclass(frozen=True, slots=True)
class Baan:
    """Een baan `[van, tot)`. `referentie` is de sleutel van de bron, `sector` die van de formele werkgever op `vanaf`.

    Wijzigde zij onderweg, dan zijn de kenmerken hier die van haar laatste deel, dat op `vanaf` begint (leeg: op `van`);
    `eerder` heeft de delen ervoor, op volgorde en aansluitend. `opgave` is wat de bron het laatst over de hele baan opgaf,
    als dat iets anders is. `ongedaan`: zij is er nooit geweest, en waarom.

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
    vanaf: date | None = None
    ongedaan: OngedaanReden | None = None
    opgave: "Baan | None" = None
    eerder: tuple[Deel, ...] = ()

    @property
    def gegevens(self) -> PlaatsingGegevens:
        """De baan zoals zij op de bus staat."""
        return PlaatsingGegevens(**{veld: getattr(self, veld) for veld in PlaatsingGegevens.model_fields})

    @property
    def stand(self) -> PlaatsingStand:
        """De baan zoals zij nu is, voor het topic met alleen de laatste stand."""
        return PlaatsingStand(**kop(self), **dict(self.gegevens))

    @property
    def werkgevers(self) -> tuple[UUID, ...]:
        """De formele werkgevers en inleners van alle delen."""
        wie = (self.werkgever, self.inlener, *(w for deel in self.eerder for w in (deel.werkgever, deel.inlener)))
        return tuple(w for w in wie if w is not None)

    def op(self, dag: date) -> "Baan":
        """De baan met de kenmerken van deze dag; van voor haar begin zijn dat de eerste."""
        if self.vanaf is None or dag >= self.vanaf:
            return self
        deel = next((d for d in reversed(self.eerder) if d.van <= dag), self.eerder[0])
        return replace(self, **deel.kenmerken)


_VAN_ONS = ("plaatsing", "nr", "versie", "bekend_op", "sector", "subsector", "vanaf", "ongedaan", "opgave", "eerder")
_OPGEGEVEN = [veld.name for veld in fields(Baan) if veld.name not in _VAN_ONS]
_VOOR_UREN = ("werkgever", "inlener", "vorm", "contract", "gemeente_werk", "van", "tot", "vanaf", "eerder")
ONBEKEND = Weigering("referentie", "onbekende_plaatsing", "deze plaatsing kennen wij niet")
NOOIT_GEWEEST = Weigering(
    "referentie", "plaatsing_ongedaan", "deze plaatsing is ongedaan gemaakt; geef haar opnieuw op"
)


def keur(baan: Baan, vorig: Baan | None) -> Weigering | None:
    """Kan deze baan bestaan, en kan zij op `vorig` (dezelfde referentie) volgen?"""
    if baan.tot is not None and not baan.van < baan.tot:
        return Weigering("tot", "einde_voor_begin", "de plaatsing eindigt niet na haar begin")
    delen: tuple[Deel | Baan, ...] = (*baan.eerder, baan)
    for deel in delen:
        if deel.inlener is not None and deel.vorm not in INLEEN:
            return Weigering("inlener", "geen_inleen", f"bij de vorm {deel.vorm} hoort geen inlener")
    if vorig is not None and vorig.persoon != baan.persoon:
        return Weigering("referentie", "andere_persoon", "deze referentie is al de plaatsing van een ander")
    return None


def zelfde_opgave(baan: Baan, vorig: Baan) -> bool:
    """Geeft de bron precies hetzelfde op als de vorige keer?"""
    basis = vorig.opgave or vorig
    return all(getattr(baan, veld) == getattr(basis, veld) for veld in _OPGEGEVEN)


def raakt_uren(baan: Baan, vorig: Baan) -> bool:
    """Kan de wijziging gezegde maanden anders maken?"""
    return any(getattr(baan, veld) != getattr(vorig, veld) for veld in _VOOR_UREN)


def na(vorig: datetime | None, bekend_op: datetime | None) -> datetime | None:
    """De kennistijd van wat ná `vorig` gezegd wordt: nooit eerder; None is de logtijd, en die komt na alle historie."""
    return None if vorig is None or bekend_op is None else max(vorig, bekend_op)


def kop(baan: Baan) -> Mapping[str, Any]:
    """Wat elk feit over deze baan heeft."""
    return {
        "persoon": baan.persoon,
        "plaatsing": baan.plaatsing,
        "versie": baan.versie,
        "bekend_op": baan.bekend_op,
    }
