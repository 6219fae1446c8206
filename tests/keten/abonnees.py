"""Wie van buiten meeluistert: de voorbeelden van docs/abonnee als eigen processen, en alles wat op het log staat."""

import ast
import asyncio
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from aiokafka import AIOKafkaConsumer

from deploy.lokaal.stack import Stack
from shared.settings import WORTEL

MAP = WORTEL / "docs" / "abonnee"


def voorbeeld(stack: Stack, *woorden: str) -> Any:
    """Draait een voorbeeld ver van onze broncode, en leest zijn JSON."""
    with tempfile.TemporaryDirectory() as ergens:
        klaar = subprocess.run(
            woorden,
            cwd=ergens,
            env={"PATH": os.environ["PATH"], "KAFKA": str(stack.kafka)},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
    assert klaar.returncode == 0, klaar.stderr
    return json.loads(klaar.stdout)


def optellen(stack: Stack) -> Any:
    """De totalen van het voorbeeld in Python."""
    return voorbeeld(stack, sys.executable, "-I", str(MAP / "optellen.py"))


def som(stack: Stack) -> Any:
    """De som van het voorbeeld met kcat."""
    return voorbeeld(stack, "bash", str(MAP / "som.sh"))


async def records(kafka: str, *topics: str) -> list[Any]:
    """Alles wat er nu op deze topics staat."""
    uit: list[Any] = []
    async with AIOKafkaConsumer(*topics, bootstrap_servers=kafka, auto_offset_reset="earliest") as consument:
        plekken = list(consument.assignment())
        await consument.seek_to_beginning(*plekken)
        einden = {p: e for p, e in (await consument.end_offsets(plekken)).items() if e}
        async with asyncio.timeout(60):
            while any([await consument.position(p) < e for p, e in einden.items()]):
                for deel in (await consument.getmany(timeout_ms=500)).values():
                    uit += deel
    return uit


def invoer(bestand: Path) -> set[str]:
    """De pakketten die een voorbeeld in Python invoert, zonder die van Python zelf."""
    namen = set()
    for knoop in ast.walk(ast.parse(bestand.read_text("utf-8"))):
        if isinstance(knoop, ast.Import):
            namen |= {deel.name.split(".")[0] for deel in knoop.names}
        elif isinstance(knoop, ast.ImportFrom) and knoop.module:
            namen.add(knoop.module.split(".")[0])
    return namen - set(sys.stdlib_module_names)
