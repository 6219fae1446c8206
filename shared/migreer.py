"""Migraties: Alembic houdt bij wat gedaan is; de inhoud is platte SQL naast elke stap.

Een stap van een dienst is `services/<dienst>/migrations/v0001_naam.py` met `revision`, `down_revision` en
`upgrade()`, dat `sql(__file__)` aanroept: dat voert `0001_naam.sql` ernaast uit. De eerste bouwt voort op "0000".
"""

from pathlib import Path

from alembic import command, op
from alembic.config import Config
from sqlalchemy.util import await_only

_HIER = Path(__file__).resolve().parent


def voer_uit(tekst: str) -> None:
    """Voert een SQL-script (meer opdrachten mogen) uit binnen de lopende migratie."""
    rauw = op.get_bind().connection.driver_connection
    assert rauw is not None  # noqa: S101  # de migratie loopt, dus er is een verbinding
    await_only(rauw.execute(tekst))


def sql(stap: str) -> None:
    """Voert het SQL-bestand uit dat bij de stap `stap` (haar `__file__`) hoort."""
    pad = Path(stap)
    voer_uit((pad.parent / f"{pad.stem[1:]}.sql").read_text())


def migreer(dienst: str, eigenaar_url: str, tot: str = "heads") -> None:
    """Brengt de database van een dienst bij; nog eens doen verandert niets. `eigenaar_url`: rol `<dienst>_eigenaar`.

    `tot`: tot en met deze stap; zonder: alles.
    """
    config = Config()
    config.set_main_option("script_location", str(_HIER / "alembic"))
    plaatsen = [_HIER / "alembic" / "versions", _HIER.parent / "services" / dienst / "migrations"]
    config.set_main_option("path_separator", "newline")
    config.set_main_option("version_locations", "\n".join(map(str, plaatsen)))
    url = eigenaar_url.replace("postgresql://", "postgresql+asyncpg://", 1)
    config.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    command.upgrade(config, tot)
