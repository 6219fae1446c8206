"""Welke feiten er over een baan gezegd worden als zij anders wordt."""

from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

from banenspoor_contracts import (
    INLEEN,
    Contract,
    Feit,
    OvergangVanOnderneming,
    PlaatsingBeeindigd,
    PlaatsingEindReden,
    PlaatsingGestart,
    PlaatsingGewijzigd,
    PlaatsingOmgezet,
    PlaatsingVerlengd,
    Vorm,
    Wijziging,
)

from services.plaatsing.domain.plaatsing import Baan, kop, na
from services.plaatsing.domain.verloop import verschillen

_BIJ_VORM = ("vorm", "werkgever", "inlener", "sector", "subsector")


def vervolg(
    baan: Baan,
    vorig: Baan | None,
    bekend_op: datetime | None,
    reden: PlaatsingEindReden = PlaatsingEindReden.ONBEKEND,
    overgang: date | None = None,
) -> tuple[Baan, list[Feit]]:
    """De baan met haar nieuwe versie, en de feiten ten opzichte van wat er het laatst over gezegd is.

    Een einddatum die verschijnt of vroeger wordt is een beëindiging (om `reden`), een die later wordt of vervalt een
    verlenging. Daarna per dag waarop iets verandert: een andere werkgever op de dag `overgang` is een overgang van
    onderneming, van tijdelijk naar vast of van inleen naar formeel een omzetting, en wat er verder anders is een wijziging.
    Elk heeft een eigen versie; `stand` is de baan na het geheel.
    """
    if vorig is None:
        start = replace(baan, versie=1, bekend_op=bekend_op)
        return start, [PlaatsingGestart(**kop(start), **dict(baan.gegevens))]
    nu = replace(baan, plaatsing=vorig.plaatsing, nr=vorig.nr, versie=vorig.versie)
    nu = replace(nu, bekend_op=na(vorig.bekend_op, bekend_op))
    feiten: list[Feit] = []
    for soort, van, gewijzigd in _delen(nu, vorig, overgang):
        nu = replace(nu, versie=nu.versie + 1)
        if soort is PlaatsingBeeindigd:
            feiten.append(PlaatsingBeeindigd(**kop(nu), tot=nu.tot, reden=reden))
        elif soort is OvergangVanOnderneming:
            wie = gewijzigd["werkgever"]
            feiten.append(OvergangVanOnderneming(**kop(nu), van_werkgever=wie.vorig, naar_werkgever=wie.nieuw, op=van))
        else:
            feiten.append(soort(**kop(nu), van=van, gewijzigd=gewijzigd, stand=nu.gegevens))
    return nu, feiten


def verplaats(baan: Baan, persoon: UUID, bekend_op: datetime | None) -> tuple[Baan, PlaatsingGewijzigd]:
    """Dezelfde baan, voortaan van dit pseudoniem: het oude ging erin op."""
    nu = replace(baan, persoon=persoon, versie=baan.versie + 1, bekend_op=na(baan.bekend_op, bekend_op))
    gewijzigd = {"persoon": Wijziging(vorig=str(baan.persoon), nieuw=str(persoon))}
    return nu, PlaatsingGewijzigd(**kop(nu), van=nu.van, gewijzigd=gewijzigd, stand=nu.gegevens)


def _delen(nu: Baan, vorig: Baan, overgang: date | None) -> list[tuple[type[Feit], date, dict[str, Wijziging]]]:
    """Wat er anders is, verdeeld over de feiten die het zeggen; elk veld één keer per dag."""
    uit: list[tuple[type[Feit], date, dict[str, Wijziging]]] = []
    if nu.tot != vorig.tot:
        vroeger = nu.tot is not None and (vorig.tot is None or nu.tot < vorig.tot)
        gewijzigd = {"tot": Wijziging(vorig=_dag(vorig.tot), nieuw=_dag(nu.tot))}
        uit.append((PlaatsingBeeindigd if vroeger else PlaatsingVerlengd, nu.van, gewijzigd))
    dagen = dict(verschillen(vorig, nu))
    if nu.van != vorig.van:
        dagen.setdefault(nu.van, {})["van"] = Wijziging(vorig=_dag(vorig.van), nieuw=_dag(nu.van))
    for dag, rest in sorted(dagen.items()):
        if dag == overgang and "werkgever" in rest:
            uit.append((OvergangVanOnderneming, dag, {"werkgever": rest.pop("werkgever")}))
        vast = "contract" in rest and (rest["contract"].vorig, rest["contract"].nieuw) == _NAAR_VAST
        formeel = "vorm" in rest and rest["vorm"].vorig in INLEEN and rest["vorm"].nieuw == Vorm.FORMEEL
        if vast or formeel:
            velden = ("contract", *(_BIJ_VORM if formeel else ()))
            uit.append((PlaatsingOmgezet, dag, {veld: rest.pop(veld) for veld in velden if veld in rest}))
        if rest:
            uit.append((PlaatsingGewijzigd, dag, rest))
    return uit


_NAAR_VAST = (Contract.TIJDELIJK, Contract.VAST)


def _dag(dag: date | None) -> str | None:
    return None if dag is None else dag.isoformat()
