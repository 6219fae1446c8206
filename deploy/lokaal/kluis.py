"""De sleutels van de kluizen in de lokale stand: los van ``state.json``, zodat niets anders ze ooit overschrijft."""

from __future__ import annotations

import base64
import json
import secrets
from pathlib import Path
from typing import Any

from deploy.lokaal.staat import schrijf_geheim

MET_KLUIS = ("intake", "beoordeling", "plaatsing")  # het BSN; bevindingen; het loonheffingennummer


def zorg_voor(map_: Path) -> dict[str, Any]:
    """De sleutels per dienst, gemaakt als zij er nog niet zijn: ``{dienst: {"sleutels": {"1": sleutel}, "hmac": sleutel}}``.

    Een sleutel is 32 willekeurige bytes in base64.
    """
    pad = map_ / "kluis.json"
    inhoud: dict[str, Any] = json.loads(pad.read_text(encoding="utf-8")) if pad.exists() else {}
    if nieuw := [dienst for dienst in MET_KLUIS if dienst not in inhoud]:
        inhoud |= {dienst: {"sleutels": {"1": _sleutel()}, "hmac": _sleutel()} for dienst in nieuw}
        schrijf_geheim(pad, json.dumps(inhoud) + "\n")
    return inhoud


def _sleutel() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()
