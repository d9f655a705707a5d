"""A learner's cards as a deck for Anki, with the reviews behind them."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import cast

from fsrs import Rating

from bot.course.model import Course
from bot.exporting import anki
from bot.exporting.anki import Review, Scheduled
from bot.learning.grading import Grade, Outcome
from bot.learning.records import Learner
from bot.learning.schedule import Card, rate, review
from bot.storage.everything import Answer


def deck_of(
    course: Course, learner: Learner, cards: Sequence[Card], answers: Sequence[Answer], today: date
) -> tuple[bytes, int]:
    """Return the package of the cards whose questions the course still has, and how many they are.

    The package is empty where there are none.
    """
    scheduled = _scheduled(course, learner, cards, answers)
    if not scheduled:
        return b"", 0
    return anki.deck(course, learner.language, scheduled, today), len(scheduled)


def _scheduled(
    course: Course, learner: Learner, cards: Sequence[Card], answers: Sequence[Answer]
) -> list[Scheduled]:
    logs: dict[str, list[Answer]] = {}
    for answer in answers:
        logs.setdefault(answer.question_id, []).append(answer)
    return [
        Scheduled(
            question,
            card.due,
            card.reviewed,
            card.stability,
            card.difficulty,
            card.reviews,
            card.lapses,
            suspended=card.is_retired,
            log=tuple(_log(learner, logs.get(question.id, ()))),
        )
        for card in cards
        if (question := course.question(card.question_id))
    ]


def _log(learner: Learner, answers: Sequence[Answer]) -> Iterator[Review]:
    """Yield the answers to one question, with the days that each led to, which nobody stored."""
    card: Card | None = None
    for answer in answers:
        grade = Grade(cast(Outcome, answer.outcome), answer.score)
        known = Rating(answer.rating) if answer.rating else None
        rating = known or rate(grade, hints=answer.hints, is_quick=False)
        day = learner.local_date(answer.at)
        card = review(card, answer.question_id, grade, rating, day)
        yield Review(answer.at, int(rating), (card.due - day).days)
