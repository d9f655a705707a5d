"""One language of a course, ready to be searched: the lessons that answer, and their passages."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from bot.answering.asked import Asked, Heard
from bot.answering.bank import scaled
from bot.answering.beliefs import confirms, holds
from bot.answering.field import Field, names_field
from bot.answering.found import Found
from bot.answering.lessons import Lessons
from bot.answering.passages import Kind
from bot.answering.question import (
    Depth,
    asks_how_much,
    asks_what_it_is,
    asks_why,
    depth_wanted,
)
from bot.answering.texts import FURTHER, Texts, sum_of
from bot.answering.typos import Mender
from bot.answering.words import Analyser
from bot.course.model import Course, Language

WHOLE: Final = 0.1
FEW: Final = 20
"""What all the text of a lesson says beside what people ask about it. The fewer questions a course
has, the more its text says; from so many a lesson down it says as much."""

HERE: Final = 0.4
"""How much more the lesson counts that the learner is in, in spreads of the scores."""

FUSED: Final = 5
"""How little the first places count beside the next ones, where meaning is asked as well."""

CARRIED: Final = 1.2
"""How much the question before counts for one that goes on from it."""

NAMES: Final = 5.4
"""How much it counts for being about language models that all words are names of the field."""

BAR: Final = 3.2
BAR_AFTER: Final = 0.8
"""From this on a question is about language models; and one that goes on from such a question,
which need not say so again."""

SAID: Final = 0.5
"""The share of a question's words that a lesson has to have, in a course of few questions."""

COVERED: Final = 1.5
"""From this on a question is for a lesson rather than beyond them all."""

TOLD: Final = 0.5
TOLD_IN_FEW: Final = 0.65
"""A question that is liker than this to one of the course's own names its subject by that; one of
few words is like others more easily."""

CLOSE: Final = 0.75
"""A question that is liker than this to one of the course's own asks about the same."""

BESIDE: Final = 0.4
"""A definition is not what is asked for where more than this share of a question is about more."""

OTHERS: Final = 0.5
"""What the words in which others ask the same say together, as a share of the question's own."""

_DEPTHS: Final[dict[Depth, tuple[Kind, ...]]] = {
    "shorter": ("simpler", "body"),
    "simpler": ("simpler", "body"),
    "deeper": ("deeper", "note", "limit"),
    "example": ("example", "deeper"),
}
"""What the same is told with again."""

_OF_THE_ESSAY: Final = re.compile(
    r"文章|原文|作者|图注|\b(?:essays?|articles?|authors?)\b|mathew|zzm", re.I
)


class Before(NamedTuple):
    """The question that another goes on from, and what it was about."""

    question: str
    heard: Heard


class Index:
    """`asked`, `field` and `analyser` are the same for both languages."""

    def __init__(
        self, course: Course, language: Language, analyser: Analyser, field: Field, asked: Asked
    ) -> None:
        self.analyser, self.asked, self.field = analyser, asked, field
        self.texts = Texts(course, language, analyser)
        self.lessons = Lessons(course, language, analyser, self.texts)
        self._private = frozenset(term for term in self.lessons.private() if not field.has(term))
        self._whole = min(1.0, max(WHOLE, FEW / asked.per_lesson))
        self._written = self.texts.weights.keys() | set().union(*self.lessons.words.values())
        self.mend = Mender(field.names, self._knows).mend

    def _knows(self, word: str) -> bool:
        """Tell whether a Latin word is one of the course or one that everybody uses.

        What the lessons are asked for by is none of the course: it has misspelt words on purpose.
        """
        return all(
            term in self._written or self.field.has(term) or self.analyser.is_stop(term)
            for term in self.analyser.words(word)
        )

    def find(
        self,
        question: str,
        lesson_id: str | None,
        limit: int,
        *,
        same: str | None = None,
        near: Mapping[str, float] | None = None,
        after: Heard | None = None,
    ) -> Found:
        """Find what answers a question.

        lesson_id: the lesson that the learner is in. same: the lesson that has this very question.
        near: how near each lesson is by meaning. after: what the question before was about, where
        this one goes on from it.
        """
        terms, heard = self.texts.terms(question), self.asked.hear(question)
        scores = self.texts.scores(question)
        ranked = self._ranked(terms, heard, lesson_id, after)
        if near and not after:
            ranked = self._fused(ranked, near)
        if same:
            ranked.sort(key=lambda name: name != same)
        named = self.texts.names(question)
        definition = named or self.texts.definition(
            terms, BESIDE if asks_what_it_is(question) else 0.0
        )
        belief = heard.beliefs.get(ranked[0])
        asked = self.widened(terms, heard, ranked[0])
        is_near = bool(named or definition) or heard.kin[0].share > CLOSE
        return Found(
            self.texts.hits(ranked, scores, limit),
            definition and self.texts.homed(definition, ranked),
            asked,
            lessons=ranked,
            on_topic=bool(same) or self.is_here(question, heard, goes_on=after is not None),
            covered=is_near or self._covers(ranked[0], terms, heard),
            belief=belief if belief and holds(question, belief) else None,
            answer=self.texts.answer(
                ranked[0], asked, number=asks_how_much(question), verdict=confirms(question)
            ),
            wants_verdict=confirms(question),
            wants_number=asks_how_much(question),
            wants_reason=asks_why(question),
            of_essay=bool(_OF_THE_ESSAY.search(question)),
            private=self._private,
        )

    def is_here(self, question: str, heard: Heard, *, goes_on: bool = False) -> bool:
        """Tell whether a question is about language models; goes_on: so is the one before it."""
        if self.texts.names(question) or self.asked.same(question):
            return True
        terms = set(self.texts.terms(question))
        if names_field(question) and not heard.is_attack:
            return True
        here = heard.here + NAMES * len(self.field.subjects(terms)) / (len(terms) or 1)
        return here > (BAR_AFTER if goes_on else BAR)

    def _ranked(
        self,
        terms: Sequence[str],
        heard: Heard,
        lesson_id: str | None,
        after: Heard | None,
    ) -> list[str]:
        """Return the lessons, the one first that most likely answers."""
        import numpy as np

        ids = self.lessons.ids
        asked = np.array([heard.lessons[name] for name in ids])
        here = HERE * np.array([name == lesson_id for name in ids])
        told = self._whole * scaled(self.lessons.scores(terms))
        if after:
            told = told + CARRIED * np.array([after.lessons[name] for name in ids])
        return [ids[place] for place in (-(asked + told + here)).argsort(kind="stable")]

    def _fused(self, ranked: Sequence[str], near: Mapping[str, float]) -> list[str]:
        """Return the lessons in an order that both orders agree on most: reciprocal rank fusion."""
        by_meaning = sorted(ranked, key=lambda name: -near.get(name, -1.0))
        places = [{name: at for at, name in enumerate(one)} for one in (ranked, by_meaning)]
        return sorted(ranked, key=lambda name: -sum(1 / (FUSED + one[name]) for one in places))

    def is_told(self, question: str, bar: float) -> bool:
        """Tell whether a question is put so much like another that it says what it is about."""
        return self.asked.hear(question).kin[0].share > bar

    def follow(self, question: str, before: Before, limit: int) -> Found:
        """Find what answers a question that goes on from the one before it, in the same lesson or
        in another."""
        lessons = before.heard.lessons
        home = max(lessons, key=lambda name: lessons[name])
        if depth_wanted(question) or not self.texts.terms(question):
            return self.further(question, home, limit, before.question)
        found = self.find(question, None, limit, after=before.heard)
        return found._replace(follows=found.home == home)

    def further(self, question: str, lesson_id: str, limit: int, before: str = "") -> Found:
        """Tell more of one lesson, in the depth that is asked for; `before` was asked before."""
        depth = depth_wanted(question)
        kinds = _DEPTHS[depth] if depth else FURTHER
        hits = self.texts.of_lesson(lesson_id, limit, kinds)
        if depth in (None, "shorter"):
            asked = self.texts.weigh(self.texts.terms(before))
            hits = [*self.texts.answers(lesson_id, asked, why=asks_why(question)), *hits]
        found = Found(hits, None, {}, [lesson_id], on_topic=True, covered=True, follows=True)
        return found._replace(depth=depth, private=self._private)

    def _covers(self, home: str, terms: Sequence[str], heard: Heard) -> bool:
        """Tell whether a lesson has something on a question."""
        if self.asked.is_rich:
            return heard.covered > COVERED
        asked = self.texts.weigh(terms)
        said = sum_of(asked, self.lessons.words[home] & asked.keys())
        return said >= SAID * sum(asked.values())

    def widened(self, terms: Sequence[str], heard: Heard, home: str) -> dict[str, float]:
        """Weigh the question's terms, and a little those in which others ask the same: the lesson
        may have their words where it has not the learner's."""
        asked = self.texts.weigh(terms)
        theirs: dict[str, float] = {}
        for like in heard.kin:
            if like.lesson_id == home:
                for term in self.texts.terms(like.text):
                    theirs[term] = theirs.get(term, 0.0) + like.share
        known = {
            term: share * self.texts.weights[term]
            for term, share in theirs.items()
            if term in self.texts.weights
        }
        scale = OTHERS * (sum(asked.values()) or 1.0) / (sum(known.values()) or 1.0)
        return {**{term: weight * scale for term, weight in known.items()}, **asked}
