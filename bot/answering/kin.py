"""How much a question is like those that the course itself puts: learners ask the same things."""

import re
from collections.abc import Iterable, Mapping, Set
from math import log
from typing import Final, NamedTuple

from bot.answering.words import Analyser, fold
from bot.course.model import LANGUAGES, Course

_LONGEST: Final = 0.5
"""A short question lies in any long text, so at least this share of the other counts as well."""


CLOSE: Final = 0.5
"""A question that is liker than this to one of the course's own asks about the same."""


class Likeness(NamedTuple):
    """The likest question of the course: how like, from 0 to 1, whose it is, and its words."""

    share: float
    lesson_id: str
    text: str

    @property
    def is_close(self) -> bool:
        return self.share > CLOSE

    @property
    def closeness(self) -> float:
        """From 0 for one that is not close to 1 for the very same question."""
        return max(0.0, self.share - CLOSE) / (1 - CLOSE)


NOTHING: Final = Likeness(0.0, "", "")


class Kin:
    """The questions of a course in both languages. `rarity`: how much a known word says."""

    def __init__(self, course: Course, analyser: Analyser) -> None:
        own = [
            (lesson.id, text, analyser.words(text))
            for lesson in course.lessons
            for language in LANGUAGES
            for text in (
                *lesson.asks[language],
                lesson.title[language],
                lesson.hook[language],
                *(question.stem[language] for question in lesson.questions),
            )
        ]
        self._exact = {_letters(text): Likeness(1.0, lesson, text) for lesson, text, _words in own}
        self._analyser = analyser
        self._rarity = rarity([words for _lesson, _text, words in own])
        self._unknown = log(1 + 2 * len(own))
        self._own = [(*one, self._weight(one[2])) for one in own]

    def same(self, question: str) -> Likeness | None:
        """Return the course's own question that has the same letters, if there is one."""
        return self._exact.get(_letters(question))

    def likest(self, question: str, subjects: Set[str]) -> Likeness:
        """Return the likest question of the course; `NOTHING` for no words."""
        return likest_of(self.alike(question, subjects))

    def alike(self, question: str, subjects: Set[str]) -> dict[str, Likeness]:
        """Return the likest question of each lesson, by its id, compared by the words that are
        shared, the rare ones above all.

        subjects: the terms of the field in the question. "How do A and B differ" is put like "how
        do C and D differ" and asks something else, so all of them have to be shared.
        """
        words = self._analyser.words(question)
        whole = self._weight(words)
        found: dict[str, Likeness] = {}
        for lesson, text, own, weight in self._own if words else ():
            share = self._weight(words & own) / max(whole, weight * _LONGEST)
            if subjects <= own and share > found.get(lesson, NOTHING).share:
                found[lesson] = Likeness(share, lesson, text)
        return found

    def _weight(self, words: Iterable[str]) -> float:
        return sum(self._rarity.get(word, self._unknown) for word in words)


def likest_of(alike: Mapping[str, Likeness]) -> Likeness:
    return max(alike.values(), key=lambda one: one.share, default=NOTHING)


def _letters(question: str) -> str:
    """Return what two spellings of the same question share."""
    return re.sub(r"[\W_]+", "", fold(question))


def rarity(documents: list[frozenset[str]]) -> Mapping[str, float]:
    """Return BM25's weight of each term: the fewer documents have it, the more it says."""
    counts: dict[str, int] = {}
    for document in documents:
        for term in document:
            counts[term] = counts.get(term, 0) + 1
    return {
        term: log(1 + (len(documents) - count + 0.5) / (count + 0.5))
        for term, count in counts.items()
    }
