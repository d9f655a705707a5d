"""Finds what answers a question: in the language it is put in, and with what was asked before it.

Importing this module costs nothing; the first question loads the dictionary and builds the index.
"""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from threading import Lock
from typing import Final

from bot.answering.asked import Asked
from bot.answering.field import Field
from bot.answering.found import Found
from bot.answering.index import TOLD, TOLD_IN_FEW, Before, Index
from bot.answering.passages import Passage
from bot.answering.question import depth_wanted, points_back, without_orders
from bot.answering.words import Analyser
from bot.course.model import LANGUAGES, Course, Language

_CHINESE: Final = re.compile(r"[\u3400-\u9fff]")
_ENGLISH: Final = re.compile(r"[a-z]{2,}", re.IGNORECASE)
_FEW: Final = 2
_SOME: Final = 6
"""A question with more terms than this says by itself what it is about; with more than a few, where
it does not point back."""


class Retriever:
    """Search over one course. Safe to use from several threads."""

    def __init__(self, course: Course, cache_dir: Path | None = None) -> None:
        """cache_dir: where what was read is kept for the next start."""
        self.course = course
        self._cache_dir = cache_dir
        self._lock = Lock()
        self._built: dict[Language, Index] = {}

    def find(
        self,
        question: str,
        language: Language,
        *,
        previous: Sequence[str] = (),
        lesson_id: str | None = None,
        near: Mapping[str, float] | None = None,
        limit: int = 12,
    ) -> Found:
        """Search, with what the question leaves unsaid: the question before it, or the lesson.

        previous: the questions before it, oldest first; one that names its own subject, or is put
        like one of the course's, is found the same whatever they are.
        lesson_id: the lesson that the learner is in; it is preferred a little.
        near: how near each lesson is by meaning, where that is known.
        """
        put_in = _language(question, language)
        index, asked = self._index(put_in), without_orders(question)
        mended, same = index.mend(asked), index.asked.same(asked)
        unsaid = asked == question and not same and self._leaves_unsaid(index, mended)
        before = self._subject(previous, language) if unsaid else None
        if before:
            found = index.follow(mended, before, limit)
        elif lesson_id and unsaid and not index.texts.terms(mended):
            found = index.further(mended, lesson_id, limit)._replace(follows=False)
        else:
            found = index.find(mended, lesson_id, limit, same=same, near=near)
        return found if put_in == language else self._told_in(language, found)

    def terms(self, text: str, language: Language) -> list[str]:
        """Return the words that `text` is searched and compared by."""
        return self._index(language).texts.terms(text)

    def _leaves_unsaid(self, index: Index, question: str) -> bool:
        """Tell whether a question does not name what it is about ("why?", "and in English?")."""
        terms = set(index.texts.terms(question))
        if index.texts.names(question) or index.field.subjects(terms):
            return False
        if len(terms) <= _FEW:
            return (
                not terms
                or depth_wanted(question) is not None
                or not index.is_told(question, TOLD_IN_FEW)
            )
        return len(terms) <= _SOME and points_back(question) and not index.is_told(question, TOLD)

    def _subject(self, previous: Sequence[str], language: Language) -> Before | None:
        """The last question that named its subject, and what it was about."""
        for earlier in reversed(previous):
            its = self._index(_language(earlier, language))
            mended = its.mend(without_orders(earlier))
            if not self._leaves_unsaid(its, mended):
                heard = its.asked.hear(mended)
                return Before(mended, heard) if its.is_here(mended, heard) else None
        return None

    def _told_in(self, language: Language, found: Found) -> Found:
        """The same passages in the learner's language, which has other words for what is asked."""
        told = self._index(language).texts.passages

        def same(passage: Passage) -> Passage:
            kind = (passage.lesson_id, passage.kind)
            alike = [one for one in told if (one.lesson_id, one.kind) == kind]
            return min(alike, key=lambda one: abs(one.place - passage.place))

        hits = {same(hit.passage): hit for hit in reversed(found.hits)}
        return found._replace(
            hits=[hit._replace(passage=one) for one, hit in reversed(hits.items())],
            definition=same(found.definition) if found.definition else None,
            answer=same(found.answer) if found.answer else None,
            asked={},
        )

    def _index(self, language: Language) -> Index:
        with self._lock:
            if language not in self._built:
                used = next(iter(self._built.values()), None)
                analyser = used.analyser if used else Analyser()
                field = used.field if used else Field(self.course, analyser)
                asked = used.asked if used else Asked(self.course, analyser, self._cache_dir)
                self._built[language] = Index(self.course, language, analyser, field, asked)
            return self._built[language]


def _language(question: str, own: Language) -> Language:
    """The language that a question is put in; the learner's own where it does not tell."""
    if _CHINESE.search(question):
        return LANGUAGES[0]
    return LANGUAGES[1] if len(_ENGLISH.findall(question)) > 1 else own
