"""Alles wat versleuteld is opnieuw versleutelen met de nieuwste sleutel, in stappen die elk heel zijn.

Een stap is één transactie: een blob is ervoor met de oude sleutel te lezen en erna met de nieuwe, en beide sleutels zijn er.
Na afloop zegt `sleutels_in_gebruik` welke nummers nog nodig zijn.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from shared.db import Tx
from shared.kluis import Kluis

STAP = 2_000


@dataclass(frozen=True, slots=True)
class Plek:
    """Een tabel met versleutelde kolommen, en de sleutel (en haar type) waarop wij haar doorlopen."""

    tabel: str
    sleutel: str
    kolommen: tuple[str, ...]

    @property
    def lees(self) -> str:
        """De volgende rijen met een blob van een andere sleutel dan `$1`; wat een ander vasthoudt komt later."""
        oud = " or ".join(f"substring({k} from 1 for 2) <> $1" for k in self.kolommen)
        kolommen = ", ".join((self.sleutel, *self.kolommen))
        return (
            f"select {kolommen} from {self.tabel} where {oud} order by {self.sleutel} limit $2 for update skip locked"  # noqa: S608
        )

    @property
    def schrijf(self) -> str:
        """Zet elke kolom van een rij."""
        zet = ", ".join(f"{k} = ${i}" for i, k in enumerate(self.kolommen, start=2))
        return f"update {self.tabel} set {zet} where {self.sleutel} = $1"  # noqa: S608

    @property
    def tel(self) -> str:
        """Hoeveel blobs er per sleutelnummer zijn."""
        return (
            "select get_byte(b, 0) * 256 + get_byte(b, 1) as nummer, count(*) as aantal "  # noqa: S608
            f"from {self.tabel}, unnest(array[{', '.join(self.kolommen)}]) as b where b is not null group by 1"
        )


VERSLEUTELD = (
    Plek("kluis", "persoon", ("bsn_versleuteld", "geboortedatum", "overleden_op")),
    Plek("raadpleging", "nr", ("betrokkene",)),
)
"""Alle plekken waar intake iets versleuteld bewaart; een proef vergelijkt dit met het schema."""


async def stap(tx: Tx, kluis: Kluis, plek: Plek, hooguit: int = STAP) -> int:
    """Versleutelt de volgende rijen van deze plek opnieuw; hoeveel, of 0 als er niets (meer) te doen of vrij is."""
    nieuwste = kluis.nummers[-1].to_bytes(2, "big")
    rijen = await tx.fetch(plek.lees, nieuwste, hooguit)

    def opnieuw(blob: bytes | None) -> bytes | None:
        return blob if blob is None or blob.startswith(nieuwste) else kluis.hersleutel(blob)

    await tx.executemany(plek.schrijf, [(sleutel, *map(opnieuw, blobs)) for sleutel, *blobs in rijen])
    return len(rijen)


async def sleutels_in_gebruik(tx: Tx, plekken: Sequence[Plek] = VERSLEUTELD) -> dict[int, int]:
    """Hoeveel blobs er met elk sleutelnummer versleuteld zijn."""
    uit: dict[int, int] = {}
    for plek in plekken:
        for nummer, aantal in await tx.fetch(plek.tel):
            uit[nummer] = uit.get(nummer, 0) + aantal
    return dict(sorted(uit.items()))
