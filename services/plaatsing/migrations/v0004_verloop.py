"""Banen met een verloop, en banen die er nooit geweest zijn."""

from shared.migreer import sql

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Voert 0004_verloop.sql uit."""
    sql(__file__)
