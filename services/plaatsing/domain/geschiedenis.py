"""De geschiedenis van een baan, teruggelezen uit wat er over haar gezegd is."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from banenspoor_contracts import (
    Feit,
    OvergangVanOnderneming,
    PlaatsingBeeindigd,
    PlaatsingGegevens,
    PlaatsingGestart,
    PlaatsingGewijzigd,
    PlaatsingOmgezet,
    PlaatsingOngedaanGemaakt,
    PlaatsingVerlengd,
    UrenStand,
    UrenVerloond,
    Wijziging,
)

from services.plaatsing.domain.plaatsing import Baan
from services.plaatsing.domain.verloop import met_periode, zet_veld

_VERANDERD = (PlaatsingGewijzigd, PlaatsingOmgezet, PlaatsingVerlengd)


@dataclass(frozen=True, slots=True)
class Gezegde:
    """Eén feit over de baan, en sinds wanneer het bekend is. `tijd`: wanneer het gezegd is (`ce_time`)."""

    feit: Feit
    tijd: datetime

    @property
    def bekend_sinds(self) -> datetime:
        """In geladen historie het moment waarop het toen bekend werd; anders toen het gezegd werd."""
        return self.feit.bekend_op or self.tijd


@dataclass(frozen=True, slots=True)
class Toen:
    """Een baan met haar maanden, zoals op een moment bekend; een maand zonder stand is af gezegd."""

    baan: Baan
    maanden: dict[str, tuple[UrenStand | None, datetime]]


def toen(nu: Baan, gezegd: Iterable[Gezegde], bekend_op: datetime) -> Toen | None:
    """De baan zoals op dat moment bekend; None als er toen nog niets over haar gezegd was.

    `gezegd`: alles over deze baan, op volgorde. `nu` geeft wat nooit verandert en niet op de bus staat.
    """
    baan: Baan | None = None
    maanden: dict[str, tuple[UrenStand | None, datetime]] = {}
    for een in gezegd:
        if een.bekend_sinds > bekend_op:
            continue
        if isinstance(een.feit, UrenVerloond):
            maanden[een.feit.maand] = een.feit.nieuw, een.bekend_sinds
        else:
            baan = neem_over(baan, nu, een.feit)
    return None if baan is None else Toen(baan, maanden)


def neem_over(baan: Baan | None, nu: Baan, feit: Feit) -> Baan:
    """De baan na dit feit: elk veld geldt vanaf zijn dag, tot het daarna al anders was."""
    if isinstance(feit, PlaatsingGestart):
        eerste = replace(nu, vanaf=None, eerder=(), ongedaan=None, opgave=None, persoon=feit.persoon)
        return replace(eerste, **dict(feit.gegevens), versie=feit.versie, bekend_op=feit.bekend_op)
    if baan is None:
        raise LookupError(f"{feit.naam} zonder begin")
    if isinstance(feit, PlaatsingBeeindigd):
        baan = met_periode(baan, baan.van, feit.tot)
    elif isinstance(feit, OvergangVanOnderneming):
        baan = zet_veld(baan, feit.op, {"werkgever": feit.naar_werkgever})
    elif isinstance(feit, PlaatsingOngedaanGemaakt):
        baan = replace(baan, ongedaan=feit.reden)
    elif isinstance(feit, _VERANDERD):
        baan = _veranderd(baan, feit)
    return replace(baan, versie=getattr(feit, "versie", baan.versie), bekend_op=feit.bekend_op)


def _veranderd(baan: Baan, feit: PlaatsingGewijzigd | PlaatsingOmgezet | PlaatsingVerlengd) -> Baan:
    wordt = PlaatsingGegevens.model_validate({**feit.stand.json_(), **_nieuw(feit.gewijzigd)})
    anders = {veld for veld, uit in PlaatsingGegevens.model_fields.items() if (uit.alias or veld) in feit.gewijzigd}
    if {"van", "tot"} & anders:
        van, tot = (getattr(wordt if veld in anders else baan, veld) for veld in ("van", "tot"))
        baan = met_periode(baan, van, tot)
    velden: dict[str, Any] = {veld: getattr(wordt, veld) for veld in anders - {"van", "tot"}}
    return replace(zet_veld(baan, feit.van, velden) if velden else baan, persoon=feit.persoon)


def _nieuw(gewijzigd: dict[str, Wijziging]) -> dict[str, Any]:
    return {veld: wijziging.nieuw for veld, wijziging in gewijzigd.items()}
