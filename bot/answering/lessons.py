"""Which lesson a question is for, and how much of it: passages are too short to tell."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence, Set
from typing import TYPE_CHECKING, Final

from bot.answering.kin import Likeness
from bot.answering.passages import Passage, asked_for, quizzed
from bot.answering.words import Analyser
from bot.course.model import Course, Language

if TYPE_CHECKING:
    import numpy as np
    from bm25s import BM25

IN_PASSING: Final = 0.5
"""What a word counts that a lesson uses once: it is not about it."""

_ASKED: Final = 3
"""How often the words count in which a lesson is asked for."""

_BY_ASKS, _BY_BEST = 0.6, 0.7
"""What being asked for by the same words, and the best passage, count beside the whole lesson."""

_AGAIN: Final = 4
"""A lesson is about a word that it uses so often."""

_MANY: Final = 15
"""One lesson in so many has any everyday word in passing: an example in Paris, a dinner."""

_FLAT: Final = 0.3
"""How little the length of those says: some lessons are asked for in more words."""


class Lessons:
    """The lessons of a course as one long text each, in one language.

    words: all that each uses; about: those that it is asked for by; quizzed: what all of their
    questions use.
    """

    def __init__(self, course: Course, language: Language, analyser: Analyser) -> None:
        self._asked = {one.id: analyser.terms(asked_for(one)) for one in course.lessons}
        told = {one.id: analyser.terms(quizzed(one, language)) for one in course.lessons}
        self._terms = {name: self._asked[name] + terms for name, terms in told.items()}
        self.quizzed = frozenset().union(*told.values())
        self.about = {name: set(terms) for name, terms in self._asked.items()}
        self.words: dict[str, frozenset[str]] = {}

    def read(self, passages: Sequence[Passage], documents: Sequence[list[str]]) -> None:
        """Add the passages, of which `documents` are the terms, and build the indexes."""
        from bm25s import BM25

        for passage, terms in zip(passages, documents, strict=True):
            if passage.lesson_id:
                self._terms[passage.lesson_id] += terms
                self.about[passage.lesson_id].update(terms if passage.kind == "definition" else ())
        self.words = {name: frozenset(terms) for name, terms in self._terms.items()}
        self._often = {
            name: {term for term, uses in Counter(terms).items() if uses > 1}
            for name, terms in self._terms.items()
        }
        whole = [terms + self._asked[name] * _ASKED for name, terms in self._terms.items()]
        self._whole, self._asks = BM25(), BM25(b=_FLAT)
        self._whole.index(whole, show_progress=False)
        self._asks.index(list(self._asked.values()), show_progress=False)

    def private(self) -> set[str]:
        """Return the terms that only one lesson uses."""
        used = Counter(term for terms in self.words.values() for term in terms)
        return {term for term, lessons in used.items() if lessons == 1}

    def familiar(self) -> set[str]:
        """Return the terms that the course does not only use in passing: in one lesson of `_MANY`,
        or again and again in one of them."""
        used: Counter[str] = Counter()
        again: set[str] = set()
        for terms in self._terms.values():
            counts = Counter(terms)
            used.update(counts.keys())
            again.update(term for term, uses in counts.items() if uses >= _AGAIN)
        few = len(self._terms) // _MANY
        return again | {term for term, lessons in used.items() if lessons >= max(1, few)}

    def share(self, weights: Mapping[str, float], lesson_id: str | None, bare: Set[str]) -> float:
        """Return from 0 to 1 how much of a question a lesson is about, but for `bare` terms.

        weights: the question's terms, each with how much it says.
        """
        beyond = {term: weight for term, weight in weights.items() if term not in bare}
        if not beyond or lesson_id is None:
            return 1.0
        of_it = self.about[lesson_id] | self._often[lesson_id]
        said = sum(
            weight * (1 if term in of_it else IN_PASSING)
            for term, weight in beyond.items()
            if term in self.words[lesson_id]
        )
        return said / sum(beyond.values())

    def rank(
        self, terms: Sequence[str], best: Mapping[str, float], alike: Mapping[str, Likeness]
    ) -> dict[str, float]:
        """Return from 0 to 1 how likely each lesson answers a question, the best one 1.

        best: the score of its best passage. alike: its own question that is likest to this one.
        """
        import numpy as np

        told = (
            _scaled(self._scores(terms, self._whole)),
            _BY_ASKS * _scaled(self._scores(terms, self._asks)),
            _BY_BEST * _scaled(np.array([best[name] for name in self.words])),
            np.array([alike[name].share if name in alike else 0.0 for name in self.words]),
        )
        scores = _scaled(np.sum(told, axis=0))
        return dict(zip(self.words, map(float, scores), strict=True))

    def _scores(self, terms: Sequence[str], index: BM25) -> np.ndarray:
        import numpy as np

        known = index.get_tokens_ids(list(terms))
        return index.get_scores_from_ids(known) if known else np.zeros(len(self.words))


def _scaled(scores: np.ndarray) -> np.ndarray:
    return scores / (scores.max() or 1.0)
