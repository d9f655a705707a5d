"""Grading: the same answer always gets the same grade, and no language model is ever asked.

A response is a string that travels in a button: the ids of the chosen options ("b", "acd"), all
of them in the order chosen ("cab"), a number ("140"), the letters of the key points that an
explanation made ("ac", or `NO_POINT`), or `UNSURE`.
"""

import random
import re
import unicodedata
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

from bot.course.model import Numeric, Option, Question
from bot.learning.numbers import read_number

UNSURE = "?"
NO_POINT = "0"
Outcome = Literal["right", "partly", "wrong", "unsure"]

_UNSURE_WORDS = {
    *("不确定", "不知道", "不知", "不清楚", "没把握"),
    *("not sure", "unsure", "don't know", "dont know", "dunno", "no idea", "idk"),
}
_TRUE_WORDS = {"对", "是", "正确", "true", "yes", "right", "correct", "t", "√"}
_FALSE_WORDS = {"错", "不对", "不", "否", "错误", "不正确", "false", "no", "wrong", "f", "×", "x"}

_PADDING = re.compile(
    r"我|觉得|认为|感觉|应该|可能|大概|就|答案|选项|选择|选|是|的|吧|啊|呢|先|然后|接着|再|最后"
    r"|\b(?:i|think|guess|choose|pick|say|it's|its|it|the|answer|option|is|maybe|probably|and|then)\b"
)
"""What people say around an answer: "应该是 B 吧", "I think it's B"."""

_ASKS_BACK = re.compile(r"[?？]\s*$|吗|是不是|对不对")
"""What makes it a question."""

_ASKS = re.compile(
    r"[?？]\s*$|[吗呢么]\s*$|^(?:什么是|啥是|为什么|为啥|怎么|怎样|如何|能不能|请|解释|讲讲|说说)"
    r"|^(?:what|how|why|who|which)(?:['’]s| (?:is|are|was|do|does|did|can|about|if|to|much|many))\b"
    r"|^(?:can|could|do|does|did|is|are|would|should|please|tell|explain|show|give)\b",
    re.IGNORECASE,
)
"""What makes a longer text a question or a request, with or without its mark."""

_WRITTEN = re.compile(r"[\u3400-\u9fff]|[^\W\d_]+")
SHORTEST_EXPLANATION = 5
"""Words, or Chinese characters."""

_WORD = re.compile(r"[a-z]{2,}")
"""Small letters in a row are a word (bad, cab); "AC" and "a c" are options."""


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
        return _score_number(question.numeric, float(response))
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


def explains(typed: str) -> bool:
    """Tell whether a text can be somebody's explanation: a few words that do not ask anything."""
    long_enough = len(_WRITTEN.findall(typed)) >= SHORTEST_EXPLANATION
    return long_enough and not _ASKS.search(typed.strip())


def read_response(question: Question, seed: int, typed: str) -> str | None:
    """Return what somebody typed as a response, None where it is not an answer at all.

    Letters name the options as shown ("B", "a, c"); true/false takes the words of both languages.
    An explanation is no response yet: see `explains`.
    """
    if _ASKS_BACK.search(typed):
        return None
    plain = unicodedata.normalize("NFKC", typed).strip().lower().rstrip(".。!")
    bare = _PADDING.sub("", plain).strip(" ,，")
    if {plain, bare} & _UNSURE_WORDS:
        return UNSURE
    if question.numeric:
        number = read_number(typed, question.numeric.unit)
        return None if number is None else f"{number:.12g}"
    if question.kind == "true_false" and {plain, bare} & (_TRUE_WORDS | _FALSE_WORDS):
        return "a" if {plain, bare} & _TRUE_WORDS else "b"
    return None if _WORD.search(_PADDING.sub("", typed)) else _read_letters(question, seed, bare)


def _read_letters(question: Question, seed: int, plain: str) -> str | None:
    by_letter = {
        chr(ord("a") + place): option.id
        for place, option in enumerate(shown_options(question, seed))
    }
    letters = re.sub(r"[\s,、和及&+>→-]", "", plain)
    if not set(letters) <= set(by_letter):
        return None
    response = "".join(by_letter[letter] for letter in letters)
    if question.kind == "multi":
        response = "".join(sorted(set(response)))
    return response if is_complete(question, response) else None
