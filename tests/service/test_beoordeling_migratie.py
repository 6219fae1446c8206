"""Aanvragen van voor de toestandsmachine gaan verder waar zij waren, met de stappen die uit hun stand volgen."""

import asyncio
from datetime import UTC, date, datetime
from uuid import uuid4

import asyncpg

from deploy.lokaal.stack import Stack
from services.beoordeling.domain.machine import Toestand
from services.beoordeling.store import aanvragen, plaatsen
from shared import outbox
from shared.db import maak_pool
from shared.migreer import migreer
from shared.settings import WORTEL, lees_topics
from tests.service.test_beoordeling_service import besluit, stuur

_BEGIN = """
insert into aanvraag (aanvraag, referentie, persoon, soort, aanvrager, gemeente, ontvangen_op, uiterlijk,
  advies, uitgebracht_op, advies_binnen_termijn, besluit, besluit_op, besluit_binnen_termijn)
select gen_random_uuid(), 'A' || n, gen_random_uuid(), 'BESCHUT_WERK', 'GEMEENTE', '0014', '2024-03-04', '2024-04-29',
  case when n > 0 then 'POSITIEF' end, case when n > 0 then date '2024-04-02' end, case when n > 0 then true end,
  case when n > 1 then 'POSITIEF' end, case when n > 1 then date '2024-05-06' end, case when n > 1 then false end
from generate_series(0, 2) n
"""


async def test_what_was_there_goes_on_where_it_was(stack: Stack) -> None:
    outbox.ken_topics(lees_topics(WORTEL / "deploy" / "topics.yml"))
    naam = f"proef_{uuid4().hex[:12]}"
    eigenaar, app = await asyncio.to_thread(stack.maak_database, naam, "beoordeling")
    await asyncio.to_thread(migreer, "beoordeling", eigenaar, "0002")
    conn = await asyncpg.connect(eigenaar)
    await conn.execute(_BEGIN)
    await conn.close()
    await asyncio.to_thread(migreer, "beoordeling", eigenaar)
    pool = await maak_pool(app, 2)
    try:
        async with pool.acquire() as tx:
            stand = await aanvragen.aanvragen(tx, ["A0", "A1", "A2"])
            assert [(stand[r].toestand, stand[r].loopt_af) for r in ("A0", "A1", "A2")] == [
                (Toestand.IN_BEHANDELING, date(2024, 4, 29)),
                (Toestand.GEADVISEERD, date(2024, 4, 29)),  # de klok van toen: die van de aanvraag
                (Toestand.POSITIEF, None),
            ]
            stappen = await aanvragen.stappen(tx, stand["A2"].aanvraag)
            assert [(s["handeling"], s["op"]) for s in stappen] == [
                ("ONTVANG", date(2024, 3, 4)),
                ("ADVISEER", date(2024, 4, 2)),
                ("BESLIS_POSITIEF", date(2024, 5, 6)),
            ]
            nu = datetime(2024, 6, 1, tzinfo=UTC)
            telling = await plaatsen.bladzijde(tx, ["0014"], date(2024, 5, 31), nu, nu=False)
            assert (telling.beschikbaar, telling.wachtend) == (1, 1)
        assert (await stuur(pool, "besluiten", besluit("A1", op="2024-05-06"))).aanvaard == 1
        assert (await stuur(pool, "besluiten", besluit("A2", op="2024-05-06"))).ongewijzigd == 1
    finally:
        await pool.close()
        await asyncio.to_thread(stack.verwijder_database, naam)
