"""Rijen `werkgevers`: in welke sector een werkgever wanneer valt. Wat terugreikt, zegt de geraakte maanden opnieuw.

Elke rij die iets verandert aan wat een ander mag weten, zegt de hele werkgever op `werkgevers`.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from uuid import UUID, uuid4

from banenspoor_contracts import Feit

from services.plaatsing.api.velden import (
    Dag,
    GemeenteVeld,
    Klasse,
    Loonheffingennummer,
    SectorVeld,
    SubsectorVeld,
    Tekst,
)
from services.plaatsing.domain.dossier import Dossier, mist_sector, neem_sectoren
from services.plaatsing.domain.uren import Weigering
from services.plaatsing.domain.verschil import Moment
from services.plaatsing.domain.werkgever import Opgave, met_opgave, tijdlijn, volgende_stand
from services.plaatsing.store import banen as store_banen
from services.plaatsing.store import werkgevers as store
from shared import outbox
from shared.api import Fout, Opdracht, Rij, Uitslag
from shared.db import Tx, vergrendel


class WerkgeverRij(Rij):
    """Vanaf `van` valt deze werkgever in deze sector; zonder `tot` tot de volgende opgave. Zelfde `van`: vervangen."""

    werkgever: Loonheffingennummer
    sector: SectorVeld
    van: Dag
    naam: Tekst | None = None
    subsector: SubsectorVeld = None
    sbi: Tekst | None = None
    grootteklasse: Klasse | None = None
    gemeente_zetel: GemeenteVeld | None = None
    groep: Tekst | None = None
    tot: Dag | None = None

    @property
    def opgave(self) -> Opgave:
        """De rij zonder het nummer."""
        return Opgave(
            van=self.van,
            tot=self.tot,
            sector=self.sector,
            subsector=self.subsector,
            sbi=self.sbi,
            grootteklasse=self.grootteklasse,
            gemeente_zetel=self.gemeente_zetel,
            naam=self.naam,
            groep=self.groep,
        )


async def neem_werkgevers(tx: Tx, rijen: Sequence[tuple[int, WerkgeverRij]], opdracht: Opdracht) -> Uitslag:
    """Neemt opgaven van werkgevers aan, in volgorde van het bestand; een rij die niet kan laat niets achter."""
    nummers = {rij.werkgever for _, rij in rijen}
    await store.vergrendel_nummers(tx, nummers, {rij.groep for _, rij in rijen if rij.groep})
    bekend = await store.zoek(tx, nummers)
    nieuw = {nummer: uuid4() for nummer in nummers - bekend.keys()}
    ids = bekend | nieuw
    await vergrendel(tx, map(str, ids.values()))
    opgaven = await store.opgaven(tx, ids.values())
    standen = await store.standen(tx, ids.values())
    groepen = await store.groepen(
        tx, {o.groep for lijst in opgaven.values() for o in lijst if o.groep} | {r.groep for _, r in rijen if r.groep}
    )
    nieuwe_groepen = {r.groep: uuid4() for _, r in rijen if r.groep and r.groep not in groepen}
    sectoren = {werkgever: {o.sectordeel for o in lijst} for werkgever, lijst in opgaven.items()}
    banen = await _banen(
        tx, {w for _, r in rijen if (w := bekend.get(r.werkgever)) and r.opgave.sectordeel not in sectoren[w]}
    )
    uitslag, feiten, gewijzigd = Uitslag(), list[Feit](), set[UUID]()
    for nummer, rij in rijen:
        werkgever, moment = ids[rij.werkgever], Moment(opdracht.nu, rij.bekend_op)
        gevolg = _neem(opgaven, werkgever, rij.opgave, banen.get(werkgever, ()), moment)
        if isinstance(gevolg, Weigering):
            uitslag.fouten.append(Fout(nummer, gevolg.veld, gevolg.code, gevolg.melding))
        elif gevolg is None:
            uitslag.ongewijzigd += 1
        else:
            uitslag.aanvaard += 1
            gewijzigd.add(werkgever)
            feiten += gevolg
            stand = volgende_stand(
                werkgever, opgaven[werkgever], groepen | nieuwe_groepen, standen.get(werkgever), rij.bekend_op
            )
            if stand is not None:
                standen[werkgever] = stand
                feiten.append(stand)
    await store.maak(tx, {nummer: werkgever for nummer, werkgever in nieuw.items() if werkgever in gewijzigd})
    await store.maak_groepen(tx, nieuwe_groepen, (o.groep for werkgever in gewijzigd for o in opgaven[werkgever]))
    await store.bewaar(tx, {werkgever: opgaven[werkgever] for werkgever in gewijzigd})
    await store.bewaar_standen(tx, [standen[werkgever] for werkgever in gewijzigd])
    geraakt = {d.baan.plaatsing: d for werkgever in gewijzigd for d in banen.get(werkgever, ())}.values()
    await store_banen.bewaar(tx, geraakt)
    await outbox.put(tx, feiten, correlatie=opdracht.correlatie)
    if len(rijen) == 1 and not uitslag.fouten:
        uitslag.resultaat = {"werkgever": str(ids[rijen[0][1].werkgever])}
    return uitslag


async def _banen(tx: Tx, werkgevers: Collection[UUID]) -> dict[UUID, list[Dossier]]:
    """De banen die van deze werkgevers afhangen, met de sloten op hun personen en op de sectoren."""
    uit: dict[UUID, list[Dossier]] = defaultdict(list)
    if werkgevers:
        await store.neem_sectorslot(tx, werkgevers)
        for dossier in await store_banen.van_werkgevers(tx, werkgevers):
            for werkgever in set(dossier.baan.werkgevers):
                uit[werkgever].append(dossier)
    return uit


def _neem(
    opgaven: dict[UUID, tuple[Opgave, ...]],
    werkgever: UUID,
    opgave: Opgave,
    banen: Sequence[Dossier],
    moment: Moment,
) -> list[Feit] | Weigering | None:
    """Zet de opgave erbij: de feiten die eruit volgen, waarom zij niet kan, of None als zij er al zo stond."""
    if opgave in opgaven[werkgever]:
        return None
    nieuw = met_opgave(opgaven[werkgever], opgave)
    if isinstance(nieuw, Weigering):
        return nieuw
    sectoren = {werkgever: tijdlijn(nieuw)}
    for dossier in banen:
        if dag := mist_sector(dossier, sectoren):
            return Weigering("van", "sector_ontbreekt", f"er zijn banen die op {dag} dan geen sector hebben")
    opgaven[werkgever] = nieuw
    return [feit for dossier in banen for feit in neem_sectoren(dossier, sectoren, moment)]
