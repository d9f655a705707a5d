"""Questions put to learners, and what they answered: also the log of reviews."""

from datetime import datetime
from typing import Any, Final, cast

from sqlalchemy import ColumnElement, CursorResult, Table, bindparam, func, select, update
from sqlalchemy.orm import Session

from bot.learning.grading import Grade
from bot.learning.records import Attempt
from bot.storage.tables import AttemptRow
from bot.storage.values import ATTEMPT, attempt_of

_TABLE: Final = cast(Table, AttemptRow.__table__)

# Built once: each answer needs them, and building takes longer than the answer of the database.
_LAST: Final = (
    select(*ATTEMPT)
    .where(
        _TABLE.c.learner_id == bindparam("learner_id"),
        _TABLE.c.question_id == bindparam("question_id"),
    )
    .order_by(_TABLE.c.id.desc())
    .limit(1)
)
_ANSWER: Final = (
    update(_TABLE)
    .where(_TABLE.c.id == bindparam("attempt_id"), _TABLE.c.answered_at.is_(None))
    .values(
        {
            name: bindparam(f"new_{name}")
            for name in ("answered_at", "response", "outcome", "score", "rating")
        }
    )
)


class Attempts:
    """The attempts inside one transaction."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def ask(
        self,
        learner_id: int,
        question_id: str,
        quiz_id: int | None,
        seed: int,
        conversation: str,
        now: datetime,
    ) -> Attempt:
        """Put a question to the learner; one that is open stays as it was shown."""
        row = self._session.scalar(
            select(AttemptRow).where(
                AttemptRow.learner_id == learner_id,
                AttemptRow.question_id == question_id,
                AttemptRow.answered_at.is_(None),
            )
        )
        if row is None:
            row = AttemptRow(
                learner_id=learner_id, question_id=question_id, seed=seed, shown_at=now
            )
            self._session.add(row)
        row.quiz_id = quiz_id or row.quiz_id
        row.conversation, row.asked_at = conversation, now
        self._session.flush()
        return attempt_of([getattr(row, column.key) for column in ATTEMPT])

    def last(self, learner_id: int, question_id: str) -> Attempt | None:
        """Return the latest time that this question was put to the learner."""
        key = {"learner_id": learner_id, "question_id": question_id}
        row = self._session.execute(_LAST, key).one_or_none()
        return attempt_of(row) if row else None

    def open_in(self, learner_id: int, conversation: str) -> Attempt | None:
        """Return the question that the learner was asked last in a conversation, if still open."""
        is_there = AttemptRow.conversation == conversation
        return next(iter(self._open(learner_id, is_there, limit=1)), None)

    def open_since(self, learner_id: int, since: datetime) -> list[Attempt]:
        """Return the questions that wait for this learner's answer anywhere, the last one first."""
        return self._open(learner_id, AttemptRow.asked_at >= since)

    def _open(
        self, learner_id: int, which: ColumnElement[bool], limit: int | None = None
    ) -> list[Attempt]:
        rows = self._session.execute(
            select(*ATTEMPT)
            .where(AttemptRow.learner_id == learner_id, which, AttemptRow.answered_at.is_(None))
            .order_by(AttemptRow.asked_at.desc(), AttemptRow.id.desc())
            .limit(limit)
        )
        return [attempt_of(row) for row in rows]

    def show_hints(self, attempt: Attempt, hints: int) -> None:
        """Remember that so many of a question's hints were shown; fewer change nothing."""
        self._session.execute(
            update(AttemptRow)
            .where(AttemptRow.id == attempt.id, AttemptRow.hints < hints)
            .values(hints=hints)
        )

    def answer(
        self, attempt: Attempt, response: str, grade: Grade, rating: int, now: datetime
    ) -> bool:
        """Store the answer; False where somebody was faster and there is one already."""
        values = {
            "attempt_id": attempt.id,
            "new_answered_at": now,
            "new_response": response,
            "new_outcome": grade.outcome,
            "new_score": grade.score,
            "new_rating": int(rating),
        }
        stored = self._session.execute(_ANSWER, values)
        return bool(cast("CursorResult[Any]", stored).rowcount)

    def latest(self, learner_id: int) -> dict[str, Attempt]:
        """Return the learner's latest answer to each question, oldest first."""
        latest = (
            select(func.max(AttemptRow.id))
            .where(AttemptRow.learner_id == learner_id, AttemptRow.answered_at.is_not(None))
            .group_by(AttemptRow.question_id)
        )
        rows = self._session.execute(
            select(*ATTEMPT).where(AttemptRow.id.in_(latest)).order_by(AttemptRow.id)
        )
        return {row.question_id: attempt_of(row) for row in rows}

    def outcomes(self, learner_id: int) -> list[str]:
        """Return the outcome of every answer the learner ever gave."""
        found = select(AttemptRow.outcome).where(
            AttemptRow.learner_id == learner_id, AttemptRow.outcome.is_not(None)
        )
        return [outcome for outcome in self._session.scalars(found) if outcome]
