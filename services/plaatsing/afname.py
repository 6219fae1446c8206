"""Wat een buitenstaander van banen ziet: een eigen topic, een eigen filter en eigen pseudoniemen (`deploy/afnemers.yml`).

Afgeleid in dezelfde transactie als de stand zelf: precies één keer, en op volgorde. Een baan die niet meer door het filter
komt, ongedaan is of vergeten, krijgt een lege waarde. Route en steun gaan nooit mee: zij verraden iets over gezondheid.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from banenspoor_contracts import Feit, PlaatsingStand, Vorm
from banenspoor_contracts.feit import Grafsteen
from pydantic import Field

from services.plaatsing.store import banen
from shared import outbox
from shared.db import Tx
from shared.kluis import kluis
from shared.settings import Afnemer

STAP = 500
_BINNEN = "select afnemer, plaatsing from afname where plaatsing = any($1::uuid[])"
_ERBIJ = "insert into afname (afnemer, plaatsing) select * from unnest($1::text[], $2::uuid[]) on conflict do nothing"
_ERAF = """
delete from afname a using unnest($1::text[], $2::uuid[]) as w (afnemer, plaatsing)
where a.afnemer = w.afnemer and a.plaatsing = w.plaatsing
"""
_VOLGENDE = """
select plaatsing, persoon from plaatsing where ongedaan is null and plaatsing > $1 order by plaatsing limit $2
"""


class Afname(PlaatsingStand):
    """De baan zoals deze afnemer haar ziet; op de bus een gewone `plaatsing-stand`."""

    afnemer: str = Field(exclude=True)

    def op_topic(self) -> str:
        """Het topic van deze afnemer alleen."""
        return f"afname-{self.afnemer}"


class AfnameWeg(Grafsteen, Afname):
    """De afnemer ziet deze baan niet meer: een lege waarde."""


class Afleiding:
    """Zegt naast elke stand van een baan wat elke afnemer ervan ziet."""

    def __init__(self, afnemers: Mapping[str, Afnemer]) -> None:
        self._afnemers = afnemers

    async def __call__(self, tx: Tx, feiten: Sequence[Feit]) -> list[tuple[int, Feit]]:
        """Bij het hoeveelste feit hoort welk afgeleid feit; de aanroeper houdt de sloten van de personen."""
        standen = [
            (nr, f) for nr, f in enumerate(feiten) if isinstance(f, PlaatsingStand) and not isinstance(f, Afname)
        ]
        if not standen:
            return []
        rijen = await tx.fetch(_BINNEN, [f.plaatsing for _, f in standen])
        was = {(rij["afnemer"], rij["plaatsing"]) for rij in rijen}
        uit, nu = list[tuple[int, Feit]](), set(was)
        for nr, stand in standen:
            for naam, afnemer in self._afnemers.items():
                plek, ziet = (naam, stand.plaatsing), not isinstance(stand, Grafsteen) and past(afnemer, stand)
                if ziet or plek in nu:
                    uit.append((nr, voor(naam, stand, weg=not ziet)))
                (nu.add if ziet else nu.discard)(plek)
        for vraag, plekken in ((_ERBIJ, nu - was), (_ERAF, was - nu)):
            if plekken:
                await tx.execute(vraag, *map(list, zip(*sorted(plekken), strict=True)))
        return uit


def past(afnemer: Afnemer, stand: PlaatsingStand) -> bool:
    """Komt deze baan door het filter?"""
    ergens = not afnemer.gemeenten or stand.gemeente_werk in afnemer.gemeenten
    return ergens and stand.vorm in (afnemer.vormen or (Vorm.FORMEEL,))


def voor(naam: str, stand: PlaatsingStand, *, weg: bool = False) -> Afname:
    """De stand onder de pseudoniemen van deze afnemer: niemand anders heeft ze, en wij rekenen ze niet terug."""

    def anders(wie: UUID | None) -> UUID | None:
        return wie and UUID(bytes=kluis().zoeksleutel(f"afnemer {naam} {wie}")[:16], version=4)

    velden: dict[str, Any] = dict(stand) | {
        "afnemer": naam,
        "route": None,
        "persoon": anders(stand.persoon),
        "plaatsing": anders(stand.plaatsing),
        "werkgever": anders(stand.werkgever),
        "inlener": anders(stand.inlener),
    }
    return (AfnameWeg if weg else Afname)(**velden)


async def vul(tx: Tx, naam: str, afnemer: Afnemer, na: UUID | None) -> tuple[int, UUID | None]:
    """Zegt de stand van een volgende groep banen aan één afnemer: hoeveel zij er ziet, en waar het verder gaat.

    Nodig voor een nieuwe afnemer of een ruimer filter; nog eens doen zegt hetzelfde nog eens.
    """
    rijen = await tx.fetch(_VOLGENDE, na or UUID(int=0), STAP)
    bereik = dict.fromkeys((rij["plaatsing"] for rij in rijen), None)
    dossiers = await banen.dossiers_met_slot(tx, {rij["persoon"] for rij in rijen}, bereik)
    standen = [d.baan.stand for d in dossiers.values() if d.baan.ongedaan is None]
    ziet = [stand for stand in standen if past(afnemer, stand)]
    if ziet:
        await tx.execute(_ERBIJ, [naam] * len(ziet), sorted(stand.plaatsing for stand in ziet))
        await outbox.put(tx, [voor(naam, stand) for stand in ziet])
    return len(ziet), rijen[-1]["plaatsing"] if len(rijen) == STAP else None
