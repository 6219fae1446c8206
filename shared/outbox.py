"""Zeggen, eerste helft: gebeurtenissen gaan met de toestandswijziging mee in dezelfde transactie (protocol 1).

Nummer en tijd krijgen zij pas ná het vastleggen, van de relay.
"""

import asyncio
import functools
from collections.abc import Sequence
from uuid import UUID

import structlog
from banenspoor_contracts import Feit
from banenspoor_contracts.feit import Grafsteen
from banenspoor_contracts.murmur import partitie

from shared.db import Tx, neem_historieslot
from shared.envelope import uuids7
from shared.settings import Topic

_INVOEGEN = """
insert into uitgaand (id, topic, partitie, sleutel, type, data, correlatie, oorzaak, traceparent)
select u.id, u.topic, u.partitie, u.sleutel, u.type, u.data, u.correlatie, u.oorzaak, $9
from unnest($1::uuid[], $2::text[], $3::smallint[], $4::text[], $5::text[], $6::bytea[], $7::uuid[], $8::uuid[])
     with ordinality as u (id, topic, partitie, sleutel, type, data, correlatie, oorzaak, nr)
order by u.nr
"""


@functools.cache
def _vrij_bekend_op(soort: type[Feit]) -> bool:
    """Of `bekend_op` de kennistijd is (en geen gewoon veld van het feit zelf, zoals bij een publicatie)."""
    return not soort.model_fields["bekend_op"].is_required()


def _van_nu(feit: Feit) -> Feit:
    """Na `historie sluit` is elk feit bekend vanaf zijn eigen gebeurtenis, ook een gevolg van geladen historie."""
    return feit.model_copy(update={"bekend_op": None}) if _vrij_bekend_op(type(feit)) else feit


_topics: dict[str, Topic] = {}
wek = asyncio.Event()
"""Gezet zodra dit proces iets klaarzet: de relay hoeft dan niet op haar volgende ronde te wachten."""


def ken_topics(topics: dict[str, Topic]) -> None:
    """Onthoudt per topic het aantal partities (uit `deploy/topics.yml`); één keer, bij de start."""
    _topics.clear()
    _topics.update(topics)


async def put(
    tx: Tx, feiten: Sequence[Feit], *, correlatie: UUID | None = None, oorzaak: UUID | None = None
) -> list[UUID]:
    """Zet feiten klaar om gezegd te worden, in deze volgorde, en geeft hun `ce_id`'s.

    De aanroeper houdt het slot op elke sleutel (`db.vergrendel`).
    """
    return await put_elk(tx, [(feit, correlatie, oorzaak) for feit in feiten])


async def put_elk(tx: Tx, feiten: Sequence[tuple[Feit, UUID | None, UUID | None]]) -> list[UUID]:
    """Als `put`, met per feit zijn eigen (correlatie, oorzaak)."""
    if not feiten:
        return []
    if any(f.bekend_op is not None for f, _, _ in feiten) and not await neem_historieslot(tx):
        feiten = [(_van_nu(f), c, o) for f, c, o in feiten]
    ids = uuids7(len(feiten))
    topics = [f.op_topic() for f, _, _ in feiten]
    sleutels = [f.sleutel() for f, _, _ in feiten]
    await tx.execute(
        _INVOEGEN,
        ids,
        topics,
        [partitie(s, _topics[t].partities) for s, t in zip(sleutels, topics, strict=True)],
        sleutels,
        [f.type_ for f, _, _ in feiten],
        [None if isinstance(f, Grafsteen) else f.bytes_() for f, _, _ in feiten],
        [c for _, c, _ in feiten],
        [o for _, _, o in feiten],
        structlog.contextvars.get_contextvars().get("traceparent"),
    )
    wek.set()
    return ids
