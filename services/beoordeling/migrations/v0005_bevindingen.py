"""Criteria en bevindingen, versleuteld, en wie ernaar keek."""

from shared.migreer import sql

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Voert 0005_bevindingen.sql uit."""
    sql(__file__)
