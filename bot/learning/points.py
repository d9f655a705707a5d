"""Which key points of an explanation a text makes, as far as its words tell. Pure."""

import re
from collections.abc import Iterable
from typing import Final

from bot.course.model import Language, Question
from bot.learning.wording import Wording, sentences

MADE: Final = 0.5
"""A text that says so much of a key point, at any time, has made it."""

MADE_WHEN_ASKED: Final = 0.35
"""So much is enough right after the question that leads to the point."""

_OF_ANSWER: Final = 0.3
"""A part of the model answer puts the key point in other words that it says so much of."""

_PARTS: Final = re.compile(r"[。；.;!?！？]\s*|[，,]\s*(?=but\b|while\b|而|可|但)")


def points_made(
    wording: Wording, question: Question, language: Language, text: str, probe: str = ""
) -> dict[str, float]:
    """Return from 0 to 1 how much a text says of each key point, by the point's letter.

    probe: the question that was put to the learner; repeating it makes no point.
    """
    given = f"{question.stem[language]} {probe}"
    return {
        point: max(
            wording.coverage(way, sentence, given)
            for way in _ways(wording, question, language, place)
            for sentence in sentences(text)
        )
        for place, point in enumerate(question.points)
    }


def states_point(
    wording: Wording,
    question: Question,
    language: Language,
    text: str,
    points: Iterable[str],
    probe: str = "",
) -> bool:
    """Tell whether a text that is not the learner's says any of these key points.

    probe: a question that may be in it.
    """
    made = points_made(wording, question, language, text, probe)
    return any(made[point] >= MADE_WHEN_ASKED for point in points)


def _ways(wording: Wording, question: Question, language: Language, place: int) -> list[str]:
    """Return a key point, and the parts of the model answer that say the same."""
    assert question.rubric
    assert question.answer
    texts = [point[language] for point in question.rubric]
    ways = [texts[place]]
    for part in filter(None, map(str.strip, _PARTS.split(question.answer[language]))):
        said = [wording.coverage(text, part) for text in texts]
        if said[place] == max(said) > _OF_ANSWER:
            ways.append(part)
    return ways
