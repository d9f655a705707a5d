"""The tables. Names are singular; `_at` is a UTC timestamp, `_date` a local date.

learner ──< identity            that person on one platform
    ├────< lesson_progress      what was read
    ├────< quiz ──< attempt     what was asked, and answered: also the log of reviews
    ├────< card                 each question that was met, and how well it is remembered
    ├────< practice_day         the local dates on which something was learned
    ├────< utterance            the conversation, for follow-up questions
    ├────< talk                 a lesson talked through, question by question
    ├────< report               what a learner finds wrong with a question
    ├────< board_member         who shows themselves on a group's board
    ├────< link_code            a code that joins another identity to the learner
    ├────< link_try             codes made and wrong ones entered: few of both a while
    ├────< merge                what came with an identity that was joined, to undo it
    └────< llm_call             tokens that an endpoint was asked for

thread_message                  which conversation a message in a group belongs to
spent_day                       tokens of a UTC day by those who have asked to be forgotten
"""

from datetime import UTC, date, datetime
from typing import Any, ClassVar

from sqlalchemy import JSON, DateTime, Dialect, Float, ForeignKey, Index, MetaData, String, Text
from sqlalchemy import text as sql
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator


class UtcDateTime(TypeDecorator[datetime]):
    """A point in time; SQLite keeps no zone, so it is stored as UTC and given back aware."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return value and value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return value and (value if value.tzinfo else value.replace(tzinfo=UTC))


class Row(DeclarativeBase):
    """Base of all rows. Constraints are named, so that a migration can drop them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar = {datetime: UtcDateTime}


def _learner() -> Mapped[int]:
    """A column that goes away with its learner."""
    return mapped_column(ForeignKey("learner.id", ondelete="CASCADE"))


def _learner_key() -> Mapped[int]:
    return mapped_column(ForeignKey("learner.id", ondelete="CASCADE"), primary_key=True)


class LearnerRow(Row):
    __tablename__ = "learner"

    id: Mapped[int] = mapped_column(primary_key=True)
    language: Mapped[str] = mapped_column(String(2))
    timezone: Mapped[str] = mapped_column(String(64))
    lesson_id: Mapped[str | None] = mapped_column(String(32))
    theme: Mapped[str] = mapped_column(String(5), default="light", server_default="light")
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]


class IdentityRow(Row):
    __tablename__ = "identity"

    platform: Mapped[str] = mapped_column(String(16), primary_key=True)
    user_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    learner_id: Mapped[int] = _learner()

    __table_args__ = (Index(None, "learner_id"),)


class LessonProgressRow(Row):
    __tablename__ = "lesson_progress"

    learner_id: Mapped[int] = _learner_key()
    lesson_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    seen_at: Mapped[datetime]
    done_at: Mapped[datetime | None]


class QuizRow(Row):
    __tablename__ = "quiz"

    id: Mapped[int] = mapped_column(primary_key=True)
    learner_id: Mapped[int] = _learner()
    kind: Mapped[str] = mapped_column(String(6), default="quiz", server_default="quiz")
    lesson_id: Mapped[str | None] = mapped_column(String(32))
    question_ids: Mapped[list[str]] = mapped_column(JSON)
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]

    __table_args__ = (Index(None, "learner_id", "finished_at"),)


class AttemptRow(Row):
    """A question put to a learner, and the answer once there is one.

    hints: how many of its own were shown. shown_at: when it was put first, while `asked_at` moves
    on with each look at it. rating: FSRS's, 1 Again to 4 Easy.
    """

    __tablename__ = "attempt"

    id: Mapped[int] = mapped_column(primary_key=True)
    learner_id: Mapped[int] = _learner()
    question_id: Mapped[str] = mapped_column(String(48))
    quiz_id: Mapped[int | None] = mapped_column(ForeignKey("quiz.id", ondelete="CASCADE"))
    conversation: Mapped[str] = mapped_column(String(96))
    seed: Mapped[int]
    asked_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    response: Mapped[str | None] = mapped_column(String(64))
    outcome: Mapped[str | None] = mapped_column(String(8))
    score: Mapped[float | None] = mapped_column(Float)
    hints: Mapped[int] = mapped_column(default=0, server_default="0")
    shown_at: Mapped[datetime | None]
    rating: Mapped[int | None]

    __table_args__ = (
        Index(None, "learner_id", "question_id"),
        Index(None, "quiz_id"),
        # One question is open at most once for a learner: a double press has nothing to answer.
        Index(
            "uq_attempt_open",
            "learner_id",
            "question_id",
            unique=True,
            sqlite_where=sql("answered_at IS NULL"),
            postgresql_where=sql("answered_at IS NULL"),
        ),
    )


class CardRow(Row):
    """A question that was met; see `bot.learning.schedule.Card`."""

    __tablename__ = "card"

    learner_id: Mapped[int] = _learner_key()
    question_id: Mapped[str] = mapped_column(String(48), primary_key=True)
    due_date: Mapped[date]
    reviewed_date: Mapped[date]
    stability: Mapped[float] = mapped_column(Float)
    difficulty: Mapped[float] = mapped_column(Float)
    reviews: Mapped[int]
    lapses: Mapped[int]
    score: Mapped[float | None] = mapped_column(Float)
    longest: Mapped[int]
    is_retired: Mapped[bool]

    __table_args__ = (Index(None, "learner_id", "due_date"),)


class PracticeDayRow(Row):
    __tablename__ = "practice_day"

    learner_id: Mapped[int] = _learner_key()
    practised_date: Mapped[date] = mapped_column(primary_key=True)


class UtteranceRow(Row):
    """One message of a conversation. A `conversation` is "private" or names a group's chat."""

    __tablename__ = "utterance"

    id: Mapped[int] = mapped_column(primary_key=True)
    learner_id: Mapped[int] = _learner()
    conversation: Mapped[str] = mapped_column(String(96))
    role: Mapped[str] = mapped_column(String(9))
    content: Mapped[str] = mapped_column(Text)
    said_at: Mapped[datetime]

    __table_args__ = (
        Index(None, "learner_id", "conversation", "id"),
        Index(None, "conversation", "id"),
    )


class ThreadMessageRow(Row):
    """A message of ours in a group: a reply to it goes on with the conversation `thread`."""

    __tablename__ = "thread_message"

    platform: Mapped[str] = mapped_column(String(16), primary_key=True)
    chat_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    message_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    thread: Mapped[str] = mapped_column(String(96))
    sent_at: Mapped[datetime]

    __table_args__ = (Index(None, "sent_at"),)


class TalkRow(Row):
    """A lesson talked through. `reached` and `told` are letters of key points, `point` is the one
    that is asked about, and `tries` how often the learner has tried it."""

    __tablename__ = "talk"

    id: Mapped[int] = mapped_column(primary_key=True)
    learner_id: Mapped[int] = _learner()
    lesson_id: Mapped[str] = mapped_column(String(32))
    conversation: Mapped[str] = mapped_column(String(96))
    reached: Mapped[str] = mapped_column(String(4))
    told: Mapped[str] = mapped_column(String(4))
    point: Mapped[str] = mapped_column(String(1))
    tries: Mapped[int]
    spoken_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]

    __table_args__ = (Index(None, "learner_id", "conversation", "finished_at"),)


class LlmCallRow(Row):
    """Tokens of one request to an endpoint: `reserved` counts until it is settled, and for good
    where it never is. `called_date` is the UTC date whose budget it belongs to."""

    __tablename__ = "llm_call"

    id: Mapped[int] = mapped_column(primary_key=True)
    learner_id: Mapped[int | None] = mapped_column(ForeignKey("learner.id", ondelete="SET NULL"))
    called_date: Mapped[date]
    reserved: Mapped[int]
    prompt_tokens: Mapped[int | None]
    completion_tokens: Mapped[int | None]
    called_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]

    __table_args__ = (
        Index(None, "called_date"),
        Index(None, "learner_id", "called_date"),
    )


class ReportRow(Row):
    """A learner finds fault with a question; the last word of each counts."""

    __tablename__ = "report"

    learner_id: Mapped[int] = _learner_key()
    question_id: Mapped[str] = mapped_column(String(48), primary_key=True)
    reason: Mapped[str] = mapped_column(String(16))
    language: Mapped[str] = mapped_column(String(2))
    reported_at: Mapped[datetime]

    __table_args__ = (Index(None, "question_id"),)


class BoardMemberRow(Row):
    """A learner who wants to be seen on the board of a group, under this name."""

    __tablename__ = "board_member"

    learner_id: Mapped[int] = _learner_key()
    platform: Mapped[str] = mapped_column(String(16), primary_key=True)
    chat_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    name: Mapped[str] = mapped_column(String(64))
    joined_at: Mapped[datetime]

    __table_args__ = (Index(None, "platform", "chat_id"),)


class LinkCodeRow(Row):
    """A code that is open: the hash alone, which nobody can redeem. One for each learner."""

    __tablename__ = "link_code"

    learner_id: Mapped[int] = _learner_key()
    hash: Mapped[str] = mapped_column(String(64))
    made_at: Mapped[datetime]

    __table_args__ = (Index(None, "hash", unique=True),)


class LinkTryRow(Row):
    """A code that was made, or a wrong one that was entered: there may be few of both."""

    __tablename__ = "link_try"

    id: Mapped[int] = mapped_column(primary_key=True)
    learner_id: Mapped[int] = _learner()
    is_wrong: Mapped[bool]
    tried_at: Mapped[datetime]

    __table_args__ = (Index(None, "learner_id", "tried_at"),)


class MergeRow(Row):
    """What a learner who was merged into another brought along, so that it can be undone.

    brought: their rows as they were, by table. See `bot.storage.merging`.
    """

    __tablename__ = "merge"

    id: Mapped[int] = mapped_column(primary_key=True)
    learner_id: Mapped[int] = _learner()
    brought: Mapped[dict[str, Any]] = mapped_column(JSON)
    merged_at: Mapped[datetime]

    __table_args__ = (Index(None, "learner_id"),)


class SpentDayRow(Row):
    """Tokens of a UTC day whose learners have asked to be forgotten: they still count in all."""

    __tablename__ = "spent_day"

    called_date: Mapped[date] = mapped_column(primary_key=True)
    tokens: Mapped[int]
