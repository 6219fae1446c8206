"""Zoekt elk ingevoerd BSN in alles wat buiten de kluis staat: topics, databases, logs, metrieken, foutbestanden."""

import asyncio
import re
from collections.abc import Collection, Iterator
from pathlib import Path

import asyncpg
import httpx
from aiokafka import AIOKafkaConsumer, TopicPartition

from deploy.lokaal.staat import DIENSTEN
from deploy.lokaal.stack import Stack

_CIJFERS = re.compile(rb"(?<!\d)\d{8,9}(?!\d)")


def scan(stack: Stack, bsns: Collection[str], mappen: Collection[Path] = ()) -> list[str]:
    """De plekken waar een ingevoerd BSN staat; leeg is goed. De keten moet nog draaien."""
    gezocht = {b.zfill(9).encode() for b in bsns}
    gevonden = []

    def kijk(waar: str, inhoud: bytes | None) -> None:
        if inhoud and any(m.group().zfill(9) in gezocht for m in _CIJFERS.finditer(inhoud)):
            gevonden.append(waar)

    for pad in _bestanden(stack.dir, mappen):
        kijk(str(pad.name), pad.read_bytes())
    for dienst, adres in stack.staat.adressen.items():
        kijk(f"{dienst} /metrics", httpx.get(f"{adres}/metrics").content)
    for waar, inhoud in asyncio.run(_topics_en_tabellen(stack)):
        kijk(waar, inhoud)
    return sorted(set(gevonden))


def _bestanden(map_: Path, mappen: Collection[Path]) -> Iterator[Path]:
    yield from (map_ / "logs").glob("*.log")
    for meer in mappen:
        yield from meer.glob("*.fouten.csv")
        yield from meer.glob("*.log")


async def _topics_en_tabellen(stack: Stack) -> list[tuple[str, bytes]]:
    return await _topics(stack.kafka) + [rij for d in DIENSTEN for rij in await _tabellen(stack, d)]


async def _topics(kafka: str) -> list[tuple[str, bytes]]:
    uit = []
    async with AIOKafkaConsumer(
        bootstrap_servers=kafka, enable_auto_commit=False, auto_offset_reset="earliest"
    ) as lezer:
        metadata = await lezer._client.fetch_all_metadata()
        plaatsen = [
            TopicPartition(t, p)
            for t in metadata.topics()
            if not t.startswith("__")
            for p in metadata.partitions_for_topic(t)
        ]
        lezer.assign(plaatsen)
        await lezer.seek_to_beginning(*plaatsen)
        einden = await lezer.end_offsets(plaatsen)
        while any([await lezer.position(p) < einden[p] for p in plaatsen]):
            for plaats, records in (await lezer.getmany(timeout_ms=500)).items():
                for r in records:
                    koppen = b" ".join(v for _, v in r.headers)
                    uit.append((f"topic {plaats.topic}", b" ".join((r.key or b"", r.value or b"", koppen))))
    return uit


async def _tabellen(stack: Stack, dienst: str) -> list[tuple[str, bytes]]:
    conn = await asyncpg.connect(stack.postgres_url(dienst, f"{dienst}_eigenaar"))
    uit = []
    for rij in await conn.fetch("select tablename from pg_tables where schemaname = 'public'"):
        for (tekst,) in await conn.fetch(f'select t::text from "{rij[0]}" t'):
            uit.append((f"{dienst}.{rij[0]}", tekst.encode()))
        for kolom in await conn.fetch(
            "select column_name from information_schema.columns where table_name = $1 and data_type = 'bytea'", rij[0]
        ):
            for (ruw,) in await conn.fetch(f'select "{kolom[0]}" from "{rij[0]}"'):
                uit.append((f"{dienst}.{rij[0]}.{kolom[0]}", ruw or b""))
    await conn.close()
    return uit
