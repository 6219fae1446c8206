"""Een hele levering intrekken, als correcties, in stappen; of alleen laten zien wat dat zou veranderen."""

from collections import defaultdict
from typing import Any
from uuid import UUID

from banenspoor_contracts import Feit

from services.plaatsing.domain.dossier import Dossier
from services.plaatsing.domain.intrekking import Voorbeeld, zet_terug
from services.plaatsing.domain.kalender import DAG, eerste_dag, laatste_dag, maand_van
from services.plaatsing.domain.uren import Regel, Sleutel
from services.plaatsing.domain.verschil import Moment
from services.plaatsing.store import banen, intrekking
from services.plaatsing.store.leveringen import Plek
from services.plaatsing.store.omgeving import omgeving
from shared import outbox
from shared.api import Opdracht, Probleem
from shared.db import Tx, vergrendel

STAP = 1000
"""Zoveel banen gaan er per transactie terug."""
ONBEKEND = Probleem(404, "onbekende_levering", "Deze levering kennen wij niet")


async def voorbeeld(tx: Tx, levering: UUID) -> dict[str, Any]:
    """Wat intrekken nu zou veranderen, over de hele levering (of wat er nog van over is), zonder iets vast te houden."""
    stand = await intrekking.lees(tx, levering, slot=False)
    if stand is None:
        raise ONBEKEND
    beeld = Voorbeeld()
    async for regel in intrekking.alle(tx, stand.nr, stand.tot):
        beeld.neem(regel.nr, regel.van, regel.tot, regel.nu, regel.terug)
    return {
        "levering": str(levering),
        "proef": True,
        "plaatsingen": beeld.banen,
        "regels": {"vervallen": beeld.vervallen, "vorige": beeld.vorige, "blijven": beeld.blijven},
        "maanden": [
            {"maand": maand, "plaatsingen": aantal, "verschilX100": verschil}
            for maand, (aantal, verschil) in sorted(beeld.maanden.items())
        ],
    }


async def trek_in(tx: Tx, levering: UUID, reden: str, opdracht: Opdracht) -> dict[str, Any]:
    """Doet de volgende stap van ten hoogste `STAP` banen; herhaal tot `resterend` 0 is.

    De eerste stap sluit de levering: wat daarna onder dezelfde naam komt is een nieuwe. Elke regel valt terug op haar
    laatste versie waarvan de levering blijft; wat een latere levering al verving, blijft dus.
    """
    stand = await intrekking.lees(tx, levering, slot=True)
    if stand is None:
        raise ONBEKEND
    if stand.begonnen is None:
        await intrekking.begin(tx, stand.nr, opdracht.nu, opdracht.client, reden)
    gezegd = 0
    if volgende := await intrekking.volgende(tx, stand.nr, stand.tot, STAP):
        gezegd = await _stap(tx, stand.nr, volgende, opdracht)
    tot = volgende[-1] if volgende else stand.tot
    rest = await intrekking.resterend(tx, stand.nr, tot) if len(volgende) == STAP else 0
    if stand.gereed is None:
        await intrekking.verder(tx, stand.nr, tot, None if rest else opdracht.nu)
    return {"levering": str(levering), "gedaan": len(volgende), "resterend": rest, "maandenGezegd": gezegd}


async def _stap(tx: Tx, nr: int, nummers: list[int], opdracht: Opdracht) -> int:
    """Zet de regels van deze banen terug; hoeveel maanden er opnieuw gezegd zijn."""
    terug, dossiers = await _dossiers(tx, nr, nummers)
    rondom = await omgeving(
        tx,
        {d.baan.persoon for d in dossiers},
        {w for d in dossiers for w in d.baan.werkgevers},
        {g.leverancier for d in dossiers for g in d.gezegd.values()},
    )
    feiten, weg = list[Feit](), list[Plek]()
    for dossier in dossiers:
        eigen = terug[dossier.baan.nr]
        feiten += zet_terug(dossier, eigen, Moment(opdracht.nu), rondom)
        weg += [(dossier.baan.nr, sleutel) for sleutel, regel in eigen.items() if regel is None]
    await intrekking.verwijder(tx, weg)
    await banen.bewaar(tx, dossiers)
    await outbox.put(tx, feiten, correlatie=opdracht.correlatie)
    return len(feiten)


async def _dossiers(
    tx: Tx, nr: int, nummers: list[int]
) -> tuple[dict[int, dict[Sleutel, Regel | None]], list[Dossier]]:
    """Wat er van elke regel blijft, en de dossiers over die maanden, met het slot op elke persoon.

    Ging iemand op in een ander terwijl wij wachtten, dan is het slot dat van een oud pseudoniem: opnieuw.
    """
    while True:
        wie = await intrekking.personen(tx, nummers)
        vast = {persoon for _, persoon in wie.values()}
        await vergrendel(tx, map(str, vast))
        terug: dict[int, dict[Sleutel, Regel | None]] = defaultdict(dict)
        for regel in await intrekking.regels(tx, nr, nummers[0] - 1, nummers[-1]):
            terug[regel.nr][regel.nu.sleutel] = regel.terug
        bereik = {wie[baan][0]: _bereik(regels) for baan, regels in terug.items()}
        dossiers = list((await banen.dossiers(tx, bereik)).values())
        if vast.issuperset(dossier.baan.persoon for dossier in dossiers):
            return terug, dossiers


def _bereik(regels: dict[Sleutel, Regel | None]) -> banen.Bereik:
    """De hele maanden van het vroegste tot het laatste tijdvak."""
    van, tot = min(van for _, van, _ in regels), max(tot for _, _, tot in regels)
    return eerste_dag(maand_van(van)), laatste_dag(maand_van(tot - DAG)) + DAG
