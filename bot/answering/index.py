"""One language of a course, ready to be searched: the lessons that answer, and their passages."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from math import log
from typing import TYPE_CHECKING, Any, Final

from bot.answering.aliases import Aliases
from bot.answering.asked import Asked, Heard
from bot.answering.bank import scaled
from bot.answering.beliefs import confirms, holds
from bot.answering.field import Field, names_field
from bot.answering.found import Found, Hit
from bot.answering.lessons import Lessons
from bot.answering.passages import Kind, Passage, passages_of
from bot.answering.question import (
    Depth,
    asks_how_much,
    asks_what_it_is,
    asks_why,
    depth_wanted,
    tells_number,
    what_is_named,
)
from bot.answering.typos import Mender
from bot.answering.words import Analyser, fold, rarity
from bot.course.model import Course, Language

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, np.dtype[Any]]

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

ANSWERED: Final = 0.25
"""The share of a question that has to be in an answer and what it answers."""

NUMBERLESS: Final = 0.7
"""What an answer without a number is worth where one is asked for."""

SAID: Final = 0.5
"""The share of a question's words that a lesson has to have, in a course of few questions."""

COVERED: Final = 1.5
"""From this on a question is for a lesson rather than beyond them all."""

CLOSE: Final = 0.75
"""A question that is liker than this to one of the course's own asks about the same."""

BESIDE: Final = 0.4
"""A definition is not what is asked for where more than this share of a question is about more."""

OTHERS: Final = 0.5
"""What the words in which others ask the same say together, as a share of the question's own."""

SHARES: Final = (6, 3, 2, 1)
"""Passages of the best lesson, of the second, ..."""

_TRUST: Final[dict[Kind, float]] = {
    "definition": 1.0,
    "body": 1.15,
    "simpler": 1.0,
    "deeper": 0.7,
    "note": 0.85,
    "truth": 0.9,
    "answer": 1.2,
    "limit": 0.5,
    "example": 0.3,
}
"""How well each kind of passage answers a question, where the words fit equally."""

_FURTHER: Final[tuple[Kind, ...]] = ("deeper", "simpler", "body", "note", "limit")
"""What a question that only asks on ("why?") is answered with, in this order."""

_DEPTHS: Final[dict[Depth, tuple[Kind, ...]]] = {
    "shorter": ("simpler", "body"),
    "simpler": ("simpler", "body"),
    "deeper": ("deeper", "note", "limit"),
    "example": ("example", "deeper"),
}
"""What the same is told with again."""

_TOLD: Final[tuple[Kind, ...]] = ("body", "simpler", "deeper", "note", "limit")
"""What a question is answered with that a lesson has not one word of."""

_OF_THE_ESSAY: Final = re.compile(
    r"文章|原文|作者|图注|\b(?:essays?|articles?|authors?)\b|mathew|zzm", re.I
)


class Index:
    """`asked`, `field` and `analyser` are the same for both languages."""

    def __init__(
        self, course: Course, language: Language, analyser: Analyser, field: Field, asked: Asked
    ) -> None:
        self.analyser, self.asked, self.field = analyser, asked, field
        self._course, self._language = course, language
        self.passages = passages_of(course, language)
        aliases = Aliases(course, language, analyser)
        texts = [f"{one.text} {one.hints}" for one in self.passages]
        also = [aliases.of(one.text) for one in self.passages]
        documents = [analyser.terms(text) + more for text, more in zip(texts, also, strict=True)]
        self._terms = [frozenset(document) for document in documents]
        self._weights = rarity(self._terms)
        self._unknown = log(1 + 2 * len(documents))
        self.lessons = Lessons(course, language, analyser, self.passages, documents)
        self._private = frozenset(term for term in self.lessons.private() if not field.has(term))
        self._defined = [
            (frozenset(analyser.terms(name)), one) for one in self.passages for name in one.terms
        ]
        self._named = {
            what_is_named(fold(name)): one for one in reversed(self.passages) for name in one.terms
        }
        self._whole = min(1.0, max(WHOLE, FEW / asked.per_lesson))
        self._rank_passages(documents)
        self._written = self._weights.keys() | set().union(*self.lessons.words.values())
        self.mend = Mender(field.names, self._knows).mend

    def _rank_passages(self, documents: Sequence[list[str]]) -> None:
        import numpy as np
        from bm25s import BM25

        self._bm25 = BM25()
        self._bm25.index(documents, show_progress=False)
        kinds = [one.kind for one in self.passages]
        self._trust = np.array([_TRUST[kind] for kind in kinds], dtype=np.float32)
        # Figures stand where the details are.
        self._figures = np.array(
            [_TRUST["body" if k == "deeper" else k] for k in kinds], np.float32
        )
        homes = np.array([one.lesson_id or "" for one in self.passages])
        self._own = {name: np.flatnonzero(homes == name) for name in self.lessons.ids}

    def _knows(self, word: str) -> bool:
        """Tell whether a Latin word is one of the course or one that everybody uses.

        What the lessons are asked for by is none of the course: it has misspelt words on purpose.
        """
        return all(
            term in self._written or self.field.has(term) or self.analyser.is_stop(term)
            for term in self.analyser.words(word)
        )

    def terms(self, text: str) -> list[str]:
        return self.analyser.terms(text)

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
        terms, heard = self.terms(question), self.asked.hear(question)
        scores = self._scores(question)
        ranked = self._ranked(terms, heard, lesson_id, after)
        if near and not after:
            ranked = self._fused(ranked, near)
        if same:
            ranked.sort(key=lambda name: name != same)
        named = self.names(question)
        definition = named or self.definition(terms, BESIDE if asks_what_it_is(question) else 0.0)
        belief = heard.beliefs.get(ranked[0])
        asked = self.widened(terms, heard, ranked[0])
        is_near = bool(named or definition) or heard.kin[0].share > CLOSE
        return Found(
            self._hits(ranked, scores, limit),
            definition and self._homed(definition, ranked),
            asked,
            lessons=ranked,
            on_topic=bool(same) or self.is_here(question, heard, goes_on=after is not None),
            covered=is_near or self._covers(ranked[0], terms, heard),
            belief=belief if belief and holds(question, belief) else None,
            answer=self._answer(ranked[0], asked, number=asks_how_much(question)),
            wants_verdict=confirms(question),
            wants_number=asks_how_much(question),
            wants_reason=asks_why(question),
            of_essay=bool(_OF_THE_ESSAY.search(question)),
            private=self._private,
        )

    def is_here(self, question: str, heard: Heard, *, goes_on: bool = False) -> bool:
        """Tell whether a question is about language models; goes_on: so is the one before it."""
        if self.names(question) or self.asked.same(question):
            return True
        terms = set(self.terms(question))
        if names_field(question) and not heard.is_attack:
            return True
        here = heard.here + NAMES * len(self.field.subjects(terms)) / (len(terms) or 1)
        return here > (BAR_AFTER if goes_on else BAR)

    def names(self, question: str) -> Passage | None:
        """The definition of the term that is all that a question names, letter for letter."""
        return self._named.get(what_is_named(fold(question)))

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

    def _scores(self, question: str) -> Array:
        """Return BM25's score of each passage, by how well its kind answers such a question."""
        import numpy as np

        known = self._bm25.get_tokens_ids(self.terms(question))
        if not known:
            return np.zeros(len(self.passages))
        trust = self._figures if asks_how_much(question) else self._trust
        scores: Array = self._bm25.get_scores_from_ids(known, weight_mask=trust)
        return scores

    def _hits(self, ranked: Sequence[str], scores: Array, limit: int) -> list[Hit]:
        """Return the passages of the best lessons, some of each; the first lesson's come first."""
        hits: list[Hit] = []
        for name, share in zip(ranked, SHARES, strict=False):
            own = sorted(self._own[name], key=lambda place: -scores[place])
            found = [Hit(self.passages[one], float(scores[one])) for one in own if scores[one]]
            hits += (found or self.of_lesson(name, share, _TOLD))[:share]
        return hits[:limit]

    def _homed(self, definition: Passage, ranked: Sequence[str]) -> Passage:
        """Return a definition as one of the likeliest lesson that teaches its term."""
        teaching = [
            lesson.id
            for lesson in self._course.lessons
            if {one.lower() for one in lesson.concepts} & {one.lower() for one in definition.terms}
        ]
        home = self._course.lesson(min(teaching, key=ranked.index)) if teaching else None
        if home is None:
            return definition
        return replace(definition, lesson_id=home.id, title=home.title[self._language])

    def follow(self, question: str, after: Heard, limit: int) -> Found:
        """Find what answers a question that goes on from the one before it, in the same lesson or
        in another."""
        home = max(after.lessons, key=lambda name: after.lessons[name])
        depth = depth_wanted(question)
        if depth or not self.terms(question):
            return self.further(question, home, limit)
        found = self.find(question, None, limit, after=after)
        return found._replace(follows=found.home == home)

    def further(self, question: str, lesson_id: str, limit: int) -> Found:
        """Tell more of one lesson, in the depth that is asked for."""
        depth = depth_wanted(question)
        hits = self.of_lesson(lesson_id, limit, _DEPTHS[depth] if depth else _FURTHER)
        return Found(
            hits,
            None,
            {},
            [lesson_id],
            True,
            True,
            follows=True,
            depth=depth,
            private=self._private,
        )

    def weigh(self, terms: Iterable[str]) -> dict[str, float]:
        return {term: self._weights.get(term, self._unknown) for term in terms}

    def _covers(self, home: str, terms: Sequence[str], heard: Heard) -> bool:
        """Tell whether a lesson has something on a question."""
        if self.asked.is_rich:
            return heard.covered > COVERED
        asked = self.weigh(terms)
        said = _sum(asked, self.lessons.words[home] & asked.keys())
        return said >= SAID * sum(asked.values())

    def _answer(self, home: str, asked: Mapping[str, float], *, number: bool) -> Passage | None:
        """Return the lesson's answer that has most of the question's words, if it has enough.

        number: the question asks for one.
        """
        whole = sum(asked.values()) or 1.0
        own = [place for place in self._own[home] if self.passages[place].kind == "answer"]
        shares = {
            place: _sum(asked, self._terms[place] & asked.keys())
            / whole
            * (1.0 if not number or tells_number(self.passages[place].text) else NUMBERLESS)
            for place in own
        }
        best = max(own, key=lambda place: shares[place], default=None)
        return self.passages[best] if best is not None and shares[best] >= ANSWERED else None

    def widened(self, terms: Sequence[str], heard: Heard, home: str) -> dict[str, float]:
        """Weigh the question's terms, and a little those in which others ask the same: the lesson
        may have their words where it has not the learner's."""
        asked = self.weigh(terms)
        theirs: dict[str, float] = {}
        for like in heard.kin:
            if like.lesson_id == home:
                for term in self.terms(like.text):
                    theirs[term] = theirs.get(term, 0.0) + like.share
        known = {
            term: share * self._weights[term]
            for term, share in theirs.items()
            if term in self._weights
        }
        scale = OTHERS * (sum(asked.values()) or 1.0) / (sum(known.values()) or 1.0)
        return {**{term: weight * scale for term, weight in known.items()}, **asked}

    def definition(self, asking: Sequence[str], most: float) -> Passage | None:
        """The definition of the rarest term of the glossary that is all that a question names.

        most: the share of the question that may be about more.
        """
        asked = self.weigh(asking)
        named = [(terms, one) for terms, one in self._defined if terms and terms <= asked.keys()]
        if not named:
            return None
        terms, found = max(named, key=lambda entry: _sum(asked, entry[0]))
        beside = sum(weight for term, weight in asked.items() if term not in terms)
        return found if beside <= most * sum(asked.values()) else None

    def of_lesson(self, lesson_id: str, limit: int, kinds: Sequence[Kind] = _FURTHER) -> list[Hit]:
        """The lesson itself, as the hits of a question that names nothing ("why?")."""
        own = [self.passages[place] for place in self._own[lesson_id]]
        ordered = (one for kind in kinds for one in own if one.kind == kind)
        return [Hit(one, 1 / place) for place, one in enumerate(islice(ordered, limit), 1)]


def _sum(weights: Mapping[str, float], terms: Iterable[str]) -> float:
    return sum(weights[term] for term in terms)
