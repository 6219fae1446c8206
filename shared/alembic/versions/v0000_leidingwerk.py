"""Het leidingwerk (shared/schema.sql) en de rechten van de app-rol."""

from pathlib import Path

from shared.migreer import voer_uit

revision = "0000"
down_revision = None

_RECHTEN = """
do $$ declare app text := replace(current_user, '_eigenaar', '_app'); begin
  execute format('grant usage on schema public to %I', app);
  execute format('alter default privileges in schema public grant select, insert, update, delete on tables to %I', app);
  execute format('alter default privileges in schema public grant usage on sequences to %I', app);
end $$;
"""


def upgrade() -> None:
    """Geeft de app-rol haar rechten en maakt de tabellen."""
    voer_uit(_RECHTEN)
    voer_uit((Path(__file__).parents[2] / "schema.sql").read_text())
