"""Nummers voor personen, banen, werkgevers en cellen.

Twee instanties mogen tegelijk hetzelfde nieuwe tegenkomen: invoegen gaat op volgorde van sleutel, en wie te laat is
wacht op de ander en leest diens nummer. Alleen nummers uit een eerdere transactie worden onthouden, want een eigen
invoeging kan nog teruggedraaid worden; een reeks geeft een nummer nooit twee keer uit.
"""

from abc import ABC, abstractmethod
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from uuid import UUID

from banenspoor_contracts import Cel

from services.telling.store.geheugen import DATABASE
from shared.db import Tx

K = TypeVar("K", str, bytes)
MEESTE_ONTHOUDEN = 400_000
MEESTE_TRANSACTIES = 16
"""Zoveel transacties van dit proces kunnen tegelijk lopen (de batch, en met de hand opnieuw verwerkte berichten)."""

_TRANSACTIE = "select pg_current_xact_id()::text"


class Nummers(ABC, Generic[K]):
    """De nummers in één tabel, met een geheugen per proces. Een onjuiste sleutel geeft `ValueError`."""

    _zoek: str
    _voeg_toe: str

    def __init__(self) -> None:
        self._bekend: dict[K, int] = {}
        self._eigen: dict[str, set[str]] = {}
        self.nieuw: list[str] = []
        """Wat de laatste keer nog geen nummer had."""

    @abstractmethod
    def _canoniek(self, sleutel: K) -> str:
        """De sleutel zoals zij in de tabel staat."""

    def _kolommen(self, nieuw: Sequence[str]) -> Sequence[Any]:
        """De kolommen van nieuwe rijen."""
        return [nieuw]

    def vergeet(self, sleutels: Collection[K]) -> None:
        """Haalt deze sleutels uit het geheugen van dit proces."""
        for sleutel in sleutels:
            self._bekend.pop(sleutel, None)

    async def voor(self, tx: Tx, sleutels: Collection[K]) -> dict[K, int]:
        """Het nummer van elke sleutel; wie er nog geen had, krijgt er een."""
        self.nieuw = []
        bekend = {k: n for k in sleutels if (n := self._bekend.get(k)) is not None}
        if len(bekend) == len(sleutels):
            return bekend
        canoniek = {k: self._canoniek(k) for k in sleutels if k not in bekend}
        gezocht = sorted(set(canoniek.values()))
        gevonden = await self._lees(tx, self._zoek, [gezocht])
        eigen = await self._zelf_ingevoegd(tx)
        vast = gevonden.keys() - eigen
        self.nieuw = nieuw = [k for k in gezocht if k not in gevonden]
        if nieuw:
            gevonden |= await self._lees(tx, self._voeg_toe, self._kolommen(nieuw))
            eigen.update(gevonden.keys() & set(nieuw))
            if te_laat := [k for k in nieuw if k not in gevonden]:
                gevonden |= await self._lees(tx, self._zoek, [te_laat])
        if len(self._bekend) > MEESTE_ONTHOUDEN:
            self._bekend.clear()
        self._bekend.update((k, gevonden[c]) for k, c in canoniek.items() if c in vast)
        return bekend | {k: gevonden[c] for k, c in canoniek.items()}

    async def _lees(self, tx: Tx, vraag: str, kolommen: Sequence[Any]) -> dict[str, int]:
        return {rij[0]: rij[1] for rij in await tx.fetch(vraag, *kolommen)}

    async def _zelf_ingevoegd(self, tx: Tx) -> set[str]:
        """Wat deze transactie zelf invoegde (eventueel in een teruggedraaid deel): dat wordt nog niet onthouden."""
        transactie = await tx.fetchval(_TRANSACTIE)
        if transactie not in self._eigen:
            self._eigen = dict(list(self._eigen.items())[-MEESTE_TRANSACTIES:]) | {transactie: set()}
        return self._eigen[transactie]


class UuidNummers(Nummers[str]):
    """De nummers van de uuid's in `tabel` (kolommen `tabel` en `tabel_nr`)."""

    def __init__(self, tabel: str) -> None:
        super().__init__()
        self._zoek = f"select {tabel}::text, {tabel}_nr from {tabel} where {tabel} = any($1::text[]::uuid[])"  # noqa: S608
        self._voeg_toe = (
            f"insert into {tabel} ({tabel}) select k::uuid from unnest($1::text[]) k order by 1 "  # noqa: S608
            f"on conflict do nothing returning {tabel}::text, {tabel}_nr"
        )

    def _canoniek(self, sleutel: str) -> str:
        return str(UUID(sleutel))


class Cellen(Nummers[bytes]):
    """De nummers van cellen: van de bytes in de gebeurtenis, via hun canonieke JSON."""

    _zoek = "select sleutel, cel_id from cel where sleutel = any($1::text[])"
    _voeg_toe = """
insert into cel (sleutel, gemeente_werk, gemeente_woon, sector, subsector, sector_inlener, subsector_inlener, vorm,
                 contract, grondslagen_maand, grondslagen_kwartaal)
select * from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
                     $9::text[], $10::text[], $11::text[]) c (sleutel)
order by c.sleutel on conflict do nothing returning sleutel, cel_id
"""

    def _canoniek(self, sleutel: bytes) -> str:
        return Cel.model_validate_json(sleutel).bytes_().decode()

    def _kolommen(self, nieuw: Sequence[str]) -> Sequence[Any]:
        rijen = [_rij(tekst, Cel.model_validate_json(tekst)) for tekst in nieuw]
        return [list(kolom) for kolom in zip(*rijen, strict=True)]


def _rij(tekst: str, cel: Cel) -> tuple[str | None, ...]:
    return (
        tekst,
        cel.gemeente_werk,
        cel.gemeente_woon,
        cel.sector,
        cel.subsector,
        cel.sector_inlener,
        cel.subsector_inlener,
        cel.vorm,
        cel.contract,
        ",".join(cel.grondslagen_maand),
        ",".join(cel.grondslagen_kwartaal),
    )


_BRONNEN = "select topic, partitie, bron_id from bron"
_BRON_NIEUW = """
insert into bron (topic, partitie) select * from unnest($1::text[], $2::smallint[]) b (topic, partitie) order by 1, 2
on conflict do nothing
"""

Plek = tuple[str, int]


async def bronnen(tx: Tx, plekken: Collection[Plek]) -> dict[Plek, int]:
    """Het nummer van elk (topic, partitie)."""
    bekend = {(topic, partitie): nummer for topic, partitie, nummer in await tx.fetch(_BRONNEN)}
    nieuw = sorted(plek for plek in plekken if plek not in bekend)
    if not nieuw:
        return bekend
    await tx.execute(_BRON_NIEUW, [topic for topic, _ in nieuw], [partitie for _, partitie in nieuw])
    return {(topic, partitie): nummer for topic, partitie, nummer in await tx.fetch(_BRONNEN)}


@dataclass(frozen=True, slots=True)
class Genummerd:
    """De nummers van alles wat in één batch voorkomt."""

    bronnen: dict[Plek, int]
    personen: dict[str, int]
    plaatsingen: dict[str, int]
    werkgevers: dict[str, int]
    cellen: dict[bytes, int]


class Nummering:
    """Alle nummers samen. Het geheugen geldt voor één database zolang die draait: na een herstel begint het leeg."""

    def __init__(self) -> None:
        self._database = ""
        self._begin()

    def _begin(self) -> None:
        self._personen, self._plaatsingen = UuidNummers("persoon"), UuidNummers("plaatsing")
        self._werkgevers, self._cellen = UuidNummers("werkgever"), Cellen()

    async def nummer(
        self,
        tx: Tx,
        plekken: Collection[Plek],
        personen: Collection[str],
        plaatsingen: Collection[str],
        werkgevers: Collection[str],
        cellen: Collection[bytes],
    ) -> Genummerd:
        """Nummert een batch, altijd in deze volgorde van tabellen: zo kunnen twee instanties elkaar niet vastzetten."""
        database = await tx.fetchval(DATABASE)
        if database != self._database:
            self._begin()
            self._database = database
        return Genummerd(
            await bronnen(tx, plekken),
            await self._personen.voor(tx, personen),
            await self._plaatsingen.voor(tx, plaatsingen),
            await self._werkgevers.voor(tx, werkgevers),
            await self._cellen.voor(tx, cellen),
        )

    def nieuw(self) -> list[UUID]:
        """De personen en banen die de laatste keer nog geen nummer hadden."""
        return [UUID(sleutel) for sleutel in (*self._personen.nieuw, *self._plaatsingen.nieuw)]

    def vergeet(self, pseudoniemen: Collection[UUID]) -> None:
        """Haalt pseudoniemen uit het geheugen van dit proces."""
        for nummers in (self._personen, self._plaatsingen):
            nummers.vergeet(list(map(str, pseudoniemen)))
