"""How the database is opened, and how its schema is brought up to date."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import Connection, Engine, create_engine, event, inspect, make_url
from sqlalchemy import text as sql
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DatabaseError as DriverError
from sqlalchemy.pool import ConnectionPoolEntry

from bot.errors import DatabaseError

MIGRATIONS = Path(__file__).parent.parent.parent / "migrations"
BUSY_SECONDS = 30


def open_engine(url: str) -> Engine:
    """Open the database at `url` (sqlite:///... or postgresql://...); a SQLite file is made.

    Raises DatabaseError where its folder cannot be made.
    """
    address = make_url(url)
    if address.get_backend_name() != "sqlite":
        return create_engine(address, pool_pre_ping=True, hide_parameters=True)
    try:
        Path(address.database or "").parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DatabaseError(f"cannot make the folder of the database: {error}") from None
    # Parameters are what learners write: they do not belong into an error, nor into the log.
    engine = create_engine(address, connect_args={"timeout": BUSY_SECONDS}, hide_parameters=True)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_immediate)
    return engine


@contextmanager
def open_to_read(url: str) -> Iterator[Engine]:
    """Open the database without making or changing one; one that is not there yet reads as empty.

    Raises DatabaseError.
    """
    address = make_url(url)
    if address.get_backend_name() != "sqlite":
        engine = create_engine(address, hide_parameters=True)
    elif Path(address.database or "").exists():
        uri = f"file:{quote(address.database or '')}?mode=ro"
        engine = create_engine("sqlite://", creator=lambda: sqlite3.connect(uri, uri=True))
    else:
        engine = create_engine("sqlite://")  # in memory
        upgrade(engine)
    try:
        yield engine
    finally:
        engine.dispose()


def _prepare_sqlite(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    # The driver must not begin transactions by itself: it would begin them deferred.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in ("journal_mode = WAL", "synchronous = NORMAL", "foreign_keys = ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_immediate(connection: Connection) -> None:
    # A deferred transaction that turns into a writer fails with "database is locked" or loses the
    # update of another; taking the write lock at the start does neither.
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def newest_revision() -> str:
    """Return the id of the last migration. Ids are the numbers that the files' names begin with."""
    return max(path.name[:4] for path in (MIGRATIONS / "versions").glob("[0-9]*.py"))


def current_revision(connection: Connection) -> str | None:
    """Return the id of the migration that the database stands at, None where it is empty."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    revision: str | None = connection.scalar(sql("SELECT version_num FROM alembic_version"))
    return revision


def stands_at(engine: Engine) -> str | None:
    """Return the revision of the database, None where it is empty. Raises DatabaseError."""
    try:
        with engine.begin() as connection:
            return current_revision(connection)
    except DriverError as error:
        raise DatabaseError(f"cannot use the database: {error.orig}") from None


def upgrade(engine: Engine) -> str:
    """Bring the schema up to date in one transaction, and return the revision.

    Raises DatabaseError where the database is of a newer version or cannot be used.
    """
    newest = newest_revision()
    try:
        with engine.begin() as connection:
            current = current_revision(connection)
            if current and current > newest:
                raise DatabaseError(
                    f"the database is of a newer version of llm-tutor (revision {current}, this "
                    f"version knows {newest}): update llm-tutor, or restore an older backup"
                )
            if current != newest:
                _migrate(connection)
    except DriverError as error:
        raise DatabaseError(f"cannot use the database: {error.orig}") from None
    return newest


def _migrate(connection: Connection) -> None:
    from alembic import command  # 0.3 s to import, and most starts have nothing to migrate
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
