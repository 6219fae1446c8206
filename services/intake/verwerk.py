"""Rijen verwerken: één keer lezen, per rij in volgorde beslissen, één keer schrijven.

De volgorde van sloten is altijd dezelfde: eerst de kluis (op zoeksleutel), dan de personen (op pseudoniem).
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

from banenspoor_contracts import Feit

from services.intake import bewijs, kluisboek, store, termijnen
from services.intake.domain import (
    Gevolg,
    Tijdlijn,
    Weigering,
    beeindig_lopende,
    corrigeer,
    na_grens,
    registreer,
    verhuis,
    vervallen,
    zonder_bewijs,
)
from services.intake.rijen import (
    PersoonBeeindigingRij,
    PersoonCorrectieRij,
    PersoonRij,
    RegisterRij,
    RegistratieRij,
    VerhuizingRij,
    VervallenRij,
)
from services.intake.toegang import ONBEKENDE_REGISTRATIE, begrens, is_van_ander
from shared import outbox
from shared.api import Fout, Opdracht, Uitslag
from shared.beurt import HAP
from shared.db import Tx, vergrendel
from shared.kluis import kluis
from shared.personen import vergeten, vergrendel_personen

R = TypeVar("R", bound=RegisterRij)


Noteer = Callable[[Tx, list[tuple[UUID, Any]]], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Registerwerk(Generic[R]):
    """Verwerkt rijen van één soort in het register. `onbekend_mag`: een onbekend BSN krijgt een pseudoniem.

    `noteer`: bewaart wat een goede rij verder zegt en in geen gebeurtenis staat.
    """

    beslis: Callable[[Tijdlijn, R, Opdracht], Gevolg | Weigering]
    onbekend_mag: bool = True
    noteer: Noteer | None = None

    async def __call__(self, tx: Tx, rijen: Sequence[tuple[int, Any]], opdracht: Opdracht) -> Uitslag:
        """Legt vast en zegt wat de goede rijen veranderen; van een afgewezen rij wordt niets bewaard."""
        uitslag = Uitslag()
        goed = niet_in_toekomst(rijen, opdracht, uitslag)
        opzoeken = kluisboek.wissel if self.onbekend_mag else kluisboek.zoek
        personen = await opzoeken(tx, kluis(), {rij.bsn for _, rij in goed})
        return await self._verwerk(tx, [(nr, personen.get(rij.bsn), rij) for nr, rij in goed], opdracht, uitslag)

    async def van_persoon(self, tx: Tx, persoon: UUID, rij: R, opdracht: Opdracht) -> Uitslag:
        """Hetzelfde voor één rij over een bekend pseudoniem."""
        uitslag = Uitslag()
        goed = niet_in_toekomst([(1, rij)], opdracht, uitslag)
        return await self._verwerk(tx, [(nr, persoon, r) for nr, r in goed], opdracht, uitslag)

    async def _verwerk(
        self, tx: Tx, rijen: Sequence[tuple[int, UUID | None, R]], opdracht: Opdracht, uitslag: Uitslag
    ) -> Uitslag:
        nu, stand = await _lees_met_slot(tx, {p for _, p, _ in rijen if p is not None}, opdracht)
        stappen: list[store.Stap] = []
        feiten: list[Feit] = []
        goed: list[tuple[UUID, R]] = []
        for nr, (nummer, gevonden, rij) in enumerate(rijen, start=1):
            if nr % HAP == 0:
                await asyncio.sleep(0)
            persoon = nu.get(gevonden) if gevonden else None
            uitkomst = ONBEKENDE_REGISTRATIE if persoon is None else self.beslis(stand[persoon], rij, opdracht)
            if persoon is not None:
                uitkomst = begrens(opdracht, stand[persoon], rij, uitkomst)
            if isinstance(uitkomst, Weigering):
                _wijs_af(uitslag, nummer, uitkomst)
                continue
            na = uitkomst.tijdlijn
            goed.append((na.persoon, rij))
            if na == stand[na.persoon]:
                uitslag.ongewijzigd += 1
                continue
            stappen.append((stand[na.persoon], na))
            stand[na.persoon] = na
            feiten += uitkomst.feiten
            uitslag.aanvaard += 1
        await store.bewaar(tx, stappen)
        if self.noteer is not None:
            await self.noteer(tx, goed)
        await outbox.put(tx, feiten, correlatie=opdracht.correlatie)
        return uitslag


async def _lees_met_slot(
    tx: Tx, personen: Collection[UUID], opdracht: Opdracht
) -> tuple[dict[UUID, UUID], dict[UUID, Tijdlijn]]:
    """Onder welk pseudoniem ieder nu bekend is (wie net vergeten is ontbreekt), en hun tijdlijnen met de grens uit de kluis;
    nadat het slot op elke persoon genomen is."""
    nu = await vergrendel_personen(tx, personen)
    weg = await vergeten(tx, set(nu.values()))
    nu = {oud: nieuw for oud, nieuw in nu.items() if nieuw not in weg}
    wie = set(nu.values())
    return nu, await _lees(tx, wie, await kluisboek.lees_levenslopen(tx, kluis(), wie), opdracht)


async def _lees(
    tx: Tx, personen: Collection[UUID], levens: Mapping[UUID, kluisboek.Levensloop], opdracht: Opdracht
) -> dict[UUID, Tijdlijn]:
    return await store.tijdlijnen(tx, personen, {p: leven.grens(opdracht.vandaag) for p, leven in levens.items()})


def _registreer(t: Tijdlijn, r: RegistratieRij, opdracht: Opdracht) -> Gevolg | Weigering:
    if opdracht.bewijs_verplicht and (weigering := zonder_bewijs(t, r.grondslag, r.van, bewijs.gedragen(r))):
        return weigering
    return registreer(t, r.grondslag, r.van, r.gemeente, tot=r.tot, reden=r.reden, bekend_op=r.bekend_op)


def _corrigeer(t: Tijdlijn, r: PersoonCorrectieRij, _: Opdracht) -> Gevolg | Weigering:
    return corrigeer(t, r.grondslag, r.van, r.reden, tot=r.tot, bekend_op=r.bekend_op)


def _verhuis(t: Tijdlijn, r: VerhuizingRij, _: Opdracht) -> Gevolg | Weigering:
    return verhuis(t, r.gemeente, r.van, bekend_op=r.bekend_op)


def _beeindig(t: Tijdlijn, r: PersoonBeeindigingRij, _: Opdracht) -> Gevolg | Weigering:
    return beeindig_lopende(t, r.grondslag, r.tot, r.reden, bekend_op=r.bekend_op)


def _vervallen(t: Tijdlijn, r: VervallenRij, opdracht: Opdracht) -> Gevolg | Weigering:
    bekend = opdracht.vandaag if r.bekend_op is None else r.bekend_op.date()
    return vervallen(t, r.grondslag, r.vervallen_op, r.reden, bekend, r.bekend_op)


registraties = Registerwerk(_registreer, noteer=bewijs.bewaar)
correcties = Registerwerk(_corrigeer, onbekend_mag=False)
beeindigingen = Registerwerk(_beeindig, onbekend_mag=False)
verhuizingen = Registerwerk(_verhuis)
vervallen_voorwaarden = Registerwerk(_vervallen, onbekend_mag=False, noteer=bewijs.noteer_verval)


async def personen(tx: Tx, rijen: Sequence[tuple[int, PersoonRij]], opdracht: Opdracht) -> Uitslag:
    """Bewaart geboortedatum en overlijden in de kluis, en beëindigt wat daarna nog liep.

    Een leeg `overleden_op` laat staan wat er stond. Een AOW-leeftijd die nog komt, gaat vanzelf (`termijnen`).
    """
    uitslag, slot = Uitslag(), kluis()
    goed = niet_in_toekomst(rijen, opdracht, uitslag)
    pseudoniemen, stand = await _wissel_met_slot(tx, {rij.bsn for _, rij in goed})
    tijdlijnen = await store.tijdlijnen(tx, pseudoniemen.values()) if opdracht.gemeente is not None else {}
    anders: dict[UUID, kluisboek.Levensloop] = {}
    bekend: dict[UUID, datetime | None] = {}
    for nummer, rij in goed:
        persoon = pseudoniemen[rij.bsn]
        nieuw = replace(
            stand[persoon],
            geboortedatum=rij.geboortedatum,
            overleden_op=rij.overleden_op or stand[persoon].overleden_op,
        )
        if persoon in tijdlijnen and (weigering := is_van_ander(opdracht, tijdlijnen[persoon])):
            _wijs_af(uitslag, nummer, weigering)
        elif nieuw.overleden_op is not None and nieuw.overleden_op < rij.geboortedatum:
            _wijs_af(uitslag, nummer, Weigering("geboortedatum", "einde_voor_begin", "ligt na het bekende overlijden"))
        elif nieuw == stand[persoon]:
            uitslag.ongewijzigd += 1
        else:
            uitslag.aanvaard += 1
            stand[persoon] = anders[persoon] = nieuw
            bekend[persoon] = rij.bekend_op
    await kluisboek.bewaar_levenslopen(tx, slot, anders)
    await termijnen.zet(tx, anders)
    await vergrendel(tx, map(str, anders))
    gevolgen = [(t, na_grens(t, bekend[p])) for p, t in (await _lees(tx, anders, anders, opdracht)).items()]
    await store.bewaar(tx, [(t, gevolg.tijdlijn) for t, gevolg in gevolgen])
    await outbox.put(tx, [feit for _, gevolg in gevolgen for feit in gevolg.feiten], correlatie=opdracht.correlatie)
    return uitslag


async def _wissel_met_slot(tx: Tx, bsns: Collection[str]) -> tuple[dict[str, UUID], dict[UUID, kluisboek.Levensloop]]:
    """Pseudoniemen en levenslopen, met het slot op hun regels in de kluis; ging er intussen een op of weg, dan opnieuw."""
    while True:
        pseudoniemen = await kluisboek.wissel(tx, kluis(), bsns)
        stand = await kluisboek.levenslopen(tx, kluis(), pseudoniemen.values())
        if await kluisboek.zoek(tx, kluis(), bsns) == pseudoniemen:
            return pseudoniemen, stand


def niet_in_toekomst(rijen: Iterable[tuple[int, R]], opdracht: Opdracht, uitslag: Uitslag) -> list[tuple[int, R]]:
    """De rijen zonder datum in de toekomst; de andere worden afgewezen."""
    goed = []
    for nummer, rij in rijen:
        laat = [k for k in rij.verleden if (dag := getattr(rij, k)) is not None and dag > opdracht.vandaag]
        for kolom in laat:
            _wijs_af(uitslag, nummer, Weigering(kolom, "toekomst", f"{kolom} ligt in de toekomst"))
        if not laat:
            goed.append((nummer, rij))
    return goed


def _wijs_af(uitslag: Uitslag, nummer: int, weigering: Weigering) -> None:
    uitslag.fouten.append(Fout(nummer, weigering.kolom, weigering.code, weigering.melding))
