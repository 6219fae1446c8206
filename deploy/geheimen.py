"""Maakt de geheimen van docker compose: `python -m deploy.geheimen MAP`. Wat er al is blijft zoals het is.

De map is van de eigenaar alleen (0700), en dat beschermt op deze machine; de bestanden erin zijn leesbaar (0444), omdat
Compose ze ongewijzigd in containers hangt die elk als een andere, gewone gebruiker draaien.
"""

from __future__ import annotations

import base64
import json
import secrets
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from deploy.lokaal.kluis import MET_KLUIS
from deploy.lokaal.staat import DIENSTEN, schrijf_geheim
from deploy.lokaal.uitgever import zorg_voor as zorg_voor_uitgever

POSTGRES = "postgres:5432"


def _wachtwoord() -> str:
    return secrets.token_hex(24)


def _sleutel() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()


def _url(rol: str, database: str) -> Callable[[], str]:
    return lambda: f"postgresql://{rol}:{_wachtwoord()}@{POSTGRES}/{database}"


def _nodig() -> Iterator[tuple[str, Callable[[], str]]]:
    """Elk bestand met wat erin komt, zonder regeleinde: Kafka leest een bestand zoals het is."""
    yield "postgres_beheer", _wachtwoord
    for naam in ("admin", "controller", *DIENSTEN):
        yield f"kafka_{naam}", _wachtwoord
    for dienst in DIENSTEN:
        yield f"{dienst}_eigenaar_database_url", _url(f"{dienst}_eigenaar", dienst)
        yield f"{dienst}_database_url", _url(f"{dienst}_app", dienst)
    for dienst in MET_KLUIS:
        yield f"{dienst}_kluis_sleutels", lambda: json.dumps({"1": _sleutel()})
        yield f"{dienst}_kluis_hmac", _sleutel


def maak(map_: Path) -> list[str]:
    """Maakt wat in de map ontbreekt, ook het sleutelpaar van de tokenuitgever met zijn JWKS; geeft de nieuwe namen.

    Raises:
        FileExistsError: van het sleutelpaar is er maar één helft; een nieuw paar zou de andere overschrijven.
    """
    map_.mkdir(mode=0o700, parents=True, exist_ok=True)
    map_.chmod(0o700)
    nieuw = []
    for naam, inhoud in _nodig():
        if not (map_ / naam).exists():
            schrijf_geheim(map_ / naam, inhoud())
            nieuw.append(naam)
    paar = ("uitgever.pem", "jwks.json")
    missend = [naam for naam in paar if not (map_ / naam).exists()]
    if len(missend) == 1:
        raise FileExistsError(f"{missend[0]} ontbreekt terwijl de andere helft van het sleutelpaar er wel is")
    if missend:
        zorg_voor_uitgever(map_)
        nieuw += missend
    for naam in nieuw:
        (map_ / naam).chmod(0o444)
    return nieuw


def main() -> None:
    """Maakt de map die als argument gegeven is (standaard `geheimen`) compleet en zegt wat erbij kwam."""
    map_ = Path(sys.argv[1] if len(sys.argv) > 1 else "geheimen")
    try:
        nieuw = maak(map_)
    except OSError as fout:
        sys.stderr.write(f"make secrets: {fout}\n")
        raise SystemExit(2) from None
    sys.stderr.write(f"{len(nieuw)} geheimen gemaakt, de rest was er al\n" if nieuw else "alle geheimen waren er al\n")


if __name__ == "__main__":
    main()
