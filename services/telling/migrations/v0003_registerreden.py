"""Waarom iemand in of uit het register ging."""

from shared.migreer import sql

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Voert 0003_registerreden.sql uit."""
    sql(__file__)
