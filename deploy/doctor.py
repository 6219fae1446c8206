"""`banenspoor doctor`: wat er op deze machine is, en wat er aan een draaiende Banenspoor mankeert."""

import json
import os
import platform
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from deploy.lokaal.staat import DIENSTEN
from shared.client import MAP, Client, Map, OpdrachtFout

Oordeel = Literal["goed", "let op", "fout"]
app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@dataclass(frozen=True, slots=True)
class Bevinding:
    """Eén ding dat is nagekeken: het oordeel en wat er te zien was."""

    wat: str
    oordeel: Oordeel
    uitleg: str


@app.command()
def doctor(
    als_json: Annotated[bool, typer.Option("--json", help="De bevindingen als JSON.")] = False, map_: Map = MAP
) -> None:
    """Kijk versies, geheugen, schijf, klok, diensten, achterstand en geparkeerde gebeurtenissen na. Exit 1: iets is fout."""
    alle = [*_machine(map_), *_diensten(map_)]
    if als_json:
        typer.echo(json.dumps({"bevindingen": [asdict(b) for b in alle]}, ensure_ascii=False))
    else:
        for b in alle:
            typer.echo(f"{b.oordeel:<7} {b.wat}: {b.uitleg}")
    if any(b.oordeel == "fout" for b in alle):
        raise typer.Exit(1)


def _machine(map_: Path) -> Iterator[Bevinding]:
    python = platform.python_version()
    yield Bevinding("Python", "goed" if sys.version_info >= (3, 11) else "fout", f"{python} (3.11 of nieuwer)")
    libc, versie = platform.libc_ver()
    yield Bevinding(
        "systeem", "goed" if libc == "glibc" else "let op", f"{platform.system()} {platform.machine()}, {libc} {versie}"
    )
    kernen = os.cpu_count() or 1
    yield Bevinding("kernen", "goed" if kernen >= 2 else "let op", f"{kernen} (2 of meer)")
    vrij = _geheugen_mb()
    if vrij is not None:
        yield Bevinding("geheugen", "goed" if vrij >= 1500 else "let op", f"{vrij} MB vrij (1500 of meer)")
    plek = next(p for p in (map_.resolve(), *map_.resolve().parents) if p.exists())
    schijf = shutil.disk_usage(plek).free // 2**20
    yield Bevinding(
        "schijf", "goed" if schijf >= 2000 else "fout" if schijf < 200 else "let op", f"{schijf} MB vrij (2000 of meer)"
    )


def _geheugen_mb() -> int | None:
    try:
        regels = Path("/proc/meminfo").read_text().splitlines()
        return next(int(r.split()[1]) // 1024 for r in regels if r.startswith("MemAvailable"))
    except (OSError, StopIteration, ValueError):
        return None


def _diensten(map_: Path) -> Iterator[Bevinding]:
    client = Client(map_)
    if not client.bekend():
        yield Bevinding("diensten", "let op", f"in {map_} draait niets: banenspoor lokaal start")
        return
    for dienst in DIENSTEN:
        gereed = _kijk(f"{dienst} gereed", partial(_gereed, client, dienst))
        yield gereed
        if gereed.oordeel != "fout":
            yield _kijk(f"{dienst} zegt", partial(_zegt, client, dienst))
            yield _kijk(f"{dienst} geparkeerd", partial(_geparkeerd, client, dienst))
            if dienst == "telling":
                yield _kijk("telling vast", partial(_vast, client))


def _kijk(wat: str, kijk: Callable[[], tuple[Oordeel, str]]) -> Bevinding:
    try:
        return Bevinding(wat, *kijk())
    except OpdrachtFout as fout:
        return Bevinding(wat, "fout", str(fout))


def _gereed(client: Client, dienst: str) -> tuple[Oordeel, str]:
    antwoord, verschil = client.gereed(dienst), 0.0
    if antwoord["klok"] is not None:
        verschil = abs(time.time() - antwoord["klok"])
    if antwoord["redenen"]:
        return "fout", "; ".join(antwoord["redenen"])
    if verschil > 5:
        return "let op", f"de klok van de database wijkt {verschil:.0f} s af"
    return "goed", f"klok database {verschil:.1f} s verschil"


def _zegt(client: Client, dienst: str) -> tuple[Oordeel, str]:
    antwoord: dict[str, Any] = client.get(dienst, "/v1/beheer/nummers")
    gezegd = sum(n for per in antwoord["nummers"].values() for n in per.values())
    return ("goed" if antwoord["wachtend"] < 1000 else "let op"), f"{gezegd} gezegd, {antwoord['wachtend']} wacht"


def _geparkeerd(client: Client, dienst: str) -> tuple[Oordeel, str]:
    aantal = len(client.get(dienst, "/v1/beheer/geparkeerd")["sleutels"])
    return ("let op", f"{aantal} sleutels: banenspoor dlq list") if aantal else ("goed", "niets")


def _vast(client: Client) -> tuple[Oordeel, str]:
    antwoord = client.get("telling", "/v1/beheer/vast-tot")
    if antwoord["historie"]:
        return "let op", "de historie is open: er wordt niets vast (banenspoor historie sluit)"
    return ("goed", f"tot {antwoord['vastTot']}") if antwoord["vastTot"] else ("let op", "nog niets vast")
