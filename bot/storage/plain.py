"""Rows as JSON and back: moments and dates as ISO text, and no matter which columns come later."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import Date, Table

from bot.storage.tables import UtcDateTime

Values = dict[str, Any]
"""A row, by column."""


def plain(value: Any) -> Any:
    """Return what JSON takes; it may be a value of any of our columns."""
    return value.isoformat() if isinstance(value, date) else value  # a datetime is a date


def pack(rows: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the rows of one table as JSON that names each column once."""
    listed = list(rows)
    columns = list(listed[0]) if listed else []
    return {
        "columns": columns,
        "rows": [[plain(row[column]) for column in columns] for row in listed],
    }


def unpack(table: Table, packed: Mapping[str, Any]) -> list[Values]:
    """Return rows that `pack` has packed; a column that the table no longer has is left out."""
    return [
        {
            name: _value(table, name, value)
            for name, value in zip(packed["columns"], row, strict=True)
            if name in table.c
        }
        for row in packed["rows"]
    ]


def _value(table: Table, name: str, value: Any) -> Any:
    kind = table.c[name].type
    if value is None or not isinstance(kind, UtcDateTime | Date):
        return value
    return (datetime if isinstance(kind, UtcDateTime) else date).fromisoformat(value)
