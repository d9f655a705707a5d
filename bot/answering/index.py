"""One language of a course, ready to be searched: BM25 over passages, weighed by their lessons."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import islice
from math import log
from typing import TYPE_CHECKING, Final

from bot.answering.aliases import Aliases
from bot.answering.found import Found, Hit
from bot.answering.kin import CLOSE, NOTHING, Kin, Likeness, likest_of, rarity
from bot.answering.lessons import Lessons
from bot.answering.passages import Kind, Passage, passages_of, quizzed
from bot.answering.question import asks_how_much, asks_what_it_is, asks_why, what_is_named
from bot.answering.topic import BAR, BARE, means_the_model, topic_of
from bot.answering.typos import Mender
from bot.answering.words import Analyser, fold
from bot.course.model import Course, Language

if TYPE_CHECKING:
    import numpy as np

HERE: Final = 1.25
"""How much more a passage of the lesson counts that the learner is in."""

KINDRED: Final = 6.0
"""How much more the passages of the lesson count that asks the very same question."""

ALONE: Final = 0.1
"""What a passage counts whose lesson, as a whole, says nothing about the question."""

OPENING: Final = 0.4
"""What a passage of a lesson's body scores at least, as a share of the best: a lesson may be asked
for in words that it does not use itself ("why does it make things up")."""

STEEP: Final = 3
"""How fast passages lose with the rank of their lesson."""

ENOUGH: Final = 0.4
"""The share of a question, without its bare field words, that a lesson has to be about."""

OURS: Final = 0.3
"""What the words of the course's own question say together, as a share of the learner's."""

NEAR: Final = 0.7
"""A question that is liker than this to one of the course's own is nearly the same."""

BESIDE: Final = 0.4
"""A definition is not what is asked for where more than this share of a question is about more."""

_TRUST: Final[dict[Kind, float]] = {
    "definition": 1.0,
    "body": 1.15,
    "simpler": 1.0,
    "deeper": 0.7,
    "note": 0.85,
    "limit": 0.5,
}
"""How well each kind of passage answers a question, where the words fit equally."""

_CORE: Final = ("body", "deeper", "note", "limit")

_FURTHER: Final[tuple[Kind, ...]] = ("deeper", "simpler", "body", "note", "limit")
"""What a question that only asks on ("why?") is answered with, in this order."""

_TOLD: Final[tuple[Kind, ...]] = ("body", "simpler", "deeper")
"""What a question is answered with that a lesson is asked and has not one word of."""

_OF_THE_ESSAY: Final = re.compile(
    r"文章|原文|作者|图注|\b(?:essays?|articles?|authors?)\b|mathew|zzm", re.I
)


class Index:
    """`kin` and `analyser` are the same for both languages."""

    def __init__(self, course: Course, language: Language, analyser: Analyser, kin: Kin) -> None:
        self.analyser, self.kin = analyser, kin
        self._first = course.lessons[0].id
        self.passages = passages_of(course, language)
        aliases = Aliases(course, language, analyser)
        texts = [f"{one.text} {one.hints}" for one in self.passages]
        also = [aliases.of(one.text) for one in self.passages]
        documents = [analyser.terms(text) + more for text, more in zip(texts, also, strict=True)]
        self._terms = [frozenset(document) for document in documents]
        self._weights = rarity(self._terms)
        self._unknown = log(1 + 2 * len(documents))
        self.lessons = Lessons(course, language, analyser)
        self.lessons.read(self.passages, documents)
        known = self._weights.keys() | set().union(*self.lessons.words.values())
        told = [*texts, *(quizzed(one, language) for one in course.lessons)]
        familiar = self.lessons.familiar()
        self.topic = topic_of(course, language, analyser, known, familiar, told)
        self._private = self.lessons.private() - self.topic.field - self.topic.senses
        self._defined = [
            (frozenset(analyser.terms(name)), one) for one in self.passages for name in one.terms
        ]
        self._named = {
            what_is_named(fold(name)): one for one in reversed(self.passages) for name in one.terms
        }
        self._bare = frozenset(analyser.terms(BARE))
        self._rank(documents, [one.lesson_id or "" for one in self.passages])
        self._written = self._weights.keys() | self.lessons.quizzed
        self.mend = Mender(self.topic.names, self._knows).mend

    def _rank(self, documents: list[list[str]], homes: list[str]) -> None:
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
        self._opens = np.array([one.kind == "body" for one in self.passages], dtype=np.float32)
        self._own = {name: np.array(homes) == name for name in self.lessons.words}

    def _knows(self, word: str) -> bool:
        """Tell whether a Latin word is one of the course or one that everybody uses.

        What the lessons are asked for by is none of the course: it has misspelt words on purpose.
        """
        known = (self._written, self.topic.field, self.topic.senses)
        return all(
            any(term in some for some in known) or self.analyser.is_stop(term)
            for term in self.analyser.words(word)
        )

    def terms(self, text: str) -> list[str]:
        return self.analyser.terms(text)

    def subjects(self, terms: Sequence[str]) -> set[str]:
        """Return the terms that name what a question is about, without those that say just AI."""
        return self.topic.subjects(terms)

    def like(self, question: str, terms: Sequence[str]) -> Likeness:
        return self.kin.same(question) or likest_of(self._alike(question, terms))

    def _alike(self, question: str, terms: Sequence[str]) -> Mapping[str, Likeness]:
        """Each lesson's own question that is likest; none for a question of no terms."""
        return self.kin.alike(question, self.topic.subjects(terms)) if terms else {}

    def find(self, question: str, lesson_id: str | None, limit: int) -> Found:
        terms = self.terms(question)
        alike = self._alike(question, terms)
        like = self.kin.same(question) or likest_of(alike)
        hits = self.search(question, lesson_id, limit, like=like, alike=alike)
        if like.is_close and (not hits or hits[0].passage.lesson_id != like.lesson_id):
            hits = self.of_lesson(like.lesson_id, limit, _TOLD)
        named = self.named(question)
        definition = named or self.definition(terms, BESIDE if asks_what_it_is(question) else 0.0)
        found = Found(
            hits or self.of_lesson(self._first, limit),
            definition,
            self.widened(terms, like),
            bool(named) or self.is_on_topic(question, terms, lesson_id, like),
            covered=False,
            wants_number=asks_how_much(question),
            wants_reason=asks_why(question),
            of_essay=bool(_OF_THE_ESSAY.search(question)),
            private=self._private,
        )
        known = like.is_close or definition or (hits and self._covers(terms, found.home))
        covered = bool(known) and not self.topic.missing(terms)
        return found._replace(covered=bool(named) or covered)

    def named(self, question: str) -> Passage | None:
        """The definition of the term that is all that a question names, letter for letter."""
        return self._named.get(what_is_named(fold(question)))

    def _covers(self, terms: Sequence[str], lesson_id: str | None) -> bool:
        return self.lessons.share(self.weigh(terms), lesson_id, self._bare) >= ENOUGH

    def further(self, question: str, lesson_id: str, limit: int) -> Found:
        """Find more in one lesson: what has the question's words, or all but its beginning."""
        terms = self.terms(question)
        hits = self.search(question, None, limit, only=lesson_id)
        asked = self.weigh(terms) if hits else {}
        more = hits or self.of_lesson(lesson_id, limit)
        return Found(more, None, asked, True, True, follows=True, private=self._private)

    def weigh(self, terms: Sequence[str]) -> dict[str, float]:
        return {term: self._weights.get(term, self._unknown) for term in terms}

    def widened(self, terms: Sequence[str], like: Likeness) -> dict[str, float]:
        """Weigh the question's terms, and a little those in which the course asks the same: its
        answer may have those words where it has not the learner's."""
        asked = self.weigh(terms)
        same = self.terms(like.text) if like.is_close else []
        ours = self.weigh([term for term in same if term in self._weights])
        scale = OURS * sum(asked.values()) / (sum(ours.values()) or 1.0)
        return {**{term: weight * scale for term, weight in ours.items()}, **asked}

    def is_on_topic(
        self, question: str, terms: Sequence[str], lesson_id: str | None, like: Likeness
    ) -> bool:
        it = means_the_model(question)
        beyond = set(terms) - set(self.terms(like.text))
        is_elsewhere = not it and self.topic.is_elsewhere(terms, beyond)
        near = like.share > NEAR and not is_elsewhere
        share = self.topic.share(terms, self._of(lesson_id), it=it, near=near)
        alike = 0.0 if is_elsewhere else max(0.0, like.share - CLOSE)
        return share + alike >= BAR

    def _of(self, lesson_id: str | None) -> frozenset[str]:
        """The words of a lesson: those that more than one of its passages has."""
        counts = Counter(
            term
            for terms, one in zip(self._terms, self.passages, strict=True)
            if lesson_id and one.lesson_id == lesson_id and one.kind in _CORE
            for term in terms
        )
        return frozenset(term for term, count in counts.items() if count > 1)

    def definition(self, asking: Sequence[str], most: float) -> Passage | None:
        """The definition of the rarest term of the glossary that is all that a question names.

        most: the share of the question that may be about more.
        """
        asked = self.weigh(asking)
        named = [(terms, one) for terms, one in self._defined if terms and terms <= asked.keys()]
        if not named:
            return None
        terms, found = max(named, key=lambda entry: sum(asked[term] for term in entry[0]))
        beside = sum(weight for term, weight in asked.items() if term not in terms)
        return found if beside <= most * sum(asked.values()) else None

    def search(
        self,
        question: str,
        lesson_id: str | None,
        limit: int,
        *,
        like: Likeness = NOTHING,
        alike: Mapping[str, Likeness] | None = None,
        only: str | None = None,
    ) -> list[Hit]:
        """Return the best passages of all lessons, or of `only` one.

        like: the course's own question that is this one, if there is one. alike: the likest of
        each lesson, where they are known already.
        """
        import numpy as np

        terms = self.terms(question)
        asked = self.weigh(terms)
        known = self._bm25.get_tokens_ids(list(self.widened(terms, like)))
        if not known or not asked:
            return []
        trust = self._figures if asks_how_much(question) else self._trust
        scores = self._bm25.get_scores_from_ids(known, weight_mask=trust)
        if only:
            scores = scores * self._own[only]
        else:
            opened = np.maximum(scores, OPENING * scores.max() * self._opens)
            alike = self._alike(question, terms) if alike is None else alike
            scores = opened * self._preferring(terms, scores, lesson_id, like, alike)
        best = (int(place) for place in (-scores).argsort(kind="stable")[:limit])
        return [self._hit(place, float(scores[place]), asked) for place in best if scores[place]]

    def _preferring(
        self,
        terms: Sequence[str],
        scores: np.ndarray,
        lesson_id: str | None,
        like: Likeness,
        alike: Mapping[str, Likeness],
    ) -> np.ndarray:
        """How much each passage counts: most in the lesson that as a whole is for the question,
        and more in the one that the learner is in or that asks the same."""
        import numpy as np

        best = {name: float(scores[own].max(initial=0)) for name, own in self._own.items()}
        factors = np.full(len(self.passages), ALONE)
        for name, rank in self.lessons.rank(terms, best, alike).items():
            factor = max(ALONE, rank**STEEP) * (HERE if name == lesson_id else 1.0)
            if like.is_close and name == like.lesson_id:
                factor = max(factor, 1.0) * (1 + KINDRED * like.closeness)
            factors[self._own[name]] = factor
        return factors

    def of_lesson(self, lesson_id: str, limit: int, kinds: Sequence[Kind] = _FURTHER) -> list[Hit]:
        """The lesson itself, as the hits of a question that names nothing ("why?")."""
        own = [one for one in self.passages if one.lesson_id == lesson_id]
        ordered = (one for kind in kinds for one in own if one.kind == kind)
        return [Hit(one, 1 / place, 1.0) for place, one in enumerate(islice(ordered, limit), 1)]

    def _hit(self, place: int, score: float, asked: Mapping[str, float]) -> Hit:
        found = sum(weight for term, weight in asked.items() if term in self._terms[place])
        return Hit(self.passages[place], score, found / sum(asked.values()))
