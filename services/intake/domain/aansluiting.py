"""Eén mens uit een eigen administratie naast het register: gevonden, of waarom niet, of waarom het niet telt."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from banenspoor_contracts import Grondslag, Vorm, wie_telt

from .tijdlijn import Tijdlijn, geldt


class Uitkomst(StrEnum):
    """Hoe een rij aansluit."""

    GEVONDEN = "gevonden"
    WIJKT_AF = "wijkt_af"
    TELT_NIET = "telt_niet"
    WOONT_ELDERS = "woont_elders"
    NIET_IN_REGISTER = "niet_in_register"


@dataclass(frozen=True, slots=True)
class Aansluiting:
    """De uitkomst, een vaste reden, en een zin in gewone taal; nooit een nummer van iemand."""

    uitkomst: Uitkomst
    reden: str = ""
    uitleg: str = ""


ONBEKEND = Aansluiting(Uitkomst.NIET_IN_REGISTER, "onbekend_nummer", "Dit nummer komt in het register niet voor.")
ONBEKEND_HIER = Aansluiting(
    Uitkomst.NIET_IN_REGISTER, "onbekend_bij_gemeente", "Van deze persoon is bij deze gemeente niets bekend."
)
_NOOIT = Aansluiting(
    Uitkomst.NIET_IN_REGISTER, "nooit_geregistreerd", "Deze persoon is bekend, maar was nooit geregistreerd."
)


def sluit_aan(
    tijdlijn: Tijdlijn,
    vandaag: date,
    *,
    grondslag: Grondslag | None = None,
    van: date | None = None,
    gemeente: str | None = None,
    vormen: Collection[Vorm] = (),
    redenen: Mapping[tuple[Grondslag, date], str] = {},
) -> Aansluiting:
    """Hoe het register er vandaag over denkt. `vormen`: hoe zij nu werkt; `redenen`: waarom een registratie eindigde.

    `gemeente`: alleen wie daar nu woont, sluit daar aan.
    """
    nu = [r for r in tijdlijn.registraties if geldt(r, vandaag)]
    woont = next((w.gemeente for w in reversed(tijdlijn.woonplaatsen) if w.van <= vandaag), None)
    if gemeente is not None and woont != gemeente and tijdlijn.woonplaatsen:
        return Aansluiting(Uitkomst.WOONT_ELDERS, "verhuisd", "Deze persoon woont nu in een andere gemeente.")
    if not nu:
        return _waarom_niet(tijdlijn, vandaag, grondslag, redenen)
    grondslagen = {r.grondslag for r in nu}
    if (uitleg := _telt_niet(grondslagen, vormen, vandaag)) is not None:
        return Aansluiting(Uitkomst.TELT_NIET, uitleg.artikelen[0] if uitleg.artikelen else "", uitleg.zin)
    if grondslag is not None and grondslag not in grondslagen:
        bekend = ", ".join(sorted(f"{r.grondslag} sinds {r.van}" for r in nu))
        return Aansluiting(Uitkomst.WIJKT_AF, "andere_grondslag", f"Het register heeft {bekend}.")
    if van is not None and not any(r.van == van and grondslag in (None, r.grondslag) for r in nu):
        begin = ", ".join(sorted(str(r.van) for r in nu if grondslag in (None, r.grondslag)))
        return Aansluiting(Uitkomst.WIJKT_AF, "ander_begin", f"In het register begint zij op {begin}.")
    return Aansluiting(Uitkomst.GEVONDEN)


def _waarom_niet(
    tijdlijn: Tijdlijn, vandaag: date, grondslag: Grondslag | None, redenen: Mapping[tuple[Grondslag, date], str]
) -> Aansluiting:
    hoort = [r for r in tijdlijn.registraties if grondslag in (None, r.grondslag)] or list(tijdlijn.registraties)
    straks = [r for r in hoort if r.van > vandaag]
    if straks:
        eerste = min(straks, key=lambda r: r.van)
        return Aansluiting(Uitkomst.NIET_IN_REGISTER, "begint_later", f"{eerste.grondslag} begint op {eerste.van}.")
    if hoort:
        laatste = max(hoort, key=lambda r: r.tot or r.van)
        tot = laatste.tot or laatste.van
        waarom = redenen.get((laatste.grondslag, tot))
        zin = f"{laatste.grondslag} eindigde op {tot}" + (f" ({waarom})." if waarom else ".")
        return Aansluiting(Uitkomst.NIET_IN_REGISTER, "geeindigd", zin)
    if tijdlijn.verworpen:
        namen = ", ".join(sorted(tijdlijn.verworpen))
        return Aansluiting(Uitkomst.NIET_IN_REGISTER, "weggecorrigeerd", f"Een correctie zei dat {namen} er nooit was.")
    return _NOOIT


def _telt_niet(grondslagen: Collection[Grondslag], vormen: Collection[Vorm], vandaag: date) -> wie_telt.Uitleg | None:
    """Waarom iemand met deze grondslagen niet meetelt; None als het wel zo is. Wie niet werkt, kan nog gaan werken."""
    wet = wie_telt.versie_op(vandaag)
    if not wie_telt.hoort_bij(grondslagen, wet, werkt=bool(vormen)):
        zou = wie_telt.hoort_bij(grondslagen, wet, werkt=True)
        return _WERKT_NIET if zou else wie_telt.waarom(grondslagen, Vorm.FORMEEL, wet)
    if vormen and not any(wie_telt.telt(grondslagen, vorm, wet) for vorm in vormen):
        return wie_telt.waarom(grondslagen, sorted(vormen)[0], wet)
    return None


_WERKT_NIET = wie_telt.Uitleg(
    False, "", (), "Telt niet mee: deze grondslag telt alleen voor wie in een dienstbetrekking werkt."
)
