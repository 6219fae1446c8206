"""Een vervangen log en een teruggezette database: opgemerkt en luid geweigerd, niets wordt stilletjes overgeslagen."""

import asyncio
import time
from typing import Any

import asyncpg
import httpx

from deploy import topics
from deploy.lokaal.postgres import BEHEERDER
from tests.fault.conftest import Proef


def redenen(proef: Proef, dienst: str) -> str:
    """Wat `/healthz/ready` zegt; leeg als de dienst gereed is."""
    try:
        antwoord = httpx.get(f"{proef.stack.staat.adressen[dienst]}/healthz/ready", timeout=5)
    except httpx.TransportError:
        return "geen antwoord"
    return "" if antwoord.status_code == 200 else " ".join(antwoord.json()["redenen"])


def wacht_op_reden(proef: Proef, dienst: str, woord: str, binnen: float = 60) -> str:
    """Wacht tot een dienst niet gereed is om deze reden."""
    einde = time.monotonic() + binnen
    while woord not in (reden := redenen(proef, dienst)):
        assert time.monotonic() < einde, f"{dienst}: {reden!r} noemt {woord!r} niet"
        time.sleep(0.2)
    return reden


async def _beheer(proef: Proef, *opdrachten: str) -> None:
    conn = await asyncpg.connect(proef.stack.postgres_url("postgres", BEHEERDER))
    for opdracht in opdrachten:
        await conn.execute(opdracht)
    await conn.close()


def test_a_database_restored_to_yesterday_is_refused_by_its_service(proef: Proef) -> None:
    stack = proef.stack
    stack.diensten.stop(["plaatsing"])
    asyncio.run(_beheer(proef, "create database gisteren template plaatsing owner plaatsing_eigenaar"))
    proef.start("plaatsing")
    with proef.storm() as storm:
        time.sleep(2)
    proef.klopt(storm)
    stack.diensten.stop(["plaatsing"])
    asyncio.run(
        _beheer(proef, "alter database plaatsing rename to vandaag", "alter database gisteren rename to plaatsing")
    )
    stack.diensten.start(stack.staat, "plaatsing")
    assert "verder dan de database" in wacht_op_reden(proef, "plaatsing", "verder")
    weigert = httpx.post(f"{stack.staat.adressen['plaatsing']}/v1/uren", content=b"{}", headers=_token(proef))
    assert (weigert.status_code, weigert.json()["code"]) == (503, "niet_gereed")
    stack.diensten.stop(["plaatsing"])
    asyncio.run(
        _beheer(proef, "alter database plaatsing rename to gisteren", "alter database vandaag rename to plaatsing")
    )
    proef.start("plaatsing")
    proef.klopt(storm)


def test_a_wiped_log_under_running_services_is_noticed_and_refused(proef: Proef) -> None:
    stack, proef.heel = proef.stack, False  # hierna is deze keten stuk
    stack.kill_kafka()
    stack.wis_kafka()
    stack.start_kafka()
    asyncio.run(topics.zorg_voor(stack.kafka))
    assert "vervangen" in wacht_op_reden(proef, "plaatsing", "vervangen")
    assert "vervangen" in wacht_op_reden(proef, "intake", "vervangen")
    assert wacht_op_reden(proef, "telling", "log")
    weigert = httpx.post(f"{stack.staat.adressen['plaatsing']}/v1/uren", content=b"{}", headers=_token(proef))
    assert weigert.status_code == 503
    for dienst in ("plaatsing", "telling"):  # ook na een herstart
        stack.diensten.stop([dienst])
        stack.diensten.start(stack.staat, dienst)
    wacht_op_reden(proef, "plaatsing", "vervangen")
    wacht_op_reden(proef, "telling", "vervangen")


def _token(proef: Proef) -> dict[str, Any]:
    from shared.client import lokaal_token

    return {"Authorization": f"Bearer {lokaal_token(proef.stack.dir)}", "Idempotency-Key": "weigert"}
