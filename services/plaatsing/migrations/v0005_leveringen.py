"""Leveringen, en elke versie van een urenregel."""

from shared.migreer import sql

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Voert 0005_leveringen.sql uit."""
    sql(__file__)
