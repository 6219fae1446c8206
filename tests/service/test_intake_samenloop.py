"""De dagelijkse taak in twee processen tegelijk, op één database: ieder eindigt precies één keer."""

from __future__ import annotations

import asyncio
import json
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import date
from itertools import islice
from typing import Any

import pytest
from banenspoor_contracts import EindReden, RegistratieBeeindigd
from stdnum.nl import bsn as elfproef

from services.intake import termijnen
from shared.db import maak_pool
from tests.service.intake_voordeur import Voordeur

MENSEN = 60
_PROCES = """
import asyncio, sys
from datetime import date
from services.intake import termijnen
from shared import outbox
from shared.db import maak_pool
from shared.settings import WORTEL, lees_topics

async def draai():
    outbox.ken_topics(lees_topics(WORTEL / "deploy" / "topics.yml"))
    pool = await maak_pool(sys.stdin.readline().strip(), 2)
    termijnen.STAP = 4
    print("klaar", flush=True)
    sys.stdin.readline()
    aantal = 0
    for _ in range(40):
        aantal += await termijnen.verloop(pool, date(2028, 4, 15))
        await asyncio.sleep(0.005)
    print("geëindigd", aantal, flush=True)
    await pool.close()

asyncio.run(draai())
"""


def nummers() -> Iterator[str]:
    return (f"{n:09d}" for n in range(200_000_000, 300_000_000) if elfproef.is_valid(f"{n:09d}"))


@pytest.fixture
async def oud(voordeur: Voordeur) -> Voordeur:
    """Mensen die op 15 april 2028 de AOW-leeftijd bereiken, elk op twee grondslagen geregistreerd."""
    wie = list(islice(nummers(), MENSEN))
    rijen: list[dict[str, Any]] = [
        {"bsn": b, "grondslag": g, "van": "2018-03-01", "gemeente": "0014"}
        for b in wie
        for g in ("WSW", "PW_INDICATIE")
    ]
    await voordeur.rijen("registraties", *rijen)
    await voordeur.rijen("personen", *({"bsn": b, "geboortedatum": "1961-01-15"} for b in wie))
    return voordeur


async def ieder_precies_een_keer(deur: Voordeur) -> None:
    einden = Counter((f.persoon, f.grondslag) for f in await deur.feiten() if isinstance(f, RegistratieBeeindigd))
    assert len(einden) == 2 * MENSEN
    assert set(einden.values()) == {1}
    assert {f.reden for f in await deur.feiten() if isinstance(f, RegistratieBeeindigd)} == {EindReden.AOW_LEEFTIJD}
    assert await deur.aantal("registratie where tot = '2028-04-15'") == 2 * MENSEN
    assert await deur.aantal("registratie_historie") == 3 * 2 * MENSEN
    assert await deur.aantal("termijn") == 0


async def test_two_processes_end_everyone_exactly_once(oud: Voordeur) -> None:
    pijp = asyncio.subprocess.PIPE
    processen = [
        await asyncio.create_subprocess_exec(sys.executable, "-c", _PROCES, stdin=pijp, stdout=pijp) for _ in range(2)
    ]
    for proces in processen:
        assert proces.stdin is not None
        assert proces.stdout is not None
        proces.stdin.write(f"{oud.database.url}\n".encode())
        assert await asyncio.wait_for(proces.stdout.readline(), 60) == b"klaar\n"
    for proces in processen:
        assert proces.stdin is not None
        proces.stdin.write(b"begin\n")
    uit = [(await asyncio.wait_for(p.communicate(), 60))[0].decode().split() for p in processen]
    assert [p.returncode for p in processen] == [0, 0]
    assert sum(int(aantal) for _, aantal in uit) == MENSEN, json.dumps(uit)
    await ieder_precies_een_keer(oud)


async def test_two_tasks_and_a_late_delivery_end_everyone_exactly_once(
    oud: Voordeur, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Tussen de stappen door komt een levering binnen over dezelfde mensen; ook dan één einde."""
    monkeypatch.setattr(termijnen, "STAP", 4)
    wie = list(islice(nummers(), MENSEN))
    pools = [await maak_pool(oud.database.url, 2) for _ in range(2)]

    async def verloop(pool: Any) -> int:
        aantal = 0
        for _ in range(20):
            aantal += await termijnen.verloop(pool, date(2028, 4, 15))
            await asyncio.sleep(0)
        return aantal

    levering = asyncio.create_task(oud.rijen("personen", *({"bsn": b, "geboortedatum": "1961-01-15"} for b in wie)))
    assert sum(await asyncio.gather(*(verloop(p) for p in pools))) == MENSEN
    await levering
    await ieder_precies_een_keer(oud)
    for pool in pools:
        await pool.close()
