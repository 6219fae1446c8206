"""Stromen als maat: wat elk aantal is en wat elke gebeurtenis eraan veranderde. Zo is er ook van stromen een brug."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import ClassVar

from banenspoor_contracts import RegelSoort

from services.telling.domain.brug import Effecten, Plek, Waarden
from services.telling.domain.gebieden import Grenzen
from services.telling.domain.optelling import Kenmerken
from services.telling.domain.personen import tellend
from services.telling.domain.regels import Regelboek
from services.telling.domain.register import Gebeurtenis
from services.telling.domain.selectie import Opname, Selectie
from services.telling.domain.stromen import AANTALLEN, Overgang, Verloop, momenten, stromen
from services.telling.domain.stroomverloop import Moment, Post, verschuivingen
from services.telling.maten import Personen, Verandering, som_van
from services.telling.store import hoofdbanen, mutaties
from services.telling.store import stromen as store
from services.telling.vraag import Vraag
from shared.db import Tx


@dataclass(frozen=True, slots=True)
class Stromenmaat:
    """De aantallen van de stromen; hun kenmerken zijn die van `per`."""

    regels: ClassVar[Sequence[RegelSoort]] = Personen.regels

    tx: Tx
    selectie: Selectie
    naam: str = "stromen"

    @property
    def per(self) -> tuple[str, ...]:
        """De kenmerken van een aantal: welke stroom, en in welke regio als daarnaar gevraagd is."""
        return ("regio", "stroom") if self.selectie.gebied_nodig else ("stroom",)

    async def lees(self, boek: Regelboek, toen: int | None) -> list[tuple[Verloop, int]]:
        """Elk verloop tussen twee momenten na elkaar, en hoeveel personen het hebben."""
        alle = momenten(self.selectie, boek)
        per_maand = {o.maanden[-1]: await self._tellend(o, boek) for o in alle}
        return await store.verlopen(self.tx, alle, per_maand, self.selectie.gebied_nodig, toen)

    def waarden(self, gelezen: list[tuple[Verloop, int]], boek: Regelboek, ook: Collection[Kenmerken] = ()) -> Waarden:
        """Elk aantal van elke periode; een cel die er niet bij staat is nul."""
        return {
            self._plek(cel.periode, (cel.regio, naam)): Fraction(getattr(cel, naam))
            for cel in stromen(gelezen, boek, self.selectie)
            for naam in AANTALLEN
        }

    async def effecten(self, boek: Regelboek, van: int, tot: int) -> Effecten:
        """De som van alle veranderingen per gebeurtenis en reden."""
        return som_van(await self.veranderingen(boek, van, tot))

    async def veranderingen(self, boek: Regelboek, van: int, tot: int) -> list[Verandering]:
        """Wie er door welke gebeurtenis in of uit een stroom ging."""
        uit, grenzen = list[Verandering](), Grenzen.uit(boek)
        for begin, eind in pairwise(momenten(self.selectie, boek)):
            overgang, periode = Overgang(self.selectie, begin, eind, boek, grenzen), str(eind.periode)
            feiten = await mutaties.verloop(self.tx, [begin.maanden[-1], eind.maanden[-1]], van, tot)
            kanten = [await self._moment(opname, boek, feiten) for opname in (begin, eind)]

            def posten(verloop: Verloop, bij: Overgang = overgang) -> list[Post]:
                regio = self.selectie.regio
                return [post for post in bij.posten(verloop) if regio is None or post[0] == regio]

            uit += [
                Verandering(v.feit, v.feit.naam, self._plek(periode, v.post), v.aantal)
                for v in verschuivingen(feiten, kanten[0], kanten[1], posten)
            ]
        return uit

    async def _moment(self, opname: Opname, boek: Regelboek, feiten: Iterable[Gebeurtenis]) -> Moment:
        cellen = {feit.cel_id for feit in feiten if feit.inschrijving is None}
        plekken = await mutaties.plekken(self.tx, cellen, opname.plaats.waarde, opname.peilmoment.waarde)
        maand = opname.maanden[-1]
        return Moment(maand, opname.peildag(maand), frozenset(await self._tellend(opname, boek)), plekken)

    async def _tellend(self, opname: Opname, boek: Regelboek) -> list[tuple[str, str]]:
        return tellend(opname, boek, await hoofdbanen.soorten(self.tx, opname.peilmoment.waarde))

    def _plek(self, periode: str, post: Post) -> Plek:
        return periode, post if self.selectie.gebied_nodig else post[1:]


def stromenmaat(tx: Tx, vraag: Vraag) -> Stromenmaat:
    """De stromen van een vraag."""
    return Stromenmaat(tx, vraag.selectie)
