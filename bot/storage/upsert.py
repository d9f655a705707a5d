"""Insert a row or, where its key is there, change it: in one statement, on both databases."""

from collections.abc import Mapping

from sqlalchemy import inspect
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from bot.storage.tables import Row


def upsert(
    session: Session,
    table: type[Row],
    key: Mapping[str, object],
    values: Mapping[str, object],
    changes: Mapping[str, object] | None = None,
) -> None:
    """Insert a row of `key` and `values`; one that is there gets `changes`, by default `values`."""
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    statement = dialect.insert(table).values(**key, **values)
    columns = inspect(table).primary_key
    changes = values if changes is None else changes
    session.execute(
        statement.on_conflict_do_update(index_elements=columns, set_=dict(changes))
        if changes
        else statement.on_conflict_do_nothing(index_elements=columns)
    )
