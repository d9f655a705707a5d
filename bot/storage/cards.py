"""The cards of a learner: each question that was met, and how well it is remembered."""

from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, bindparam, select
from sqlalchemy.orm import Session

from bot.learning.mastery import KEPT_DAYS
from bot.learning.schedule import Card
from bot.storage.tables import CardRow
from bot.storage.upsert import upsert

_CARD: Final = CardRow.__table__.c
_COLUMNS: Final = (
    _CARD.question_id,
    _CARD.due_date,
    _CARD.reviewed_date,
    _CARD.stability,
    _CARD.difficulty,
    _CARD.reviews,
    _CARD.lapses,
    _CARD.score,
    _CARD.longest,
    _CARD.is_retired,
)
"""In the order of the fields of `Card`. Columns of the table: objects of the ORM cost twice
as much."""

_GET: Final = (
    select(*_COLUMNS)
    .where(
        _CARD.learner_id == bindparam("learner_id"),
        _CARD.question_id == bindparam("question_id"),
    )
    .with_for_update()
)
"""Built once: each answer asks it, and building takes longer than the answer of the database."""


class Cards:
    """The cards inside one transaction."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def get(self, learner_id: int, question_id: str) -> Card | None:
        """Return a card that is about to change: on PostgreSQL others wait for it."""
        key = {"learner_id": learner_id, "question_id": question_id}
        row = self._session.execute(_GET, key).one_or_none()
        return _card(row) if row else None

    def put(self, learner_id: int, card: Card) -> None:
        """Store a card as it is now."""
        values = {
            "due_date": card.due,
            "reviewed_date": card.reviewed,
            "stability": card.stability,
            "difficulty": card.difficulty,
            "reviews": card.reviews,
            "lapses": card.lapses,
            "score": card.score,
            "longest": card.longest,
            "is_retired": card.is_retired,
        }
        key = {"learner_id": learner_id, "question_id": card.question_id}
        upsert(self._session, CardRow, key, values)

    def all(self, learner_id: int) -> dict[str, Card]:
        """Return all cards of a learner, by question id."""
        rows = self._session.execute(select(*_COLUMNS).where(_CARD.learner_id == learner_id))
        return {row.question_id: _card(row) for row in rows}

    def due(self, learner_id: int, today: date) -> list[Card]:
        """Return the cards to review on a local date, those that have waited longest first."""
        rows = self._session.execute(
            select(*_COLUMNS)
            .where(_CARD.learner_id == learner_id, is_due(today))
            .order_by(_CARD.due_date, _CARD.question_id)
        )
        return [_card(row) for row in rows]


def is_due(today: date) -> ColumnElement[bool]:
    """Match the cards to review on a date."""
    return and_(_CARD.due_date <= today, _CARD.is_retired.is_(False))


def is_kept() -> ColumnElement[bool]:
    """Match the cards that were answered rightly after a week, and are right now."""
    return and_(_CARD.longest >= KEPT_DAYS, _CARD.score == 1)


def _card(row: Sequence[Any]) -> Card:
    return Card(*row)
