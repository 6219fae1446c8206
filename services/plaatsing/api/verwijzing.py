"""Welke baan een referentie of sleutel aanwijst, met het slot op wie haar heeft."""

from collections.abc import Collection
from uuid import UUID

from services.plaatsing.domain.plaatsing import Baan
from services.plaatsing.store import banen as store
from shared.db import Tx


async def kies(
    tx: Tx, referenties: Collection[str], client: str, *, alleen_eigen: bool = False
) -> dict[str, tuple[UUID, UUID]]:
    """Per referentie (baan, persoon): die van de aanroeper zelf, of de enige die er is (tenzij `alleen_eigen`).

    Wie over een baan levert hoeft niet te zijn wie haar opgaf; gebruiken meer bronnen dezelfde referentie, dan telt geen.
    """
    uit = {}
    for referentie, bronnen in (await store.kandidaten(tx, referenties)).items():
        if client in bronnen:
            uit[referentie] = bronnen[client]
        elif len(bronnen) == 1 and not alleen_eigen:
            [uit[referentie]] = bronnen.values()
    return uit


async def banen_van(
    tx: Tx, referenties: Collection[str], client: str, *, alleen_eigen: bool = False
) -> dict[str, Baan]:
    """De baan bij elke referentie, zoals `kies`; wat ongedaan gemaakt is telt niet."""
    gekozen = await kies(tx, referenties, client, alleen_eigen=alleen_eigen)
    kaal = await store.dossiers_met_slot(
        tx, {persoon for _, persoon in gekozen.values()}, dict.fromkeys(plaatsing for plaatsing, _ in gekozen.values())
    )
    banen = {referentie: kaal[p].baan for referentie, (p, _) in gekozen.items() if p in kaal}
    return {referentie: baan for referentie, baan in banen.items() if baan.ongedaan is None}


async def baan_van(tx: Tx, plaatsing: UUID) -> Baan | None:
    """Deze baan, of None als zij er niet is."""
    eerst = (await store.dossiers(tx, {plaatsing: None})).get(plaatsing)
    if eerst is None:
        return None
    nu = (await store.dossiers_met_slot(tx, {eerst.baan.persoon}, {plaatsing: None})).get(plaatsing)
    return None if nu is None else nu.baan
