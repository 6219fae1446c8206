"""Boekingen van beschut werk: aanvragen, adviezen, besluiten, plaatsen en te realiseren aantallen."""

from shared.migreer import sql

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Voert 0005_beschut.sql uit."""
    sql(__file__)
