"""De database: een bevroren transactie houdt de sloten niet vast."""

import asyncio

import pytest

from shared import db as _db
from tests.conftest import MaakDatabase


async def test_a_frozen_transaction_loses_its_locks_and_the_loser_tries_again(
    db: MaakDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_db, "STILSTAND", 300)
    pool = await _db.maak_pool((await db("intake")).url, 3)

    async def bevries() -> None:
        async with pool.acquire() as tx, tx.transaction():
            await _db.vergrendel(tx, ["persoon"])
            await asyncio.sleep(1)
            await tx.execute("select 1")

    try:
        bevroren = asyncio.create_task(bevries())
        await asyncio.sleep(0.1)
        async with asyncio.timeout(5), pool.acquire() as tx, tx.transaction():
            await _db.vergrendel(tx, ["persoon"])
        with pytest.raises(_db.VOORBIJGAAND):
            await bevroren
    finally:
        await pool.close()
