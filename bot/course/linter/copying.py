"""Runs of text that a course shares with the essays it is made from."""

import re
from collections.abc import Iterator
from pathlib import Path

from bot.course.fault import Fault
from bot.course.linter.passages import asks, passages
from bot.course.linter.where import Where
from bot.course.model import LANGUAGES, Course

RUN = 12

_AROUND = 2
"""Chinese characters beside a name in ASCII ("Transformer 的") that do not make it a sentence."""

_TITLE = re.compile(r"《[^》]*》")
_NOISE = re.compile(r"[\W_]+")


def copied(course: Course, where: Where, essays_dir: Path) -> Iterator[Fault]:
    """A fault for each text that shares RUN characters or more with an essay.

    White space, punctuation and case do not count, and names are nobody's: titles of works, terms
    of the glossary, and whatever is written in ASCII, with a character or two beside it.
    """
    essays = [_normal(path.read_text("utf-8")) for path in sorted(essays_dir.glob("*.*"))]
    seen = {essay[i : i + RUN] for essay in essays for i in range(len(essay) - RUN + 1)}
    names = [_normal(term.term[language]) for term in course.glossary for language in LANGUAGES]
    titles = [essay.title for essay in course.essays]
    for language in LANGUAGES:
        for passage in passages(course):
            run = longest_run(_untitled(passage.text[language], titles), seen, names)
            if run:
                yield where.lesson(passage.lesson, (*passage.loc, language), _message(run))
        for lesson, loc, ask in asks(course, language):
            run = longest_run(_untitled(ask, titles), seen, names)
            if run:
                yield where.lesson(lesson, loc, _message(run))
        for index, term in enumerate(course.glossary):
            run = longest_run(_untitled(term.definition[language], titles), seen, names)
            if run:
                yield where.glossary(index, _message(run))


def _message(run: str) -> str:
    return f"shares {len(run)} characters with an essay, at most {RUN - 1}: {run}"


def longest_run(parts: list[str], seen: set[str], names: list[str]) -> str:
    """The longest run of `parts`, each normalised, that `seen` covers; "" if all are short."""
    runs = (run for part in parts for run in _runs(_normal(part), seen))
    return max((run for run in runs if not _is_name(run, names)), key=len, default="")


def _runs(text: str, seen: set[str]) -> Iterator[str]:
    start = 0
    while start <= len(text) - RUN:
        end = start
        while text[end : end + RUN] in seen and end <= len(text) - RUN:
            end += 1
        if end > start:
            yield text[start : end + RUN - 1]
        start = end + 1


def _is_name(run: str, names: list[str]) -> bool:
    for name in sorted(names, key=len, reverse=True):
        run = run.replace(name, "")
    return sum(not char.isascii() for char in run) <= _AROUND


def _normal(text: str) -> str:
    return _NOISE.sub("", text).casefold()


def _untitled(text: str, titles: list[str]) -> list[str]:
    """The text cut at the titles of works."""
    for title in titles:
        text = text.replace(title, "《》")
    return _TITLE.split(text)
