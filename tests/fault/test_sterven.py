"""Processen die sterven, halverwege en onder last (docs/bezorging.md; faults 1–6)."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

import pytest

from deploy.lokaal import poorten, processen
from deploy.lokaal.diensten import antwoord_gereed, instellingen
from tests.fault.conftest import KEREN, Proef

NADEN = [
    ("plaatsing", "na_nummeren:3"),  # tussen nummeren en publiceren
    ("plaatsing", "na_zenden:3"),  # tussen publiceren en noteren
    ("telling", "voor_vastleggen:3"),  # gevolgen gedaan, nog niet vastgelegd
    ("telling", "na_vastleggen:3"),  # vastgelegd, nog niet verder gelezen
]


@pytest.mark.parametrize("keer", range(KEREN))
@pytest.mark.parametrize(("dienst", "naad"), NADEN)
def test_kill_at_each_seam_loses_and_doubles_nothing(proef: Proef, dienst: str, naad: str, keer: int) -> None:
    with proef.storm() as storm:
        proef.sterf(dienst, naad)
        time.sleep(0.5)
    assert storm.opdrachten > 0
    proef.klopt(storm)


@pytest.mark.parametrize("dienst", ["intake", "plaatsing", "telling"])
def test_kill_at_a_random_moment_under_load(proef: Proef, dienst: str) -> None:
    with proef.storm() as storm:
        for _ in range(KEREN):
            time.sleep(0.7)
            proef.stack.diensten.kill(dienst)
            proef.start(dienst)
    proef.klopt(storm)


def test_the_broker_is_killed_under_load(proef: Proef) -> None:
    with proef.storm() as storm:
        for _ in range(KEREN):
            time.sleep(1)
            proef.stack.kill_kafka()
            time.sleep(2)
            proef.stack.start_kafka()
            time.sleep(1)
    proef.klopt(storm)


def test_the_broker_stands_still_for_a_while(proef: Proef) -> None:
    pid = proef.stack.kafka_pid
    assert pid is not None
    with proef.storm() as storm:
        time.sleep(0.5)
        os.kill(pid, signal.SIGSTOP)
        time.sleep(9)  # langer dan de sessietijd
        os.kill(pid, signal.SIGCONT)
        time.sleep(1)
    proef.klopt(storm)


def test_postgresql_is_killed_under_load(proef: Proef) -> None:
    with proef.storm() as storm:
        for _ in range(KEREN):
            time.sleep(1)
            proef.stack.kill_postgres()
            time.sleep(1)
            proef.stack.start_postgres()
            time.sleep(1)
    proef.klopt(storm)


def wacht_tot(voorwaarde: Callable[[], bool], binnen: float = 40) -> None:
    """Wacht op een voorwaarde, begrensd."""
    einde = time.monotonic() + binnen
    while not voorwaarde():
        assert time.monotonic() < einde, "de voorwaarde bleef uit"
        time.sleep(0.1)


def _tweede_telling(proef: Proef) -> tuple[Any, int]:
    """Een tweede instantie van telling, en haar poort."""
    staat = proef.stack.staat
    poort = poorten.vrije_poort(None, set(staat.poorten.values()))
    env = os.environ | instellingen(proef.stack.dir, staat, "telling") | {"BANENSPOOR_POORT": str(poort)}
    opdracht = [sys.executable, "-m", "deploy.cli", "serve", "telling"]
    return processen.start(opdracht, proef.keten.werkmap / "telling2.log", env=env), poort


def test_two_instances_and_a_zombie_count_nothing_twice(proef: Proef) -> None:
    eerste = proef.stack.diensten.pid("telling")
    assert eerste is not None
    tweede, poort = _tweede_telling(proef)
    try:
        wacht_tot(lambda: antwoord_gereed(poort)[0] == 200)
        with proef.storm() as storm:
            time.sleep(1)
            os.kill(eerste, signal.SIGSTOP)
            time.sleep(8)  # langer dan de sessietijd: de tweede neemt alles over
            tot_hier = proef.verwerkt("telling")
            wacht_tot(lambda: proef.verwerkt("telling") > tot_hier)  # alleen de tweede kan dit
            os.kill(eerste, signal.SIGCONT)
            time.sleep(2)
        proef.klopt(storm)
    finally:
        processen.stop(tweede.pid, signal.SIGTERM, 10, tweede)
    proef.klopt(storm)


def test_sigterm_during_work_ends_within_ten_seconds(proef: Proef) -> None:
    with proef.storm() as storm:
        for dienst in ("plaatsing", "telling"):
            pid = proef.stack.diensten.pid(dienst)
            assert pid is not None
            begin = time.monotonic()
            os.kill(pid, signal.SIGTERM)
            while subprocess.run(["ps", "-p", str(pid)], capture_output=True, check=False).returncode == 0:
                if proef.stack.diensten.pid(dienst) is None:
                    break
                assert time.monotonic() - begin < 10
                time.sleep(0.05)
            proef.start(dienst)
    proef.klopt(storm)
