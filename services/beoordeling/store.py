"""SQL van beoordeling: de enige plek die haar tabellen kent."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any
from uuid import UUID

import asyncpg
from banenspoor_contracts import AanvraagSoort, Aanvrager, Uitkomst

from services.beoordeling.domain.aanvraag import Aanvraag, Stap
from shared.db import Tx

_KOLOMMEN = """aanvraag, referentie, persoon, soort, aanvrager, gemeente, ontvangen_op, uiterlijk,
    advies, uitgebracht_op, advies_binnen_termijn, besluit, besluit_op, besluit_binnen_termijn"""

_LEES = f"select {_KOLOMMEN} from aanvraag where referentie = any($1::text[])"  # noqa: S608  # vaste kolommen

_PERSONEN = "select distinct persoon from aanvraag where referentie = any($1::text[])"

_BEWAAR = f"""
insert into aanvraag ({_KOLOMMEN})
select * from unnest($1::uuid[], $2::text[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::date[], $8::date[],
    $9::text[], $10::date[], $11::boolean[], $12::text[], $13::date[], $14::boolean[])
on conflict (aanvraag) do update set
    soort = excluded.soort, aanvrager = excluded.aanvrager, gemeente = excluded.gemeente,
    ontvangen_op = excluded.ontvangen_op, uiterlijk = excluded.uiterlijk,
    advies = excluded.advies, uitgebracht_op = excluded.uitgebracht_op,
    advies_binnen_termijn = excluded.advies_binnen_termijn,
    besluit = excluded.besluit, besluit_op = excluded.besluit_op,
    besluit_binnen_termijn = excluded.besluit_binnen_termijn
"""  # noqa: S608  # vaste kolommen

_VERPLAATS = "update aanvraag set persoon = $2 where persoon = $1"
_VERGEET = "delete from aanvraag where persoon = $1"

_OPEN = f"""
select {_KOLOMMEN} from aanvraag
where besluit is null and uiterlijk <= $1 and (uiterlijk, aanvraag) > ($2, $3)
order by uiterlijk, aanvraag limit $4
"""  # noqa: S608  # vaste kolommen


async def personen(tx: Tx, referenties: Collection[str]) -> list[UUID]:
    """Over wie de aanvragen met deze referenties gaan; vóór het slot gelezen kan iemand nog in een ander opgaan."""
    return [rij["persoon"] for rij in await tx.fetch(_PERSONEN, list(referenties))]


async def aanvragen(tx: Tx, referenties: Collection[str]) -> dict[str, Aanvraag]:
    """De aanvragen met deze referenties, op referentie; een onbekende referentie ontbreekt."""
    return {rij["referentie"]: _aanvraag(rij) for rij in await tx.fetch(_LEES, list(referenties))}


async def bewaar(tx: Tx, stand: Sequence[Aanvraag]) -> None:
    """Bewaart nieuwe en veranderde aanvragen. Referentie en persoon van een bestaande blijven wat zij waren."""
    if stand:
        await tx.execute(_BEWAAR, *map(list, zip(*map(_rij, stand), strict=True)))


async def verplaats(tx: Tx, persoon: UUID, in_: UUID) -> None:
    """De aanvragen van deze persoon zijn voortaan van wie haar in zich opneemt."""
    await tx.execute(_VERPLAATS, persoon, in_)


async def vergeet(tx: Tx, persoon: UUID) -> None:
    """Wist de aanvragen van deze persoon."""
    await tx.execute(_VERGEET, persoon)


async def open_aanvragen(tx: Tx, uiterlijk: date, na: tuple[date, UUID], aantal: int) -> list[Aanvraag]:
    """Aanvragen zonder besluit met een termijn tot en met `uiterlijk`, na de plek `na`, de oudste termijn eerst."""
    return [_aanvraag(rij) for rij in await tx.fetch(_OPEN, uiterlijk, *na, aantal)]


def _rij(a: Aanvraag) -> tuple[Any, ...]:
    vast = (a.aanvraag, a.referentie, a.persoon, a.soort, a.aanvrager, a.gemeente, a.ontvangen_op, a.uiterlijk)
    return (*vast, *_velden(a.advies), *_velden(a.besluit))


def _velden(stap: Stap | None) -> tuple[Any, ...]:
    return (stap.uitkomst, stap.op, stap.binnen_termijn) if stap else (None, None, None)


def _aanvraag(rij: asyncpg.Record) -> Aanvraag:
    return Aanvraag(
        rij["aanvraag"],
        rij["referentie"],
        rij["persoon"],
        AanvraagSoort(rij["soort"]),
        Aanvrager(rij["aanvrager"]),
        rij["gemeente"],
        rij["ontvangen_op"],
        rij["uiterlijk"],
        _stap(rij["advies"], rij["uitgebracht_op"], rij["advies_binnen_termijn"]),
        _stap(rij["besluit"], rij["besluit_op"], rij["besluit_binnen_termijn"]),
    )


def _stap(uitkomst: str | None, op: date | None, binnen_termijn: bool | None) -> Stap | None:
    if uitkomst is None or op is None or binnen_termijn is None:
        return None
    return Stap(Uitkomst(uitkomst), op, binnen_termijn)
