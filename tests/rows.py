"""Rows of every table, made from the tables themselves: a new one is filled without being named."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, Boolean, Date, Float, Integer, String, Table, Text, insert, select
from sqlalchemy.orm import Session
from sqlalchemy.types import TypeEngine

from bot.storage.everything import OWNERS
from bot.storage.tables import Row, UtcDateTime

NOW = datetime(2026, 11, 22, 4, tzinfo=UTC)
TABLES = Row.metadata.tables
LEARNERS = {"language": "en", "timezone": "UTC", "theme": "light"}

_SAMPLES: dict[type[TypeEngine[Any]], Any] = {
    Boolean: False,
    Date: NOW.date(),
    UtcDateTime: NOW,
    JSON: [],
    Float: 1.0,
    Integer: 1,
    String: "x",
    Text: "x",
}


def add(session: Session, table_name: str, learner_id: int | None = None, /, **known: Any) -> Any:
    """Insert a row; what is not `known` is some value. Returns its first key."""
    table = TABLES[table_name]
    values = _samples(table) | known
    if learner_id is not None:
        values[OWNERS[table].name] = learner_id
    key: Any = session.execute(insert(table).values(**values).returning(*table.primary_key)).one()
    return key[0]


def add_learner(session: Session, platform: str, user_id: str, **known: Any) -> int:
    learner_id: int = add(session, "learner", **LEARNERS | known)
    add(session, "identity", learner_id, platform=platform, user_id=user_id)
    return learner_id


def _samples(table: Table) -> dict[str, Any]:
    return {
        column.name: _SAMPLES[type(column.type)]
        for column in table.c
        if not column.nullable and not (column.primary_key and column.name == "id")
    }


def everything(session: Session) -> dict[str, list[dict[str, Any]]]:
    """Return all rows of all tables."""
    return {
        name: [
            dict(row)
            for row in session.execute(select(table).order_by(*table.primary_key)).mappings()
        ]
        for name, table in TABLES.items()
    }
