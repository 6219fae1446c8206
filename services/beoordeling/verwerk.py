"""Opdrachten van beoordeling: lees wat er is, beslis per rij (`domain`), bewaar en zeg het verschil."""

from collections.abc import Callable, Collection, Sequence
from typing import TypeVar
from uuid import UUID

from banenspoor_contracts import Feit

from services.beoordeling import store
from services.beoordeling.domain.aanvraag import Aanvraag, Weigering, adviseer, besluit, ontvang, verschil
from services.beoordeling.rijen import AanvraagRij, AdviesRij, BesluitRij
from shared import outbox
from shared.api import Fout, Opdracht, Uitslag
from shared.db import Tx, vergrendel
from shared.envelope import uuid7
from shared.personen import vergeten, vergrendel_personen

R = TypeVar("R", AanvraagRij, AdviesRij, BesluitRij)


async def aanvragen(tx: Tx, rijen: Sequence[tuple[int, AanvraagRij]], opdracht: Opdracht) -> Uitslag:
    """Neemt aanvragen aan. Slot ook op de referenties: twee leveringen van een nieuwe mogen elkaar niet kruisen."""

    def beslis(vorige: Aanvraag | None, r: AanvraagRij) -> Aanvraag | Weigering:
        if r.persoon in weg:
            return Weigering("persoon", "vernietigd", "de gegevens van deze persoon zijn vernietigd")
        wat = (r.referentie, nu[r.persoon], r.soort, r.aanvrager, r.gemeente, r.ontvangen_op)
        return ontvang(vorige, uuid7(), *wat, opdracht.vandaag)

    nu = await vergrendel_personen(tx, {r.persoon for _, r in rijen})
    await vergrendel(tx, {f"aanvraag:{r.referentie}" for _, r in rijen})
    weg = await vergeten(tx, nu)
    return await _verwerk(tx, rijen, opdracht, beslis)


async def adviezen(tx: Tx, rijen: Sequence[tuple[int, AdviesRij]], opdracht: Opdracht) -> Uitslag:
    """Neemt adviezen aan bij bekende aanvragen."""

    def beslis(aanvraag: Aanvraag | None, r: AdviesRij) -> Aanvraag | Weigering:
        return adviseer(aanvraag, r.uitkomst, r.uitgebracht_op, opdracht.vandaag)

    return await _verwerk(tx, rijen, opdracht, beslis, await _vergrendelde_personen(tx, rijen))


async def besluiten(tx: Tx, rijen: Sequence[tuple[int, BesluitRij]], opdracht: Opdracht) -> Uitslag:
    """Neemt besluiten van het college aan bij aanvragen met een advies."""

    def beslis(aanvraag: Aanvraag | None, r: BesluitRij) -> Aanvraag | Weigering:
        return besluit(aanvraag, r.uitkomst, r.besluit_op, opdracht.vandaag)

    return await _verwerk(tx, rijen, opdracht, beslis, await _vergrendelde_personen(tx, rijen))


async def _vergrendelde_personen(tx: Tx, rijen: Sequence[tuple[int, AdviesRij | BesluitRij]]) -> set[UUID]:
    """Neemt de sloten van wie deze rijen raken; een aanvraag die pas daarna verschijnt bestond voor hen nog niet."""
    referenties, vast = {r.referentie for _, r in rijen}, set[UUID]()
    while not vast.issuperset(personen := set(await store.personen(tx, referenties))):
        vast |= personen
        await vergrendel(tx, map(str, vast))
    return vast


async def _verwerk(
    tx: Tx,
    rijen: Sequence[tuple[int, R]],
    opdracht: Opdracht,
    beslis: Callable[[Aanvraag | None, R], Aanvraag | Weigering],
    alleen: Collection[UUID] | None = None,
) -> Uitslag:
    """Leest één keer, beslist per rij in volgorde van het bestand, schrijft één keer."""
    gelezen = await store.aanvragen(tx, {r.referentie for _, r in rijen})
    stand = {r: a for r, a in gelezen.items() if alleen is None or a.persoon in alleen}
    uitslag, veranderd, feiten = Uitslag(), dict[str, Aanvraag](), list[Feit]()
    for nummer, rij in rijen:
        vorige = stand.get(rij.referentie)
        nieuw = beslis(vorige, rij)
        if isinstance(nieuw, Weigering):
            uitslag.fouten.append(Fout(nummer, nieuw.kolom, nieuw.code, nieuw.melding))
        elif nieuw == vorige:
            uitslag.ongewijzigd += 1
        else:
            uitslag.aanvaard += 1
            feiten += verschil(vorige, nieuw, rij.bekend_op)
            stand[rij.referentie] = veranderd[rij.referentie] = nieuw
    await store.bewaar(tx, list(veranderd.values()))
    await outbox.put(tx, feiten, correlatie=opdracht.correlatie)
    if len(rijen) == 1 and (aanvraag := stand.get(rijen[0][1].referentie)):
        uitslag.resultaat = {"aanvraag": str(aanvraag.aanvraag), "uiterlijk": aanvraag.uiterlijk.isoformat()}
    return uitslag
