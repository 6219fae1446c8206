"""Welke baan een referentie of sleutel aanwijst, met het slot op wie haar heeft."""

from collections.abc import Collection, Mapping
from uuid import UUID

from services.plaatsing.domain.plaatsing import Baan
from services.plaatsing.store import banen as store
from shared.db import Tx, vergrendel


async def banen_van(
    tx: Tx, referenties: Collection[str], client: str, *, alleen_eigen: bool = False
) -> dict[str, Baan]:
    """De baan bij elke referentie: die van de aanroeper zelf, of de enige die er is (tenzij `alleen_eigen`).

    Wat ongedaan gemaakt is telt niet.

    Ging iemand op in een ander terwijl wij wachtten, dan is het slot dat van een oud pseudoniem: opnieuw.
    """
    while True:
        alle = await store.kandidaten(tx, referenties)
        gekozen = {r: baan for r, bronnen in alle.items() if (baan := _kies(bronnen, client, alleen_eigen))}
        vast = {persoon for _, persoon in gekozen.values()}
        await vergrendel(tx, map(str, vast))
        banen = await _banen(tx, {plaatsing for plaatsing, _ in gekozen.values()})
        if vast.issuperset(baan.persoon for baan in banen.values()):
            return {r: banen[p] for r, (p, _) in gekozen.items() if p in banen and banen[p].ongedaan is None}


async def baan_van(tx: Tx, plaatsing: UUID) -> Baan | None:
    """Deze baan, of None als zij er niet is."""
    baan = (await _banen(tx, {plaatsing})).get(plaatsing)
    while baan is not None:
        await vergrendel(tx, [str(baan.persoon)])
        nu = (await _banen(tx, {plaatsing})).get(plaatsing)
        if nu is None or nu.persoon == baan.persoon:
            return nu
        baan = nu
    return None


async def _banen(tx: Tx, plaatsingen: Collection[UUID]) -> dict[UUID, Baan]:
    kaal = await store.dossiers(tx, dict.fromkeys(plaatsingen))
    return {plaatsing: dossier.baan for plaatsing, dossier in kaal.items()}


def _kies(bronnen: Mapping[str, tuple[UUID, UUID]], client: str, alleen_eigen: bool) -> tuple[UUID, UUID] | None:
    enige = next(iter(bronnen.values())) if len(bronnen) == 1 and not alleen_eigen else None
    return bronnen.get(client) or enige
