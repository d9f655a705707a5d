"""Finds the passages of the course that answer a question: BM25 in memory, one index a language.

Importing this module costs nothing; the first question loads the dictionary and builds the index.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence, Set
from itertools import islice
from math import log
from threading import Lock
from typing import TYPE_CHECKING, Final, NamedTuple

from bot.answering.passages import Kind, Passage, names_of, passages_of
from bot.answering.topic import BAR, FIELD, SENSES, Topic
from bot.course.model import LANGUAGES, Course, Language

if TYPE_CHECKING:
    from bot.answering.words import Analyser

HERE = 1.25
"""How much more a passage of the lesson counts that the learner is in."""

ENOUGH = 0.12
"""A best hit with a smaller relevance than this says nothing about the question."""

MOST = 0.6
"""From this relevance on a hit has most of what the question names."""

_TERM: Final = "definition"
_TRUST: Final[dict[Kind, float]] = {
    "definition": 1.1,
    "body": 1.15,
    "simpler": 0.9,
    "deeper": 0.95,
    "note": 1.0,
    "limit": 0.85,
    "explanation": 0.7,
}
"""How well each kind of passage answers a question, where the words fit equally."""


class Hit(NamedTuple):
    """A passage that was found. `score` ranks; `relevance` is how much of the question's own words,
    from 0 to 1 and weighted by how rare they are, this passage and what it is found by contain."""

    passage: Passage
    score: float
    relevance: float


class Found(NamedTuple):
    """What a question came to.

    definition: of what the question names, in the words of the glossary.
    asked: the question's terms, each with how rare it is in the course.
    on_topic: it is about language models.
    covered: the course has something on it; otherwise the hits are the nearest that there is.
    """

    hits: list[Hit]
    definition: Passage | None
    asked: dict[str, float]
    on_topic: bool
    covered: bool


class Retriever:
    """Search over one course. Safe to use from several threads."""

    def __init__(self, course: Course) -> None:
        self._course = course
        self._lock = Lock()
        self._built: dict[Language, _Index] = {}

    def search(
        self, question: str, language: Language, lesson_id: str | None = None, limit: int = 4
    ) -> list[Hit]:
        """Return at most `limit` hits, best first; none where no word of the question is known.

        lesson_id: the lesson that the learner is in; its passages are preferred a little.
        """
        index = self._index(language)
        return index.search(index.terms(question), lesson_id, limit)

    def is_on_topic(self, question: str, language: Language) -> bool:
        """Tell whether a question is about language models, covered by the course or not."""
        index = self._index(language)
        return index.topic.share(index.terms(question)) >= BAR

    def find(
        self,
        question: str,
        language: Language,
        *,
        previous: str | None = None,
        lesson_id: str | None = None,
        limit: int = 4,
    ) -> Found:
        """Search with what the question leaves unsaid: the question before it, or the lesson."""
        index = self._index(language)
        terms = index.terms(question)
        if previous and index.knows_all(terms):
            terms = index.terms(previous) + terms
        if not terms and lesson_id:
            return Found(index.of_lesson(lesson_id, limit), None, {}, on_topic=True, covered=True)
        asked = index.weigh(terms)
        hits = index.search(terms, lesson_id, limit)
        on_topic = index.topic.share(terms) >= BAR or _is_in_lesson(hits, lesson_id)
        covered = bool(hits) and hits[0].relevance >= ENOUGH and not index.topic.missing(terms)
        if on_topic and not hits:
            hits = index.of_lesson(self._course.lessons[0].id, limit)
        return Found(hits, index.definition(asked), asked, on_topic, covered)

    def terms(self, text: str, language: Language) -> list[str]:
        """Return the words that `text` is searched and compared by."""
        return self._index(language).terms(text)

    def _index(self, language: Language) -> _Index:
        with self._lock:
            if language not in self._built:
                from bot.answering.words import Analyser

                used = next(iter(self._built.values()), None)
                analyser = used.analyser if used else Analyser()
                self._built[language] = _Index(self._course, language, analyser)
            return self._built[language]


def _is_in_lesson(hits: Sequence[Hit], lesson_id: str | None) -> bool:
    """Tell whether a question of everyday words is about the lesson on the screen."""
    return bool(hits) and hits[0].passage.lesson_id == lesson_id and hits[0].relevance >= MOST


class _Index:
    def __init__(self, course: Course, language: Language, analyser: Analyser) -> None:
        import numpy as np
        from bm25s import BM25

        self.analyser = analyser
        self._passages = passages_of(course, language)
        aliases = _Aliases(course, language, analyser)
        documents = [
            analyser.terms(f"{one.text} {one.hints}") + aliases.of(one.text)
            for one in self._passages
        ]
        self._terms = [frozenset(document) for document in documents]
        self._weights = _rarity(self._terms)
        self._unknown = log(1 + 2 * len(documents))
        self._bm25 = BM25()
        self._bm25.index(documents, show_progress=False)
        trust = np.array([_TRUST[one.kind] for one in self._passages], dtype=np.float32)
        self._trust: dict[str | None, np.ndarray] = {None: trust}
        for lesson in course.lessons:
            here = np.array([one.lesson_id == lesson.id for one in self._passages])
            self._trust[lesson.id] = np.where(here, trust * np.float32(HERE), trust)
        self.topic = _topic(course, language, analyser, self._weights.keys())
        self._defined = [
            (frozenset(analyser.terms(name)), one) for one in self._passages for name in one.terms
        ]

    def terms(self, text: str) -> list[str]:
        return self.analyser.terms(text)

    def weigh(self, terms: Sequence[str]) -> dict[str, float]:
        return {term: self._weights.get(term, self._unknown) for term in terms}

    def definition(self, asked: Mapping[str, float]) -> Passage | None:
        """The definition of the rarest term of the glossary that a question names in full."""
        named = [(terms, one) for terms, one in self._defined if terms and terms <= asked.keys()]
        if not named:
            return None
        return max(named, key=lambda entry: sum(asked[term] for term in entry[0]))[1]

    def knows_all(self, terms: Sequence[str]) -> bool:
        return all(term in self._weights for term in terms)

    def search(self, terms: Sequence[str], lesson_id: str | None, limit: int) -> list[Hit]:
        terms = list(dict.fromkeys(terms))
        known = self._bm25.get_tokens_ids(terms)
        if not known:
            return []
        trust = self._trust.get(lesson_id, self._trust[None])
        scores = self._bm25.get_scores_from_ids(known, weight_mask=trust)
        best = (int(place) for place in (-scores).argsort(kind="stable")[:limit])
        return [self._hit(place, float(scores[place]), terms) for place in best if scores[place]]

    def of_lesson(self, lesson_id: str, limit: int) -> list[Hit]:
        """The lesson itself, as the hits of a question that names nothing ("why?")."""
        own = (one for one in self._passages if one.lesson_id == lesson_id and one.kind != _TERM)
        return [Hit(passage, 0.0, 1.0) for passage in islice(own, limit)]

    def _hit(self, place: int, score: float, terms: Sequence[str]) -> Hit:
        asked = self.weigh(terms)
        found = sum(weight for term, weight in asked.items() if term in self._terms[place])
        return Hit(self._passages[place], score, found / sum(asked.values()))


class _Aliases:
    """A passage that uses a term of the glossary is also found by the term's other language."""

    def __init__(self, course: Course, language: Language, analyser: Analyser) -> None:
        other = LANGUAGES[1 - LANGUAGES.index(language)]
        self._terms = [
            (name.lower(), analyser.terms(entry.term[other]))
            for entry in course.glossary
            for name in names_of(entry.term[language])
        ]

    def of(self, text: str) -> list[str]:
        text = text.lower()
        return [term for name, terms in self._terms if name in text for term in terms]


def _rarity(documents: Sequence[frozenset[str]]) -> dict[str, float]:
    """Return BM25's weight of each term: the fewer documents have it, the more it says."""
    counts = Counter(term for document in documents for term in document)
    return {
        term: log(1 + (len(documents) - count + 0.5) / (count + 0.5))
        for term, count in counts.items()
    }


def _topic(course: Course, language: Language, analyser: Analyser, known: Set[str]) -> Topic:
    names, asked = [SENSES], []
    for entry in course.glossary:
        names += (entry.term.zh, entry.term.en)
    for lesson in course.lessons:
        names += lesson.concepts
        asked += [*lesson.asks[language], lesson.title[language], lesson.hook[language]]
    field, senses, in_asks = (set(analyser.terms(" ".join(one))) for one in ([FIELD], names, asked))
    return Topic(field, senses, in_asks, known)
