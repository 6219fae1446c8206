"""Zet elke sabotage van het bezorgprotocol in een kopie van de code en laat zien welke proef haar opmerkt.

`make sabotage` schrijft `docs/sabotage.md`. Exitstatus 1 als een sabotage niet wordt opgemerkt, of als een proef ook
zonder sabotage faalt. Elke plek moet precies één keer in de code voorkomen: verschuift de code, dan faalt dit.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

WORTEL = Path(__file__).resolve().parents[2]
PAGINA = WORTEL / "docs" / "sabotage.md"
RELAY, INBOX, PEIL = "tests/service/test_relay.py", "tests/service/test_inbox.py", "tests/service/test_peil.py"


@dataclass(frozen=True)
class Sabotage:
    """Wat er misgaat, waar het in de code gaat, en welke proeven het moeten zien."""

    naam: str
    bestand: str
    goed: str
    kapot: str
    proeven: str


SABOTAGES = (
    Sabotage(
        "positie zonder vergelijk-en-wissel",
        "shared/inbox.py",
        "  and v.log_offset = n.oud_offset and v.publicatienr = n.oud_nummer and v.ce_id is not distinct from n.oud_id\n",
        "\n",
        INBOX,
    ),
    Sabotage(
        "nummeren bij het invoegen, vóór het vastleggen",
        "shared/relay.py",
        "uit.append(dict(rij.items(), publicatienr=volgende[plaats], ce_time=tijd))",
        'uit.append(dict(rij.items(), publicatienr=rij["volgorde"], ce_time=tijd))',
        RELAY,
    ),
    Sabotage(
        "`ce_time` bij het invoegen",
        "shared/relay.py",
        "            uit.append(dict(rij.items(), publicatienr=volgende[plaats], ce_time=tijd))\n",
        "            ms = rij['id'].int >> 80\n"
        "            tijd = datetime.fromtimestamp(ms / 1000, tijd.tzinfo)\n"
        "            uit.append(dict(rij.items(), publicatienr=volgende[plaats], ce_time=tijd))\n",
        RELAY,
    ),
    Sabotage(
        "peil vooruit op zijn ronde",
        "shared/relay.py",
        'self._peil = await self._maak_peil(tijd, stand["historie"])',
        'self._peil = await self._maak_peil(tijd + 1000 * MS, stand["historie"])',
        RELAY,
    ),
    Sabotage(
        "leeg peil niet bewaard",
        "shared/relay.py",
        '            await self._conn.execute("update relay_stand set ronde = $1", tijd)\n',
        '            if rijen:\n                await self._conn.execute("update relay_stand set ronde = $1", tijd)\n',
        RELAY,
    ),
    Sabotage(
        "geen slot op de persoon",
        "shared/db.py",
        "            await tx.execute(_VERGRENDEL, bekend)\n",
        "            pass\n",
        RELAY,
    ),
    Sabotage(
        "geen naam van de relay",
        "shared/relay.py",
        '            if stand is None or stand["relay"] != self.naam:\n',
        "            if stand is None:\n",
        RELAY,
    ),
    Sabotage(
        "verder na een mislukte zending",
        "shared/relay.py",
        "            bewijs = await antwoord\n            self._verder(plaats, bewijs.offset)\n",
        "            try:\n                bewijs = await antwoord\n            except KafkaError:\n                continue\n"
        "            self._verder(plaats, bewijs.offset)\n",
        RELAY,
    ),
    Sabotage(
        "watermerk op id",
        "shared/relay.py",
        '_WACHTEND = "select * from uitgaand where publicatienr is null order by volgorde limit $1"',
        '_WACHTEND = "select * from uitgaand where volgorde > (select coalesce(max(volgorde), 0) from uitgaand '
        'where publicatienr is not null) order by volgorde limit $1"',
        RELAY,
    ),
    Sabotage(
        "publiceren vóór het vastleggen",
        "shared/relay.py",
        "            te_zenden = await self._nummer(rijen, tijd)\n",
        "            te_zenden = await self._nummer(rijen, tijd)\n            await self.zend(te_zenden)\n",
        RELAY,
    ),
    Sabotage(
        "niet ontdubbelen",
        "shared/inbox.py",
        "            if bericht.nummer <= positie.nummer:\n",
        "            if bericht.nummer <= positie.nummer and False:\n",
        INBOX,
    ),
    Sabotage(
        "geen controle op gaten",
        "shared/inbox.py",
        "            if bericht.nummer != positie.nummer + 1 and not self._gecompacteerd(plaats.topic):\n",
        "            if False:\n",
        INBOX,
    ),
    Sabotage(
        "positie los van de boekingen",
        "shared/inbox.py",
        "            await zeg(tx, await self._verwerk(tx, self._gekeurd(vrij)))\n"
        "        if nieuw:\n            await self._schuif(tx, nieuw)\n",
        "            await zeg(tx, await self._verwerk(tx, self._gekeurd(vrij)))\n"
        "        if nieuw:\n            async with self._pool.acquire() as apart:\n"
        "                await self._schuif(apart, nieuw)\n",
        INBOX,
    ),
    Sabotage(
        "alleen de gebeurtenis zelf parkeren",
        "shared/inbox.py",
        "            if (bericht.topic, bericht.sleutel) in wachtend:\n",
        "            if False:\n",
        INBOX,
    ),
    Sabotage(
        "redrive niet op volgorde",
        "shared/dead_letter.py",
        '_RIJ = "select * from geparkeerd where topic = $1 and sleutel = $2 order by publicatienr"',
        '_RIJ = "select * from geparkeerd where topic = $1 and sleutel = $2 order by publicatienr desc"',
        INBOX,
    ),
    Sabotage(
        "geen slot op `geparkeerd`",
        "shared/dead_letter.py",
        "order by topic, sleutel for update\n",
        "order by topic, sleutel\n",
        INBOX,
    ),
    Sabotage(
        "moment van redrive als kennistijd",
        "shared/dead_letter.py",
        '        tijd=rij["ce_time"],\n',
        '        tijd=__import__("datetime").datetime.now(__import__("datetime").UTC),\n',
        INBOX,
    ),
    Sabotage(
        "ontbrekende positie telt als gepasseerd",
        "shared/peil.py",
        "            bereikt.get((topic, int(partitie)), 0) >= nummer\n",
        "            bereikt.get((topic, int(partitie)), nummer) >= nummer\n",
        PEIL,
    ),
    Sabotage(
        "ontbrekende positie laat wachten",
        "shared/peil.py",
        "            bereikt.get((topic, int(partitie)), 0) >= nummer\n",
        "            bereikt.get((topic, int(partitie)), -1) >= nummer\n",
        PEIL,
    ),
    Sabotage(
        "geparkeerd telt niet mee in `vastTot`",
        "shared/peil.py",
        '    if rij["geparkeerd"] is not None:\n',
        "    if False:\n",
        PEIL,
    ),
    Sabotage(
        "`vastTot` op in plaats van onder het oudste geparkeerde",
        "shared/peil.py",
        'grenzen.append(rij["geparkeerd"] - _MS)',
        'grenzen.append(rij["geparkeerd"])',
        PEIL,
    ),
    Sabotage(
        "cijfer en `vastTot` uit twee momentopnamen",
        "shared/api.py",
        'conn.transaction(isolation="repeatable_read", readonly=True)',
        "conn.transaction(readonly=True)",
        PEIL,
    ),
)


def _kopie(doel: Path) -> None:
    weg = shutil.ignore_patterns(
        ".git", ".venv", ".lokaal", "__pycache__", ".mypy_cache", ".ruff_cache", ".pytest_cache"
    )
    shutil.copytree(WORTEL, doel, ignore=weg)
    (doel / ".lokaal").mkdir()
    if (WORTEL / ".lokaal" / "cache").exists():
        (doel / ".lokaal" / "cache").symlink_to(WORTEL / ".lokaal" / "cache")


def _draai(map_: Path, proeven: str) -> list[str]:
    """De proeven die falen."""
    klaar = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            *proeven.split(),
            "-q",
            "--no-header",
            "-p",
            "no:cacheprovider",
            "--timeout=60",
            "--maxfail=2",
        ],
        cwd=map_,
        env={**os.environ, "PYTHONPATH": str(map_)},
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )
    if klaar.returncode not in (0, 1):
        raise SystemExit(f"pytest zelf liep stuk ({klaar.returncode}):\n{klaar.stdout[-3000:]}{klaar.stderr[-2000:]}")
    return re.findall(r"^(?:FAILED|ERROR) \S+::(\S+)", klaar.stdout, re.MULTILINE)


def sabotages() -> tuple[Sabotage, ...]:
    """Alle sabotages, ook die van de diensten."""
    from tests.fault.sabotage_diensten import SABOTAGES as van_diensten

    return (*SABOTAGES, *van_diensten)


def _eerder() -> dict[str, str]:
    """De rijen die er al zijn, op naam: wie één sabotage draait werkt alleen die bij."""
    if not PAGINA.exists():
        return {}
    return {
        rij.split(" | ")[0].removeprefix("| "): rij for rij in PAGINA.read_text().splitlines() if rij.startswith("| ")
    }


def hoofd() -> int:
    """Draait alles (of wat het eerste argument noemt) en werkt de tabel bij."""
    regels, onopgemerkt = _eerder(), 0
    alle = [s for s in sabotages() if len(sys.argv) < 2 or sys.argv[1] in s.naam]
    with tempfile.TemporaryDirectory() as tijdelijk:
        map_ = Path(tijdelijk) / "kopie"
        _kopie(map_)
        for proeven in sorted({s.proeven for s in alle}):
            if gefaald := _draai(map_, proeven):
                raise SystemExit(f"zonder sabotage falen al: {gefaald}")
        for s in alle:
            pad = map_ / s.bestand
            origineel = pad.read_text()
            if origineel.count(s.goed) != 1:
                raise SystemExit(f"{s.naam}: de plek komt {origineel.count(s.goed)} keer voor in {s.bestand}")
            pad.write_text(origineel.replace(s.goed, s.kapot))
            gefaald = _draai(map_, s.proeven)
            pad.write_text(origineel)
            onopgemerkt += not gefaald
            sys.stderr.write(f"{'gezien' if gefaald else 'NIET GEZIEN'}: {s.naam} ({len(gefaald)})\n")
            namen = "<br>".join(f"`{n}`" for n in gefaald[:4]) + (
                f"<br>en {len(gefaald) - 4} meer" if len(gefaald) > 4 else ""
            )
            regels[s.naam] = f"| {s.naam} | `{s.bestand}` | {namen or '**niemand**'} |"
            PAGINA.write_text(_KOP + "\n".join(regels[s.naam] for s in sabotages() if s.naam in regels) + "\n")
    return 1 if onopgemerkt else 0


_KOP = """# Welke proef welke sabotage opmerkt

Gemaakt door `make sabotage` (`tests/fault/sabotage.py`): elke sabotage is één voor één in een kopie van de code gezet, en
de genoemde proeven faalden daarop; zonder sabotage slagen zij alle.

| sabotage | in | opgemerkt door |
| --- | --- | --- |
"""

if __name__ == "__main__":
    raise SystemExit(hoofd())
