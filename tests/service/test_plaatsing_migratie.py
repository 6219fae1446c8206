"""Wat er al aan uren was toen leveringen kwamen: elke regel hoort bij een levering, en is ook in te trekken."""

import asyncio
from uuid import uuid4

import asyncpg
import pytest

from deploy.lokaal.stack import Stack
from services.plaatsing.api import intrekken
from shared import outbox
from shared.api import Opdracht
from shared.db import maak_pool
from shared.migreer import migreer
from shared.settings import WORTEL, lees_topics
from tests.service.plaatsing_proef import NU, Plaatsing, zet_kluis

_BEGIN = """
insert into werkgever values ('00000000-0000-7000-8000-000000000001', 'x', decode(repeat('00', 32), 'hex'));
insert into opgave (werkgever, van, sector) values ('00000000-0000-7000-8000-000000000001', '2010-01-01', 'markt');
insert into plaatsing (plaatsing, persoon, bron, referentie, werkgever, vorm, contract, uren_per_week_x100, gemeente_werk,
  sector, van, versie)
select gen_random_uuid(), '00000000-0000-7000-8000-000000000002', 'A', 'P-' || n, werkgever, 'formeel', 'vast', 2550, '0014',
  'markt', '2010-01-01', 1 from werkgever, generate_series(1, 2) n;
insert into urenregel (plaatsing_nr, soort, van, tot, uren_x100, leverancier, levering, bekend_op)
select nr, 'regulier', date '2017-11-20', date '2017-12-18', 100, 'A', 'L1', null from plaatsing union all
select nr, 'regulier', date '2017-10-01', date '2017-11-01', 200, 'A', null,
  timestamptz '2017-11-30T23:30:00Z' from plaatsing union all
select nr, 'uitbetaling', date '2017-10-01', date '2017-11-01', 300, 'A', null, null from plaatsing;
"""


async def test_lines_from_before_belong_to_a_delivery_and_can_be_withdrawn(
    stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    zet_kluis(monkeypatch)
    outbox.ken_topics(lees_topics(WORTEL / "deploy" / "topics.yml"))
    naam = f"proef_{uuid4().hex[:12]}"
    eigenaar, app = await asyncio.to_thread(stack.maak_database, naam, "plaatsing")
    await asyncio.to_thread(migreer, "plaatsing", eigenaar, "0004")
    conn = await asyncpg.connect(eigenaar)
    await conn.execute(_BEGIN)
    await conn.close()
    await asyncio.to_thread(migreer, "plaatsing", eigenaar)
    pool = await maak_pool(app, 2)
    try:
        dienst = Plaatsing(pool)
        leveringen = await pool.fetch("select nr, levering, naam, dag from levering order by naam, dag")
        assert [(r["naam"], str(r["dag"]) if r["dag"] else None) for r in leveringen][:2] == [
            ("L1", None),
            (None, "2017-12-01"),
        ]
        assert len(leveringen) == 3
        stukken = await pool.fetch(
            "select nieuw, maanden from leveringstuk join levering l on l.nr = levering_nr order by naam, dag"
        )
        assert [tuple(r) for r in stukken[:2]] == [(2, ["2017-11", "2017-12"]), (2, ["2017-10"])]
        assert await pool.fetchval("select count(*) from regelversie") == 6
        opdracht = Opdracht("A", frozenset(), NU, NU.date(), uuid4())
        for rij in leveringen:
            async with pool.acquire() as tx, tx.transaction():
                assert (await intrekken.trek_in(tx, rij["levering"], "fout", opdracht))["gedaan"] == 2
        assert (await dienst.tel())["urenregel"] == 0
    finally:
        await asyncio.wait_for(pool.close(), 10)
        await asyncio.to_thread(stack.verwijder_database, naam)
