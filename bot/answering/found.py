"""What a search comes to: passages, and what kind of answer the question asks for."""

from collections.abc import Set
from typing import NamedTuple

from bot.answering.passages import Passage


class Hit(NamedTuple):
    """A passage that was found. `score` ranks; `relevance` is how much of the question's own words,
    from 0 to 1 and weighted by how rare they are, this passage and what it is found by contain."""

    passage: Passage
    score: float
    relevance: float


class Found(NamedTuple):
    """What a question came to.

    definition: of what the question names, where that is what it asks for.
    asked: the question's terms, each with how rare it is in the course; empty where it was asked
    in the other language, or asks for more of the same.
    on_topic: it is about language models.
    covered: the course has something on it; otherwise the hits are the nearest that there is.
    wants_number, wants_reason: what answers it.
    of_essay: it asks what an essay says, which the teacher's notes are about.
    follows: it goes on from the question before it, so what was said is not said again.
    private: terms that only one lesson uses: they are not understood before it explains them.
    """

    hits: list[Hit]
    definition: Passage | None
    asked: dict[str, float]
    on_topic: bool
    covered: bool
    wants_number: bool = False
    wants_reason: bool = False
    of_essay: bool = False
    follows: bool = False
    private: Set[str] = frozenset()

    @property
    def home(self) -> str | None:
        """The lesson that answers it."""
        best = self.definition or (self.hits[0].passage if self.hits else None)
        return best.lesson_id if best else None
