"""Wie en wat vergeten is."""

from shared.migreer import sql

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Voert 0002_vergeten.sql uit."""
    sql(__file__)
