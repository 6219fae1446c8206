"""Bouwt `banenspoor-contracts` en laadt het in een lege omgeving: het mag alleen pydantic nodig hebben."""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

WORTEL = Path(__file__).resolve().parent.parent
_PROEF = (
    "import banenspoor_contracts as c; from importlib.metadata import distributions as d; "
    "n = {x.name.lower() for x in d()}; assert not n & {'fastapi', 'aiokafka', 'asyncpg'}, n; "
    "assert len(c.ALLE_FEITEN) > 30; print('banenspoor-contracts:', len(c.ALLE_FEITEN), 'gebeurtenissen,', len(n), 'pakketten')"
)


def hoofd() -> int:
    """Exitstatus 0 als het pakket te bouwen en op zichzelf te laden is."""
    uv = shutil.which("uv") or str(WORTEL / ".lokaal" / "uv" / "bin" / "uv")
    with tempfile.TemporaryDirectory() as tijdelijk:
        map_ = Path(tijdelijk)
        stappen = (
            (uv, "build", "--quiet", "--package", "banenspoor-contracts", "--wheel", "--out-dir", str(map_ / "dist")),
            (uv, "venv", "--quiet", "--python", sys.executable, str(map_ / "leeg")),
        )
        for stap in stappen:
            subprocess.run(stap, cwd=WORTEL, check=True)  # noqa: S603  # vaste opdrachten
        [wiel] = (map_ / "dist").glob("*.whl")
        python = map_ / "leeg" / "bin" / "python"
        subprocess.run((uv, "pip", "install", "--quiet", "--python", str(python), str(wiel)), check=True)  # noqa: S603
        return subprocess.run((str(python), "-c", _PROEF), cwd=map_, check=False).returncode  # noqa: S603


if __name__ == "__main__":
    raise SystemExit(hoofd())
