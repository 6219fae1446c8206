"""Wat jaarlijks komt (Wsw, Wiw en ID) loopt door met de laatst bekende uren, tot de levering over dat jaar er is."""

import csv
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources

from banenspoor_contracts import UrenVerloond, Vorm

from services.plaatsing.domain.dossier import Dossier, Omgeving
from services.plaatsing.domain.kalender import DAG, dagen_per_maand, eerste_dag, geldt, laatste_dag, peildag
from services.plaatsing.domain.plaatsing import Baan
from services.plaatsing.domain.stand import ONBEKEND, stand, zonder_sector
from services.plaatsing.domain.uren import Regel, Sleutel, UrenSoort, in_maand, maanden
from services.plaatsing.domain.verschil import Aanleiding, Moment


@dataclass(frozen=True, slots=True)
class Voortzetregel:
    """Uren van deze vorm komen jaarlijks in maanden van `van` tot `tot` (half open; leeg: door), en waar dat staat."""

    vorm: Vorm
    van: date
    tot: date | None
    bron: str


def jaarvormen() -> frozenset[Vorm]:
    """De vormen waarvan de uren jaarlijks komen, of kwamen."""
    return frozenset(regel.vorm for regel in _regels())


def voortzetting(
    baan: Baan, regels: Iterable[Regel], laatste_jaren: Mapping[tuple[str, Vorm], int], vandaag: date, jaren: int
) -> dict[Sleutel, Regel]:
    """De voortgezette regels die deze baan nu hoort te hebben: een per voorbije maand, van de laatst bekende uren.

    Een maand krijgt de uren van dezelfde maand in het laatste jaar waarover deze baan geleverd is, ten hoogste `jaren` jaar
    later. Alleen als de leverancier over dat jaar het laatst leverde: is er een later jaar van hem over deze vorm
    (`laatste_jaren`), dan is wie daar niet in staat gestopt.
    """
    echt = [r for r in regels if r.soort is not UrenSoort.VOORTGEZET]
    if not echt or baan.ongedaan is not None:
        return {}
    laatste = max(echt, key=lambda r: (r.tot, r.soort is UrenSoort.REGULIER))
    bronjaar = (laatste.tot - DAG).year
    uit: dict[Sleutel, Regel] = {}
    tot = vandaag if baan.tot is None else min(baan.tot, vandaag)
    van = max(date(bronjaar + 1, 1, 1), baan.van)
    for maand, _ in dagen_per_maand(van, min(tot, date(bronjaar + 1 + jaren, 1, 1))):
        begin, einde = eerste_dag(maand), laatste_dag(maand)
        delen = [d for r in echt if (d := in_maand(r, f"{bronjaar}{maand[4:]}", baan.van, baan.tot)) is not None]
        vorm = baan.op(peildag(maand, baan.tot)).vorm
        gestopt = laatste_jaren.get((laatste.leverancier, vorm)) != bronjaar
        if delen and einde < vandaag and _geldt(vorm, begin) and not gestopt:
            regel = Regel(UrenSoort.VOORTGEZET, begin, einde + DAG, sum(delen), laatste.contract, laatste.leverancier)
            uit[regel.sleutel] = regel
    return uit


def zet_voort(
    dossier: Dossier, gewenst: Mapping[Sleutel, Regel], moment: Moment, omgeving: Omgeving
) -> tuple[list[UrenVerloond], list[Sleutel]]:
    """Brengt de voortgezette regels op `gewenst` en zegt wat daardoor anders is; ook welke regels er vervallen.

    Een maand waarvoor de werkgever geen sector heeft wordt niet voortgezet. Geleverde uren gaan altijd voor.
    """
    baan = dossier.baan
    if baan.ongedaan is not None:
        return [], []
    nieuw = {s: r for s, r in gewenst.items() if zonder_sector(baan, _maanden(r, baan), omgeving.sectoren) is None}
    oud = {s: r for s, r in dossier.regels.items() if r.soort is UrenSoort.VOORTGEZET}
    anders = {s: r for s, r in nieuw.items() if s not in oud or not r.zegt_hetzelfde(oud[s])}
    weg = [sleutel for sleutel in oud if sleutel not in nieuw]
    geraakt = {m: Aanleiding.REGEL_OPNIEUW for sleutel in weg for m in _maanden(oud[sleutel], baan)}
    for sleutel, regel in anders.items():
        aanleiding = Aanleiding.REGEL_OPNIEUW if sleutel in oud else Aanleiding.REGEL
        geraakt |= dict.fromkeys(_maanden(regel, baan), aanleiding)
    for sleutel in weg:
        del dossier.regels[sleutel]
    dossier.regels |= anders
    dossier.nieuwe_regels |= anders.keys()
    register, feiten = omgeving.registers.get(baan.persoon, ONBEKEND), list[UrenVerloond]()
    for maand, aanleiding in sorted(geraakt.items()):
        staat = stand(baan, maand, dossier.regels.values(), register, omgeving.sectoren)
        wie = next((r.leverancier for r in anders.values() if maand in _maanden(r, baan)), None)
        feiten.extend(dossier.zeg(maand, staat, aanleiding, moment, omgeving, wie))
    return feiten, weg


def voortgezette_maanden(baan: Baan, regels: Collection[Regel]) -> frozenset[str]:
    """De maanden van deze baan waarover niets geleverd is en die alleen doorlopen."""
    door = {m for r in regels if r.soort is UrenSoort.VOORTGEZET for m in _maanden(r, baan)}
    return frozenset(door - {m for r in regels if r.soort is not UrenSoort.VOORTGEZET for m in _maanden(r, baan)})


def _maanden(regel: Regel, baan: Baan) -> list[str]:
    return [maand for maand, _ in maanden(regel, baan.van, baan.tot)]


def _geldt(vorm: Vorm, dag: date) -> bool:
    return any(r.vorm is vorm and geldt(r.van, r.tot, dag) for r in _regels())


@cache
def _regels() -> tuple[Voortzetregel, ...]:
    bestand = resources.files("services.plaatsing") / "gegevens" / "voortzetten.csv"
    return tuple(
        Voortzetregel(
            Vorm(rij["vorm"]),
            date.fromisoformat(rij["van"]),
            date.fromisoformat(rij["tot"]) if rij["tot"] else None,
            rij["bron"],
        )
        for rij in csv.DictReader(bestand.read_text("utf-8").splitlines())
    )
