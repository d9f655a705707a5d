"""The answers that the statistics of questions are made of."""

from collections.abc import Iterator
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.learning.items import FirstAnswer
from bot.storage.tables import AttemptRow

AT_ONCE: Final = 10_000
"""Rows that are in memory at the same time: there may be millions."""


def first_answers(session: Session) -> Iterator[FirstAnswer]:
    """Yield each learner's first answer to each question, in no order."""
    attempt = AttemptRow
    first = (
        select(func.min(attempt.id).label("id"))
        .where(attempt.outcome.is_not(None))
        .group_by(attempt.learner_id, attempt.question_id)
        .subquery()
    )
    found = select(
        attempt.learner_id, attempt.question_id, attempt.response, attempt.outcome, attempt.score
    ).join(first, attempt.id == first.c.id)
    rows = session.execute(found.execution_options(yield_per=AT_ONCE))
    for learner_id, question_id, response, outcome, score in rows:
        yield FirstAnswer(
            learner_id, question_id, response or "", None if outcome == "unsure" else score
        )
