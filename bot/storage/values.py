"""Rows as the plain values that leave a transaction."""

from typing import cast

from bot.course.model import Language
from bot.learning.records import Attempt, Learner, Quiz, QuizKind, ThemeName
from bot.storage.tables import AttemptRow, LearnerRow, QuizRow


def learner_of(row: LearnerRow) -> Learner:
    return Learner(
        row.id,
        cast(Language, row.language),
        row.timezone,
        row.lesson_id,
        cast(ThemeName, row.theme),
    )


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
        row.shown_at,
    )


def quiz_of(row: QuizRow) -> Quiz:
    return Quiz(
        row.id,
        cast(QuizKind, row.kind),
        row.lesson_id,
        tuple(row.question_ids),
        row.started_at,
    )
