"""Een verse Banenspoor met de hele demo erin, door de voordeur geladen; de schaal komt uit BANENSPOOR_DEMO_SCHAAL."""

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import typer

from deploy.demo import laad
from deploy.demo.doelen import Doelen, lees
from deploy.lokaal import vulling
from deploy.lokaal.stack import Stack
from shared.client import Client
from shared.settings import WORTEL


@dataclass
class Geladen:
    """Een draaiende demo: waar zij staat, op welke schaal, en hoe lang het laden duurde (seconden)."""

    stack: Stack
    client: Client
    schaal: int
    duur: float
    doelen: Doelen

    def tellingen(self, **vraag: Any) -> Any:
        """`GET /v1/tellingen`."""
        return self.client.get("telling", "/v1/tellingen", **vraag)


@pytest.fixture(scope="package")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Geladen]:
    """De demo op haar schaal, met gesloten historie."""
    schaal = int(os.environ.get("BANENSPOOR_DEMO_SCHAAL", "50"))
    map_: Path = tmp_path_factory.mktemp("golden")
    with Stack.start(map_ / "stack", diensten=True, cache=WORTEL / ".lokaal" / "cache") as stack:
        vulling.regels(stack.dir, lambda _: None)
        begin = time.monotonic()
        laad(stack.dir, typer.echo, schaal)  # pytest -s toont hoever het is
        yield Geladen(stack, Client(stack.dir), schaal, time.monotonic() - begin, lees())
