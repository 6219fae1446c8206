"""Wat er van elke werkgever het laatst bekend is."""

from shared.migreer import sql

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Voert 0004_werkgevers.sql uit."""
    sql(__file__)
