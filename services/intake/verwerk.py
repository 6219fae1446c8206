"""Rijen verwerken: één keer lezen, per rij in volgorde beslissen, één keer schrijven.

De volgorde van sloten is altijd dezelfde: eerst de kluis (op zoeksleutel), dan de personen (op pseudoniem).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from banenspoor_contracts import Feit

from services.intake import kluisboek, store
from services.intake.domain import Gevolg, Tijdlijn, Weigering, corrigeer, registreer, verhuis
from services.intake.rijen import BsnRij, CorrectieRij, PersoonRij, RegistratieRij, VerhuizingRij
from shared import outbox
from shared.api import Fout, Opdracht, Uitslag
from shared.db import Tx, vergrendel
from shared.kluis import kluis

R = TypeVar("R", bound=BsnRij)
_ONBEKEND = Weigering("bsn", "onbekende_registratie", "van deze persoon is geen registratie bekend")


@dataclass(frozen=True, slots=True)
class Registerwerk(Generic[R]):
    """Verwerkt rijen van één soort in het register. `onbekend_mag`: een onbekend BSN krijgt een pseudoniem."""

    beslis: Callable[[Tijdlijn, R], Gevolg | Weigering]
    onbekend_mag: bool = True

    async def __call__(self, tx: Tx, rijen: Sequence[tuple[int, R]], opdracht: Opdracht) -> Uitslag:
        """Legt vast en zegt wat de goede rijen veranderen; van een afgewezen rij wordt niets bewaard."""
        uitslag = Uitslag()
        goed = _niet_in_toekomst(rijen, opdracht, uitslag)
        opzoeken = kluisboek.wissel if self.onbekend_mag else kluisboek.zoek
        personen = await opzoeken(tx, kluis(), {rij.bsn for _, rij in goed})
        await vergrendel(tx, map(str, personen.values()))
        stand = await store.tijdlijnen(tx, personen.values())
        stappen: list[store.Stap] = []
        feiten: list[Feit] = []
        for nummer, rij in goed:
            persoon = personen.get(rij.bsn)
            uitkomst = _ONBEKEND if persoon is None else self.beslis(stand[persoon], rij)
            if isinstance(uitkomst, Weigering):
                _wijs_af(uitslag, nummer, uitkomst)
            elif not uitkomst.feiten:
                uitslag.ongewijzigd += 1
            else:
                na = uitkomst.tijdlijn
                stappen.append((stand[na.persoon], na))
                stand[na.persoon] = na
                feiten += uitkomst.feiten
                uitslag.aanvaard += 1
        await store.bewaar(tx, stappen)
        await outbox.put(tx, feiten, correlatie=opdracht.correlatie)
        return uitslag


def _registreer(t: Tijdlijn, r: RegistratieRij) -> Gevolg | Weigering:
    return registreer(t, r.grondslag, r.van, r.gemeente, tot=r.tot, reden=r.reden, bekend_op=r.bekend_op)


def _corrigeer(t: Tijdlijn, r: CorrectieRij) -> Gevolg | Weigering:
    return corrigeer(t, r.grondslag, r.van, r.reden, tot=r.tot, bekend_op=r.bekend_op)


def _verhuis(t: Tijdlijn, r: VerhuizingRij) -> Gevolg | Weigering:
    return verhuis(t, r.gemeente, r.van, bekend_op=r.bekend_op)


registraties = Registerwerk(_registreer)
correcties = Registerwerk(_corrigeer, onbekend_mag=False)
verhuizingen = Registerwerk(_verhuis)


async def personen(tx: Tx, rijen: Sequence[tuple[int, PersoonRij]], opdracht: Opdracht) -> Uitslag:
    """Bewaart geboortedatum en overlijden in de kluis; zegt niets. Een leeg `overleden_op` laat staan wat er stond."""
    uitslag, slot = Uitslag(), kluis()
    goed = _niet_in_toekomst(rijen, opdracht, uitslag)
    pseudoniemen = await kluisboek.wissel(tx, slot, {rij.bsn for _, rij in goed})
    stand = await kluisboek.levenslopen(tx, slot, pseudoniemen.values())
    anders = {}
    for nummer, rij in goed:
        persoon = pseudoniemen[rij.bsn]
        nieuw = replace(
            stand[persoon],
            geboortedatum=rij.geboortedatum,
            overleden_op=rij.overleden_op or stand[persoon].overleden_op,
        )
        if nieuw.overleden_op is not None and nieuw.overleden_op < rij.geboortedatum:
            _wijs_af(uitslag, nummer, Weigering("geboortedatum", "einde_voor_begin", "ligt na het bekende overlijden"))
        elif nieuw == stand[persoon]:
            uitslag.ongewijzigd += 1
        else:
            uitslag.aanvaard += 1
            stand[persoon] = anders[persoon] = nieuw
    await kluisboek.bewaar_levenslopen(tx, slot, anders)
    return uitslag


def _niet_in_toekomst(rijen: Iterable[tuple[int, R]], opdracht: Opdracht, uitslag: Uitslag) -> list[tuple[int, R]]:
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
