"""De toestand van een aanvraag, haar klokken en elke stap."""

from shared.migreer import sql

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Voert 0003_proces.sql uit."""
    sql(__file__)
