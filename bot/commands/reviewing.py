"""The database's side of a review: which cards come today, and what follows a wrong answer."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final, Literal

from bot.course.model import Course, Question
from bot.learning.grading import Grade
from bot.learning.interleaving import interleave, longest_waiting
from bot.learning.records import Quiz
from bot.learning.remedy import on_same_idea, remedial
from bot.learning.schedule import MANY_LAPSES, Card, is_missed
from bot.storage.tx import Tx

SESSION: Final = 10
"""Cards in a row at most: a natural end, and then perhaps another session."""

Reason = Literal["same error", "same idea"]
"""Why a question was put in: it shows up the error just made, or it asks in another way for what
one question could not teach."""


@dataclass(frozen=True, slots=True)
class Done:
    """An answer that has just been counted, and its card after it."""

    question: Question
    response: str
    grade: Grade
    card: Card


@dataclass(frozen=True, slots=True)
class Ahead:
    """What is left after a session: cards due today, and when how many come next."""

    due: int
    next_date: date | None = None
    next_count: int = 0


def choose(tx: Tx, learner_id: int, course: Course, today: date) -> list[str]:
    """Choose today's session: what has waited longest, lessons mixed."""
    due = [one for one in tx.cards.due(learner_id, today) if course.question(one.question_id)]
    return [one.question_id for one in interleave(longest_waiting(due, SESSION))]


def ahead(tx: Tx, learner_id: int, course: Course, today: date) -> Ahead:
    """Count what is due, and what comes on the next day on which anything does."""
    cards = known(course, tx.cards.all(learner_id)).values()
    days = [one.due for one in cards if not one.is_retired]
    later = [day for day in days if day > today]
    following = min(later, default=None)
    return Ahead(len(days) - len(later), following, later.count(following) if following else 0)


def known(course: Course, cards: Mapping[str, Card]) -> dict[str, Card]:
    """Return the cards whose question the course still has."""
    return {
        question_id: card for question_id, card in cards.items() if course.question(question_id)
    }


def follow_up(
    tx: Tx,
    learner_id: int,
    course: Course,
    current: Quiz,
    answered: Collection[str],
    done: Done,
    today: date,
) -> tuple[Quiz, Reason | None]:
    """Put another question next after a wrong answer, and return the round and why.

    answered: the ids of the questions of the round that are.

    A question that was missed for the fourth time is put aside for another one on its idea.
    """
    card = done.card
    if not is_missed(done.grade):
        return current, None
    among = tx.lesson_marks(learner_id).keys()
    tripped = card.lapses >= MANY_LAPSES
    found = (
        on_same_idea(course, done.question, among)
        if tripped
        else remedial(course, done.question, done.response, among)
    )
    chosen = _best(tx.cards.all(learner_id), answered, found, today)
    if chosen is None:
        return current, None
    changed = replace(current, question_ids=_with_next(current, done.question.id, chosen))
    if chosen not in changed.question_ids:  # it was the last place of the session
        return current, None
    if tripped:
        tx.cards.put(learner_id, replace(card, is_retired=True))
    tx.quizzes.change(current, changed.question_ids)
    return changed, "same idea" if tripped else "same error"


def _best(
    cards: Mapping[str, Card], answered: Collection[str], found: Sequence[Question], today: date
) -> str | None:
    """Return the question to put in: one that is due rather than a new one, none of today's."""

    def is_free(question_id: str) -> bool:
        card = cards.get(question_id)
        is_fresh = card is None or (card.reviewed < today and not card.is_retired)
        return question_id not in answered and is_fresh

    def is_due(question_id: str) -> bool:
        card = cards.get(question_id)
        return card is not None and card.due <= today

    free = [one.id for one in found if is_free(one.id)]
    return next((one for one in free if is_due(one)), free[0] if free else None)


def _with_next(current: Quiz, after: str, chosen: str) -> tuple[str, ...]:
    """Return the questions of a round with one put right after another, and no more of them than
    a session has: what falls out stays due."""
    ids = [one for one in current.question_ids if one != chosen]
    place = ids.index(after) + 1
    return (*ids[:place], chosen, *ids[place:])[:SESSION]
