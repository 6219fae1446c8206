"""Meting van plaatsing: een kwartaal uren door de voordeur, maanden opnieuw zeggen, en één regel naast een lopende import.

`python -m bench.plaatsing` start zelf Kafka, PostgreSQL, intake en plaatsing in een tijdelijke map, en ruimt alles op. De
banen komen uit een vast zaad. Een ronde uren begint bij het bestand op schijf en eindigt als de laatste regel met haar
gebeurtenis in `uitgaand` is vastgelegd; de relay publiceert ondertussen door. De kale invoeging ernaast is dezelfde
tabel `urenregel` met haar voorwaarden, zonder al het andere: de bovengrens van de database.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import random
import signal
import statistics
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4

import asyncpg
import httpx

from bench.intake import Meting, bsns, importeer, schrijf
from deploy import topics
from deploy.lokaal import databases
from deploy.lokaal.stack import Stack
from shared.client import Client, lokaal_token
from shared.migreer import migreer

UITKOMST = Path(__file__).with_name("plaatsing.json")
GEMEENTEN = ("0014", "0034", "0080", "0114", "0344", "0363", "0518", "0599")
WERKGEVERS = 200
KWARTALEN = [(jaar, kwartaal) for jaar in (2023, 2024) for kwartaal in (1, 2, 3, 4)]
BLOK = 1000
PER_SECONDE, SECONDEN = 20, 10


def maanden(jaar: int, kwartaal: int) -> list[tuple[str, str]]:
    """De drie tijdvakken `[van, tot)` van een kwartaal."""
    begin = [date(jaar + m // 12, m % 12 + 1, 1) for m in range(kwartaal * 3 - 3, kwartaal * 3 + 1)]
    return [(van.isoformat(), tot.isoformat()) for van, tot in pairwise(begin)]


def post(client: Client, pad: str, rijen: list[dict[str, Any]]) -> None:
    """Rijen als NDJSON, in blokken; elke rij moet aanvaard zijn."""
    for begin in range(0, len(rijen), BLOK):
        deel = rijen[begin : begin + BLOK]
        inhoud = "\n".join(map(json.dumps, deel)).encode()
        kop = {"Content-Type": "application/x-ndjson"}
        uit = client.post("plaatsing", pad, content=inhoud, koppen=kop)
        if uit["aanvaard"] != len(deel):
            raise SystemExit(f"{pad}: {uit['fouten'][:3]}")


def maak_banen(client: Client, aantal: int, loting: random.Random) -> list[str]:
    """Geregistreerde mensen met elk één baan sinds 2022; hun BSN's."""
    nummers = [f"{100_000_000 + n}L01" for n in range(WERKGEVERS)]
    sectoren = ("overheid", "markt", "markt")
    post(
        client,
        "/v1/werkgevers",
        [{"werkgever": w, "sector": sectoren[n % 3], "van": "2010-01-01"} for n, w in enumerate(nummers)],
    )
    wie = bsns(loting, 1)
    bsn = [next(wie) for _ in range(aantal)]
    personen: list[str] = []
    for begin in range(0, aantal, 10_000):
        vraag = {"bsns": bsn[begin : begin + 10_000]}
        personen += client.post("intake", "/v1/pseudoniemen", json=vraag)["pseudoniemen"]
    vast = {"vorm": "formeel", "contract": "vast", "uren_per_week": "25,5", "van": "2022-01-01"}
    post(
        client,
        "/v1/plaatsingen",
        [
            vast
            | {
                "referentie": f"B{n}",
                "persoon": persoon,
                "werkgever": loting.choice(nummers),
                "gemeente_werk": loting.choice(GEMEENTEN),
            }
            for n, persoon in enumerate(personen)
        ],
    )
    return bsn


def urenbestand(pad: Path, aantal: int, kwartaal: tuple[int, int], loting: random.Random) -> tuple[Path, int]:
    """Van elke baan drie maanden, op volgorde van maand zoals een leverancier ze stuurt."""
    rijen = [
        (f"B{n}", van, tot, f"{loting.randrange(60, 160)},{loting.randrange(100):02d}")
        for van, tot in maanden(*kwartaal)
        for n in range(aantal)
    ]
    return schrijf(pad, ("referentie", "tijdvak_van", "tijdvak_tot", "uren"), rijen), len(rijen)


async def kaal(url: str, aantal: int) -> float:
    """Seconden om zoveel regels in een lege tabel als `urenregel` te zetten, in blokken van duizend."""
    conn = await asyncpg.connect(url)
    try:
        await conn.execute("create table kaal (like urenregel including all)")
        van, tot, begin = date(2023, 1, 1), date(2023, 2, 1), time.perf_counter()
        for eerste in range(0, aantal, BLOK):
            rijen = [(n, "regulier", van, tot, 12_000, None, "bench", None, None) for n in range(eerste, eerste + BLOK)]
            await conn.copy_records_to_table("kaal", records=rijen)
        return time.perf_counter() - begin
    finally:
        await conn.execute("drop table if exists kaal")
        await conn.close()


_GENUMMERD = "select coalesce(sum(genummerd), 0) from relay_merk where topic = 'verloonde-uren'"


async def wacht_op(url: str, aantal: int) -> None:
    """Tot zoveel maanden gezegd en genummerd zijn; tellen in `uitgaand` zelf kost meer dan wat gemeten wordt."""
    conn = await asyncpg.connect(url)
    try:
        while await conn.fetchval(_GENUMMERD) < aantal:  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    finally:
        await conn.close()


async def enkele(adres: str, token: str, banen: int) -> list[float]:
    """Enkele urenregels op een vaste klok, van mensen door het hele bestand: de wachttijd telt vanaf het geplande moment."""
    duur, stap = list[float](), max(1, banen // (SECONDEN * PER_SECONDE))
    kop = {"Authorization": f"Bearer {token}"}
    async with httpx.AsyncClient(base_url=adres, headers=kop, timeout=60) as http:

        async def een(moment: float, nr: int) -> None:
            rij = {"referentie": f"B{nr * stap}", "tijdvak_van": "2025-01-01", "tijdvak_tot": "2025-02-01", "uren": "1"}
            antwoord = await http.post("/v1/uren", json=rij, headers={"Idempotency-Key": str(uuid4())})
            antwoord.raise_for_status()
            duur.append((time.perf_counter() - moment) * 1000)

        begin, taken = time.perf_counter(), list[asyncio.Task[None]]()
        for nr in range(SECONDEN * PER_SECONDE):
            moment = begin + nr / PER_SECONDE
            if (rust := moment - time.perf_counter()) > 0:
                await asyncio.sleep(rust)
            taken.append(asyncio.create_task(een(moment, nr)))
        await asyncio.gather(*taken)
    return sorted(duur)


def meet(banen: int, rondes: int) -> dict[str, Any]:
    """Alles, in een eigen stack die daarna weg is."""
    with TemporaryDirectory(prefix="bench-plaatsing-") as naam:
        Path(naam).chmod(0o711)  # voor root draait PostgreSQL als een ander
        with Stack.start(Path(naam) / "stack") as stack:
            return _meet(stack, Path(naam), banen, rondes)


def _meet(stack: Stack, map_: Path, banen: int, rondes: int) -> dict[str, Any]:
    diensten = ("intake", "plaatsing")
    for dienst in diensten:
        migreer(dienst, stack.postgres_url(dienst, databases.rollen(dienst)[0]))
    asyncio.run(topics.zorg_voor(stack.kafka))
    stack.staat.kafka, stack.staat.postgres = stack.kafka, stack.postgres
    for dienst in diensten:
        stack.diensten.start(stack.staat, dienst)
    stack.noteer()
    stack.diensten.wacht_tot_gereed(stack.staat, diensten)
    loting, client = random.Random(20_260_701), Client(stack.dir)  # noqa: S311
    url = stack.postgres_url("plaatsing", "plaatsing_eigenaar")
    bsn = maak_banen(client, banen, loting)
    levering, invoeging = (
        Meting("uren, bestand tot uitgaand", "regels/s"),
        Meting("alleen urenregel invoegen", "regels/s"),
    )
    opnieuw = Meting("maanden opnieuw zeggen", "maanden/s")
    gezegd = 0
    for kwartaal in KWARTALEN[:rondes]:
        pad, aantal = urenbestand(map_ / "uren.csv", banen, kwartaal, loting)
        invoeging.rondes.append(aantal / asyncio.run(kaal(url, aantal)))
        levering.neem(aantal, lambda p=pad: importeer(client, "uren", p))  # type: ignore[misc]
        gezegd += aantal
        sys.stderr.write(f"{kwartaal}: {levering.rondes[-1]:.0f} regels/s, kaal {invoeging.rondes[-1]:.0f}\n")
    for ronde, grondslag in enumerate(("WSW", "VSO_PRO", "WAJONG_OUD")[:rondes]):
        deel = bsn[ronde::3]
        kop = ("bsn", "grondslag", "van", "gemeente")
        alles = schrijf(map_ / "register.csv", kop, [(b, grondslag, "2020-01-01", "0014") for b in deel])
        geraakt = len(deel) * 3 * rondes
        begin = time.perf_counter()
        importeer(client, "registraties", alles)
        geleverd = time.perf_counter() - begin
        gezegd += geraakt
        asyncio.run(wacht_op(url, gezegd))
        opnieuw.rondes.append(geraakt / (time.perf_counter() - begin))
        sys.stderr.write(f"opnieuw: {opnieuw.rondes[-1]:.0f} maanden/s (intake klaar na {geleverd:.1f} s)\n")
    token, adres = lokaal_token(stack.dir), stack.staat.adressen["plaatsing"]
    een: dict[str, Any] = {}
    pad, aantal = urenbestand(map_ / "naast.csv", banen, (2022, 4), loting)
    with ThreadPoolExecutor(1) as draad:
        lading = draad.submit(importeer, client, "uren", pad)
        duur = asyncio.run(enkele(adres, token, banen))
        liep = not lading.done()
        lading.result()
    een["naast een import"] = {
        "p50": round(duur[len(duur) // 2], 1),
        "p99": round(duur[len(duur) * 99 // 100], 1),
        "hoogste": round(duur[-1], 1),
        "importLiepNog": liep,
    }
    return {
        "machine": {
            "kernen": os.cpu_count(),
            "belasting": [round(x, 2) for x in os.getloadavg()],
            "python": platform.python_version(),
        },
        "banen": banen,
        "metingen": {m.naam: m.als_json() for m in (levering, invoeging, opnieuw)},
        "verhouding tot kaal": round(statistics.median(levering.rondes) / statistics.median(invoeging.rondes), 3),
        "eenRegel": een,
    }


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # ook dan wordt alles gestopt
    keuze = argparse.ArgumentParser(description=__doc__)
    keuze.add_argument("--banen", type=int, default=20_000, help="banen; een ronde is drie regels per baan")
    keuze.add_argument("--rondes", type=int, default=3)
    gekozen = keuze.parse_args()
    gemeten = meet(gekozen.banen, gekozen.rondes)
    UITKOMST.write_text(json.dumps(gemeten, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    sys.stdout.write(json.dumps(gemeten, indent=2, ensure_ascii=False) + "\n")
