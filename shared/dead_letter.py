"""Wat niet verwerkt kan worden: vergif parkeert zijn sleutel, wat vreemd is wordt een dode brief (protocol 11 en 13).

Een geparkeerde sleutel wacht in haar geheel en op volgorde; andere sleutels gaan door. `dlq redrive` gaat van voren
af aan; alleen de eerste mag verworpen worden, en een `uren-verloond` nooit (die wordt hersteld).
"""

import hashlib
import json
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from banenspoor_contracts import Feit, GebeurtenisGeparkeerd, UrenVerloond

from shared import outbox
from shared.db import VOORBIJGAAND, Tx, vergrendel
from shared.envelope import Bericht

Verwerk = Callable[[Tx, Sequence[Bericht]], Awaitable[Sequence[tuple[Bericht, Feit]]]]

_BRIEF = """
insert into dode_brief (topic, partitie, log_offset, hash, reden, bron, waarde) values ($1, $2, $3, $4, $5, $6, $7)
on conflict do nothing
"""
_SLEUTELS = """
select topic, sleutel from geparkeerd_sleutel
where (topic, sleutel) in (select * from unnest($1::text[], $2::text[])) order by topic, sleutel for update
"""
_SLEUTEL = "insert into geparkeerd_sleutel (topic, sleutel) values ($1, $2) on conflict do nothing"
_PARKEER = """
insert into geparkeerd
  (topic, sleutel, partitie, publicatienr, log_offset, ce_id, ce_time, bron, type, correlatie, waarde, code, melding)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
"""
_SLOT = "select 1 from geparkeerd_sleutel where topic = $1 and sleutel = $2 for update"
_RIJ = "select * from geparkeerd where topic = $1 and sleutel = $2 order by publicatienr"
_WEG = "delete from geparkeerd where topic = $1 and partitie = $2 and publicatienr = $3"
_LEEG = """
delete from geparkeerd_sleutel
where topic = $1 and sleutel = $2 and not exists (select from geparkeerd where topic = $1 and sleutel = $2)
"""
_REDEN = "update geparkeerd set code = $4, melding = $5 where topic = $1 and partitie = $2 and publicatienr = $3"
_HERSTEL = "update geparkeerd set waarde = $4 where topic = $1 and partitie = $2 and publicatienr = $3"
_HANDELING = """
insert into geparkeerd_handeling (handeling, topic, sleutel, publicatienr, ce_id, door) values ($1, $2, $3, $4, $5, $6)
"""


class Vergif(Exception):
    """Deze gebeurtenis kan niet verwerkt worden en wordt dat ook niet door opnieuw te proberen."""

    def __init__(self, code: str, melding: str) -> None:
        super().__init__(f"{code}: {melding}")
        self.code, self.melding = code, melding


class Geweigerd(Exception):
    """Een beheerhandeling op een geparkeerde sleutel die niet mag of niet kan."""


async def begraaf(tx: Tx, record: Any, reden: str) -> None:
    """Bewaart een record zonder geldige envelop of van een andere bron; het verschuift niets en houdt niets op."""
    som = hashlib.sha256(record.key or b"")
    som.update(record.value or b"")
    for naam, waarde in record.headers:
        som.update(naam.encode() + (waarde or b""))
    bron = (dict(record.headers).get("ce_source") or b"").decode(errors="replace").replace("\0", "\ufffd")[:200]
    await tx.execute(
        _BRIEF, record.topic, record.partition, record.offset, som.digest(), reden, bron, (record.value or b"")[:65536]
    )


async def geparkeerde_sleutels(tx: Tx, berichten: Sequence[Bericht]) -> set[tuple[str, str]]:
    """Welke sleutels van deze berichten geparkeerd staan; houdt hun rijen vast tot het einde van de transactie."""
    paren = sorted({(b.topic, b.sleutel) for b in berichten})
    rijen = await tx.fetch(_SLEUTELS, [t for t, _ in paren], [s for _, s in paren])
    return {(r["topic"], r["sleutel"]) for r in rijen}


async def parkeer(tx: Tx, b: Bericht, code: str, melding: str) -> bool:
    """Parkeert een bericht achter wat er van zijn sleutel al staat; waar als de sleutel nieuw geparkeerd is."""
    nieuw = (await tx.execute(_SLEUTEL, b.topic, b.sleutel)).endswith(" 1")
    plaats = (b.topic, b.sleutel, b.partitie, b.nummer, b.offset)
    await tx.execute(_PARKEER, *plaats, b.id, b.tijd, b.bron, b.type, b.correlatie, b.waarde, code, melding)
    melding_feit = GebeurtenisGeparkeerd(
        bron_topic=b.topic,
        partitie=b.partitie,
        publicatienr=b.nummer,
        id=b.id,
        geparkeerde_sleutel=b.sleutel,
        code=code,
    )
    await outbox.put(tx, [melding_feit], correlatie=b.correlatie or b.id, oorzaak=b.id)
    return nieuw


def _bericht(rij: Any) -> Bericht:
    return Bericht(
        topic=rij["topic"],
        partitie=rij["partitie"],
        offset=rij["log_offset"],
        nummer=rij["publicatienr"],
        id=rij["ce_id"],
        bron=rij["bron"],
        type=rij["type"],
        tijd=rij["ce_time"],
        sleutel=rij["sleutel"],
        waarde=rij["waarde"] or b"",
        correlatie=rij["correlatie"],
    )


async def _open(tx: Tx, topic: str, sleutel: str) -> list[Any]:
    """Neemt het slot van de sleutel en geeft haar wachtende berichten, de oudste eerst."""
    if await tx.fetchval(_SLOT, topic, sleutel) is None:
        raise Geweigerd("deze sleutel staat niet geparkeerd")
    return list(await tx.fetch(_RIJ, topic, sleutel))


async def _noteer(tx: Tx, handeling: str, rij: Any, door: str) -> None:
    await tx.execute(_HANDELING, handeling, rij["topic"], rij["sleutel"], rij["publicatienr"], rij["ce_id"], door)


async def redrive(tx: Tx, topic: str, sleutel: str, verwerk: Verwerk, door: str) -> tuple[int, str | None]:
    """Verwerkt de wachtende berichten van een sleutel op volgorde, tot de eerste die niet lukt.

    Geeft hoeveel er verwerkt zijn en de reden waarom het ophield (None: alles is weg). Kennistijd blijft `ce_time`.
    """
    await vergrendel(tx, [sleutel])
    klaar = 0
    for rij in await _open(tx, topic, sleutel):
        bericht = _bericht(rij)
        try:
            async with tx.transaction():
                gevolgen = await verwerk(tx, [bericht])
                await outbox.put_elk(tx, [(feit, b.correlatie or b.id, b.id) for b, feit in gevolgen])
        except VOORBIJGAAND:
            raise
        except Exception as fout:  # noqa: BLE001  # nog steeds vergif: de sleutel blijft staan
            code, melding = (fout.code, fout.melding) if isinstance(fout, Vergif) else ("fout", type(fout).__name__)
            await tx.execute(_REDEN, topic, rij["partitie"], rij["publicatienr"], code, melding)
            return klaar, f"{code}: {melding}"
        await tx.execute(_WEG, topic, rij["partitie"], rij["publicatienr"])
        await _noteer(tx, "opnieuw", rij, door)
        klaar += 1
    await tx.execute(_LEEG, topic, sleutel)
    return klaar, None


async def verwerp(tx: Tx, topic: str, sleutel: str, door: str) -> None:
    """Gooit de eerste wachtende gebeurtenis weg; nooit een `uren-verloond`: daar zou een verschil mee verdwijnen."""
    eerste = (await _open(tx, topic, sleutel))[0]
    if eerste["type"] == UrenVerloond.type_:
        raise Geweigerd("een uren-verloond wordt nooit verworpen: herstel haar")
    await tx.execute(_WEG, topic, eerste["partitie"], eerste["publicatienr"])
    await _noteer(tx, "verworpen", eerste, door)
    await tx.execute(_LEEG, topic, sleutel)


def _bekend_op(waarde: bytes | None) -> Any:
    try:
        inhoud = json.loads(waarde or b"")
    except ValueError:
        return None
    return inhoud.get("bekendOp") if isinstance(inhoud, dict) else None


async def herstel(tx: Tx, topic: str, sleutel: str, data: dict[str, Any], door: str) -> None:
    """Vervangt de data van de eerste wachtende gebeurtenis; `redrive` verwerkt haar daarna."""
    eerste = (await _open(tx, topic, sleutel))[0]
    if data.get("bekendOp") != _bekend_op(eerste["waarde"]):
        raise Geweigerd("herstel verandert nooit sinds wanneer iets bekend is (bekendOp)")
    await tx.execute(
        _HERSTEL, topic, eerste["partitie"], eerste["publicatienr"], json.dumps(data, ensure_ascii=False).encode()
    )
    await _noteer(tx, "hersteld", eerste, door)
