"""Tijdelijk leeg: deze stap komt van een andere tak."""

from shared.migreer import sql

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Voert 0003_registerreden.sql uit."""
    sql(__file__)
