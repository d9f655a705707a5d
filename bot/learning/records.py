"""What is remembered about a learner, as plain values that no database is attached to."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from zoneinfo import ZoneInfo

from bot.course.model import Language

QuizKind = Literal["quiz", "review"]
ThemeName = Literal["light", "dark"]

PRIVATE = "private"
"""The conversation that a learner has with nobody else in it."""


@dataclass(frozen=True, slots=True)
class Learner:
    """A person, on whichever platforms. `lesson_id` is the lesson they last opened, `theme` the
    colours of their pictures, and `seen_at` when they were last heard of, to the hour."""

    id: int
    language: Language
    timezone: str
    lesson_id: str | None = None
    theme: ThemeName = "light"
    seen_at: datetime | None = None

    def local_date(self, moment: datetime) -> date:
        return moment.astimezone(ZoneInfo(self.timezone)).date()


@dataclass(frozen=True, slots=True)
class Attempt:
    """A question that was put to a learner; `outcome` is None while it is open.

    `seed` decides the order in which its options are shown. `hints`: how many of its own were.
    `shown_at` is when it was put first, and `asked_at` when it was last looked at.
    """

    id: int
    question_id: str
    quiz_id: int | None
    seed: int
    asked_at: datetime
    response: str | None = None
    outcome: str | None = None
    score: float | None = None
    hints: int = 0
    shown_at: datetime | None = None

    @property
    def lesson_id(self) -> str:
        return self.question_id.partition(":")[0]

    @property
    def is_open(self) -> bool:
        return self.outcome is None


@dataclass(frozen=True, slots=True)
class Quiz:
    """A round of questions. `lesson_id` is None for a round over everything learned."""

    id: int
    kind: QuizKind
    lesson_id: str | None
    question_ids: tuple[str, ...]
    started_at: datetime


@dataclass(frozen=True, slots=True)
class LessonMark:
    """How far a learner got with a lesson: seen, or done (checked or moved on from)."""

    lesson_id: str
    done: bool


@dataclass(frozen=True, slots=True)
class Tally:
    """Answers by outcome. "Not sure" counts as asked and never against anybody."""

    right: int = 0
    partly: int = 0
    wrong: int = 0
    unsure: int = 0

    @classmethod
    def of(cls, outcomes: Iterable[str]) -> "Tally":
        given = list(outcomes)
        return cls(*(given.count(name) for name in ("right", "partly", "wrong", "unsure")))

    @property
    def graded(self) -> int:
        return self.right + self.partly + self.wrong

    @property
    def asked(self) -> int:
        return self.graded + self.unsure
