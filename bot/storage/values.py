"""Rows as the plain values that leave a transaction."""

from typing import cast

from bot.course.model import Language
from bot.learning.records import Attempt, Learner, Quiz
from bot.storage.tables import AttemptRow, LearnerRow, QuizRow


def learner_of(row: LearnerRow) -> Learner:
    return Learner(row.id, cast(Language, row.language), row.timezone, row.lesson_id)


def attempt_of(row: AttemptRow) -> Attempt:
    return Attempt(
        row.id,
        row.question_id,
        row.quiz_id,
        row.seed,
        row.asked_at,
        row.response,
        row.outcome,
        row.score,
        row.hints,
    )


def quiz_of(row: QuizRow) -> Quiz:
    return Quiz(row.id, row.lesson_id, tuple(row.question_ids))
