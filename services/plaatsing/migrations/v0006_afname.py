"""Welke baan welke afnemer nu ziet."""

from shared.migreer import sql

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Voert 0006_afname.sql uit."""
    sql(__file__)
