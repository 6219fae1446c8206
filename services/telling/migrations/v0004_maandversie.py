"""Wanneer er in een maand voor het laatst iets geboekt is."""

from shared.migreer import sql

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Voert 0004_maandversie.sql uit."""
    sql(__file__)
