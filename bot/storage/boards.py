"""Who shows themselves on the board of a group, and where they stand there."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import (
    ColumnElement,
    ScalarSelect,
    Subquery,
    case,
    delete,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Session

from bot.messages import Address
from bot.storage.cards import is_kept
from bot.storage.tables import BoardMemberRow, CardRow, LearnerRow, PracticeDayRow
from bot.storage.upsert import upsert


class Standing(NamedTuple):
    """A line of a board. days: practised in the member's month. kept: cards. place: from 1, and
    nobody's twice, while members who did the same share a rank."""

    rank: int
    name: str
    days: int
    kept: int
    place: int


class Board(NamedTuple):
    """How many members it has, and the lines that are shown: the first, then one's own."""

    members: int = 0
    standings: tuple[Standing, ...] = ()


class Boards:
    """The boards inside one transaction. An address stands for its chat."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def join(self, learner_id: int, chat: Address, name: str, now: datetime) -> None:
        """Show a learner on the board of a chat; who is there already stays as they are."""
        key = {"learner_id": learner_id, "platform": chat.platform, "chat_id": chat.chat_id}
        values = {"name": name, "joined_at": now}
        upsert(self._session, BoardMemberRow, key, values, changed=())

    def rename(self, learner_id: int, chat: Address, name: str) -> None:
        """Show a member under this name; who is no member stays unknown."""
        self._session.execute(
            update(BoardMemberRow)
            .where(*_here(chat), BoardMemberRow.learner_id == learner_id)
            .values(name=name)
        )

    def leave(self, learner_id: int, chat: Address) -> None:
        """Forget that a learner was on the board."""
        self._session.execute(
            delete(BoardMemberRow).where(*_here(chat), BoardMemberRow.learner_id == learner_id)
        )

    def read(self, learner_id: int, chat: Address, most: int, now: datetime) -> Board:
        """Return the first `most` lines of a board, and the learner's own if they are a member."""
        months = self._months(chat, now)
        if not months:
            return Board()
        lines = _lines(chat, months)
        best = (lines.c.days.desc(), lines.c.kept.desc())
        ranked = select(
            func.rank().over(order_by=best).label("rank"),
            lines.c.name,
            lines.c.days,
            lines.c.kept,
            func.row_number()
            .over(order_by=(*best, lines.c.joined_at, lines.c.learner_id))
            .label("place"),
            func.count().over().label("members"),
            lines.c.learner_id,
        ).subquery()
        shown = or_(ranked.c.place <= most, ranked.c.learner_id == learner_id)
        rows = self._session.execute(select(ranked).where(shown).order_by(ranked.c.place)).all()
        return Board(rows[0].members, tuple(Standing(*row[:5]) for row in rows))

    def _months(self, chat: Address, now: datetime) -> dict[str, date]:
        """Return the first date of the month that it is now in each time zone of the members."""
        zones = self._session.scalars(
            select(LearnerRow.timezone)
            .distinct()
            .join(BoardMemberRow, BoardMemberRow.learner_id == LearnerRow.id)
            .where(*_here(chat))
        )
        return {zone: now.astimezone(ZoneInfo(zone)).date().replace(day=1) for zone in zones}


def _here(chat: Address) -> list[ColumnElement[bool]]:
    return [BoardMemberRow.platform == chat.platform, BoardMemberRow.chat_id == chat.chat_id]


def _lines(chat: Address, months: Mapping[str, date]) -> Subquery:
    """Return what every member of a board did, counted where it stands."""
    member = BoardMemberRow
    return (
        select(
            member.learner_id,
            member.name,
            member.joined_at,
            _days(months).label("days"),
            _kept().label("kept"),
        )
        .join(LearnerRow, LearnerRow.id == member.learner_id)
        .where(*_here(chat))
        .subquery()
    )


def _days(months: Mapping[str, date]) -> ScalarSelect[int]:
    first = case(months, value=LearnerRow.timezone)
    mine = PracticeDayRow.learner_id == LearnerRow.id
    days = select(func.count()).where(mine, PracticeDayRow.practised_date >= first)
    return days.correlate(LearnerRow).scalar_subquery()


def _kept() -> ScalarSelect[int]:
    cards = select(func.count()).where(CardRow.learner_id == LearnerRow.id, is_kept())
    return cards.correlate(LearnerRow).scalar_subquery()
