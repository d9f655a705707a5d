"""Rounds of questions: which ones a learner is in, and what is answered of them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final, cast

from sqlalchemy import ColumnElement, bindparam, select, update
from sqlalchemy.orm import Session

from bot.learning.records import Attempt, Quiz, QuizKind
from bot.storage.tables import AttemptRow, QuizRow
from bot.storage.values import ATTEMPT, QUIZ, attempt_of, quiz_of

_ATTEMPT, _QUIZ = AttemptRow.__table__.c, QuizRow.__table__.c

# Built once: each answer asks them.
_ANSWERED: Final = select(*ATTEMPT).where(
    _ATTEMPT.quiz_id == bindparam("quiz_id"), _ATTEMPT.answered_at.is_not(None)
)
_GET: Final = select(*QUIZ).where(_QUIZ.id == bindparam("quiz_id"), _QUIZ.finished_at.is_(None))


class Quizzes:
    """The rounds inside one transaction. A learner has one open round of each kind at most."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def start(
        self,
        learner_id: int,
        kind: QuizKind,
        lesson_id: str | None,
        question_ids: Sequence[str],
        now: datetime,
    ) -> Quiz:
        """Begin a round; one of its kind that was open is ended."""
        self._session.execute(
            update(QuizRow).where(*_open(learner_id, kind)).values(finished_at=now)
        )
        row = QuizRow(
            learner_id=learner_id,
            kind=kind,
            lesson_id=lesson_id,
            question_ids=list(question_ids),
            started_at=now,
        )
        self._session.add(row)
        self._session.flush()
        return Quiz(row.id, kind, lesson_id, tuple(question_ids), now)

    def open(self, learner_id: int, kind: QuizKind) -> Quiz | None:
        row = self._session.execute(
            select(*QUIZ).where(*_open(learner_id, kind)).order_by(QuizRow.id.desc()).limit(1)
        ).one_or_none()
        return quiz_of(row) if row else None

    def latest_kind(self, learner_id: int) -> QuizKind | None:
        """Return of which kind the learner's latest open round is."""
        found = select(QuizRow.kind).where(
            QuizRow.learner_id == learner_id, QuizRow.finished_at.is_(None)
        )
        kind = self._session.scalar(found.order_by(QuizRow.id.desc()).limit(1))
        return cast("QuizKind | None", kind)

    def get(self, quiz_id: int) -> Quiz | None:
        """Return a round that is still open, None for one that has ended."""
        row = self._session.execute(_GET, {"quiz_id": quiz_id}).one_or_none()
        return quiz_of(row) if row else None

    def change(self, quiz: Quiz, question_ids: Sequence[str]) -> None:
        """Give a round other questions from here on."""
        self._session.execute(
            update(QuizRow).where(QuizRow.id == quiz.id).values(question_ids=list(question_ids))
        )

    def finish(self, quiz: Quiz, now: datetime) -> None:
        self._session.execute(update(QuizRow).where(QuizRow.id == quiz.id).values(finished_at=now))

    def answered_in(self, quiz: Quiz) -> dict[str, Attempt]:
        """Return the answered questions of a round, by question id."""
        rows = self._session.execute(_ANSWERED, {"quiz_id": quiz.id})
        return {row.question_id: attempt_of(row) for row in rows}


def _open(learner_id: int, kind: QuizKind) -> list[ColumnElement[bool]]:
    return [
        QuizRow.learner_id == learner_id,
        QuizRow.kind == kind,
        QuizRow.finished_at.is_(None),
    ]
