"""How well questions measure: the statistics of their answers. Pure.

What counts is each learner's first answer to each question: whoever has read the explanation knows
something else. "Not sure" is no answer to be right or wrong; its share is told beside the others.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from bot.course.model import Course, Question

ENOUGH: Final = 30
"""Answers below which a number says too little to find fault with a question."""

EASIEST: Final = 0.9
HARDEST: Final = 0.3
LEAST_DISCRIMINATION: Final = 0.2
LEAST_PICKED: Final = 0.05
"""The share of answers below which a distractor distracts nobody."""

FEWEST_OTHERS: Final = 2
"""Other questions that a learner has to have answered to be compared by them."""

_NOTHING: Final = 1e-12
"""A variance below this is rounding: all are alike."""

_GRADED: Final = np.dtype([("learner", np.int64), ("item", np.int64), ("score", np.float64)])
"""An answer as numbers alone: a million of them take 24 MB."""

Flag = Literal["easy", "hard", "discrimination", "distractors"]


class FirstAnswer(NamedTuple):
    """A learner's first answer to a question; `score` is None for "not sure"."""

    learner_id: int
    question_id: str
    response: str
    score: float | None


class Item(NamedTuple):
    """The statistics of one question.

    n: first answers, without "not sure". difficulty: their mean score, so the easy ones are near 1.
    discrimination: the correlation of the score with the learner's mean score on all other
    questions; None where it is not defined. unsure: the share of "not sure" among all first
    answers. unpicked: the wrong options that less than 5% chose. flags: which bars it misses.
    """

    question_id: str
    n: int
    difficulty: float
    discrimination: float | None
    unsure: float
    unpicked: tuple[str, ...]
    flags: tuple[Flag, ...]


@dataclass(slots=True)
class _Tally:
    """What is counted of a question; `place` is its number among all."""

    place: int
    n: int = 0
    unsure: int = 0
    picked: Counter[str] = field(default_factory=Counter)


class _Correlation(NamedTuple):
    """`r` is None where it is not defined; `n` is of how many learners."""

    r: float | None
    n: int


def measure(answers: Iterable[FirstAnswer], course: Course | None = None) -> list[Item]:
    """Return the statistics of every question with an answer, the worst first.

    answers: at most one of a learner to a question. course: what can be picked; a question that it
    no longer has is measured, and has no flags. Without a course, options are not looked at.
    """
    tallies: dict[str, _Tally] = {}
    graded = np.fromiter(_counted(answers, tallies), _GRADED)
    items, scores = graded["item"], graded["score"]
    sums = np.bincount(items, scores, len(tallies))
    correlations = _correlations(graded["learner"], items, scores, len(tallies))
    measured = [
        _item(question_id, tally, float(sums[tally.place]), correlations[tally.place], course)
        for question_id, tally in tallies.items()
        if tally.n
    ]
    return sorted(measured, key=_badness)


def _counted(
    answers: Iterable[FirstAnswer], tallies: dict[str, _Tally]
) -> Iterator[tuple[int, int, float]]:
    """Count every answer, and yield those that were graded: learner, place of the item, score."""
    for one in answers:
        tally = tallies.setdefault(one.question_id, _Tally(len(tallies)))
        if one.score is None:
            tally.unsure += 1
            continue
        tally.n += 1
        tally.picked.update(one.response)
        yield one.learner_id, tally.place, one.score


def _correlations(
    learners: NDArray[np.int64],
    items: NDArray[np.int64],
    scores: NDArray[np.float64],
    count: int,
) -> list[_Correlation]:
    """Correlate the score on each item with the mean on the learner's other ones."""
    _ids, who = np.unique(learners, return_inverse=True)
    others = np.bincount(who)[who] - 1
    compared = others >= FEWEST_OTHERS
    rest = (np.bincount(who, scores)[who] - scores)[compared] / others[compared]
    item, score = items[compared], scores[compared]
    n = np.bincount(item, minlength=count)

    def sums(values: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.bincount(item, values, count).astype(np.float64)

    def deviations(values: NDArray[np.float64]) -> NDArray[np.float64]:
        return values - (sums(values) / np.maximum(n, 1))[item]

    x, y = deviations(score), deviations(rest)
    columns = (sums(x * y), sums(x * x), sums(y * y), n)
    return [_Correlation(_pearson(*each), int(each[3])) for each in zip(*columns, strict=True)]


def _pearson(products: float, squares: float, other_squares: float, n: int) -> float | None:
    if min(squares, other_squares) <= _NOTHING * n:
        return None
    r = products / (squares * other_squares) ** 0.5
    return float(min(1.0, max(-1.0, r)))


def _item(
    question_id: str, tally: _Tally, score: float, correlation: _Correlation, course: Course | None
) -> Item:
    question = course.question(question_id) if course else None
    difficulty = score / tally.n
    unpicked = _unpicked(question, tally) if question else ()
    is_gone = course is not None and question is None
    return Item(
        question_id,
        tally.n,
        difficulty,
        correlation.r,
        tally.unsure / (tally.n + tally.unsure),
        unpicked,
        () if is_gone else tuple(_flags(tally.n, difficulty, correlation, unpicked)),
    )


def _unpicked(question: Question, tally: _Tally) -> tuple[str, ...]:
    if question.kind not in ("single", "true_false", "multi"):
        return ()
    wrong = (option.id for option in question.options if not option.correct)
    return tuple(one for one in wrong if tally.picked[one] < LEAST_PICKED * tally.n)


def _flags(
    n: int, difficulty: float, correlation: _Correlation, unpicked: Sequence[Any]
) -> Iterable[Flag]:
    if n < ENOUGH:
        return
    if difficulty > EASIEST:
        yield "easy"
    if difficulty < HARDEST:
        yield "hard"
    r = correlation.r
    if r is not None and correlation.n >= ENOUGH and r < LEAST_DISCRIMINATION:
        yield "discrimination"
    if unpicked:
        yield "distractors"


def _badness(item: Item) -> tuple[int, float, str]:
    measured = 1.0 if item.discrimination is None else item.discrimination
    return -len(item.flags), measured, item.question_id
