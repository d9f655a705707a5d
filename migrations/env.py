"""Alembic's entry: runs on the connection it is handed, or on DATABASE_URL for its own command."""

from alembic import context
from sqlalchemy import Connection

from bot.settings import Settings
from bot.storage.engine import open_engine
from bot.storage.tables import Row


def migrate(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=Row.metadata,
        render_as_batch=True,  # SQLite cannot alter a table in place
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    migrate(given)
else:
    with open_engine(Settings.load().database).begin() as connection:
        migrate(connection)
