"""Which lesson a question is for, by all that each lesson says: passages are too short to tell."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from bot.answering.passages import quizzed
from bot.answering.texts import Texts
from bot.answering.words import Analyser
from bot.course.model import Course, Language

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, np.dtype[Any]]


class Lessons:
    """The lessons of a course as one long text each, in one language; `texts` are its passages."""

    def __init__(
        self, course: Course, language: Language, analyser: Analyser, texts: Texts
    ) -> None:
        from bm25s import BM25

        self.ids = [lesson.id for lesson in course.lessons]
        terms = {one.id: analyser.terms(quizzed(one, language)) for one in course.lessons}
        for passage, document in zip(texts.passages, texts.documents, strict=True):
            if passage.lesson_id:
                terms[passage.lesson_id] += document
        self.words = {name: frozenset(one) for name, one in terms.items()}
        self._whole = BM25()
        self._whole.index(list(terms.values()), show_progress=False)

    def scores(self, terms: Sequence[str]) -> Array:
        """Return BM25's score of each lesson, in the order of `ids`."""
        import numpy as np

        known = self._whole.get_tokens_ids(list(terms))
        return self._whole.get_scores_from_ids(known) if known else np.zeros(len(self.ids))

    def private(self) -> set[str]:
        """Return the terms that only one lesson uses."""
        used = Counter(term for terms in self.words.values() for term in terms)
        return {term for term, lessons in used.items() if lessons == 1}
