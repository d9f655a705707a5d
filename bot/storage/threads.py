"""Which conversation a message goes on with."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from bot.learning.records import PRIVATE
from bot.messages import Address
from bot.storage.tables import LessonProgressRow, ThreadMessageRow, UtteranceRow

KEPT: Final = timedelta(days=30)
"""For how long a reply to a message goes on with its conversation."""


class Threads:
    """Conversations inside one transaction: the reply chains of groups, and what is private."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def find(self, sender: Address, message_id: str) -> str | None:
        """Return the conversation of a message of ours in the sender's chat, None if unknown."""
        row = self._session.get(ThreadMessageRow, (sender.platform, sender.chat_id, message_id))
        return row.thread if row else None

    def has_asked_since_opening(self, learner_id: int, lesson_id: str) -> bool:
        """Tell whether the learner has asked something in private since they opened a lesson."""
        opened = select(LessonProgressRow.seen_at).where(
            LessonProgressRow.learner_id == learner_id, LessonProgressRow.lesson_id == lesson_id
        )
        since = select(UtteranceRow.id).where(
            UtteranceRow.learner_id == learner_id,
            UtteranceRow.conversation == PRIVATE,
            UtteranceRow.said_at > opened.scalar_subquery(),
        )
        return self._session.scalar(since.limit(1)) is not None

    def extend(
        self, thread: str, address: Address, message_ids: Iterable[str], now: datetime
    ) -> None:
        """Add messages of ours to a conversation; what is too old to go on with is dropped."""
        for message_id in message_ids:
            self._session.merge(  # a draft or a pressed message may be there already
                ThreadMessageRow(
                    platform=address.platform,
                    chat_id=address.chat_id,
                    message_id=message_id,
                    thread=thread,
                    sent_at=now,
                )
            )
        self._session.flush()
        self._drop_before(now - KEPT)

    def drop(self, thread: str) -> None:
        """Forget the messages of a conversation of which nothing that was said is left."""
        said = select(UtteranceRow.id).where(UtteranceRow.conversation == thread)
        self._session.execute(
            delete(ThreadMessageRow).where(ThreadMessageRow.thread == thread, ~said.exists())
        )

    def _drop_before(self, limit: datetime) -> None:
        is_old = ThreadMessageRow.sent_at < limit
        old = select(ThreadMessageRow.thread).where(is_old)
        # What was said there can no longer be reached by a reply.
        self._session.execute(
            delete(UtteranceRow).where(
                UtteranceRow.conversation.in_(old), UtteranceRow.said_at < limit
            )
        )
        self._session.execute(delete(ThreadMessageRow).where(is_old))
