"""Ondersteuning, en wat er over werkgevers gezegd is."""

from shared.migreer import sql

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Voert 0003_ondersteuning.sql uit."""
    sql(__file__)
