"""Meting van beoordeling: een miljoen aanvragen, wat er afloopt en de bladzijde van een gemeente.

`python -m bench.beoordeling` start zelf PostgreSQL in een tijdelijke map en ruimt alles op. Gemeten wordt de vraag aan de
database zoals de route haar stelt, met wat er in Python bij hoort. De tabel komt op stdout, en in `bench/beoordeling.json`.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import statistics
import sys
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

from banenspoor_contracts import gemeenten

from deploy.lokaal.stack import Stack
from services.beoordeling.domain.plaatsen import Volgorde, geldend
from services.beoordeling.store import aanvragen, plaatsen
from shared.db import Pool, Tx, maak_pool
from shared.migreer import migreer

UITKOMST = Path(__file__).with_name("beoordeling.json")
VANDAAG, NU = date(2024, 6, 1), datetime(2024, 6, 1, 12, tzinfo=UTC)
RONDES = 15
_AANVRAGEN = """
insert into aanvraag (aanvraag, referentie, persoon, soort, aanvrager, gemeente, ontvangen_op, uiterlijk, sinds, toestand,
  handeling, termijn_tot, loopt_af, advies, uitgebracht_op, advies_binnen_termijn, besluit, besluit_op, besluit_binnen_termijn)
select gen_random_uuid(), 'A' || n, gen_random_uuid(), case when beschut then 'BESCHUT_WERK' else 'WERKGEVERSVOORZIENING' end,
  case when beschut then 'GEMEENTE' else 'WERKGEVER' end, g.code, op, op + 56, op + 40,
  case when besluit is null then 'IN_BEHANDELING' when not beschut or besluit = 'NEGATIEF' then besluit
    when n % 50 = 5 then 'WACHTLIJST' else 'GEPLAATST' end,
  'ONTVANG', op + 56, case when besluit is null then op + 56 end,
  case when beschut then besluit end, case when beschut and besluit is not null then op + 30 end,
  case when beschut and besluit is not null then true end,
  besluit, case when besluit is not null then op + 40 end, case when besluit is not null then true end
from (select n, date '2017-01-01' + (n % 2700) as op, n % 5 = 0 as beschut,
  case when n % 2700 > 2620 then null when n % 25 < 15 then 'POSITIEF' else 'NEGATIEF' end as besluit,
  case when n % 21 = 0 then 0 else n % $2 end as waar from generate_series(1, $1) n) a
join unnest($3::text[]) with ordinality g (code, nr) on g.nr = a.waar + 1
"""
_OVERGANGEN = """
insert into overgang (aanvraag, handeling, van_toestand, toestand, op, bekend_op, client)
select aanvraag, h.handeling, h.van, coalesce(h.naar, toestand), ontvangen_op + h.dag, timestamptz '2017-01-01', 'bench'
from aanvraag, (values ('ONTVANG', null, 'IN_BEHANDELING', 0), ('ADVISEER', 'IN_BEHANDELING', 'GEADVISEERD', 30),
  ('BESLIS_POSITIEF', 'GEADVISEERD', 'POSITIEF', 40), ('PLAATS', 'POSITIEF', null, 45)) h (handeling, van, naar, dag)
where h.dag = 0 or (besluit = 'POSITIEF' and soort = 'BESCHUT_WERK')
"""
_BANEN = """
insert into werk (plaatsing, persoon, vorm, gemeente, uren_per_week_x100, van, versie)
select gen_random_uuid(), persoon, 'beschut_werk', gemeente, 2800, besluit_op + 5, 1 from aanvraag where toestand = 'GEPLAATST'
"""


async def vul(pool: Pool, aantal: int) -> None:
    """Een miljoen aanvragen over alle gemeenten, een op de eenentwintig in de grootste; een op de vijf is beschut werk."""
    codes = sorted(g.code for g in gemeenten.GEMEENTEN.values() if g.laatste_jaar is None)
    async with pool.acquire() as tx:
        await tx.execute("alter table overgang drop constraint overgang_aanvraag_fkey; drop index overgang_aanvraag")
        await tx.execute(_AANVRAGEN, aantal, len(codes), codes, timeout=1800)
        for sql in (_OVERGANGEN, _BANEN, "create index overgang_aanvraag on overgang (aanvraag, op, nr)"):
            await tx.execute(sql, timeout=1800)
        await tx.execute(
            "insert into te_realiseren (gemeente, jaar, bron, aantal, besloten_op, van, bekend_op)"
            " select unnest($1::text[]), 2024, 'REGELING', 100, '2023-11-01', '2024-01-01', '2023-12-01'",
            codes,
        )


async def afloop(tx: Tx) -> int:
    """De eerste bladzijde van wat binnen twee weken afloopt of al is afgelopen."""
    return len(await aanvragen.open_aanvragen(tx, VANDAAG + timedelta(days=14), (date.min, UUID(int=0)), 101))


def bladzijde(code: str, nu: bool) -> Callable[[Tx], Awaitable[int]]:
    """Alles wat de bladzijde van een gemeente leest, van vandaag of van een eerdere dag."""

    async def lees(tx: Tx) -> int:
        delen, dag = gemeenten.delen(code, VANDAAG), VANDAAG if nu else date(2022, 6, 1)
        geldend(await plaatsen.aantallen(tx, delen, 2024, NU), VANDAAG)
        telling = await plaatsen.bladzijde(tx, delen, dag, NU, nu)
        await plaatsen.wachtlijst(tx, delen, dag, NU, nu, Volgorde.BESLUIT, 100)
        return telling.beschikbaar

    return lees


async def meet(pool: Pool, werk: Callable[[Tx], Awaitable[int]]) -> dict[str, float | int]:
    """Milliseconden: mediaan en hoogste, na één ronde om warm te worden."""
    tijden, rijen = [], 0
    for ronde in range(RONDES + 1):
        async with pool.acquire() as tx, tx.transaction(isolation="repeatable_read", readonly=True):
            begin = time.perf_counter()
            rijen = await werk(tx)
            if ronde:
                tijden.append((time.perf_counter() - begin) * 1000)
    return {"mediaan_ms": round(statistics.median(tijden), 1), "hoogste_ms": round(max(tijden), 1), "rijen": rijen}


async def draai(url: str, eigenaar_url: str, aantal: int) -> dict[str, dict[str, float | int]]:
    """Vult, analyseert en meet."""
    vuller = await maak_pool(eigenaar_url, 1)
    await vul(vuller, aantal)
    await vuller.execute("analyze", timeout=1800)
    await vuller.close()
    pool = await maak_pool(url, 2)
    gewoon = sorted(g.code for g in gemeenten.GEMEENTEN.values() if g.laatste_jaar is None)
    uit = {
        "afloop": await meet(pool, afloop),
        "gemeente": await meet(pool, bladzijde(gewoon[100], True)),
        "gemeente op een eerdere dag": await meet(pool, bladzijde(gewoon[100], False)),
        "grootste gemeente": await meet(pool, bladzijde(gewoon[0], True)),
        "grootste op een eerdere dag": await meet(pool, bladzijde(gewoon[0], False)),
    }
    await pool.close()
    return uit


def main() -> None:
    """Meet en schrijft op."""
    lezer = argparse.ArgumentParser()
    lezer.add_argument("--aanvragen", type=int, default=1_000_000)
    keuze = lezer.parse_args()
    with TemporaryDirectory() as map_, Stack.start(Path(map_)) as stack:
        eigenaar, app = stack.maak_database("bench", "beoordeling")
        migreer("beoordeling", eigenaar)
        uit = asyncio.run(draai(app, eigenaar, keuze.aanvragen))
    machine = f"{os.cpu_count()} kernen, Python {platform.python_version()}, belasting {os.getloadavg()[0]:.1f}"
    inhoud = {"aanvragen": keuze.aanvragen, "machine": machine, "metingen": uit}
    UITKOMST.write_text(json.dumps(inhoud, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    for naam, meting in uit.items():
        sys.stdout.write(f"{naam}: {meting}\n")


if __name__ == "__main__":
    main()
