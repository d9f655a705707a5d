"""Finds the passages of the course that answer a question: BM25 in memory, one index a language.

Importing this module costs nothing; the first question loads the dictionary and builds the index.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import islice
from math import log
from threading import Lock
from typing import TYPE_CHECKING, Final, NamedTuple

from bot.answering.kin import CLOSE, NOTHING, Kin, Likeness, rarity
from bot.answering.passages import Kind, Passage, names_of, passages_of
from bot.answering.question import asks_how_much, asks_what_it_is
from bot.answering.topic import BAR, means_the_model, topic_of, without_orders
from bot.answering.words import Analyser
from bot.course.model import LANGUAGES, Course, Language

if TYPE_CHECKING:
    import numpy as np

HERE = 1.25
"""How much more a passage of the lesson counts that the learner is in."""

ENOUGH = 0.12
"""A best hit with a smaller relevance than this says nothing about the question."""

KINDRED: Final = 6.0
"""How much more the passages of the lesson count that asks the very same question."""

OURS: Final = 0.3
"""What that question's words say together, as a share of the learner's own."""

BESIDE: Final = 0.4
"""A definition is not what is asked for where more than this share of a question is about more."""

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

_CORE: Final = ("body", "deeper", "note", "limit")


class Hit(NamedTuple):
    """A passage that was found. `score` ranks; `relevance` is how much of the question's own words,
    from 0 to 1 and weighted by how rare they are, this passage and what it is found by contain."""

    passage: Passage
    score: float
    relevance: float


class Found(NamedTuple):
    """What a question came to.

    definition: of what the question names, where that is what it asks for.
    wants_number: a number answers it.
    asked: the question's terms, each with how rare it is in the course.
    on_topic: it is about language models.
    covered: the course has something on it; otherwise the hits are the nearest that there is.
    """

    hits: list[Hit]
    definition: Passage | None
    asked: dict[str, float]
    on_topic: bool
    covered: bool
    wants_number: bool = False


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
        return self.find(question, language, limit=1).on_topic

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
        index, asked = self._index(language), without_orders(question)
        terms = index.terms(asked)
        if previous and index.knows_all(terms):
            terms = index.terms(previous) + terms
        if lesson_id and not terms and asked == question:
            return Found(index.of_lesson(lesson_id, limit), None, {}, on_topic=True, covered=True)
        return index.find(asked, terms, lesson_id, limit)

    def terms(self, text: str, language: Language) -> list[str]:
        """Return the words that `text` is searched and compared by."""
        return self._index(language).terms(text)

    def _index(self, language: Language) -> _Index:
        with self._lock:
            if language not in self._built:
                used = next(iter(self._built.values()), None)
                analyser = used.analyser if used else Analyser()
                kin = used.kin if used else Kin(self._course, analyser)
                self._built[language] = _Index(self._course, language, analyser, kin)
            return self._built[language]


class _Index:
    def __init__(self, course: Course, language: Language, analyser: Analyser, kin: Kin) -> None:
        import numpy as np
        from bm25s import BM25

        self.analyser, self.kin = analyser, kin
        self._first = course.lessons[0].id
        self._passages = passages_of(course, language)
        aliases = _Aliases(course, language, analyser)
        texts = [f"{one.text} {one.hints}" for one in self._passages]
        documents = [
            analyser.terms(text) + aliases.of(one.text)
            for text, one in zip(texts, self._passages, strict=True)
        ]
        self._terms = [frozenset(document) for document in documents]
        self._weights = rarity(self._terms)
        self._unknown = log(1 + 2 * len(documents))
        self._bm25 = BM25()
        self._bm25.index(documents, show_progress=False)
        self.topic = topic_of(course, language, analyser, self._weights.keys(), texts)
        self._defined = [
            (frozenset(analyser.terms(name)), one) for one in self._passages for name in one.terms
        ]
        self._trust = np.array([_TRUST[one.kind] for one in self._passages], dtype=np.float32)
        homes = np.array([one.lesson_id or "" for one in self._passages])
        self._own = {lesson.id: homes == lesson.id for lesson in course.lessons}

    def terms(self, text: str) -> list[str]:
        return self.analyser.terms(text)

    def find(self, question: str, terms: list[str], lesson_id: str | None, limit: int) -> Found:
        like = self.kin.likest(question, self.topic.subjects(terms)) if terms else NOTHING
        hits = self.search(terms, lesson_id, limit, like)
        known = like.is_close or (bool(hits) and hits[0].relevance >= ENOUGH)
        return Found(
            hits or self.of_lesson(self._first, limit),
            self.definition(terms) if asks_what_it_is(question) else None,
            self.widened(terms, like),
            self.is_on_topic(question, terms, lesson_id, like),
            known and not self.topic.missing(terms),
            asks_how_much(question),
        )

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
        share = self.topic.share(terms, self._of(lesson_id), it=means_the_model(question))
        return share + max(0.0, like.share - CLOSE) >= BAR

    def _of(self, lesson_id: str | None) -> frozenset[str]:
        """The words of a lesson: those that more than one of its passages has."""
        counts = Counter(
            term
            for terms, one in zip(self._terms, self._passages, strict=True)
            if lesson_id and one.lesson_id == lesson_id and one.kind in _CORE
            for term in terms
        )
        return frozenset(term for term, count in counts.items() if count > 1)

    def definition(self, asking: Sequence[str]) -> Passage | None:
        """The definition of the rarest term of the glossary that is all that a question names."""
        asked = self.weigh(asking)
        named = [(terms, one) for terms, one in self._defined if terms and terms <= asked.keys()]
        if not named:
            return None
        terms, found = max(named, key=lambda entry: sum(asked[term] for term in entry[0]))
        beside = sum(weight for term, weight in asked.items() if term not in terms)
        return found if beside <= BESIDE * sum(asked.values()) else None

    def knows_all(self, terms: Sequence[str]) -> bool:
        return all(term in self._weights for term in terms)

    def search(
        self, terms: Sequence[str], lesson_id: str | None, limit: int, like: Likeness = NOTHING
    ) -> list[Hit]:
        asked = self.weigh(terms)
        known = self._bm25.get_tokens_ids(list(self.widened(terms, like)))
        if not known:
            return []
        trust = self._preferring(lesson_id, like)
        scores = self._bm25.get_scores_from_ids(known, weight_mask=trust)
        best = (int(place) for place in (-scores).argsort(kind="stable")[:limit])
        return [self._hit(place, float(scores[place]), asked) for place in best if scores[place]]

    def _preferring(self, lesson_id: str | None, like: Likeness) -> np.ndarray:
        import numpy as np

        trust = self._trust
        if lesson_id in self._own:
            trust = np.where(self._own[lesson_id], trust * np.float32(HERE), trust)
        if like.is_close:
            more = np.float32(1 + KINDRED * like.closeness)
            trust = np.where(self._own[like.lesson_id], trust * more, trust)
        return trust

    def of_lesson(self, lesson_id: str, limit: int) -> list[Hit]:
        """The lesson itself, as the hits of a question that names nothing ("why?")."""
        own = (one for one in self._passages if one.lesson_id == lesson_id and one.kind != _TERM)
        return [Hit(passage, 0.0, 1.0) for passage in islice(own, limit)]

    def _hit(self, place: int, score: float, asked: Mapping[str, float]) -> Hit:
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
