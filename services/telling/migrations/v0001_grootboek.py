"""Grootboek van uren en register, nummers, regels."""

from shared.migreer import sql

revision = "0001"
down_revision = "0000"


def upgrade() -> None:
    """Voert 0001_grootboek.sql uit."""
    sql(__file__)
