"""Alembic-omgeving van alle diensten: één verbinding als eigenaar, onder een slot, in één transactie."""

import asyncio

from alembic import context
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import create_async_engine

_SLOT = text("select pg_advisory_xact_lock(hashtext('banenspoor-migratie'))")


def _migreer(verbinding: Connection) -> None:
    verbinding.execute(_SLOT)
    context.configure(connection=verbinding, transactional_ddl=True)
    context.run_migrations()


async def _hoofd() -> None:
    motor = create_async_engine(context.config.get_main_option("sqlalchemy.url") or "")
    async with motor.begin() as verbinding:
        await verbinding.run_sync(_migreer)
    await motor.dispose()


asyncio.run(_hoofd())
