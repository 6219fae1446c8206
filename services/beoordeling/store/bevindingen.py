"""Versleutelde bevindingen, en wie ernaar keek."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.beoordeling.domain.bevinding import Bevinding
from shared.db import Tx
from shared.kluis import kluis

_BEWAAR = """
insert into bevinding (aanvraag, inhoud, client) select n.aanvraag, n.inhoud, $3 from unnest($1::uuid[], $2::bytea[])
  as n (aanvraag, inhoud)
on conflict (aanvraag) do update set inhoud = excluded.inhoud, client = excluded.client, op = now()
"""
_LEES = "select inhoud from bevinding where aanvraag = $1"
_EEN = "select inhoud from bevinding limit 1"
_INZAGE = """
insert into inzage (client, gemeente, aanvraag, uitkomst, activiteit, trace_id) values ($1, $2, $3, $4, $5, $6)
"""
_INZAGEN = "select nr, op, client, gemeente, uitkomst from inzage where aanvraag = $1 order by nr"


@dataclass(frozen=True, slots=True)
class Inzage:
    """Iemand las een bevinding, of wilde dat."""

    nr: int
    op: datetime
    client: str
    gemeente: str | None
    uitkomst: str


async def bewaar(tx: Tx, nieuw: Mapping[UUID, Bevinding], client: str) -> None:
    """Bewaart bevindingen, versleuteld; een eerdere van dezelfde aanvraag wordt vervangen."""
    if nieuw:
        await tx.execute(_BEWAAR, list(nieuw), [kluis().versleutel(b.als_tekst()) for b in nieuw.values()], client)


async def lees(tx: Tx, aanvraag: UUID) -> str | None:
    """De ontsleutelde bevinding; leeg als er geen is."""
    inhoud = await tx.fetchval(_LEES, aanvraag)
    return None if inhoud is None else kluis().ontsleutel(inhoud)


async def controleer_kluis(tx: Tx) -> None:
    """KluisFout als de kluis ontbreekt of niet bij deze database hoort."""
    een = await tx.fetchval(_EEN)
    kluis() if een is None else kluis().ontsleutel(een)


async def leg_inzage_vast(
    tx: Tx, client: str, gemeente: str | None, aanvraag: UUID, beantwoord: bool, activiteit: str, trace_id: bytes
) -> None:
    """Legt vast dat iemand keek, of dat wilde."""
    uitkomst = "beantwoord" if beantwoord else "geweigerd"
    await tx.execute(_INZAGE, client, gemeente, aanvraag, uitkomst, activiteit, trace_id)


async def inzagen(tx: Tx, aanvraag: UUID) -> list[Inzage]:
    """Wie naar de bevinding van deze aanvraag keek, op volgorde."""
    return [Inzage(*rij) for rij in await tx.fetch(_INZAGEN, aanvraag)]
