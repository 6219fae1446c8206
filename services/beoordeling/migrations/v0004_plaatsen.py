"""Te realiseren aantallen, de volgorde van wachtlijsten, en wie waar werkt."""

from shared.migreer import sql

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Voert 0004_plaatsen.sql uit."""
    sql(__file__)
