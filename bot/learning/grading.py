"""Grading: the same answer always gets the same grade, and no language model is ever asked.

A response is a string that travels in a button: the ids of the chosen options ("b", "acd"), all
of them in the order chosen ("cab"), a number ("140"), the letters of the key points that an
explanation made ("ac", or `NO_POINT`), or `UNSURE`.
"""

import random
from dataclasses import dataclass
from itertools import combinations
from math import isfinite
from typing import Literal

from bot.course.model import Numeric, Option, Question

UNSURE = "?"
NO_POINT = "0"
Outcome = Literal["right", "partly", "wrong", "unsure"]


@dataclass(frozen=True, slots=True)
class Grade:
    """`score` is from 0 to 1; it is 0 for "unsure", which no statistic counts as wrong."""

    outcome: Outcome
    score: float


def grade(question: Question, response: str) -> Grade:
    """Grade a response. Raises ValueError where it cannot be a response to this question."""
    if response == UNSURE:
        return Grade("unsure", 0.0)
    score = _score(question, response)
    if score == 1:
        return Grade("right", score)
    return Grade("partly" if score else "wrong", score)


def _score(question: Question, response: str) -> float:
    if question.numeric:
        return _score_number(question.numeric, _number(response))
    if not is_complete(question, response):
        raise ValueError(f"{response!r} does not answer {question.id}")
    if question.order:
        return _score_order(question.order, response)
    chosen = frozenset(response)
    if question.rubric:
        return len(chosen - {NO_POINT}) / len(question.rubric)
    if question.kind != "multi":
        return float(chosen == question.key)
    # Each option is a small true/false question of its own; ticking none or all earns nothing.
    if not chosen & question.key or len(chosen) == len(question.options) != len(question.key):
        return 0.0
    return 1 - len(chosen ^ question.key) / len(question.options)


def choices(question: Question) -> tuple[str, ...]:
    """Return the letters that a response is made of: options, or key points of an explanation."""
    return question.points or tuple(option.id for option in question.options)


def is_begun(question: Question, picked: str) -> bool:
    """Tell whether a question of several presses can be at this point: ticks, or a first part."""
    several = question.kind in ("multi", "order", "explain")
    return several and len(set(picked)) == len(picked) and set(picked) <= set(choices(question))


def is_complete(question: Question, response: str) -> bool:
    """Tell whether the letters of a response are enough and not too many for the question."""
    match question.kind:
        case "order":
            return is_begun(question, response) and len(response) == len(question.options)
        case "explain":
            return response == NO_POINT or (bool(response) and is_begun(question, response))
        case "multi":
            return bool(response) and is_begun(question, response)
        case _:
            return response in choices(question)


def _score_order(order: tuple[str, ...], response: str) -> float:
    """The share of all pairs that stand in the right order."""
    pairs = list(combinations(order, 2))
    return sum(response.index(one) < response.index(other) for one, other in pairs) / len(pairs)


def _number(response: str) -> float:
    """Raises ValueError for what no learner can have typed: nan, inf, 1_40."""
    number = float(response)
    if not isfinite(number) or "_" in response:
        raise ValueError(f"{response!r} is no number")
    return number


def _score_number(numeric: Numeric, number: float) -> float:
    """1 within the range, half within a factor of ten of it: the order of magnitude is right."""
    if numeric.low <= number <= numeric.high:
        return 1.0
    return 0.5 if numeric.low / 10 <= number <= numeric.high * 10 and number > 0 else 0.0


def shown_options(question: Question, seed: int) -> list[Option]:
    """Return the options in the order in which this asking shows them.

    True/false stays as it is: its two answers have an order that people expect. What is to be put
    in order is not shown in the right one.
    """
    options = list(question.options)
    if question.kind != "true_false":
        random.Random(seed).shuffle(options)  # noqa: S311 - nothing is kept secret by it
    if question.order == tuple(option.id for option in options):
        options.reverse()
    return options
