"""Lessons talked through, each belonging to a learner and a place."""

from datetime import datetime
from typing import Any, cast

from sqlalchemy import ColumnElement, CursorResult, select, update
from sqlalchemy.orm import Session

from bot.learning.talk import Talk
from bot.storage.tables import TalkRow


class Talks:
    """The talks inside one transaction."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def open(self, learner_id: int, place: str) -> Talk | None:
        """Return the talk that is going on."""
        row = self._session.scalar(
            select(TalkRow).where(*_open(learner_id, place)).order_by(TalkRow.id.desc()).limit(1)
        )
        return _talk(row) if row else None

    def begin(self, learner_id: int, place: str, lesson_id: str, point: str, now: datetime) -> Talk:
        """Begin a talk that asks about its first point; one that was going on there is ended."""
        self.end(learner_id, place, now)
        row = TalkRow(
            learner_id=learner_id,
            lesson_id=lesson_id,
            conversation=place,
            reached="",
            told="",
            point=point,
            tries=0,
            spoken_at=now,
        )
        self._session.add(row)
        self._session.flush()
        return _talk(row)

    def advance(self, before: Talk, after: Talk, now: datetime) -> bool:
        """Store what came of a try; False where the talk has gone on without it."""
        stored = self._session.execute(
            update(TalkRow)
            .where(
                TalkRow.id == before.id,
                TalkRow.finished_at.is_(None),
                TalkRow.point == before.point,
                TalkRow.tries == before.tries,
                TalkRow.reached == before.reached,
            )
            .values(
                reached=after.reached,
                told=after.told,
                point=after.point,
                tries=after.tries,
                spoken_at=now,
                finished_at=now if after.is_over else None,
            )
        )
        return bool(cast("CursorResult[Any]", stored).rowcount)

    def resume(self, talk: Talk, now: datetime) -> None:
        """Remember that its question was put once more: what is typed next answers it."""
        self._session.execute(update(TalkRow).where(TalkRow.id == talk.id).values(spoken_at=now))

    def end(self, learner_id: int, place: str, now: datetime) -> None:
        """End what is going on there."""
        self._session.execute(
            update(TalkRow).where(*_open(learner_id, place)).values(finished_at=now)
        )


def _open(learner_id: int, place: str) -> list[ColumnElement[bool]]:
    return [
        TalkRow.learner_id == learner_id,
        TalkRow.conversation == place,
        TalkRow.finished_at.is_(None),
    ]


def _talk(row: TalkRow) -> Talk:
    return Talk(row.id, row.lesson_id, row.reached, row.told, row.point, row.tries, row.spoken_at)
