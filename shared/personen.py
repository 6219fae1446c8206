"""Wie opging in een ander pseudoniem, en wie vergeten is: voor elke dienst die over personen bewaart.

Een dienst heeft hiervoor twee tabellen: `opgegaan` (persoon → opgegaan_in, altijd de laatste) en `vergeten` (de hash van een
pseudoniem: wie het niet heeft, leest er niemand uit; wie het later nog eens hoort, herkent het).
"""

from collections.abc import Collection, Iterable
from hashlib import sha256
from uuid import UUID

from shared.db import Tx, vergrendel

_VOLG = "select persoon, opgegaan_in from opgegaan where persoon = any($1::uuid[])"
_GA_OP = """
insert into opgegaan (persoon, opgegaan_in) values ($1, $2)
on conflict (persoon) do update set opgegaan_in = excluded.opgegaan_in
"""
_EERDER = "update opgegaan set opgegaan_in = $2 where opgegaan_in = $1"
_TERUG = "delete from opgegaan where persoon = $1"
_LAAT_LOS = "delete from opgegaan where persoon = any($1::uuid[]) or opgegaan_in = any($1::uuid[])"
_OUDE = "select persoon from opgegaan where opgegaan_in = any($1::uuid[])"
_VERGEET = "insert into vergeten (hash) select unnest($1::bytea[]) on conflict do nothing"
_VERGETEN = "select hash from vergeten where hash = any($1::bytea[])"


async def volg(tx: Tx, personen: Iterable[UUID]) -> dict[UUID, UUID]:
    """Onder welk pseudoniem elk van deze personen nu bekend is: zichzelf, of waarin zij opging."""
    wie = set(personen)
    return {persoon: persoon for persoon in wie} | dict(await tx.fetch(_VOLG, list(wie)))


async def vergrendel_personen(tx: Tx, personen: Iterable[UUID]) -> dict[UUID, UUID]:
    """Als `volg`, met het slot op elk van de nieuwe: daarna gaat geen van hen nog op tot het einde van de transactie."""
    wie = set(personen)
    nu, vast = await volg(tx, wie), set[UUID]()
    while not vast.issuperset(nu.values()):
        vast |= set(nu.values())
        await vergrendel(tx, map(str, vast))
        nu = await volg(tx, wie)
    return nu


async def ga_op(tx: Tx, persoon: UUID, opgegaan_in: UUID) -> None:
    """`persoon` gaat op in een ander, met wie eerder in haar opging. De aanroeper heeft het slot op beiden."""
    await tx.execute(_TERUG, opgegaan_in)
    await tx.execute(_EERDER, persoon, opgegaan_in)
    await tx.execute(_GA_OP, persoon, opgegaan_in)


async def oude(tx: Tx, personen: Collection[UUID]) -> list[UUID]:
    """De pseudoniemen die in deze personen opgingen."""
    return [rij["persoon"] for rij in await tx.fetch(_OUDE, list(personen))]


async def laat_los(tx: Tx, personen: Collection[UUID]) -> None:
    """Wist wat in deze personen opging, en waarin zij opgingen."""
    await tx.execute(_LAAT_LOS, list(personen))


async def vergeet(tx: Tx, personen: Collection[UUID]) -> None:
    """Onthoudt dat deze pseudoniemen (van personen, of van hun banen) vergeten zijn, zonder ze te bewaren."""
    await tx.execute(_VERGEET, [sha256(persoon.bytes).digest() for persoon in personen])


async def vergeten(tx: Tx, personen: Collection[UUID]) -> set[UUID]:
    """Welke van deze pseudoniemen vergeten zijn."""
    op_hash = {sha256(persoon.bytes).digest(): persoon for persoon in personen}
    return {op_hash[rij["hash"]] for rij in await tx.fetch(_VERGETEN, list(op_hash))} if op_hash else set()
