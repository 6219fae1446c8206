"""Boekingen van beschut werk: aanvragen, adviezen, besluiten, plaatsen en te realiseren aantallen."""

from shared.migreer import sql

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Voert 0006_beschut.sql uit."""
    sql(__file__)
