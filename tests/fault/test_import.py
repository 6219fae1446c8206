"""Een import die halverwege sterft gaat verder waar zij was: niets verloren, niets dubbel."""

import asyncio
import subprocess
import sys
import time

from shared.settings import WORTEL
from tests.fault.conftest import Proef, fold, lees_log


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
