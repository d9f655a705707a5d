"""What a question is about, by what people ask about each lesson and about everything else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

from bot.answering.bank import Bank, Entry, Reading
from bot.answering.words import Analyser, fold
from bot.course.model import LANGUAGES, Course, Lesson, Myth

_ASIDES: Final = Path(__file__).parent / "asides"
_BEYOND, _ELSEWHERE, _ATTACKS = "beyond", "elsewhere", "attacks"
"""About language models, and of no lesson; about anything else; to make the tutor break its rules.
Each is a file for each language in asides/."""

_MARK: Final = "*"
"""Tells these labels from the ids of lessons."""

_NEAR: Final = 4.0
"""How much the nearest entries count beside all words, in telling what is about the subject."""


class Likeness(NamedTuple):
    """The likest thing that was said about a lesson: how like, from 0 to 1, whose, its words."""

    share: float
    lesson_id: str
    text: str


class Belief(NamedTuple):
    """A false belief that a question seems to hold: how like it is put, from 0 to 1."""

    share: float
    lesson_id: str
    myth: Myth
    text: str


class Heard(NamedTuple):
    """What a question is about.

    lessons: how likely each lesson answers it, the higher the likelier, with a mean of 0.
    here: above 0 where it is about language models. covered: above 0 where it is rather for a
    lesson than about something that none teaches. belief: None where a course has no myths.
    """

    lessons: dict[str, float]
    here: float
    covered: float
    likest: Likeness
    belief: Belief | None


class Asked:
    """Everything that people ask, of one course. Safe to use from several threads."""

    def __init__(self, course: Course, analyser: Analyser) -> None:
        self._myths: dict[int, tuple[str, Myth]] = {}
        self._bank = Bank([*self._of_lessons(course), *_asides()], analyser)
        ids = {lesson.id for lesson in course.lessons}
        self._at = [place for place, one in enumerate(self._bank.labels) if one in ids]
        self._own = [place for place, one in enumerate(self._bank.entries) if one.label in ids]
        self._here = self._bank.contrast([*ids, _MARK + _BEYOND])
        self._exact = {
            letters(self._bank.entries[place].text): self._bank.entries[place]
            for place in reversed(self._own)
        }

    def _of_lessons(self, course: Course) -> Iterator[Entry]:
        place = 0
        for lesson in course.lessons:
            for text in _said(lesson):
                yield Entry(text, lesson.id)
                place += 1
            for myth in lesson.myths:
                for text in (one for language in LANGUAGES for one in myth.says[language]):
                    self._myths[place] = (lesson.id, myth)
                    yield Entry(text, lesson.id)
                    place += 1

    def same(self, question: str) -> str | None:
        """Return the lesson that is asked for in these very words, if one is."""
        entry = self._exact.get(letters(question))
        return entry.label if entry else None

    def hear(self, question: str) -> Heard:
        reading = self._bank.read(question)
        scores = reading.scores(self._at)
        names = [self._bank.labels[place] for place in self._at]
        return Heard(
            dict(zip(names, map(float, scores), strict=True)),
            self._is_here(question, reading),
            self._is_covered(reading),
            self._likest(reading),
            self._belief(reading),
        )

    def _is_here(self, question: str, reading: Reading) -> float:
        nearest = dict(zip(self._bank.labels, map(float, reading.nearest), strict=True))
        away = max(nearest.pop(_MARK + one) for one in (_ELSEWHERE, _ATTACKS))
        near = max(nearest.values()) - away
        return self._bank.speaks_for(question, self._here) + _NEAR * near

    def _is_covered(self, reading: Reading) -> float:
        beyond = self._bank.labels.index(_MARK + _BEYOND)
        *lessons, other = reading.scores([*self._at, beyond])
        return float(max(lessons) - other)

    def _likest(self, reading: Reading) -> Likeness:
        place = self._own[int(reading.shares[self._own].argmax())]
        entry = self._bank.entries[place]
        return Likeness(float(reading.shares[place]), entry.label, entry.text)

    def _belief(self, reading: Reading) -> Belief | None:
        if not self._myths:
            return None
        places = list(self._myths)
        place = places[int(reading.shares[places].argmax())]
        lesson_id, myth = self._myths[place]
        text = self._bank.entries[place].text
        return Belief(float(reading.shares[place]), lesson_id, myth, text)


def _said(lesson: Lesson) -> Iterator[str]:
    """Everything that asks for a lesson, in both languages: learners mix them."""
    for language in LANGUAGES:
        yield from lesson.asks[language]
        yield lesson.title[language]
        yield lesson.hook[language]
        yield from (question.stem[language] for question in lesson.questions)


def _asides() -> Iterator[Entry]:
    for name in (_BEYOND, _ELSEWHERE, _ATTACKS):
        for language in LANGUAGES:
            lines = (_ASIDES / f"{name}.{language}.txt").read_text("utf-8").splitlines()
            yield from (Entry(line, _MARK + name) for line in lines if line)


def letters(question: str) -> str:
    """Return what two spellings of the same question share."""
    return re.sub(r"[\W_]+", "", fold(question))
