"""Bars on all questions together: nothing but knowledge should help to guess the key."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from statistics import mean
from typing import get_args

from bot.course.fault import Fault
from bot.course.linter.passages import questions
from bot.course.linter.text import width
from bot.course.linter.where import Where
from bot.course.model import LANGUAGES, Course, Option, Question, QuestionKind

KEY_LONGEST = {3: 0.40, 4: 0.35}
FIRST_SHARE = 0.35
TRUE_SHARE = (0.40, 0.60)
GUESS_MARGIN = 0.08

# Shares of fewer items than these say nothing.
FEW, FEW_TRUE_FALSE, FEW_GUESSES = 8, 4, 30

# Chi-square at p = 0.05, by the number of options less one.
CRITICAL = {1: 3.841, 2: 5.991, 3: 7.815, 4: 9.488, 5: 11.070, 6: 12.592, 7: 14.067}

_ABSOLUTE = {
    "en": re.compile(
        r"\b(?:always|never|only|all|every|must|none|nothing|completely|entirely|exactly"
        r"|impossible|any|no)\b",
        re.IGNORECASE,
    ),
    "zh": re.compile(
        r"一定|总是|永远|所有|完全|绝对|必须|必然|只[有能会要]|全部|任何|从不|从来|毫无"
    ),
}


def chi_square(counts: Sequence[int]) -> float:
    """How far counts are from equal."""
    expected = sum(counts) / len(counts)
    return sum((count - expected) ** 2 for count in counts) / expected


def _singles(course: Course, size: int) -> list[Question]:
    return [
        question
        for _, _, question in questions(course)
        if question.kind == "single" and len(question.options) == size
    ]


def kinds(course: Course, where: Where) -> Iterator[Fault]:
    """A course asks in every way there is."""
    asked = [question.kind for _, _, question in questions(course)]
    for kind in get_args(QuestionKind) if len(asked) >= FEW_GUESSES else ():
        if kind not in asked:
            yield where.course(f"no question of kind {kind} among {len(asked)}")


def key_length(course: Course, where: Where) -> Iterator[Fault]:
    """The key must not stand out by being the longest option."""
    for size, bar in KEY_LONGEST.items():
        items = _singles(course, size)
        for language in LANGUAGES if len(items) >= FEW else ():
            share = mean(_longest(item.options, language) == item.key for item in items)
            if share > bar:
                message = f"{language} key is the longest in {share:.0%} of {len(items)} single"
                yield where.course(f"{message} items of {size} options, at most {bar:.0%}")


def key_position(course: Course, where: Where) -> Iterator[Fault]:
    """Options are shuffled when sent, but a file with all keys at `a` shows hasty work."""
    for size in range(3, 9):
        items = _singles(course, size)
        if len(items) < FEW:
            continue
        position = Counter(next(iter(item.key)) for item in items)
        counts = [position["abcdefgh"[index]] for index in range(size)]
        shown = f"single items of {size} options have their key at a, b, ... {counts} times"
        if chi_square(counts) > CRITICAL[size - 1]:
            bar = f"chi-square {chi_square(counts):.1f}, at most {CRITICAL[size - 1]}"
            yield where.course(f"{shown}: {bar}")
        if size == 4 and max(counts) > FIRST_SHARE * len(items):
            yield where.course(f"{shown}: at most {FIRST_SHARE:.0%} in one place")


def true_share(course: Course, where: Where) -> Iterator[Fault]:
    keys = [q.key for _, _, q in questions(course) if q.kind == "true_false"]
    low, high = TRUE_SHARE
    if len(keys) >= FEW_TRUE_FALSE and not low <= mean("a" in key for key in keys) <= high:
        share = mean("a" in key for key in keys)
        yield where.course(f"{share:.0%} of true_false items are true, {low:.0%} to {high:.0%}")


Strategy = Callable[[Sequence[Option], str], frozenset[str]]
"""The options that someone who knows nothing picks among."""


def _longest(options: Sequence[Option], language: str) -> frozenset[str]:
    most = max(width(option.text[language]) for option in options)
    return frozenset(option.id for option in options if width(option.text[language]) == most)


def _shortest(options: Sequence[Option], language: str) -> frozenset[str]:
    least = min(width(option.text[language]) for option in options)
    return frozenset(option.id for option in options if width(option.text[language]) == least)


def _first(options: Sequence[Option], language: str) -> frozenset[str]:
    return frozenset({options[0].id})


def _absolute_free(options: Sequence[Option], language: str) -> frozenset[str]:
    counts = {o.id: len(_ABSOLUTE[language].findall(o.text[language])) for o in options}
    least = min(counts.values())
    return frozenset(option_id for option_id, count in counts.items() if count == least)


STRATEGIES: dict[str, Strategy] = {
    "always longest": _longest,
    "always shortest": _shortest,
    "always first": _first,
    "fewest absolutes": _absolute_free,
}


def guessing(course: Course, where: Where) -> Iterator[Fault]:
    """A strategy without knowledge must score about what chance does."""
    items = [q for _, _, q in questions(course) if q.kind in ("single", "true_false")]
    if len(items) < FEW_GUESSES:
        return
    chance = mean(1 / len(item.options) for item in items)
    for language in LANGUAGES:
        for name, strategy in STRATEGIES.items():
            score = mean(_score(item, strategy(item.options, language)) for item in items)
            if abs(score - chance) > GUESS_MARGIN:
                message = f"guessing `{name}` in {language} scores {score:.0%}, chance {chance:.0%}"
                yield where.course(f"{message}: at most {GUESS_MARGIN * 100:.0f} points apart")


def _score(item: Question, picks: frozenset[str]) -> float:
    return len(item.key & picks) / len(picks)
