"""What is asked in a talk about each key point, and what helps when it was missed. Pure."""

from bot.course.model import Language, Lesson, Question
from bot.learning.wording import Wording

_IN_TURN = 0.25
"""How much more like the point another hint has to be than the one whose turn it is."""


def probe(lesson: Lesson, question: Question, language: Language, point: str) -> str:
    """Return the question that leads to a key point; a course may only have hints."""
    place = question.points.index(point)
    if lesson.probes:
        return lesson.probes[place][language]
    return question.hints[_in_turn(question, place)][language]


def narrower(
    wording: Wording, lesson: Lesson, question: Question, language: Language, point: str
) -> str | None:
    """Return the hint that helps most with a key point; None where it is what was asked already."""
    assert question.rubric
    asked = probe(lesson, question, language, point)
    place = question.points.index(point)
    turn = _in_turn(question, place)
    hints = [hint[language] for hint in question.hints]
    about = question.rubric[place][language]

    def fit(number: int) -> float:
        near = wording.coverage(about, hints[number], question.stem[language])
        return near + (_IN_TURN if number == turn else 0)

    best = hints[max(range(len(hints)), key=fit)]
    return None if best == asked else best


def _in_turn(question: Question, place: int) -> int:
    """Return which hint belongs to the key point at a place, if they follow the same order."""
    return place * len(question.hints) // len(question.points)
