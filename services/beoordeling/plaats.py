"""Wat een baan of een nieuw besluit betekent voor iemands plaats in beschut werk."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from banenspoor_contracts import AanvraagSoort, BeschutWerkBeeindigd, BeschutWerkReden, Feit

from services.beoordeling.domain.aanvraag import Aanvraag
from services.beoordeling.domain.machine import MET_RECHT, Handeling, Toestand, Weigering
from services.beoordeling.domain.plaatsen import na_einde
from services.beoordeling.domain.stappen import zet
from services.beoordeling.store import aanvragen, deelname, plaatsen
from services.beoordeling.store.aanvragen import Logregel
from services.beoordeling.store.deelname import Baan
from shared.api import AMSTERDAM
from shared.db import Tx


@dataclass(frozen=True, slots=True)
class Stap:
    """Van `voor` naar `na`; met `reden` eindigde het beschut werk, `op` is de eerste dag zonder."""

    voor: Aanvraag
    na: Aanvraag
    op: date
    reden: BeschutWerkReden | None = None


async def volg(
    tx: Tx, personen: Collection[UUID], nu: datetime, wie: str, bekend_op: Mapping[UUID, datetime | None] | None = None
) -> list[Feit]:
    """Brengt de aanspraak van deze personen bij met hun banen en besluiten; het slot op hen is genomen.

    Alleen het laatste besluit telt: een ouder positief besluit eindigt erdoor. Geeft wat er gezegd moet worden.
    """
    vandaag = nu.astimezone(AMSTERDAM).date()
    per_persoon: dict[UUID, list[Aanvraag]] = {persoon: [] for persoon in personen}
    for a in await aanvragen.van_personen(tx, personen):
        if a.soort is AanvraagSoort.BESCHUT_WERK and a.besluit:
            per_persoon[a.persoon].append(a)
    stappen: list[Stap] = []
    banen = await deelname.beschutte_banen(tx, personen)
    for persoon, eigen in per_persoon.items():
        if eigen:
            eigen.sort(key=lambda a: (a.besluit.op if a.besluit else date.min, a.aanvraag))
            stappen += _vervangen(eigen)
            stappen += await _naar_baan(tx, eigen[-1], banen[persoon], vandaag)
    await aanvragen.bewaar(tx, [stap.na for stap in stappen])
    bekend = {persoon: moment for persoon, moment in (bekend_op or {}).items() if moment}
    log = [
        Logregel(na.aanvraag, na.handeling, stap.voor.toestand, na.toestand, na.sinds, bekend.get(na.persoon, nu), wie)
        for stap in stappen
        if (na := stap.na)
    ]
    await aanvragen.log_stappen(tx, log)
    live = (eigen for persoon, eigen in per_persoon.items() if persoon not in bekend)
    await plaatsen.markeer(tx, {a.gemeente for eigen in live for a in eigen})
    return [beeindigd(s.na, s.reden, s.op, bekend.get(s.na.persoon)) for s in stappen if s.reden is not None]


def beeindigd(a: Aanvraag, reden: BeschutWerkReden, op: date, bekend_op: datetime | None) -> Feit:
    """Het beschut werk, of het wachten erop, is afgelopen; `op` is de eerste dag zonder."""
    return BeschutWerkBeeindigd(
        persoon=a.persoon, aanvraag=a.aanvraag, gemeente=a.gemeente, op=op, reden=reden, bekend_op=bekend_op
    )


def _vervangen(eigen: list[Aanvraag]) -> list[Stap]:
    """Wat er ouder is dan het laatste besluit, is erdoor vervangen."""
    laatste, uit = eigen[-1], list[Stap]()
    for a in eigen[:-1]:
        if a.toestand in MET_RECHT and laatste.besluit:
            na = zet(a, Handeling.BEEINDIG, max(laatste.besluit.op, a.sinds))
            if not isinstance(na, Weigering):
                uit.append(Stap(a, na, laatste.besluit.op, BeschutWerkReden.HERBEOORDELING))
    return uit


async def _naar_baan(tx: Tx, a: Aanvraag, banen: list[Baan], vandaag: date) -> list[Stap]:
    if a.toestand not in MET_RECHT:
        return []
    nu = [b for b in banen if b.van <= vandaag and (b.tot is None or b.tot > vandaag)]
    if a.toestand is Toestand.GEPLAATST:
        return [] if nu else await _zonder_baan(tx, a, banen, vandaag)
    if a.toestand is Toestand.TERUGKEERRECHT:
        nu = [b for b in nu if b.van >= a.sinds]
    na = zet(a, Handeling.PLAATS, max(nu[0].van, a.sinds)) if nu else None
    return [Stap(a, na, na.sinds)] if isinstance(na, Aanvraag) else []


async def _zonder_baan(tx: Tx, a: Aanvraag, banen: list[Baan], vandaag: date) -> list[Stap]:
    """Haar baan eindigde, of bleek er nooit geweest."""
    voorbij = [(b.tot, b) for b in banen if b.tot is not None and b.tot <= vandaag]
    if voorbij:
        tot, laatste = max(voorbij, key=lambda t: t[0])
        handeling, reden = na_einde(laatste.reden, await deelname.geregistreerd(tx, a.persoon, tot))
    else:
        tot, handeling, reden = vandaag, Handeling.MAAK_VRIJ, BeschutWerkReden.ONBEKEND
    na = zet(a, handeling, max(tot, a.sinds))
    return [Stap(a, na, tot, reden)] if isinstance(na, Aanvraag) else []
