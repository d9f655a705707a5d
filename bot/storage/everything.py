"""Everything that is stored about a learner: counted, handed out, deleted.

Which tables that are is found in the tables themselves, so that a new one cannot be overlooked.
"""

from datetime import date, datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import Column, ColumnElement, Table, delete, func, select
from sqlalchemy.orm import Session

from bot.storage.ledger import Ledger
from bot.storage.plain import plain
from bot.storage.tables import Row, SpentDayRow
from bot.storage.upsert import upsert

_TABLES: Final = Row.metadata.tables
_LEARNER: Final = _TABLES["learner"]
_SECRET: Final = {_TABLES["link_code"].c.hash}
"""The hash of a code that is open: who has it could try to find the code."""


def _learner_of(table: Table) -> Column[Any] | None:
    """Return the column that says whose a row is."""
    if table is _LEARNER:
        return table.c.id
    return next((key.parent for key in table.foreign_keys if key.column is _LEARNER.c.id), None)


OWNERS: Final[dict[Table, Column[Any]]] = {
    table: owner
    for table in Row.metadata.sorted_tables
    if (owner := _learner_of(table)) is not None
}


class Holdings(NamedTuple):
    """What there is about a learner, in numbers. lessons: opened. platforms: one for each
    identity. created_at: of the learner."""

    lessons: int
    answers: int
    cards: int
    days: int
    platforms: tuple[str, ...]
    created_at: datetime


class Answer(NamedTuple):
    """One answer to a question. rating: FSRS's; None for answers of before there was one."""

    question_id: str
    at: datetime
    outcome: str
    score: float
    hints: int
    rating: int | None


class Everything:
    """All about one learner inside one transaction."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def holdings(self, learner_id: int) -> Holdings:
        """Count what is stored about a learner, who must be there."""
        identity = _TABLES["identity"]
        platforms = select(identity.c.platform).where(identity.c.learner_id == learner_id)
        created = select(_LEARNER.c.created_at).where(_LEARNER.c.id == learner_id)
        return Holdings(
            self._count("lesson_progress", learner_id),
            self._count("attempt", learner_id, _TABLES["attempt"].c.answered_at.is_not(None)),
            self._count("card", learner_id),
            self._count("practice_day", learner_id),
            tuple(self._session.scalars(platforms.order_by(identity.c.platform))),
            self._session.execute(created).scalar_one(),
        )

    def identities(self, learner_id: int) -> list[tuple[str, str]]:
        """Return platform and user id of each identity of a learner."""
        identity = _TABLES["identity"].c
        found = select(identity.platform, identity.user_id)
        rows = self._session.execute(found.where(identity.learner_id == learner_id))
        return [(platform, user_id) for platform, user_id in rows]

    def is_new(self, learner_id: int) -> bool:
        """Tell whether nothing is stored yet but that there is somebody, since this message."""
        counts = (self._count(table.name, learner_id) for table in OWNERS)
        just_met = self._count("learner", learner_id, _LEARNER.c.created_at == _LEARNER.c.seen_at)
        return bool(just_met) and sum(counts) == len(("learner", "identity"))

    def answers(self, learner_id: int) -> list[Answer]:
        """Return all answers of a learner, oldest first."""
        attempt = _TABLES["attempt"].c
        found = (
            select(
                attempt.question_id,
                attempt.answered_at,
                attempt.outcome,
                func.coalesce(attempt.score, 0.0),
                attempt.hints,
                attempt.rating,
            )
            .where(attempt.learner_id == learner_id, attempt.answered_at.is_not(None))
            .order_by(attempt.answered_at, attempt.id)
        )
        return [Answer(*row) for row in self._session.execute(found)]

    def rows(self, learner_id: int) -> dict[str, list[dict[str, Any]]]:
        """Return all rows of a learner by table, in values that JSON takes.

        Of a group there is only what the learner said, and which messages of ours answered them
        alone.
        """
        found = {
            table.name: self._rows(table, owner == learner_id) for table, owner in OWNERS.items()
        }
        thread = _TABLES["thread_message"]
        return found | {thread.name: self._rows(thread, _only_theirs(learner_id))}

    def forget(self, learner_id: int, tokens_of: date | None) -> None:
        """Delete a learner and all there is about them.

        tokens_of: the UTC day whose tokens go on counting in all, without a name; None for none.
        """
        if tokens_of is not None:
            self._keep_tokens(learner_id, tokens_of)
        self._session.execute(delete(_TABLES["thread_message"]).where(_only_theirs(learner_id)))
        for table, owner in reversed(OWNERS.items()):
            self._session.execute(delete(table).where(owner == learner_id))

    def _keep_tokens(self, learner_id: int, day: date) -> None:
        spent = SpentDayRow.__table__.c
        self._session.execute(delete(SpentDayRow).where(spent.called_date < day))
        if tokens := Ledger(self._session).spent(day, learner_id):
            values = {"tokens": tokens}
            upsert(self._session, SpentDayRow, {"called_date": day}, values, added=("tokens",))

    def _count(self, name: str, learner_id: int, *which: ColumnElement[bool]) -> int:
        table = _TABLES[name]
        found = select(func.count()).select_from(table).where(OWNERS[table] == learner_id, *which)
        return self._session.scalar(found) or 0

    def _rows(self, table: Table, which: ColumnElement[bool]) -> list[dict[str, Any]]:
        shown = [column for column in table.c if column not in _SECRET]
        found = select(*shown).where(which).order_by(*table.primary_key)
        rows = self._session.execute(found).mappings()
        return [{name: plain(value) for name, value in row.items()} for row in rows]


def _only_theirs(learner_id: int) -> ColumnElement[bool]:
    """Match the messages of conversations in which nobody else has spoken."""
    thread, mine, other = (
        _TABLES["thread_message"],
        _TABLES["utterance"].alias(),
        _TABLES["utterance"].alias(),
    )
    said = select(mine.c.id).where(
        mine.c.conversation == thread.c.thread, mine.c.learner_id == learner_id
    )
    said_by_others = select(other.c.id).where(
        other.c.conversation == thread.c.thread, other.c.learner_id != learner_id
    )
    return said.exists() & ~said_by_others.exists()
