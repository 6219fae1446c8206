"""Een import die halverwege sterft gaat verder waar zij was: niets verloren, niets dubbel, en het geheugen blijft vlak."""

import asyncio
import os
import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import asyncpg
import psutil
import pytest

from bench.plaatsing import maak_banen, urenbestand
from deploy import topics
from deploy.lokaal import databases
from deploy.lokaal.stack import Stack
from shared.client import Client
from shared.migreer import migreer
from shared.settings import WORTEL
from tests.fault.conftest import Proef, fold, lees_log

REGELS = int(os.environ.get("BANENSPOOR_IMPORT_REGELS", "12000"))
"""Urenregels van één kwartaal, drie per baan; 's nachts 500.000."""
GEDULDIG = {**os.environ, "BANENSPOOR_GEDULD": "600"}
"""Op een drukke machine duurt het langer dan een halve minuut voor een gedode dienst er weer is."""
DIENSTEN = ("intake", "plaatsing")
SOMMEN = """
select (select count(*) from urenregel) as regels, (select sum(uren_x100) from urenregel) as uren,
  (select count(*) from regelversie) as versies, (select sum(nieuw) from leveringstuk) as nieuw,
  (select count(*) from gezegd) as gezegd, (select sum((stand::jsonb ->> 'urenX100')::bigint) from gezegd) as gezegde_uren,
  (select count(*) from uitgaand where topic = 'verloonde-uren') as uit,
  (select sum((convert_from(data, 'UTF8')::jsonb -> 'nieuw' ->> 'urenX100')::bigint) from uitgaand
    where topic = 'verloonde-uren') as uren_uit
"""


def test_an_import_that_is_killed_goes_on_where_it_was(proef: Proef) -> None:
    keten = proef.keten
    referenties = sorted({r["referentie"] for r in proef.uren})
    maanden = [(f"2025-{m:02d}-01", f"2025-{m + 1:02d}-01") for m in range(1, 11)]
    rijen = [
        {"referentie": r, "tijdvak_van": van, "tijdvak_tot": tot, "uren": f"{50 + nr % 100}.{nr % 97:02d}"}
        for nr, (r, (van, tot)) in enumerate((r, m) for m in maanden for r in referenties)
    ]
    pad = keten.bestand(rijen, "groot.csv")
    gezegd = len(asyncio.run(lees_log(proef.stack.kafka)))
    opdracht = [sys.executable, "-m", "deploy.cli", "importeer", "uren", str(pad), "--dir", str(proef.stack.dir)]
    with subprocess.Popen(opdracht, cwd=WORTEL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as sterft:
        einde = time.monotonic() + 60
        while len(asyncio.run(lees_log(proef.stack.kafka))) == gezegd:  # het eerste blok is binnen
            assert time.monotonic() < einde
            assert sterft.poll() is None
        sterft.kill()
    uit = keten.importeer("uren", pad, "--wacht")
    assert uit["aanvaard"] + uit["ongewijzigd"] == len(rijen)
    assert uit["ongewijzigd"] > 0
    stand = fold(asyncio.run(lees_log(proef.stack.kafka)))
    assert sum(s["urenX100"] for (_, maand), s in stand.items() if maand.startswith("2025")) == sum(
        int(r["uren"].replace(".", "")) for r in rijen
    )
    assert len([maand for _, maand in stand if maand.startswith("2025")]) == len(rijen)
    assert keten.importeer("uren", pad)["aanvaard"] == 0


@pytest.fixture
def huis(tmp_path: Path) -> Iterator[Stack]:
    """Alleen intake en plaatsing, met de banen van `REGELS` urenregels."""
    tmp_path.chmod(0o711)  # voor root draait PostgreSQL als een ander
    with Stack.start(tmp_path / "stack", cache=WORTEL / ".lokaal" / "cache") as stack:
        for dienst in DIENSTEN:
            migreer(dienst, stack.postgres_url(dienst, databases.rollen(dienst)[0]))
        asyncio.run(topics.zorg_voor(stack.kafka))
        stack.staat.kafka, stack.staat.postgres = stack.kafka, stack.postgres
        for dienst in DIENSTEN:
            stack.diensten.start(stack.staat, dienst)
        stack.noteer()
        stack.diensten.wacht_tot_gereed(stack.staat, DIENSTEN)
        maak_banen(Client(stack.dir), REGELS // 3, random.Random(1))
        yield stack


class Geheugen:
    """Het hoogste geheugen (MB) van een proces, in elk deel van de import."""

    def __init__(self) -> None:
        self.hoogste: dict[str, int] = {}

    def kijk(self, naam: str, pid: int) -> None:
        """Neemt één monster."""
        try:
            nu = psutil.Process(pid).memory_info().rss >> 20
        except psutil.NoSuchProcess:
            return
        self.hoogste[naam] = max(nu, self.hoogste.get(naam, 0))


def test_a_quarter_of_hours_comes_in_once_though_client_and_service_are_killed(
    huis: Stack, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pad, aantal = urenbestand(tmp_path / "kwartaal.csv", REGELS // 3, (2024, 1), random.Random(2))
    uren = sum(int(regel.rsplit('"', 2)[1].replace(",", "")) for regel in pad.read_text().splitlines()[1:])
    geheugen, tempo = Geheugen(), dict[str, int]()

    def binnen() -> int:
        return int(asyncio.run(_lees(huis, "select coalesce(sum(nieuw), 0) as nieuw from leveringstuk"))["nieuw"])

    def importeer(deel: str, tot: int, bij: Callable[[subprocess.Popen[bytes]], object]) -> int:
        """Een nieuwe client, en `bij` zodra er zoveel regels binnen zijn. Geeft haar exitstatus."""
        opdracht = [sys.executable, "-m", "deploy.cli", "importeer", "uren", str(pad), "--dir", str(huis.dir)]
        begin, waren, gebeurd, uit = time.monotonic(), binnen(), False, subprocess.DEVNULL
        with subprocess.Popen(opdracht, cwd=WORTEL, env=GEDULDIG, stdout=uit, stderr=uit) as client:
            while client.poll() is None:
                geheugen.kijk(f"client {deel}", client.pid)
                geheugen.kijk(f"plaatsing {deel}", huis.diensten.pid("plaatsing") or 0)
                if not gebeurd and binnen() >= tot:
                    gebeurd = True
                    bij(client)
                time.sleep(0.2)
        tempo[deel] = round((binnen() - waren) / (time.monotonic() - begin))
        return client.returncode

    def herstart(_: object) -> None:
        huis.diensten.kill("plaatsing")
        huis.diensten.start(huis.staat, "plaatsing")

    assert importeer("tot de dood van de client", aantal // 3, lambda client: client.kill()) < 0
    assert importeer("tot de dood van plaatsing", aantal * 2 // 3, herstart) == 0
    huis.diensten.wacht_tot_gereed(huis.staat, DIENSTEN)
    nu = asyncio.run(_lees(huis, SOMMEN))
    assert set(nu.values()) == {aantal, uren}, nu
    assert [nu[k] for k in ("regels", "versies", "nieuw", "gezegd", "uit")] == [aantal] * 5, nu
    assert importeer("nog eens", aantal + 1, print) == 0
    assert asyncio.run(_lees(huis, SOMMEN)) == nu
    with capsys.disabled():
        sys.stdout.write(f"\n{aantal} regels; regels/s {tempo}; MB {geheugen.hoogste}\n")
    for proces in ("client", "plaatsing"):
        eerst, laatst = (geheugen.hoogste[f"{proces} tot de dood van {wie}"] for wie in ("de client", "plaatsing"))
        assert laatst < eerst * 1.3 + 20, geheugen.hoogste


async def _lees(huis: Stack, vraag: str) -> dict[str, int]:
    conn = await asyncpg.connect(huis.postgres_url("plaatsing", "plaatsing_app"))
    try:
        return dict(await conn.fetchrow(vraag) or {})
    finally:
        await conn.close()
