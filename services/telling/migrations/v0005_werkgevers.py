"""Wat er van elke werkgever het laatst bekend is."""

from shared.migreer import sql

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Voert 0005_werkgevers.sql uit."""
    sql(__file__)
