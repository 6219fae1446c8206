"""Zeggen, eerste helft: gebeurtenissen gaan met de toestandswijziging mee in dezelfde transactie (protocol 1).

Nummer en tijd krijgen zij pas ná het vastleggen, van de relay.
"""

import asyncio
import functools
from collections.abc import Awaitable, Callable, Sequence
from uuid import UUID

import structlog
from banenspoor_contracts import Feit
from banenspoor_contracts.feit import Grafsteen
from banenspoor_contracts.murmur import partitie

from shared.beurt import in_happen
from shared.db import Tx, neem_historieslot
from shared.envelope import uuids7
from shared.settings import Topic

_KOLOMMEN = ("id", "topic", "partitie", "sleutel", "type", "data", "correlatie", "oorzaak", "traceparent")


@functools.cache
def _vrij_bekend_op(soort: type[Feit]) -> bool:
    """Of `bekend_op` de kennistijd is (en geen gewoon veld van het feit zelf, zoals bij een publicatie)."""
    return not soort.model_fields["bekend_op"].is_required()


def _van_nu(feit: Feit) -> Feit:
    """Na `historie sluit` is elk feit bekend vanaf zijn eigen gebeurtenis, ook een gevolg van geladen historie."""
    return feit.model_copy(update={"bekend_op": None}) if _vrij_bekend_op(type(feit)) else feit


Afleiding = Callable[[Tx, Sequence[Feit]], Awaitable[Sequence[tuple[int, Feit]]]]
"""Wat er naast deze feiten nog gezegd moet worden, elk met het nummer van het feit waar het bij hoort."""
_afleiding: Afleiding | None = None
_topics: dict[str, Topic] = {}
wek = asyncio.Event()
"""Gezet zodra dit proces iets klaarzet: de relay hoeft dan niet op haar volgende ronde te wachten."""


def ken_topics(topics: dict[str, Topic]) -> None:
    """Onthoudt per topic het aantal partities (uit `deploy/topics.yml`); één keer, bij de start."""
    _topics.clear()
    _topics.update(topics)


def leid_af(afleiding: Afleiding | None) -> None:
    """Wat dit proces afleidt van alles wat het zegt; één keer, bij de start. None: niets."""
    global _afleiding
    _afleiding = afleiding


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
    if _afleiding is not None:
        erbij = await _afleiding(tx, [feit for feit, _, _ in feiten])
        feiten = [*feiten, *((feit, *feiten[nr][1:]) for nr, feit in erbij)]
    ids = uuids7(len(feiten))
    spoor = structlog.contextvars.get_contextvars().get("traceparent")
    rijen = []
    async for id_, (feit, correlatie, oorzaak) in in_happen(zip(ids, feiten, strict=True)):
        topic, sleutel = feit.op_topic(), feit.sleutel()
        partitie_ = partitie(sleutel, _topics[topic].partities)
        data = None if isinstance(feit, Grafsteen) else feit.bytes_()
        rijen.append((id_, topic, partitie_, sleutel, feit.type_, data, correlatie, oorzaak, spoor))
    await tx.copy_records_to_table("uitgaand", records=rijen, columns=_KOLOMMEN)
    wek.set()
    return ids
