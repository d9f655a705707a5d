"""What a question is about, by what people ask about each lesson and about everything else."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from bot.answering.bank import Bank, Entry, Reading
from bot.answering.words import Analyser, fold
from bot.course.model import LANGUAGES, Course, Lesson, Myth

if TYPE_CHECKING:
    from bot.answering.bank import Array

_ASIDES: Final = Path(__file__).parent / "asides"
_BEYOND, _ELSEWHERE, _ATTACKS = "beyond", "elsewhere", "attacks"
"""About language models, and of no lesson; about anything else; to make the tutor break its rules.
Each is a file for each language in asides/."""

_SHIPPED: Final = Path(__file__).parent.parent.parent / "lessons"
_FIELD: Final = "field"
_RICH: Final = 50
"""A course that brings fewer questions a lesson than this is helped by those of the shipped one, to
tell what is about language models; they are of none of its own lessons."""

_MARK: Final = "*"
"""Tells these labels from the ids of lessons."""

_BESIDE: Final = (_MARK + _BEYOND, _MARK + _FIELD)
"""What is about language models and of no lesson."""

_NEAR: Final = 8.4
_BEST: Final = 0.7
"""How much the nearest entries, and the likeliest label, count beside all words in telling what is
about language models. Fitted, as the bars in index.py, on 730 labelled questions."""

_KIN: Final = 8
"""How many of the likest are kept."""


class Likeness(NamedTuple):
    """Something that was said about a lesson: how like the question, from 0 to 1; whose; it."""

    share: float
    lesson_id: str
    text: str


class Belief(NamedTuple):
    """A false belief about a lesson that a question may hold: how like it is put, from 0 to 1."""

    share: float
    lesson_id: str
    myth: Myth
    text: str


class Heard(NamedTuple):
    """What a question is about.

    lessons: how likely each lesson answers it, the higher the likelier, with a mean of 0.
    here: how much it is about language models rather than about anything else.
    is_attack: what it is most like is an attack.
    covered: above 0 where it is rather for a lesson than beyond them all.
    kin: what was said most like it, the likest first.
    beliefs: the likest of each lesson that has any.
    """

    lessons: dict[str, float]
    here: float
    is_attack: bool
    covered: float
    kin: list[Likeness]
    beliefs: dict[str, Belief]


class Asked:
    """Everything that people ask, of one course. Safe to use from several threads."""

    def __init__(self, course: Course, analyser: Analyser, cache_dir: Path | None = None) -> None:
        import numpy as np

        self._myths: dict[str, dict[int, Myth]] = {}
        own = list(self._of_lessons(course))
        ids = {lesson.id for lesson in course.lessons}
        self.per_lesson = len(own) / len(ids)
        """How many questions there are for a lesson, on average."""
        self.is_rich = self.per_lesson >= _RICH
        """Whether the questions alone tell what the course has something on."""
        helped = [] if self.is_rich else list(_field())
        self._bank = Bank([*own, *helped, *_asides()], analyser, cache_dir)
        self._at = [place for place, one in enumerate(self._bank.labels) if one in ids]
        self._own = np.array(
            [place for place, one in enumerate(self._bank.entries) if one.label in ids]
        )
        self._here = self._bank.contrast([*ids, *_BESIDE])
        away = (_MARK + _ELSEWHERE, _MARK + _ATTACKS)
        self._away = [one in away for one in self._bank.labels]
        self.hear = lru_cache(maxsize=64)(self._hear)  # one search asks it more than once
        self._exact = {
            letters(ask): lesson.id
            for lesson in reversed(course.lessons)
            for language in LANGUAGES
            for ask in (lesson.title[language], lesson.hook[language], *lesson.asks[language])
        }

    def _of_lessons(self, course: Course) -> Iterator[Entry]:
        place = 0
        for lesson in course.lessons:
            for myth in lesson.myths:
                says = [*myth.says.zh, *myth.says.en]
                places = range(place, place := place + len(says))
                self._myths.setdefault(lesson.id, {}).update(dict.fromkeys(places, myth))
                yield from (Entry(text, lesson.id) for text in says)
            for text in _said(lesson):
                yield Entry(text, lesson.id)
                place += 1

    def same(self, question: str) -> str | None:
        """Return the lesson that is asked for in these very words, if one is."""
        return self._exact.get(letters(question))

    def _hear(self, question: str) -> Heard:
        reading = self._bank.read(question)
        scores = reading.scores(self._at)
        names = [self._bank.labels[place] for place in self._at]
        return Heard(
            dict(zip(names, map(float, scores), strict=True)),
            self._is_here(reading),
            self._bank.labels[int(reading.nearest.argmax())] == _MARK + _ATTACKS,
            self._is_covered(reading),
            self._kin(reading),
            {name: self._belief(name, reading) for name in self._myths},
        )

    def _is_here(self, reading: Reading) -> float:
        near = _lead(reading.nearest, self._away)
        best = _lead(reading.bayes, self._away)
        all_words = reading.speaks_for(self._here)
        return all_words + _NEAR * near + _BEST * best

    def _is_covered(self, reading: Reading) -> float:
        beside = [place for place, one in enumerate(self._bank.labels) if one in _BESIDE]
        scores = reading.scores([*self._at, *beside])
        return float(scores[: len(self._at)].max() - scores[len(self._at) :].max())

    def _kin(self, reading: Reading) -> list[Likeness]:
        import numpy as np

        shares = reading.shares[self._own]
        most = min(_KIN, len(shares))
        nearest = np.sort(np.argpartition(-shares, most - 1)[:most])
        places = nearest[(-shares[nearest]).argsort(kind="stable")]
        return [self._likeness(self._own[place], float(shares[place])) for place in places]

    def _likeness(self, place: int, share: float) -> Likeness:
        entry = self._bank.entries[place]
        return Likeness(share, entry.label, entry.text)

    def _belief(self, lesson_id: str, reading: Reading) -> Belief:
        myths = self._myths[lesson_id]
        place = max(myths, key=lambda one: float(reading.shares[one]))
        text = self._bank.entries[place].text
        return Belief(float(reading.shares[place]), lesson_id, myths[place], text)


def _said(lesson: Lesson) -> Iterator[str]:
    """Everything that asks for a lesson, in both languages: learners mix them."""
    for language in LANGUAGES:
        yield from lesson.asks[language]
        yield lesson.title[language]
        yield lesson.hook[language]
        yield from (question.stem[language] for question in lesson.questions)
        yield from (ask for answered in lesson.answers for ask in answered.asks[language])


def _field() -> Iterator[Entry]:
    for path in sorted(_SHIPPED.glob("*/*/asks.*.txt")):
        yield from (Entry(line, _MARK + _FIELD) for line in path.read_text("utf-8").splitlines())


def _asides() -> Iterator[Entry]:
    for name in (_BEYOND, _ELSEWHERE, _ATTACKS):
        for language in LANGUAGES:
            lines = (_ASIDES / f"{name}.{language}.txt").read_text("utf-8").splitlines()
            yield from (Entry(line, _MARK + name) for line in lines if line)


def _lead(scores: Array, away: Sequence[bool]) -> float:
    """Return by how much the best label leads before the best of those that are `away`."""
    import numpy as np

    is_away = np.array(away)
    return float(scores[~is_away].max() - scores[is_away].max())


def letters(question: str) -> str:
    """Return what two spellings of the same question share."""
    return re.sub(r"[\W_]+", "", fold(question))
