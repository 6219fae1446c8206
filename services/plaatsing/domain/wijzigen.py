"""Wat er met één baan kan gebeuren buiten een opgave van de bron: ongedaan, overgang, wijziging, einde, verlenging.

Elk geeft de feiten, waarom het niet kan, of None als het al zo is. Het dossier heeft alle regels en gezegde maanden van
de baan; `omgeving` kent de sectoren van al haar werkgevers, ook van de nieuwe.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from banenspoor_contracts import (
    Feit,
    OngedaanReden,
    PlaatsingEindReden,
    PlaatsingOngedaanGemaakt,
    PlaatsingStand,
    PlaatsingVergeten,
)
from banenspoor_contracts.feit import Grafsteen

from services.plaatsing.domain.dossier import Dossier, Omgeving, geen_sector, verander
from services.plaatsing.domain.plaatsing import NOOIT_GEWEEST, Baan, kop, na
from services.plaatsing.domain.uren import Weigering
from services.plaatsing.domain.verloop import met_basis, met_periode, met_sector, zet
from services.plaatsing.domain.verschil import Aanleiding, Moment


class PlaatsingWeg(Grafsteen, PlaatsingStand):
    """Van deze baan is er geen stand meer: een lege waarde op het topic met alleen de laatste stand."""


def weg(baan: Baan) -> PlaatsingWeg:
    """De lege waarde onder de sleutel van deze baan."""
    return PlaatsingWeg(**dict(baan.stand))


def vergeet_baan(baan: Baan) -> list[Feit]:
    """Haar gegevens zijn vernietigd, ook als zij ongedaan was: wie luistert vergeet haar."""
    vergeten = PlaatsingVergeten(persoon=baan.persoon, plaatsing=baan.plaatsing, versie=baan.versie + 1)
    return [vergeten, weg(baan)]


def maak_ongedaan(dossier: Dossier, reden: OngedaanReden, moment: Moment, omgeving: Omgeving) -> list[Feit] | None:
    """De baan is er nooit geweest: elke gezegde maand gaat af, en zij zelf is ongedaan. Haar regels blijven bewaard."""
    baan = dossier.baan
    if baan.ongedaan is not None:
        return None
    feiten: list[Feit] = []
    for maand in sorted(dossier.gezegd):
        feiten.extend(dossier.zeg(maand, None, Aanleiding.ONGEDAAN, moment, omgeving))
    nu = replace(baan, versie=baan.versie + 1, bekend_op=na(baan.bekend_op, moment.bekend_op), ongedaan=reden)
    dossier.neem(nu)
    return [*feiten, PlaatsingOngedaanGemaakt(**kop(nu), reden=reden), weg(nu)]


def wijzig(
    dossier: Dossier, van: date, velden: Mapping[str, Any], moment: Moment, omgeving: Omgeving
) -> list[Feit] | Weigering | None:
    """Vanaf `van` (een dag binnen de baan) zijn deze kenmerken zo, elk tot het daarna al anders was opgegeven."""
    if weigering := _binnen(dossier.baan, "van", van):
        return weigering
    return _verander(dossier, zet(dossier.baan, van, velden), moment, omgeving)


def draag_over(
    dossier: Dossier, naar: UUID, op: date, moment: Moment, omgeving: Omgeving
) -> list[Feit] | Weigering | None:
    """Overgang van onderneming: de baan loopt vanaf `op` door bij een andere formele werkgever (HR 24-5-2024, per werknemer).

    Op haar eerste dag gaat een baan niet over: dan was de werkgever verkeerd opgegeven.
    """
    baan = dossier.baan
    if weigering := _binnen(baan, "op", op):
        return weigering
    if op == baan.van:
        return Weigering(
            "op", "voor_begin", "op de eerste dag gaat een plaatsing niet over; geef de werkgever opnieuw op"
        )
    return _verander(dossier, zet(baan, op, {"werkgever": naar}), moment, omgeving, overgang=op)


def beeindig(
    dossier: Dossier, tot: date, reden: PlaatsingEindReden, moment: Moment, omgeving: Omgeving
) -> list[Feit] | Weigering | None:
    """De baan eindigt: `tot` is de eerste dag zonder. Een later einde dan er al was is een verlenging."""
    baan = dossier.baan
    if baan.tot is not None and tot > baan.tot:
        return Weigering("tot", "na_einde", f"de plaatsing eindigt al op {baan.tot}; later is een verlenging")
    if not baan.van < tot:
        return Weigering("tot", "einde_voor_begin", "de plaatsing eindigt niet na haar begin")
    return _verander(dossier, met_periode(baan, baan.van, tot), moment, omgeving, reden=reden)


def verleng(dossier: Dossier, tot: date | None, moment: Moment, omgeving: Omgeving) -> list[Feit] | Weigering | None:
    """De baan loopt langer door: tot een latere dag, of zonder einddatum (None)."""
    baan = dossier.baan
    if tot is not None and (baan.tot is None or tot < baan.tot):
        wanneer = "heeft geen einde" if baan.tot is None else f"loopt al tot {baan.tot}"
        return Weigering("tot", "geen_verlenging", f"de plaatsing {wanneer}; eerder is een beëindiging")
    return _verander(dossier, met_periode(baan, baan.van, tot), moment, omgeving)


def _verander(
    dossier: Dossier,
    nu: Baan,
    moment: Moment,
    omgeving: Omgeving,
    reden: PlaatsingEindReden = PlaatsingEindReden.ONBEKEND,
    overgang: date | None = None,
) -> list[Feit] | Weigering | None:
    vorig = dossier.baan
    if vorig.ongedaan is not None:
        return NOOIT_GEWEEST
    anders = met_sector(nu, {w: omgeving.sectoren.get(w, ()) for w in nu.werkgevers})
    if isinstance(anders, date):
        return geen_sector("werkgever", anders)
    return verander(dossier, met_basis(anders, vorig.opgave or vorig), moment, omgeving, reden, overgang)


def _binnen(baan: Baan, veld: str, dag: date) -> Weigering | None:
    if dag < baan.van:
        return Weigering(veld, "voor_begin", f"de dag ligt voor het begin van de plaatsing ({baan.van})")
    if baan.tot is not None and dag >= baan.tot:
        return Weigering(veld, "na_einde", f"de dag ligt na het einde van de plaatsing ({baan.tot})")
    return None
