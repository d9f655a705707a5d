"""Rows as the plain values that leave a transaction."""

from collections.abc import Sequence
from typing import Any, Final

from bot.learning.records import Attempt, Learner, Quiz
from bot.storage.tables import AttemptRow, LearnerRow, QuizRow

_LEARNER, _ATTEMPT, _QUIZ = (row.__table__.c for row in (LearnerRow, AttemptRow, QuizRow))

# Columns of tables, because objects of the ORM cost twice as much. Each in the order of the value's
# fields.
LEARNER: Final = (
    _LEARNER.id,
    _LEARNER.language,
    _LEARNER.timezone,
    _LEARNER.lesson_id,
    _LEARNER.theme,
    _LEARNER.seen_at,
)
ATTEMPT: Final = (
    _ATTEMPT.id,
    _ATTEMPT.question_id,
    _ATTEMPT.quiz_id,
    _ATTEMPT.seed,
    _ATTEMPT.asked_at,
    _ATTEMPT.response,
    _ATTEMPT.outcome,
    _ATTEMPT.score,
    _ATTEMPT.hints,
    _ATTEMPT.shown_at,
)
QUIZ: Final = (
    _QUIZ.id,
    _QUIZ.kind,
    _QUIZ.lesson_id,
    _QUIZ.question_ids,
    _QUIZ.started_at,
)


def learner_of(row: Sequence[Any]) -> Learner:
    return Learner(*row)


def attempt_of(row: Sequence[Any]) -> Attempt:
    return Attempt(*row)


def quiz_of(row: Sequence[Any]) -> Quiz:
    quiz_id, kind, lesson_id, question_ids, started_at = row
    return Quiz(quiz_id, kind, lesson_id, tuple(question_ids), started_at)
