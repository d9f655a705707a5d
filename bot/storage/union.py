"""What two learners have of the same kind, as one: a lesson read by both, a card of both.

Of these tables a learner has one row for each lesson, question, day or chat. The rows of both are
joined, and can be taken apart again: whatever has changed since stays with the learner who has it.
"""

from collections.abc import Callable
from operator import itemgetter
from typing import Any, Final

from sqlalchemy import Table, delete, insert, select
from sqlalchemy.orm import Session

from bot.storage.plain import Values, pack, unpack
from bot.storage.tables import Row

Rows = dict[tuple[Any, ...], Values]
"""A learner's rows of one table, by their key without the learner."""

Kept = dict[str, Any]
"""What one side brought, and what the other had of the same before: all that parting needs."""


def _progress(ours: Values, theirs: Values) -> Values:
    done = [one["done_at"] for one in (ours, theirs) if one["done_at"] is not None]
    return ours | {
        "seen_at": max(ours["seen_at"], theirs["seen_at"]),
        "done_at": min(done, default=None),
    }


def _card(ours: Values, theirs: Values) -> Values:
    """The one that was reviewed more often knows more; of equals the one reviewed later."""
    return max(ours, theirs, key=itemgetter("reviews", "reviewed_date"))


def _report(ours: Values, theirs: Values) -> Values:
    return max(ours, theirs, key=itemgetter("reported_at"))


def _same(ours: Values, theirs: Values) -> Values:
    return ours


UNIONS: Final[dict[str, Callable[[Values, Values], Values]]] = {
    "lesson_progress": _progress,
    "card": _card,
    "practice_day": _same,
    "report": _report,
    "board_member": _same,
}
"""How two rows of one key become one, by table. The first is the older learner's."""


def join(session: Session, name: str, older: int, younger: int) -> Kept:
    """Give the older learner the rows of both."""
    table = Row.metadata.tables[name]
    ours, theirs = _rows(session, table, older), _rows(session, table, younger)
    _replace(session, table, younger, {})
    _replace(session, table, older, ours | _joined(name, ours, theirs))
    both = [ours[key] for key in theirs if key in ours]
    return {"rows": pack(theirs.values()), "before": pack(both)}


def part(
    session: Session,
    name: str,
    older: int,
    younger: int,
    kept: Kept,
    is_since: Callable[[Values], bool],
) -> None:
    """Give the younger learner back what they brought, and the older what they had before.

    is_since: tells of a row that looks as it did when it was joined that it is needed all the same.
    A row that has been deleted since is nobody's any more.
    """
    table = Row.metadata.tables[name]
    now = _rows(session, table, older)
    theirs = {key: row for key, row in _unpacked(table, kept["rows"]).items() if key in now}
    before = _unpacked(table, kept["before"])
    joined = _joined(name, before, theirs)
    untouched = {key for key in theirs if now[key] == joined[key] and not is_since(now[key])}
    left = {key: row for key, row in now.items() if key not in untouched}
    _replace(session, table, older, left | {key: before[key] for key in untouched & before.keys()})
    _replace(session, table, younger, theirs)


def _joined(name: str, ours: Rows, theirs: Rows) -> Rows:
    join_two = UNIONS[name]
    return {key: join_two(ours[key], row) if key in ours else row for key, row in theirs.items()}


def _rows(session: Session, table: Table, learner_id: int) -> Rows:
    found = session.execute(select(table).where(table.c.learner_id == learner_id)).mappings()
    return _by_key(table, [dict(row) for row in found])


def _unpacked(table: Table, packed: dict[str, Any]) -> Rows:
    return _by_key(table, unpack(table, packed))


def _by_key(table: Table, rows: list[Values]) -> Rows:
    key = [column.name for column in table.primary_key if column.name != "learner_id"]
    without = [{name: row[name] for name in row if name != "learner_id"} for row in rows]
    return {tuple(row[name] for name in key): row for row in without}


def _replace(session: Session, table: Table, learner_id: int, rows: Rows) -> None:
    session.execute(delete(table).where(table.c.learner_id == learner_id))
    if rows:
        session.execute(insert(table), [row | {"learner_id": learner_id} for row in rows.values()])
