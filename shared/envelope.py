"""De envelop: CloudEvents 1.0 in Kafka's binaire vorm, volgens het NL GOV-profiel 1.1. Alleen koppen, geen inhoud."""

import os
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID

from banenspoor_contracts import Feit

SCHEMA = "urn:nl:banenafspraak:schema:"


def uuid7() -> UUID:
    """Een UUID versie 7 (RFC 9562): op tijd geordend, verder willekeurig."""
    return uuids7(1)[0]


def uuids7(aantal: int) -> list[UUID]:
    """Zoveel UUID's versie 7 van dit moment; onderling op willekeurige volgorde."""
    vast = (time.time_ns() // 1_000_000 << 80) | (0x7 << 76) | (0b10 << 62)
    bron = os.urandom(10 * aantal)
    uit = []
    for i in range(0, len(bron), 10):
        willekeur = int.from_bytes(bron[i : i + 10], "big")
        uit.append(UUID(int=vast | ((willekeur >> 68) << 64) | (willekeur & ((1 << 62) - 1))))
    return uit


def naar_tekst(tijd: datetime) -> str:
    """RFC 3339 in UTC met milliseconden."""
    return tijd.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def koppen(rij: Any, bron: str) -> list[tuple[str, bytes]]:
    """De Kafka-koppen van één rij uit `uitgaand` (genummerd)."""
    paren = [
        *_vast(bron, rij["type"], rij["ce_time"]),
        ("ce_id", str(rij["id"]).encode()),
        ("ce_sequence", b"%d" % rij["publicatienr"]),
    ]
    if rij["correlatie"]:
        paren.append(("ce_correlationid", str(rij["correlatie"]).encode()))
    if rij["oorzaak"]:
        paren.append(("ce_causationid", str(rij["oorzaak"]).encode()))
    if rij["traceparent"]:
        paren.append(("traceparent", rij["traceparent"].encode()))
    return paren


@lru_cache(maxsize=256)
def _vast(bron: str, soort: str, tijd: datetime) -> tuple[tuple[str, bytes], ...]:
    """De koppen die van een hele ronde gelijk zijn."""
    paren = {
        "ce_specversion": "1.0",
        "ce_source": bron,
        "ce_type": soort,
        "ce_time": naar_tekst(tijd),
        "ce_sequencetype": "Integer",
        "ce_dataschema": SCHEMA + soort.removeprefix("nl.banenafspraak."),
        "content-type": "application/json",
    }
    return tuple((naam, waarde.encode()) for naam, waarde in paren.items())


class Bericht(NamedTuple):
    """Eén gebeurtenis zoals zij op het log staat. `tijd` is `ce_time`: wanneer zij is vastgelegd."""

    topic: str
    partitie: int
    offset: int
    nummer: int
    id: UUID
    bron: str
    type: str
    tijd: datetime
    sleutel: str
    waarde: bytes
    correlatie: UUID | None = None

    def kennistijd(self, feit: Feit) -> datetime:
        """Sinds wanneer dit bekend is: `bekendOp` in geladen historie, anders `ce_time` (protocol 17)."""
        return feit.bekend_op or self.tijd


class Vreemd(ValueError):
    """Een record zonder geldige envelop, of van een andere bron: het telt in geen enkele positie mee."""


def lees(record: Any, bron: str) -> Bericht:
    """Leest de envelop van een ruw Kafka-record; `Vreemd` als die niet klopt of van een andere bron is."""
    try:
        kop: dict[str, bytes] = dict(record.headers)
        if kop["ce_source"].decode() != bron:
            raise Vreemd("andere bron")
        nummer = int(kop["ce_sequence"])
        if nummer < 1:
            raise Vreemd("nummer onder 1")
        tijd, soort = _tijd(kop["ce_time"]), kop["ce_type"].decode()
        if tijd.tzinfo is None or "\0" in soort:
            raise Vreemd("ongeldige kop")
        return Bericht(
            topic=record.topic,
            partitie=record.partition,
            offset=record.offset,
            nummer=nummer,
            id=UUID(kop["ce_id"].decode()),
            bron=bron,
            type=soort,
            tijd=tijd,
            sleutel=(record.key or b"").decode(errors="replace").replace("\0", "\ufffd"),
            waarde=record.value or b"",
            correlatie=_correlatie(kop.get("ce_correlationid")),
        )
    except KeyError as fout:
        raise Vreemd(f"kop {fout.args[0]} ontbreekt") from None
    except Vreemd:
        raise
    except (ValueError, AttributeError, TypeError):  # geen getal, geen tijd, een kop zonder waarde
        raise Vreemd("ongeldige kop") from None


@lru_cache(maxsize=64)
def _tijd(kop: bytes) -> datetime:
    """Onthouden: een hele ronde van de relay heeft dezelfde tijd."""
    return datetime.fromisoformat(kop.decode())


@lru_cache(maxsize=64)
def _correlatie(kop: bytes | None) -> UUID | None:
    """Onthouden: een hele opdracht heeft dezelfde."""
    return UUID(kop.decode()) if kop else None


def hoogste_nummer(records: Sequence[Any], bron: str) -> Bericht | None:
    """Het bericht met het hoogste eigen nummer (niet het laatste: een late dubbele kan achteraan staan)."""
    hoogste: Bericht | None = None
    for record in records:
        try:
            bericht = lees(record, bron)
        except Vreemd:
            continue
        if hoogste is None or bericht.nummer > hoogste.nummer:
            hoogste = bericht
    return hoogste
