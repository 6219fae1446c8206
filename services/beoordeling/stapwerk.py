"""Rijen verwerken: lees wat er is, beslis per rij in volgorde (`domain`), bewaar, log de stap en zeg het verschil."""

from collections.abc import Callable, Collection, Sequence
from typing import TypeVar
from uuid import UUID

from banenspoor_contracts import AanvraagSoort, Feit

from services.beoordeling.domain.aanvraag import Aanvraag
from services.beoordeling.domain.feiten import verschil
from services.beoordeling.domain.machine import Handeling, Weigering
from services.beoordeling.domain.stappen import Gevolg
from services.beoordeling.rijen import AanvraagRij, ProcesstapRij, StapRij
from services.beoordeling.store import aanvragen as store
from services.beoordeling.store import plaatsen
from services.beoordeling.store.aanvragen import Logregel
from shared import outbox
from shared.api import Fout, Opdracht, Uitslag
from shared.db import Tx, vergrendel

BESCHUT = AanvraagSoort.BESCHUT_WERK
S = TypeVar("S", bound=StapRij)
R = TypeVar("R", bound=AanvraagRij | StapRij)


async def stap_voor_stap(
    tx: Tx,
    rijen: Sequence[tuple[int, S]],
    opdracht: Opdracht,
    beslis: Callable[[Aanvraag | None, S], Gevolg],
    zeg: Callable[[Aanvraag, S], list[Feit]] | None = None,
) -> Uitslag:
    """Zet stappen bij aanvragen die er al zijn; `zeg`: wat een stap naast het verschil nog zegt."""
    return await verwerk_rijen(tx, rijen, opdracht, beslis, await _vergrendelde_personen(tx, rijen), zeg)


async def _vergrendelde_personen(tx: Tx, rijen: Sequence[tuple[int, StapRij]]) -> set[UUID]:
    """Neemt de sloten van wie deze rijen raken; een aanvraag die pas daarna verschijnt bestond voor hen nog niet."""
    referenties, vast = {r.referentie for _, r in rijen}, set[UUID]()
    while not vast.issuperset(personen := set(await store.personen(tx, referenties))):
        vast |= personen
        await vergrendel(tx, map(str, vast))
    return vast


async def verwerk_rijen(
    tx: Tx,
    rijen: Sequence[tuple[int, R]],
    opdracht: Opdracht,
    beslis: Callable[[Aanvraag | None, R], Gevolg],
    alleen: Collection[UUID] | None = None,
    zeg: Callable[[Aanvraag, R], list[Feit]] | None = None,
) -> Uitslag:
    """Leest één keer, beslist per rij in volgorde van het bestand, schrijft één keer."""
    gelezen = await store.aanvragen(tx, {r.referentie for _, r in rijen})
    stand = {r: a for r, a in gelezen.items() if alleen is None or a.persoon in alleen}
    uitslag, veranderd, feiten = Uitslag(), dict[str, Aanvraag](), list[Feit]()
    log: list[Logregel] = []
    for nummer, rij in rijen:
        vorige = stand.get(rij.referentie)
        nieuw = beslis(vorige, rij)
        if isinstance(nieuw, Weigering):
            uitslag.fouten.append(Fout(nummer, nieuw.kolom, nieuw.code, nieuw.melding))
        elif nieuw is vorige:
            uitslag.ongewijzigd += 1
        else:
            uitslag.aanvaard += 1
            feiten += verschil(vorige, nieuw, rij.bekend_op) + (zeg(nieuw, rij) if zeg else [])
            log.append(_logregel(vorige, nieuw, rij, opdracht))
            stand[rij.referentie] = veranderd[rij.referentie] = nieuw
    await store.bewaar(tx, list(veranderd.values()))
    await store.log_stappen(tx, log)
    live = (stand[r.referentie] for _, r in rijen if r.bekend_op is None and r.referentie in veranderd)
    await plaatsen.markeer(tx, {a.gemeente for a in live if a.besluit and a.soort == BESCHUT})
    await outbox.put(tx, feiten, correlatie=opdracht.correlatie)
    if len(rijen) == 1 and (aanvraag := stand.get(rijen[0][1].referentie)):
        uitslag.resultaat = resultaat(aanvraag)
    return uitslag


def _logregel(vorige: Aanvraag | None, nieuw: Aanvraag, rij: AanvraagRij | StapRij, opdracht: Opdracht) -> Logregel:
    wijziging = vorige is not None and isinstance(rij, AanvraagRij)
    return Logregel(
        nieuw.aanvraag,
        Handeling.ONTVANG if wijziging else nieuw.handeling,
        vorige.toestand if vorige else None,
        nieuw.toestand,
        nieuw.ontvangen_op if wijziging else nieuw.sinds,
        rij.bekend_op or opdracht.nu,
        opdracht.client,
        rij.stap.value if isinstance(rij, ProcesstapRij) else None,
    )


def resultaat(a: Aanvraag) -> dict[str, str | None]:
    """Wat wie één rij stuurt terugkrijgt: het nummer, waar de aanvraag is, en de laatste dag van de klok die loopt."""
    loopt_af = a.loopt_af
    return {
        "aanvraag": str(a.aanvraag),
        "toestand": a.toestand.value,
        "uiterlijk": a.uiterlijk.isoformat(),
        "looptAf": loopt_af.isoformat() if loopt_af else None,
    }
