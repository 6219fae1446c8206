"""Plaatshouder: deze stap komt uit een andere werkkopie en wordt bij het samenvoegen vervangen."""

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Doet niets."""
