"""What an operator can ask of the database: numbers alone, nobody's name and nobody's words."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final, NamedTuple

from sqlalchemy import Subquery, case, distinct, func, select, union
from sqlalchemy.exc import DatabaseError as DriverError
from sqlalchemy.orm import InstrumentedAttribute, Session

from bot.course.model import Course
from bot.errors import DatabaseError
from bot.learning.items import Item, measure
from bot.storage.cards import is_due, is_kept
from bot.storage.engine import newest_revision, open_to_read, stands_at
from bot.storage.items import first_answers
from bot.storage.tables import (
    AttemptRow,
    CardRow,
    IdentityRow,
    LearnerRow,
    LessonProgressRow,
    LlmCallRow,
    ReportRow,
    SpentDayRow,
    UtteranceRow,
)

DAYS: Final = 14
"""UTC dates, the last of them today, for each of which the active learners are counted."""

TOP: Final = 10
"""Lessons that are named."""

RATINGS: Final = {1: "again", 2: "hard", 3: "good", 4: "easy"}
"""FSRS's, as they stand in the database."""

_SIGNS_OF_LIFE: Final[tuple[tuple[InstrumentedAttribute[Any], InstrumentedAttribute[Any]], ...]] = (
    (LearnerRow.id, LearnerRow.created_at),
    (LearnerRow.id, LearnerRow.seen_at),
    (LessonProgressRow.learner_id, LessonProgressRow.seen_at),
    (LessonProgressRow.learner_id, LessonProgressRow.done_at),
    (AttemptRow.learner_id, AttemptRow.asked_at),
    (AttemptRow.learner_id, AttemptRow.answered_at),
    (UtteranceRow.learner_id, UtteranceRow.said_at),
    (LlmCallRow.learner_id, LlmCallRow.called_at),
)
"""Where it stands that a learner did something, and when. What a learner deleted is not counted."""


class Tokens(NamedTuple):
    """What endpoints were asked for. `unsettled`: reserved, and never told how it ended."""

    calls: int
    prompt: int
    completion: int
    unsettled: int
    learners: int

    @property
    def spent(self) -> int:
        return self.prompt + self.completion + self.unsettled


class Cards(NamedTuple):
    """Questions that learners have met. kept: answered rightly after a week, and right now."""

    cards: int
    due: int
    kept: int


class Reported(NamedTuple):
    """What learners find wrong with a question: reasons, the most frequent first."""

    question_id: str
    reasons: dict[str, int]

    @property
    def total(self) -> int:
        return sum(self.reasons.values())


class Statistics(NamedTuple):
    """Numbers of one moment.

    active_days: by UTC date, oldest first. active_in: by number of UTC days, today included.
    lessons_top: (lesson, learners who opened it, learners who are done with it).
    reports: the questions with the most first. items: those that measure worst first.
    """

    learners: int
    by_language: dict[str, int]
    by_platform: dict[str, int]
    new_in_7_days: int
    active_days: dict[date, int]
    active_in: dict[int, int]
    lessons_opened: int
    lessons_done: int
    lessons_top: list[tuple[str, int, int]]
    answers_by_outcome: dict[str, int]
    tokens_today: Tokens
    forgotten_today: int
    tokens_30_days: Tokens
    cards: Cards
    answers_by_rating: dict[str, int]
    reports: list[Reported]
    items: list[Item]


def read(url: str, now: datetime, course: Course | None = None) -> Statistics:
    """Count, without changing anything; a database that is not there yet is empty.

    course: what its questions offer to choose from, where it can be told.
    Raises DatabaseError where it cannot be read, or not by this version.
    """
    with open_to_read(url) as engine:
        revision = stands_at(engine)
        if revision != newest_revision():
            raise DatabaseError(
                f"the database stands at revision {revision or 'none'}, and this version reads "
                f"{newest_revision()}: llm-tutor db upgrade"
            )
        try:
            with Session(engine) as session:
                return _count(session, now.astimezone(UTC), course)
        except DriverError as error:
            raise DatabaseError(f"cannot use the database: {error.orig}") from None


def _count(session: Session, now: datetime, course: Course | None) -> Statistics:
    today = now.date()
    lesson = LessonProgressRow
    opened, done = session.execute(
        select(func.count(lesson.lesson_id), func.count(lesson.done_at))
    ).one()
    new = LearnerRow.created_at > now - timedelta(days=7)
    return Statistics(
        learners=session.scalar(select(func.count(LearnerRow.id))) or 0,
        by_language=_groups(session, LearnerRow.language),
        by_platform=_groups(session, IdentityRow.platform),
        new_in_7_days=session.scalar(select(func.count(LearnerRow.id)).where(new)) or 0,
        active_days=_active_days(session, today),
        active_in={days: _active_in(session, today, days) for days in (1, 7, 30)},
        lessons_opened=opened,
        lessons_done=done,
        lessons_top=_top(session),
        answers_by_outcome=_groups(session, AttemptRow.outcome),
        tokens_today=_tokens(session, today),
        forgotten_today=_forgotten(session, today),
        tokens_30_days=_tokens(session, _first_of(today, 30)),
        cards=_cards(session, today),
        answers_by_rating=_ratings(session),
        reports=_reports(session),
        items=measure(first_answers(session), course),
    )


def _groups(session: Session, column: InstrumentedAttribute[Any]) -> dict[Any, int]:
    """Count rows by what they have in a column, most first."""
    count = func.count()
    found = select(column, count).where(column.is_not(None)).group_by(column)
    rows = session.execute(found.order_by(count.desc(), column))
    return dict(row for row in rows)


def _first_of(today: date, days: int) -> date:
    return today - timedelta(days=days - 1)


def _alive(first: date) -> Subquery:
    """Return who showed a sign of life on which UTC day since `first`."""
    since = datetime.combine(first, time.min, UTC)
    return union(
        *(
            select(learner.label("learner_id"), func.date(at).label("day")).where(
                at >= since, learner.is_not(None)
            )
            for learner, at in _SIGNS_OF_LIFE
        )
    ).subquery()


def _active_days(session: Session, today: date) -> dict[date, int]:
    first = _first_of(today, DAYS)
    alive = _alive(first)
    found = select(alive.c.day, func.count(distinct(alive.c.learner_id))).group_by(alive.c.day)
    counts = {date.fromisoformat(str(day)): count for day, count in session.execute(found)}
    return {day: counts.get(day, 0) for day in (first + timedelta(n) for n in range(DAYS))}


def _active_in(session: Session, today: date, days: int) -> int:
    alive = _alive(_first_of(today, days))
    return session.scalar(select(func.count(distinct(alive.c.learner_id)))) or 0


def _top(session: Session) -> list[tuple[str, int, int]]:
    lesson, opened = LessonProgressRow.lesson_id, func.count()
    found = select(lesson, opened, func.count(LessonProgressRow.done_at)).group_by(lesson)
    rows = session.execute(found.order_by(opened.desc(), lesson).limit(TOP))
    return [(name, seen, done) for name, seen, done in rows]


def _tokens(session: Session, first: date) -> Tokens:
    call = LlmCallRow
    unsettled = case((call.settled_at.is_(None), call.reserved), else_=0)
    sums = (call.prompt_tokens, call.completion_tokens, unsettled)
    found = select(
        func.count(call.id),
        *(func.coalesce(func.sum(one), 0) for one in sums),
        func.count(distinct(call.learner_id)),
    )
    return Tokens(*session.execute(found.where(call.called_date >= first)).one())


def _cards(session: Session, today: date) -> Cards:
    """Count cards; one that was put aside never comes due."""
    due, kept = (func.count(case((one, 1))) for one in (is_due(today), is_kept()))
    found = select(func.count(), due, kept).select_from(CardRow)
    return Cards(*session.execute(found).one())


def _ratings(session: Session) -> dict[str, int]:
    counts = _groups(session, AttemptRow.rating)
    return {name: counts.get(rating, 0) for rating, name in RATINGS.items()}


def _reports(session: Session) -> list[Reported]:
    question, reason, count = ReportRow.question_id, ReportRow.reason, func.count()
    found = select(question, reason, count).group_by(question, reason)
    reports: dict[str, Reported] = {}
    for question_id, name, times in session.execute(found.order_by(count.desc(), reason)):
        reports.setdefault(question_id, Reported(question_id, {})).reasons[name] = times
    return sorted(reports.values(), key=lambda one: (-one.total, one.question_id))


def _forgotten(session: Session, today: date) -> int:
    """Count the tokens of learners who have deleted themselves; they still count in all."""
    spent = select(SpentDayRow.tokens).where(SpentDayRow.called_date == today)
    return session.scalar(spent) or 0
