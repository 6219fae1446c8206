"""Rijen `plaatsingen`: een baan begint, of de bron geeft haar anders op."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Annotated
from uuid import UUID

from banenspoor_contracts import Contract, Feit, PlaatsingEindReden, Sector, Vorm
from pydantic import Field

from services.plaatsing.api.velden import BekendNummer, Dag, GemeenteVeld, Honderdsten, Sleutelveld, Tekst
from services.plaatsing.domain.dossier import Dossier, neem_baan
from services.plaatsing.domain.plaatsing import Baan, zelfde_opgave
from services.plaatsing.domain.uren import Weigering
from services.plaatsing.domain.verschil import Moment
from services.plaatsing.store import banen as store
from services.plaatsing.store import werkgevers as store_werkgevers
from services.plaatsing.store.omgeving import omgeving
from shared import outbox
from shared.api import Fout, Opdracht, Rij, Uitslag
from shared.db import Tx, vergrendel
from shared.envelope import uuid7
from shared.personen import vergeten, volg


class PlaatsingRij(Rij):
    """Een baan, van begin tot eind. `referentie` is de sleutel van de bron; dezelfde nog eens is een wijziging."""

    referentie: Sleutelveld
    persoon: UUID
    werkgever: BekendNummer
    vorm: Vorm
    contract: Contract
    uren_per_week: Annotated[Honderdsten, Field(ge=0, le=16800)]
    gemeente_werk: GemeenteVeld
    van: Dag
    ikv: Tekst | None = None
    inlener: BekendNummer | None = None
    tot: Dag | None = None
    route: Annotated[str, Field(max_length=60, pattern=r"^[^0-9]*$")] | None = None
    reden: PlaatsingEindReden | None = None
    """Waarom de baan eindigt; zonder: onbekend."""


Opgave = tuple[int, PlaatsingRij, Baan]
"""Een rij met haar nummer, en de baan die zij opgeeft."""


async def neem_plaatsingen(tx: Tx, rijen: Sequence[tuple[int, PlaatsingRij]], opdracht: Opdracht) -> Uitslag:
    """Neemt banen aan, in volgorde van het bestand; een rij die niet kan laat niets achter."""
    werkgevers = await store_werkgevers.zoek(tx, {n for _, r in rijen for n in (r.werkgever, r.inlener) if n})
    uitslag, goed = Uitslag(), list[Opgave]()
    for nummer, rij in rijen:
        onbekend = next((v for v in ("werkgever", "inlener") if getattr(rij, v) not in (None, *werkgevers)), None)
        if onbekend:
            uitslag.fouten.append(Fout(nummer, onbekend, "onbekende_werkgever", "deze werkgever kennen wij niet"))
        else:
            goed.append((nummer, rij, _baan(rij, opdracht.client, werkgevers)))
    goed, dossiers = await _dossiers(tx, goed, opdracht.client)
    goed = await _niet_vergeten(tx, goed, uitslag)
    rondom = await omgeving(
        tx,
        {baan.persoon for _, _, baan in goed},
        {w for baan in (*(b for _, _, b in goed), *(d.baan for d in dossiers.values())) for w in baan.werkgevers},
        {g.leverancier for d in dossiers.values() for g in d.gezegd.values()},
    )
    feiten: list[Feit] = []
    for nummer, rij, baan in goed:
        reden, moment = rij.reden or PlaatsingEindReden.ONBEKEND, Moment(opdracht.nu, rij.bekend_op)
        gevolg = neem_baan(dossiers.get(rij.referentie), baan, moment, rondom, reden)
        if isinstance(gevolg, Weigering):
            uitslag.fouten.append(Fout(nummer, gevolg.veld, gevolg.code, gevolg.melding))
        elif gevolg is None:
            uitslag.ongewijzigd += 1
        else:
            uitslag.aanvaard += 1
            dossiers[rij.referentie] = gevolg[0]
            feiten += gevolg[1]
    await store.bewaar(tx, dossiers.values())
    await outbox.put(tx, feiten, correlatie=opdracht.correlatie)
    if len(rijen) == 1 and not uitslag.fouten:
        uitslag.resultaat = {"plaatsing": str(dossiers[rijen[0][1].referentie].baan.plaatsing)}
    return uitslag


async def _dossiers(tx: Tx, opgaven: Sequence[Opgave], bron: str) -> tuple[list[Opgave], dict[str, Dossier]]:
    """De opgaven bij het pseudoniem van nu, en de dossiers van hun referenties bij deze bron, met de sloten.

    Uren alleen waar zij anders kunnen worden. Een nieuwe referentie is ook een slot: twee leveringen van dezelfde nieuwe
    baan mogen elkaar niet kruisen. Ging iemand op in een ander, of werd een baan ongedaan, terwijl wij wachtten: opnieuw.
    """
    referenties = Counter(rij.referentie for _, rij, _ in opgaven)
    while True:
        nu = await volg(tx, {rij.persoon for _, rij, _ in opgaven})
        bekend = await _bekend(tx, referenties, bron)
        vast = {*nu.values(), *(persoon for _, persoon in bekend.values())}
        nieuw = {f"plaatsing:{bron}:{referentie}" for referentie in referenties if referentie not in bekend}
        await vergrendel(tx, {*map(str, vast), *nieuw})
        bekend = await _bekend(tx, referenties, bron)
        zelfde = nieuw.issuperset(f"plaatsing:{bron}:{r}" for r in referenties if r not in bekend)
        if zelfde and vast.issuperset(persoon for _, persoon in bekend.values()) and nu == await volg(tx, nu):
            break
    opgaven = [(nummer, rij, replace(baan, persoon=nu[rij.persoon])) for nummer, rij, baan in opgaven]
    kaal = await store.dossiers(tx, {plaatsing: None for plaatsing, _ in bekend.values()})
    op_referentie = {d.baan.referentie: d for d in kaal.values()}
    anders = {
        op_referentie[baan.referentie].baan.plaatsing: store.ALTIJD
        for _, _, baan in opgaven
        if baan.referentie in op_referentie
        and (referenties[baan.referentie] > 1 or not zelfde_opgave(baan, op_referentie[baan.referentie].baan))
    }
    vol = await store.dossiers(tx, anders)
    return opgaven, op_referentie | {d.baan.referentie: d for d in vol.values()}


async def _niet_vergeten(tx: Tx, opgaven: Sequence[Opgave], uitslag: Uitslag) -> list[Opgave]:
    """Zonder wie vergeten is: alleen een opdracht die al onderweg was, kan dat pseudoniem nog hebben."""
    weg = await vergeten(tx, {rij.persoon for _, rij, _ in opgaven})
    for nummer, rij, _ in opgaven:
        if rij.persoon in weg:
            uitslag.fouten.append(Fout(nummer, "persoon", "vernietigd", "de gegevens van deze persoon zijn vernietigd"))
    return [opgave for opgave in opgaven if opgave[1].persoon not in weg]


async def _bekend(tx: Tx, referenties: Mapping[str, int], bron: str) -> dict[str, tuple[UUID, UUID]]:
    alle = await store.kandidaten(tx, list(referenties))
    return {referentie: bronnen[bron] for referentie, bronnen in alle.items() if bron in bronnen}


def _baan(rij: PlaatsingRij, bron: str, werkgevers: Mapping[str, UUID]) -> Baan:
    """De opgave als baan; de sector volgt nog uit de werkgever, en een bekende referentie houdt haar eigen nummer."""
    return Baan(
        plaatsing=uuid7(),
        persoon=rij.persoon,
        bron=bron,
        referentie=rij.referentie,
        werkgever=werkgevers[rij.werkgever],
        inlener=werkgevers[rij.inlener] if rij.inlener else None,
        vorm=rij.vorm,
        contract=rij.contract,
        uren_per_week_x100=rij.uren_per_week,
        gemeente_werk=rij.gemeente_werk,
        sector=Sector.MARKT,
        subsector=None,
        van=rij.van,
        tot=rij.tot,
        route=rij.route,
        ikv=rij.ikv,
    )
