"""How well a lesson is known, computed from the cards of its questions. Pure.

new -> seen -> passed -> kept -> explained; each level includes those before it, and a level is
lost when what it rests on is forgotten, and regained by a review.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from enum import IntEnum
from typing import Final

from bot.course.model import Lesson
from bot.learning.schedule import HELD, Card

PASSED_SHARE: Final = 0.8
FEWEST_PASSED: Final = 3
"""Questions that have to be met before a lesson can count as passed, or all that it has."""

KEPT_DAYS: Final = 7
EXPLAINED_SHARE: Final = 2 / 3
"""Of the key points, of which a question has two to four."""


class Mastery(IntEnum):
    """passed: 80% right, the check question among them. kept: half of them right again after a
    week. explained: its idea was put in the learner's own words."""

    NEW = 0
    SEEN = 1
    PASSED = 2
    KEPT = 3
    EXPLAINED = 4


def mastery(lesson: Lesson, cards: Mapping[str, Card], today: date, *, is_seen: bool) -> Mastery:
    """Return the level of a lesson. cards: the learner's, by question id."""
    return _level(lesson, cards, _held(lesson, cards, today), is_seen=is_seen)


def has_faded(lesson: Lesson, cards: Mapping[str, Card], today: date) -> bool:
    """Tell whether the lesson has lost a level to forgetting alone."""
    met = {one.question_id for one in _of(lesson, cards)}
    held = _held(lesson, cards, today)
    return _level(lesson, cards, held, is_seen=True) < _level(lesson, cards, met, is_seen=True)


def _of(lesson: Lesson, cards: Mapping[str, Card]) -> Iterable[Card]:
    return (cards[one.id] for one in lesson.questions if one.id in cards)


def _held(lesson: Lesson, cards: Mapping[str, Card], today: date) -> set[str]:
    return {one.question_id for one in _of(lesson, cards) if one.retrievability(today) >= HELD}


def _level(lesson: Lesson, cards: Mapping[str, Card], held: set[str], *, is_seen: bool) -> Mastery:
    met = [one for one in _of(lesson, cards) if not one.is_retired]
    if not met:
        return Mastery.SEEN if is_seen else Mastery.NEW
    explain = lesson.explain_question
    asked = [one for one in met if not explain or one.question_id != explain.id]
    right = [one for one in asked if one.question_id in held and one.score]
    if not _is_passed(lesson, cards, asked, right):
        return Mastery.SEEN
    kept = [one for one in right if one.is_right and one.longest >= KEPT_DAYS]
    if 2 * len(kept) < len(asked):
        return Mastery.PASSED
    own_words = cards.get(explain.id) if explain else None
    if not own_words or own_words.question_id not in held:
        return Mastery.KEPT
    return Mastery.EXPLAINED if (own_words.score or 0) >= EXPLAINED_SHARE else Mastery.KEPT


def _is_passed(
    lesson: Lesson, cards: Mapping[str, Card], asked: list[Card], right: list[Card]
) -> bool:
    """Tell whether enough was asked, 80% of it is right, and the check question is, unless it was
    put aside."""
    check = cards.get(lesson.check_question.id)
    fewest = min(FEWEST_PASSED, sum(one.kind != "explain" for one in lesson.questions))
    share = sum(one.score or 0 for one in right)
    return (
        len(asked) >= fewest
        and share >= PASSED_SHARE * len(asked)
        and check is not None
        and (check.is_retired or (check in right and check.is_right))
    )
