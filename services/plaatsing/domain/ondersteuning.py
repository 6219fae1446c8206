"""Ondersteuning bij een baan: instrumenten met hun perioden, en de loonwaarde. Zegt iets over gezondheid: alleen binnen."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TypeAlias

from banenspoor_contracts import (
    Feit,
    Instrument,
    InstrumentBeeindigd,
    InstrumentGestart,
    LoonwaardeVastgesteld,
    Verstrekker,
    VerstrekkerSoort,
)

from services.plaatsing.domain.plaatsing import Baan, na
from services.plaatsing.domain.uren import Weigering

Sleutel: TypeAlias = tuple[Instrument, date]
"""Wat een periode binnen haar baan aanwijst: instrument en begin."""


@dataclass(frozen=True, slots=True)
class Periode:
    """Eén instrument van `van` tot `tot` (half open; `tot` leeg: zonder einddatum), en wie het geeft.

    `gemeente` is de CBS-code, alleen als een gemeente het geeft. `bekend_op`: kennistijd in geladen historie.
    """

    instrument: Instrument
    van: date
    tot: date | None
    verstrekker: VerstrekkerSoort
    gemeente: str | None = None
    bekend_op: datetime | None = None

    @property
    def sleutel(self) -> Sleutel:
        return self.instrument, self.van


@dataclass(frozen=True, slots=True)
class Loonwaarde:
    """De loonwaarde in honderdsten van procenten van het WML, geldig vanaf `op`, en hoe zij gemeten is."""

    op: date
    procent_x100: int
    methode: str
    bekend_op: datetime | None = None


def neem_instrument(
    baan: Baan, bekend: Mapping[Sleutel, Periode], nieuw: Periode
) -> tuple[Periode, Feit] | Weigering | None:
    """Neemt een periode op: zij zelf met het feit dat haar zegt, waarom zij niet kan, of None als zij er al zo stond.

    `bekend`: alle perioden van deze baan. Zelfde instrument en begin nog eens vervangt einde en verstrekker. Een einde dat
    verschijnt of verschuift is een beëindiging; vervalt het einde, of is de verstrekker anders, dan wordt de periode opnieuw
    als gestart gezegd. Een instrument mag de baan overleven (een toekenning is vaak langer dan een contract).
    """
    if weigering := _keur(baan, nieuw) or _overlap(bekend.values(), nieuw):
        return weigering
    oud = bekend.get(nieuw.sleutel)
    if oud is None:
        return nieuw, _gestart(baan, nieuw)
    if replace(nieuw, bekend_op=oud.bekend_op) == oud:
        return None
    nu = replace(nieuw, bekend_op=na(oud.bekend_op, nieuw.bekend_op))
    zelfde_gever = (nu.verstrekker, nu.gemeente) == (oud.verstrekker, oud.gemeente)
    return nu, _beeindigd(baan, nu, nu.tot) if zelfde_gever and nu.tot is not None else _gestart(baan, nu)


def neem_loonwaarde(
    baan: Baan, bekend: Mapping[date, Loonwaarde], nieuw: Loonwaarde
) -> tuple[Loonwaarde, Feit] | Weigering | None:
    """Neemt een loonwaarde op; dezelfde dag nog eens is de verbetering ervan. Uitkomst als bij `neem_instrument`.

    Zij mag van vóór de baan zijn (gemeten tijdens een proefplaatsing), maar niet na haar einde beginnen.
    """
    if baan.tot is not None and nieuw.op >= baan.tot:
        return Weigering("op", "na_einde", f"de dag ligt na het einde van de plaatsing ({baan.tot})")
    oud = bekend.get(nieuw.op)
    if oud is not None:
        if replace(nieuw, bekend_op=oud.bekend_op) == oud:
            return None
        nieuw = replace(nieuw, bekend_op=na(oud.bekend_op, nieuw.bekend_op))
    feit = LoonwaardeVastgesteld(
        persoon=baan.persoon,
        plaatsing=baan.plaatsing,
        procent_x100=nieuw.procent_x100,
        methode=nieuw.methode,
        op=nieuw.op,
        bekend_op=nieuw.bekend_op,
    )
    return nieuw, feit


def _keur(baan: Baan, nieuw: Periode) -> Weigering | None:
    if nieuw.tot is not None and not nieuw.van < nieuw.tot:
        return Weigering("tot", "einde_voor_begin", "de periode eindigt niet na haar begin")
    if nieuw.van < baan.van:
        return Weigering("van", "voor_begin", f"de periode begint voor de plaatsing ({baan.van})")
    if baan.tot is not None and nieuw.van >= baan.tot:
        return Weigering("van", "na_einde", f"de periode begint na het einde van de plaatsing ({baan.tot})")
    if nieuw.verstrekker is VerstrekkerSoort.GEMEENTE and nieuw.gemeente is None:
        return Weigering("verstrekker_gemeente", "verplicht", "welke gemeente is de verstrekker?")
    if nieuw.verstrekker is VerstrekkerSoort.UWV and nieuw.gemeente is not None:
        return Weigering("verstrekker_gemeente", "onjuist", "bij UWV hoort geen gemeente")
    return None


def _overlap(bekend: Collection[Periode], nieuw: Periode) -> Weigering | None:
    for ander in bekend:
        if ander.instrument is not nieuw.instrument or ander.van == nieuw.van or not _raakt(ander, nieuw):
            continue
        if nieuw.van < ander.van:
            melding = (
                f"loopt over in de periode van {ander.van}; een eerder begin kan niet, geef een tot van uiterlijk dan"
            )
            return Weigering("tot" if nieuw.tot else "van", "overlap", melding)
        einde = "nog loopt" if ander.tot is None else f"tot {ander.tot} loopt"
        return Weigering("van", "overlap", f"begint terwijl de periode van {ander.van} {einde}; beëindig die eerst")
    return None


def _raakt(een: Periode, ander: Periode) -> bool:
    return (ander.tot is None or een.van < ander.tot) and (een.tot is None or ander.van < een.tot)


def _gestart(baan: Baan, p: Periode) -> InstrumentGestart:
    return InstrumentGestart(
        persoon=baan.persoon,
        plaatsing=baan.plaatsing,
        instrument=p.instrument,
        verstrekker=Verstrekker(soort=p.verstrekker, code=p.gemeente),
        van=p.van,
        tot=p.tot,
        bekend_op=p.bekend_op,
    )


def _beeindigd(baan: Baan, p: Periode, tot: date) -> InstrumentBeeindigd:
    return InstrumentBeeindigd(
        persoon=baan.persoon,
        plaatsing=baan.plaatsing,
        instrument=p.instrument,
        verstrekker=Verstrekker(soort=p.verstrekker, code=p.gemeente),
        van=p.van,
        tot=tot,
        bekend_op=p.bekend_op,
    )
