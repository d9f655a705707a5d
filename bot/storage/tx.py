"""What can be asked of the database inside one transaction, in the words of the tutor.

Every method takes and returns plain values: no row leaves this module.
"""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, Final, cast

from sqlalchemy import ColumnElement, bindparam, delete, select, update
from sqlalchemy.orm import Session

from bot.course.model import Language
from bot.learning.records import PRIVATE, Learner, LessonMark
from bot.messages import Address
from bot.ports import Message
from bot.storage.attempts import Attempts
from bot.storage.boards import Boards
from bot.storage.cards import Cards
from bot.storage.everything import Everything
from bot.storage.holding import hold
from bot.storage.ledger import Ledger
from bot.storage.links import Links
from bot.storage.quizzes import Quizzes
from bot.storage.reports import Reports
from bot.storage.tables import (
    IdentityRow,
    LearnerRow,
    LessonProgressRow,
    PracticeDayRow,
    UtteranceRow,
)
from bot.storage.talks import Talks
from bot.storage.threads import Threads
from bot.storage.upsert import upsert
from bot.storage.values import LEARNER, learner_of

_IDENTITY: Final = IdentityRow.__table__.c

# Built once: every message asks it, and building takes longer than the answer of the database.
_LEARNER: Final = select(*LEARNER).where(
    _IDENTITY.learner_id == LearnerRow.__table__.c.id,
    _IDENTITY.platform == bindparam("platform"),
    _IDENTITY.user_id == bindparam("user_id"),
)

UTTERANCES_KEPT = 60
"""Messages of one conversation that are kept: three times what a prompt may draw on."""


class Tx:
    """One open transaction."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self.ledger = Ledger(session)
        self.attempts = Attempts(session)
        self.quizzes = Quizzes(session)
        self.cards = Cards(session)
        self.threads = Threads(session)
        self.talks = Talks(session)
        self.links = Links(session)
        self.everything = Everything(session)
        self.reports = Reports(session)
        self.boards = Boards(session)

    def learner(self, sender: Address) -> Learner | None:
        """Return the person that an address belongs to, None for a new one."""
        key = {"platform": sender.platform, "user_id": sender.user_id}
        row = self._session.execute(_LEARNER, key).one_or_none()
        return learner_of(row) if row else None

    def add_learner(
        self, sender: Address, language: Language, timezone: str, now: datetime
    ) -> Learner:
        row = LearnerRow(language=language, timezone=timezone, created_at=now, seen_at=now)
        self._session.add(row)
        self._session.flush()
        self._session.add(
            IdentityRow(platform=sender.platform, user_id=sender.user_id, learner_id=row.id)
        )
        return Learner(row.id, language, timezone, seen_at=now)

    def hold(self, learner_id: int) -> None:
        """Let no other transaction act for this learner before the end of this one.

        Raises LookupError where the learner is gone.
        """
        if not hold(self._session, learner_id):
            raise LookupError("the learner is gone")

    def change_learner(self, learner_id: int, **values: object) -> None:
        """Set columns of the learner: language, timezone, lesson_id, theme, seen_at."""
        self._session.execute(
            update(LearnerRow).where(LearnerRow.id == learner_id).values(**values)
        )

    def mark_practised(self, learner_id: int, day: date) -> None:
        upsert(self._session, PracticeDayRow, {"learner_id": learner_id, "practised_date": day}, {})

    def days_practised(self, learner_id: int, first: date, last: date) -> list[date]:
        """Return the local dates from `first` to `last` on which something was learned."""
        day = PracticeDayRow.practised_date
        found = select(day).where(PracticeDayRow.learner_id == learner_id, day.between(first, last))
        return list(self._session.scalars(found.order_by(day)))

    def mark_seen(self, learner_id: int, lesson_id: str, now: datetime) -> None:
        key = {"learner_id": learner_id, "lesson_id": lesson_id}
        upsert(self._session, LessonProgressRow, key, {"seen_at": now})

    def mark_done(self, learner_id: int, lesson_id: str, now: datetime) -> None:
        """Remember that the learner checked this lesson or moved on from it."""
        key = {"learner_id": learner_id, "lesson_id": lesson_id}
        values = {"seen_at": now, "done_at": now}
        upsert(self._session, LessonProgressRow, key, values, changed=("done_at",))

    def lesson_marks(self, learner_id: int) -> dict[str, LessonMark]:
        rows = self._session.scalars(
            select(LessonProgressRow).where(LessonProgressRow.learner_id == learner_id)
        )
        return {row.lesson_id: LessonMark(row.lesson_id, row.done_at is not None) for row in rows}

    def conversation(self, learner_id: int, conversation: str, limit: int) -> list[Message]:
        """Return the last `limit` messages of a conversation, oldest first.

        In private it is the learner's own; a group's is everybody's who takes part in it.
        """
        rows = self._session.scalars(
            select(UtteranceRow)
            .where(*_within(learner_id, conversation))
            .order_by(UtteranceRow.id.desc())
            .limit(limit)
        ).all()
        return [Message(cast(Any, row.role), row.content) for row in reversed(rows)]

    def remember(
        self, learner_id: int, conversation: str, messages: Iterable[Message], now: datetime
    ) -> None:
        """Add to a conversation; what lies further back than anybody reads is dropped."""
        self._session.add_all(
            UtteranceRow(
                learner_id=learner_id,
                conversation=conversation,
                role=message.role,
                content=message.content,
                said_at=now,
            )
            for message in messages
        )
        self._session.flush()
        here = _within(learner_id, conversation)
        kept = select(UtteranceRow.id).where(*here).order_by(UtteranceRow.id.desc())
        oldest = self._session.scalar(kept.offset(UTTERANCES_KEPT).limit(1))
        if oldest is not None:
            self._session.execute(delete(UtteranceRow).where(*here, UtteranceRow.id <= oldest))

    def forget_conversation(self, learner_id: int, conversation: str) -> None:
        """Delete what this learner said in a conversation, and the answers to it."""
        self._session.execute(
            delete(UtteranceRow).where(
                UtteranceRow.learner_id == learner_id, UtteranceRow.conversation == conversation
            )
        )


def _within(learner_id: int, conversation: str) -> list[ColumnElement[bool]]:
    here = [UtteranceRow.conversation == conversation]
    return [*here, UtteranceRow.learner_id == learner_id] if conversation == PRIVATE else here
