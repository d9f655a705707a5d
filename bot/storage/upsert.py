"""Insert a row or, where its key is there, change it: in one statement, on both databases."""

from collections.abc import Mapping
from functools import cache
from typing import cast

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import Insert

from bot.storage.tables import Row


def upsert(
    session: Session,
    table: type[Row],
    key: Mapping[str, object],
    values: Mapping[str, object],
    changed: tuple[str, ...] | None = None,
    added: tuple[str, ...] = (),
) -> None:
    """Insert a row of `key` and `values`.

    changed: what of `values` is set in one that is there, by default all. added: what is added to
    what stands there.
    """
    changed = tuple(values) if changed is None else changed
    is_postgresql = session.get_bind().dialect.name == "postgresql"
    session.execute(_statement(table, changed, added, is_postgresql), {**key, **values})


@cache
def _statement(
    table: type[Row], changed: tuple[str, ...], added: tuple[str, ...], is_postgresql: bool
) -> Insert:
    """Build a statement once: that takes longer than the database does to execute it."""
    core = cast(Table, table.__table__)
    statement = (postgresql.insert if is_postgresql else sqlite.insert)(core)
    keys = list(core.primary_key)
    if not changed:
        return statement.on_conflict_do_nothing(index_elements=keys)
    new = statement.excluded
    changes = {one: core.c[one] + new[one] if one in added else new[one] for one in changed}
    return statement.on_conflict_do_update(index_elements=keys, set_=changes)
