"""The passages of a course in one language: which of a lesson answer a question, word for word."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from math import log
from typing import TYPE_CHECKING, Any, Final

from bot.answering.aliases import Aliases
from bot.answering.found import Hit
from bot.answering.passages import Kind, Passage, passages_of
from bot.answering.question import asks_how_much, asks_why, tells_number, what_is_named
from bot.answering.words import Analyser, fold, rarity
from bot.course.model import Course, Language

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, np.dtype[Any]]

SHARES: Final = (6, 3, 2, 1)
"""Passages of the best lesson, of the second, ..."""

ANSWERED: Final = 0.25
"""The share of a question that has to be in an answer and what it answers."""

NUMBERLESS: Final = 0.7
"""What an answer without a number is worth where one is asked for."""

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

FURTHER: Final[tuple[Kind, ...]] = ("deeper", "simpler", "body", "note", "limit")
"""What a question that only asks on ("why?") is answered with, in this order."""

_TOLD: Final[tuple[Kind, ...]] = ("body", "simpler", "deeper", "note", "limit")
"""What a question is answered with that a lesson has not one word of."""


class Texts:
    """Searched by BM25. `documents` are the terms of the passages, in their order."""

    def __init__(self, course: Course, language: Language, analyser: Analyser) -> None:
        self._course, self._language = course, language
        self.passages = passages_of(course, language)
        self.terms = analyser.terms
        aliases = Aliases(course, language, analyser)
        texts = [f"{one.text} {one.hints}" for one in self.passages]
        also = [aliases.of(one.text) for one in self.passages]
        self.documents = [
            analyser.terms(text) + more for text, more in zip(texts, also, strict=True)
        ]
        self._terms = [frozenset(document) for document in self.documents]
        self.weights = rarity(self._terms)
        self._unknown = log(1 + 2 * len(self.documents))
        self._defined = [
            (frozenset(analyser.terms(name)), one) for one in self.passages for name in one.terms
        ]
        self._named = {
            what_is_named(fold(name)): one for one in reversed(self.passages) for name in one.terms
        }
        self._rank([lesson.id for lesson in course.lessons])

    def _rank(self, lessons: Sequence[str]) -> None:
        import numpy as np
        from bm25s import BM25

        self._bm25 = BM25()
        self._bm25.index(self.documents, show_progress=False)
        kinds = [one.kind for one in self.passages]
        self._trust = np.array([_TRUST[kind] for kind in kinds], dtype=np.float32)
        # Figures stand where the details are.
        self._figures = np.array(
            [_TRUST["body" if k == "deeper" else k] for k in kinds], np.float32
        )
        homes = np.array([one.lesson_id or "" for one in self.passages])
        self._own = {name: np.flatnonzero(homes == name) for name in lessons}

    def scores(self, question: str) -> Array:
        """Return BM25's score of each passage, by how well its kind answers such a question."""
        import numpy as np

        known = self._bm25.get_tokens_ids(self.terms(question))
        if not known:
            return np.zeros(len(self.passages))
        trust = self._figures if asks_how_much(question) else self._trust
        scores: Array = self._bm25.get_scores_from_ids(known, weight_mask=trust)
        return scores

    def hits(self, ranked: Sequence[str], scores: Array, limit: int) -> list[Hit]:
        """Return the passages of the best lessons, some of each; the first lesson's come first."""
        hits: list[Hit] = []
        for name, share in zip(ranked, SHARES, strict=False):
            own = sorted(self._own[name], key=lambda place: -scores[place])
            found = [Hit(self.passages[one], float(scores[one])) for one in own if scores[one]]
            hits += (found or self.of_lesson(name, share, _TOLD))[:share]
        return hits[:limit]

    def weigh(self, terms: Iterable[str]) -> dict[str, float]:
        return {term: self.weights.get(term, self._unknown) for term in terms}

    def names(self, question: str) -> Passage | None:
        """The definition of the term that is all that a question names, letter for letter."""
        return self._named.get(what_is_named(fold(question)))

    def definition(self, asking: Sequence[str], most: float) -> Passage | None:
        """The definition of the rarest term of the glossary that is all that a question names.

        most: the share of the question that may be about more.
        """
        asked = self.weigh(asking)
        named = [(terms, one) for terms, one in self._defined if terms and terms <= asked.keys()]
        if not named:
            return None
        terms, found = max(named, key=lambda entry: sum_of(asked, entry[0]))
        beside = sum(weight for term, weight in asked.items() if term not in terms)
        return found if beside <= most * sum(asked.values()) else None

    def homed(self, definition: Passage, ranked: Sequence[str]) -> Passage:
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

    def answer(
        self, home: str, asked: Mapping[str, float], *, number: bool, verdict: bool
    ) -> Passage | None:
        """Return the lesson's answer that has most of the question's words, if it has enough.

        number: the question asks for one. verdict: it asks to have something confirmed, so what is
        true instead of a belief answers it as well.
        """
        whole = sum(asked.values()) or 1.0
        kinds = ("answer", "truth") if verdict else ("answer",)
        own = [place for place in self._own[home] if self.passages[place].kind in kinds]
        shares = {
            place: sum_of(asked, self._terms[place] & asked.keys())
            / whole
            * (1.0 if not number or tells_number(self.passages[place].text) else NUMBERLESS)
            for place in own
        }
        best = max(own, key=lambda place: shares[place], default=None)
        return self.passages[best] if best is not None and shares[best] >= ANSWERED else None

    def answers(self, home: str, asked: Mapping[str, float], *, why: bool) -> list[Hit]:
        """Return all answers of a lesson, those first that have most of what was asked before; of
        those, the ones that give a reason, where one is wanted."""
        own = [int(one) for one in self._own[home] if self.passages[one].kind == "answer"]

        def worth(place: int) -> float:
            gives_reason = why and asks_why(self.passages[place].hints)
            return sum_of(asked, self._terms[place] & asked.keys()) * (2 if gives_reason else 1)

        ranked = sorted(own, key=worth, reverse=True)
        return [Hit(self.passages[one], float(1 + len(own) - at)) for at, one in enumerate(ranked)]

    def of_lesson(self, lesson_id: str, limit: int, kinds: Sequence[Kind] = FURTHER) -> list[Hit]:
        """The lesson itself, as the hits of a question that names nothing ("why?")."""
        own = [self.passages[place] for place in self._own[lesson_id]]
        ordered = (one for kind in kinds for one in own if one.kind == kind)
        return [Hit(one, 1 / place) for place, one in enumerate(islice(ordered, limit), 1)]


def sum_of(weights: Mapping[str, float], terms: Iterable[str]) -> float:
    return sum(weights[term] for term in terms)
