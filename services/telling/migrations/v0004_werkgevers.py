"""Plaatshouder: deze stap komt uit een andere werkkopie en wordt bij het samenvoegen vervangen."""

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Doet niets."""
