"""Meting van intake: bulk door de voordeur, BSN's omwisselen, en één registratie naast een lopende import.

`python -m bench.intake` start zelf Kafka, PostgreSQL en intake in een tijdelijke map, en ruimt alles op. De bevolking komt
uit een vast zaad. Een bulkronde begint bij het bestand op schijf en eindigt als de laatste rij met haar gebeurtenissen
in `uitgaand` is vastgelegd; de relay publiceert ondertussen gewoon door. De tabel komt op stdout, en in `bench/intake.json`.
"""

from __future__ import annotations

import argparse
import asyncio
import csv
import json
import os
import platform
import random
import signal
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

from stdnum.nl import bsn as elfproef

from bench.lijnen import Lijnen
from deploy import topics
from deploy.elders import soorten
from deploy.lokaal import databases
from deploy.lokaal.stack import Stack
from services.intake import levering_cli
from shared.client import Client, lokaal_token
from shared.importeer import Bestand, voer_in
from shared.migreer import migreer

UITKOMST = Path(__file__).with_name("intake.json")
GRONDSLAGEN = ("WAJONG_OUD", "WAJONG_NIEUW", "WAJONG_NIEUW_VOORTGEZET", "WSW")
"""Elke ronde een andere: een volledige lijst gaat dan alleen over de mensen van die ronde."""
GEMEENTEN = ("0014", "0034", "0080", "0114", "0344", "0363", "0518", "0599")
PER_SECONDE = 100
"""Zoveel enkele registraties per seconde naast de import."""
LAT_SECONDEN = 15
GEDULD = 30
"""Seconden na de laatste vraag; wat dan nog wacht of mislukte, telt als zo lang."""


def bsns(loting: random.Random, cijfer: int) -> Iterator[str]:
    """Verzonnen nummers die met dit cijfer beginnen en de elfproef doorstaan, elk één keer."""
    gehad: set[str] = set()
    while True:
        nummer = f"{cijfer}{loting.randrange(10**8):08d}"
        if nummer not in gehad and elfproef.is_valid(nummer):
            gehad.add(nummer)
            yield nummer


def schrijf(pad: Path, kop: tuple[str, ...], rijen: Sequence[tuple[str, ...]]) -> Path:
    """Een CSV-bestand."""
    with pad.open("w", newline="", encoding="utf-8") as uit:
        csv.writer(uit).writerows([kop, *rijen])
    return pad


class Meting:
    """De rondes van één meting, in eenheden per seconde."""

    def __init__(self, naam: str, eenheid: str) -> None:
        self.naam, self.eenheid, self.rondes = naam, eenheid, list[float]()

    def neem(self, aantal: int, werk: Callable[[], object]) -> None:
        """Meet één ronde."""
        begin = time.perf_counter()
        werk()
        self.rondes.append(aantal / (time.perf_counter() - begin))

    def als_json(self) -> dict[str, object]:
        """Mediaan, laagste en hoogste."""
        return {
            "eenheid": self.eenheid,
            "mediaan": round(statistics.median(self.rondes)),
            "laagste": round(min(self.rondes)),
            "hoogste": round(max(self.rondes)),
            "rondes": len(self.rondes),
        }


def importeer(client: Client, soort: str, pad: Path) -> int:
    """Eén bestand door de voordeur; elke rij moet aanvaard zijn."""
    keuze = next(s for s in soorten() if s.naam == soort)
    uit = voer_in(client, Bestand(pad, keuze, 10**9), lambda *_: None)
    if uit.aanvaard != uit.rijen:
        raise SystemExit(f"{soort}: {uit}")
    return uit.rijen


def bulk(client: Client, map_: Path, rijen: int, rondes: int, loting: random.Random) -> dict[str, Meting]:
    """Registreren, corrigeren, verhuizen en een volledige lijst, telkens van nieuwe mensen."""
    metingen = {
        naam: Meting(naam, "rijen/s")
        for naam in ("registraties", "registratie-correcties", "verhuizingen", "volledige-lijst vergelijken")
    }
    nummers = bsns(loting, 1)
    for ronde in range(rondes):
        wie = [next(nummers) for _ in range(rijen)]
        grond = [GRONDSLAGEN[ronde]] * rijen
        van = [f"20{loting.randrange(15, 24)}-0{loting.randrange(1, 9)}-01" for _ in wie]
        woont = [loting.choice(GEMEENTEN) for _ in wie]
        kop = ("bsn", "grondslag", "van", "gemeente")
        alles = schrijf(map_ / f"registraties-{ronde}.csv", kop, list(zip(wie, grond, van, woont, strict=True)))
        metingen["registraties"].neem(rijen, lambda p=alles: importeer(client, "registraties", p))  # type: ignore[misc]
        lijst = map_ / f"lijst-{ronde}.csv"
        schrijf(lijst, kop, [r for r in zip(wie, grond, van, woont, strict=True) if loting.random() < 0.97])
        metingen["volledige-lijst vergelijken"].neem(
            rijen,
            lambda p=lijst, g=GRONDSLAGEN[ronde]: levering_cli.lever(client, p, [g], "2026-01-01", proef=True),  # type: ignore[misc]
        )
        juist = [f"{dag[:8]}15" for dag in van]
        fout = schrijf(
            map_ / f"correcties-{ronde}.csv",
            ("bsn", "grondslag", "van", "reden"),
            list(zip(wie, grond, juist, ["DATUM"] * rijen, strict=True)),
        )
        metingen["registratie-correcties"].neem(
            rijen,
            lambda p=fout: importeer(client, "registratie-correcties", p),  # type: ignore[misc]
        )
        weg = [GEMEENTEN[(GEMEENTEN.index(g) + 1) % len(GEMEENTEN)] for g in woont]
        pad = schrijf(
            map_ / f"verhuizingen-{ronde}.csv",
            ("bsn", "gemeente", "van"),
            list(zip(wie, weg, ["2025-01-01"] * rijen, strict=True)),
        )
        metingen["verhuizingen"].neem(rijen, lambda p=pad: importeer(client, "verhuizingen", p))  # type: ignore[misc]
    return metingen


def wisselen(client: Client, rondes: int, loting: random.Random) -> dict[str, Meting]:
    """Tienduizend BSN's per vraag: eerst nieuwe, dan bekende."""
    nieuw, bekend = Meting("BSN's omwisselen, nieuw", "BSN's/s"), Meting("BSN's omwisselen, bekend", "BSN's/s")
    nummers = bsns(loting, 2)
    for _ in range(rondes):
        groep = [next(nummers) for _ in range(10_000)]
        vraag = {"bsns": groep}
        nieuw.neem(len(groep), lambda v=vraag: client.post("intake", "/v1/pseudoniemen", json=v))  # type: ignore[misc]
        bekend.neem(len(groep), lambda v=vraag: client.post("intake", "/v1/pseudoniemen", json=v))  # type: ignore[misc]
    return {m.naam: m for m in (nieuw, bekend)}


async def enkele(adres: str, token: str, nummers: Iterator[str], seconden: int) -> list[float]:
    """Enkele registraties op een vaste klok (open lus): de wachttijd telt vanaf het geplande moment."""
    duur: list[float] = []
    lijnen = Lijnen(adres, token)
    await lijnen.open()

    async def een(moment: float) -> None:
        rij = {"bsn": next(nummers), "grondslag": "PW_INDICATIE", "van": "2024-01-01", "gemeente": "0014"}
        await lijnen.post("/v1/registraties", rij)
        duur.append((time.perf_counter() - moment) * 1000)

    begin, taken = time.perf_counter(), []
    for nr in range(seconden * PER_SECONDE):
        moment = begin + nr / PER_SECONDE
        if (rust := moment - time.perf_counter()) > 0:
            await asyncio.sleep(rust)
        taken.append(asyncio.create_task(een(moment)))
    _, over = await asyncio.wait(taken, timeout=GEDULD)
    for taak in over:
        taak.cancel()
    await asyncio.gather(*taken, return_exceptions=True)
    lijnen.sluit()
    return sorted(duur + [max(GEDULD * 1000.0, *duur)] * (len(taken) - len(duur)))


def naast_import(client: Client, map_: Path, loting: random.Random, adres: str) -> dict[str, dict[str, object]]:
    """p50 en p99 van één registratie bij 100/s, in rust en naast een import die al die tijd loopt."""
    uit: dict[str, dict[str, object]] = {}
    nummers, gevraagd = bsns(loting, 3), bsns(random.Random(1), 4)  # noqa: S311
    token = lokaal_token(map_)
    for naam, met in (("in rust", False), ("naast een import", True)):
        klaar: list[bool] = []

        def laad(klaar: list[bool] = klaar) -> int:
            aantal = 0
            while not klaar:
                rijen = [(next(nummers), "WSW", "2018-01-01", "0014") for _ in range(5_000)]
                pad = schrijf(map_ / f"naast-{aantal}.csv", ("bsn", "grondslag", "van", "gemeente"), rijen)
                aantal += importeer(client, "registraties", pad)
            return aantal

        with ThreadPoolExecutor(1) as draad:
            lading = draad.submit(laad) if met else None
            begin = time.perf_counter()
            duur = asyncio.run(enkele(adres, token, gevraagd, LAT_SECONDEN))
            klaar.append(True)
            geladen = lading.result() if lading else 0
        uit[naam] = {
            "eenheid": "ms",
            "p50": round(duur[len(duur) // 2], 1),
            "p99": round(duur[len(duur) * 99 // 100], 1),
            "hoogste": round(duur[-1], 1),
            "aantal": len(duur),
            "nietBinnenGeduld": sum(d >= GEDULD * 1000 for d in duur),
            "importRijenPerSeconde": round(geladen / (time.perf_counter() - begin)),
        }
    return uit


def meet(rijen: int, rondes: int) -> dict[str, object]:
    """Alles, in een eigen stack die daarna weg is."""
    loting = random.Random(20_260_701)  # noqa: S311
    with TemporaryDirectory(prefix="bench-intake-") as naam:
        Path(naam).chmod(0o711)  # voor root draait PostgreSQL als een ander
        return _meet(Path(naam) / "stack", rijen, rondes, loting)


def _meet(map_: Path, rijen: int, rondes: int, loting: random.Random) -> dict[str, object]:
    with Stack.start(map_) as stack:
        migreer("intake", stack.postgres_url("intake", databases.rollen("intake")[0]))
        asyncio.run(topics.zorg_voor(stack.kafka))
        stack.staat.kafka, stack.staat.postgres = stack.kafka, stack.postgres
        stack.diensten.start(stack.staat, "intake")
        stack.noteer()
        stack.diensten.wacht_tot_gereed(stack.staat, ("intake",))
        client = Client(map_)
        metingen = bulk(client, map_, rijen, rondes, loting) | wisselen(client, rondes, loting)
        sys.stderr.write(json.dumps({m.naam: m.als_json() for m in metingen.values()}, ensure_ascii=False) + "\n")
        return {
            "machine": {
                "kernen": os.cpu_count(),
                "belasting": [round(x, 2) for x in os.getloadavg()],
                "python": platform.python_version(),
            },
            "rijenPerRonde": rijen,
            "metingen": {m.naam: m.als_json() for m in metingen.values()},
            "eenRegistratie": naast_import(client, map_, loting, stack.staat.adressen["intake"]),
        }


def toon(uit: dict[str, object]) -> Iterator[str]:
    """De tabel."""
    metingen, een = uit["metingen"], uit["eenRegistratie"]
    assert isinstance(metingen, dict) and isinstance(een, dict)  # noqa: PT018, S101
    yield f"{'meting':34} {'mediaan':>9} {'laagste':>9} {'hoogste':>9}"
    for naam, m in metingen.items():
        yield f"{naam:34} {m['mediaan']:>9} {m['laagste']:>9} {m['hoogste']:>9} {m['eenheid']}"
    yield f"{f'een registratie, {PER_SECONDE}/s':34} {'p50':>9} {'p99':>9} {'hoogste':>9}"
    for naam, m in een.items():
        yield f"{naam:34} {m['p50']:>9} {m['p99']:>9} {m['hoogste']:>9} ms (import {m['importRijenPerSeconde']} rijen/s)"


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # ook dan wordt alles gestopt
    keuze = argparse.ArgumentParser(description=__doc__)
    keuze.add_argument("--rijen", type=int, default=20_000, help="rijen per ronde")
    keuze.add_argument("--rondes", type=int, default=3, choices=(3, 4))
    gekozen = keuze.parse_args()
    gemeten = meet(gekozen.rijen, gekozen.rondes)
    UITKOMST.write_text(json.dumps(gemeten, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    sys.stdout.write("\n".join(toon(gemeten)) + "\n")
