"""Grading: the same answer always gets the same grade, and no language model is ever asked.

A response is a string that travels in a button: the ids of the chosen options ("b", "acd"), a
number ("140"), or `UNSURE`.
"""

import random
import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

from bot.course.model import Numeric, Option, Question
from bot.learning.numbers import read_number

UNSURE = "?"
Outcome = Literal["right", "partly", "wrong", "unsure"]

_UNSURE_WORDS = {
    *("不确定", "不知道", "不知", "不清楚", "没把握"),
    *("not sure", "unsure", "don't know", "dont know", "dunno", "no idea", "idk"),
}
_TRUE_WORDS = {"对", "是", "正确", "true", "yes", "right", "correct", "t", "√"}
_FALSE_WORDS = {"错", "不对", "不", "否", "错误", "不正确", "false", "no", "wrong", "f", "×", "x"}

_PADDING = re.compile(
    r"我|觉得|认为|感觉|应该|可能|大概|就|答案|选项|选择|选|是|的|吧|啊|呢"
    r"|\b(?:i|think|guess|choose|pick|say|it's|its|it|the|answer|option|is|maybe|probably|and)\b"
)
"""What people say around an answer: "应该是 B 吧", "I think it's B"."""

_ASKS_BACK = re.compile(r"[?？]\s*$|吗|是不是|对不对")
"""What makes it a question."""

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
    chosen = frozenset(response)
    ids = {option.id for option in question.options}
    if not chosen or not chosen <= ids or (question.kind != "multi" and len(response) != 1):
        raise ValueError(f"{response!r} does not answer {question.id}")
    if question.kind != "multi":
        return float(chosen == question.key)
    # Each option is a small true/false question of its own; ticking none or all earns nothing.
    if not chosen & question.key or chosen == ids != question.key:
        return 0.0
    return 1 - len(chosen ^ question.key) / len(ids)


def _score_number(numeric: Numeric, number: float) -> float:
    """1 within the range, half within a factor of ten of it: the order of magnitude is right."""
    if numeric.low <= number <= numeric.high:
        return 1.0
    return 0.5 if numeric.low / 10 <= number <= numeric.high * 10 and number > 0 else 0.0


def shown_options(question: Question, seed: int) -> list[Option]:
    """Return the options in the order in which this asking shows them.

    True/false stays as it is: its two answers have an order that people expect.
    """
    options = list(question.options)
    if question.kind != "true_false":
        random.Random(seed).shuffle(options)  # noqa: S311 - nothing is kept secret by it
    return options


def read_response(question: Question, seed: int, typed: str) -> str | None:
    """Return what somebody typed as a response, None where it is not an answer at all.

    Letters name the options as shown ("B", "a, c"); true/false takes the words of both languages.
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
    letters = re.sub(r"[\s,、和及&+]", "", plain)
    if not letters or not set(letters) <= set(by_letter):
        return None
    if question.kind != "multi" and len(letters) != 1:
        return None
    return "".join(sorted({by_letter[letter] for letter in letters}))
