"""What a search comes to: passages, and what kind of answer the question asks for."""

from collections.abc import Set
from typing import NamedTuple

from bot.answering.asked import Belief
from bot.answering.passages import Passage
from bot.answering.question import Depth


class Hit(NamedTuple):
    """A passage that was found; `score` ranks it among those of its lesson."""

    passage: Passage
    score: float


class Found(NamedTuple):
    """What a question came to.

    hits: the passages of the best lessons, those of the best one first.
    definition: of what the question names, where that is what it asks for.
    asked: the question's terms, each with how rare it is in the course; empty where it was asked
    in the other language, or asks for more of the same.
    lessons: all lessons, the one first that most likely answers; just that one where the question
    goes on from the one before it.
    on_topic: it is about language models.
    covered: the course has something on it; otherwise the hits are the nearest that there is.
    belief: the false belief that the question seems to hold.
    answer: the home lesson's own answer to such a question, if it has one.
    wants_verdict, wants_number, wants_reason: what answers it; a verdict is a yes or a no.
    of_essay: it asks what an essay says, which the teacher's notes are about.
    follows: it goes on from the question before it, so what was said is not said again.
    depth: how it should be told once more, where that is all that it asks.
    private: terms that only one lesson uses: they are not understood before it explains them.
    """

    hits: list[Hit]
    definition: Passage | None
    asked: dict[str, float]
    lessons: list[str]
    on_topic: bool
    covered: bool
    belief: Belief | None = None
    answer: Passage | None = None
    wants_verdict: bool = False
    wants_number: bool = False
    wants_reason: bool = False
    of_essay: bool = False
    follows: bool = False
    depth: Depth | None = None
    private: Set[str] = frozenset()

    @property
    def home(self) -> str | None:
        """The lesson that answers it."""
        return self.lessons[0] if self.lessons else None
