"""Two learners as one, and apart again.

The older learner stays, with their id and settings, and gets every row of the younger one. What is
needed to undo it is kept in a `merge`: the younger learner, their identities, the ids of the rows
that were moved, the rows that were joined with others (see `bot.storage.union`), and what had to
be closed because one learner has it once. Whatever is done afterwards belongs to the older one.

A merge can only be undone while nothing is built on it: to part an identity that came early, the
later merges are undone as well, newest first, and then made again.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from operator import itemgetter
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, delete, func, insert, or_, select, update
from sqlalchemy.orm import Session

from bot.messages import Address
from bot.storage import union
from bot.storage.plain import Values, pack, unpack
from bot.storage.tables import Row

_TABLES: Final = Row.metadata.tables
_learner, _identity = _TABLES["learner"], _TABLES["identity"]
_attempt, _quiz, _talk = _TABLES["attempt"], _TABLES["quiz"], _TABLES["talk"]
_merge = _TABLES["merge"]

MOVED: Final[dict[str, ColumnElement[Any]]] = {
    "quiz": _quiz.c.started_at,
    "attempt": func.coalesce(_attempt.c.answered_at, _attempt.c.asked_at),
    "utterance": _TABLES["utterance"].c.said_at,
    "talk": _talk.c.spoken_at,
    "llm_call": _TABLES["llm_call"].c.called_at,
    "link_try": _TABLES["link_try"].c.tried_at,
    "merge": _merge.c.merged_at,
}
"""Tables whose rows go from one learner to the other as they are, each with the moment of what
happened in a row last: it goes back only if nothing has happened in it since. (SQLite also gives
the id of a row that was deleted to another.)"""

_ONCE: Final = {"quiz": (_quiz.c.started_at, "kind"), "talk": (_talk.c.spoken_at, "conversation")}
"""Of these a learner has one open row for each value of a column: the latest."""


NOWHERE: Final = ""
"""The conversation of a question that is open and shown nowhere as it stands."""


class Parted(NamedTuple):
    """Two learners who were one: that of whoever asked for it, and the other."""

    here: int
    there: int


def merge(session: Session, one: int, other: int, now: datetime) -> tuple[int, int]:
    """Merge two learners; return who stays, and how many cards were on both sides."""
    older, younger = _by_age(session, one, other)
    dropped, doubled = _drop_open(session, older["id"], younger["id"])
    brought: dict[str, Any] = {
        "learner": pack([younger]),
        "identities": _identities(session, younger["id"]),
        "had_lesson": older["lesson_id"],
        "dropped": dropped,
        "muted": _mute(session, older["id"], doubled),
        "moved": {name: _move(session, name, younger["id"], older["id"]) for name in MOVED},
        "joined": {
            name: union.join(session, name, older["id"], younger["id"]) for name in union.UNIONS
        },
    }
    brought["closed"] = {name: _close(session, name, older["id"], now) for name in _ONCE}
    _hand_over(session, brought["identities"], younger["id"], older["id"])
    lesson_id = older["lesson_id"] or younger["lesson_id"]
    _change(session, older["id"], lesson_id=lesson_id)
    session.execute(delete(_learner).where(_learner.c.id == younger["id"]))
    session.execute(insert(_merge).values(learner_id=older["id"], brought=brought, merged_at=now))
    return older["id"], len(brought["joined"]["card"]["before"]["rows"])


def part(session: Session, learner_id: int, sender: Address, now: datetime) -> Parted | None:
    """Undo the merge that the sender's identity came with or, if it came with none, the latest.

    None where there is no merge.
    """
    found = select(_merge).where(_merge.c.learner_id == learner_id).order_by(_merge.c.id.desc())
    merges = session.execute(found).mappings().all()
    if not merges:
        return None
    me = [sender.platform, sender.user_id]
    came = [one["id"] for one in merges if me in one["brought"]["identities"]]
    target = min(came, default=merges[0]["id"])
    undone = [_undo(session, one["id"]) for one in merges if one["id"] >= target]
    # As identities, because a learner may get another id in between.
    sides = [[_identities(session, side)[0] for side in pair] for pair in undone]
    for first, second in reversed(sides[:-1]):
        merge(session, _whose(session, first), _whose(session, second), now)
    ids = [_whose(session, side) for side in sides[-1]]
    return Parted(*(reversed(ids) if came else ids))


def _undo(session: Session, merge_id: int) -> tuple[int, int]:
    """Take two learners apart; return the older and the younger."""
    row = session.execute(select(_merge).where(_merge.c.id == merge_id)).mappings().one()
    older, brought, at = row["learner_id"], row["brought"], row["merged_at"]
    [known] = unpack(_learner, brought["learner"])
    younger = _restore(session, known)
    days = _days_since(session, older, at)
    for name, kept in brought["joined"].items():
        union.part(
            session, name, older, younger, kept, lambda row: row.get("practised_date") in days
        )
    for name, ids in brought["moved"].items():
        _move(session, name, older, younger, _TABLES[name].c.id.in_(ids), MOVED[name] <= at)
    _part_rounds(session, older, younger)
    for dropped in unpack(_attempt, brought["dropped"]):
        whose = younger if dropped["learner_id"] == known["id"] else older
        _put_back(session, dropped | {"learner_id": whose})
    for row_id, conversation in brought["muted"]:
        still = (_attempt.c.id == row_id, _attempt.c.conversation == NOWHERE)
        session.execute(update(_attempt).where(*still).values(conversation=conversation))
    for name, ids in brought["closed"].items():
        _reopen(session, name, ids, (older, younger), at)
    _hand_over(session, brought["identities"], older, younger)
    if brought["had_lesson"] is None and _read(session, older)["lesson_id"] == known["lesson_id"]:
        _change(session, older, lesson_id=None)
    session.execute(delete(_merge).where(_merge.c.id == merge_id))
    return older, younger


def _by_age(session: Session, one: int, other: int) -> tuple[Values, Values]:
    """Return both learners, the older first."""
    both = (_read(session, one), _read(session, other))
    older, younger = sorted(both, key=itemgetter("created_at", "id"))
    return older, younger


def _read(session: Session, learner_id: int) -> Values:
    found = select(_learner).where(_learner.c.id == learner_id)
    return dict(session.execute(found).mappings().one())


def _change(session: Session, learner_id: int, **values: object) -> None:
    session.execute(update(_learner).where(_learner.c.id == learner_id).values(**values))


def _restore(session: Session, known: Values) -> int:
    """Add a learner who was merged away; the id may be another's by now, so they get a new one."""
    values = {name: value for name, value in known.items() if name != "id"}
    added = insert(_learner).values(**values).returning(_learner.c.id)
    return int(session.execute(added).scalar_one())


def _identities(session: Session, learner_id: int) -> list[list[str]]:
    found = select(_identity.c.platform, _identity.c.user_id)
    mine = found.where(_identity.c.learner_id == learner_id)
    rows = session.execute(mine.order_by(_identity.c.platform, _identity.c.user_id))
    return [[platform, user_id] for platform, user_id in rows]


def _is(identity: Sequence[str]) -> ColumnElement[bool]:
    platform, user_id = identity
    return and_(_identity.c.platform == platform, _identity.c.user_id == user_id)


def _whose(session: Session, identity: Sequence[str]) -> int:
    return int(session.execute(select(_identity.c.learner_id).where(_is(identity))).scalar_one())


def _hand_over(
    session: Session, identities: Sequence[Sequence[str]], giver: int, taker: int
) -> None:
    session.execute(
        update(_identity)
        .where(_identity.c.learner_id == giver, or_(*map(_is, identities)))
        .values(learner_id=taker)
    )


def _move(
    session: Session, name: str, giver: int, taker: int, *which: ColumnElement[bool]
) -> list[int]:
    """Move rows of a table from one learner to another, by default all; return their ids."""
    table = _TABLES[name]
    mine = (table.c.learner_id == giver, *which)
    ids = list(session.scalars(select(table.c.id).where(*mine).order_by(table.c.id)))
    session.execute(update(table).where(*mine).values(learner_id=taker))
    return ids


def _drop_open(session: Session, older: int, younger: int) -> tuple[dict[str, Any], set[str]]:
    """Delete askings that cannot be answered any more: the younger learner's of a question that is
    open for both, and one that the other side was asked again later and has answered.

    Returns them, and the questions that are open for both.
    """
    theirs = _attempt.c.learner_id.in_((older, younger))
    answered = _attempt.c.answered_at.is_not(None)
    last = select(_attempt.c.question_id, func.max(_attempt.c.id)).where(theirs, answered)
    answers = session.execute(last.group_by(_attempt.c.question_id))
    newest: dict[str, int] = {question: row_id for question, row_id in answers}  # noqa: C416
    found = select(_attempt).where(theirs, ~answered).order_by(_attempt.c.id)
    rows = [dict(row) for row in session.execute(found).mappings()]
    stale = [row for row in rows if row["id"] < newest.get(row["question_id"], 0)]
    fresh = [row for row in rows if row not in stale]
    kept = {row["question_id"] for row in fresh if row["learner_id"] == older}
    doubled = [row for row in fresh if row["learner_id"] == younger and row["question_id"] in kept]
    dropped = [*stale, *doubled]
    session.execute(delete(_attempt).where(_attempt.c.id.in_([row["id"] for row in dropped])))
    return pack(dropped), {row["question_id"] for row in doubled}


def _mute(session: Session, older: int, questions: set[str]) -> list[list[Any]]:
    """Let no typed letter answer these questions before they are shown again, and return where
    they were asked: the other side shows them with other letters."""
    theirs = (
        _attempt.c.learner_id == older,
        _attempt.c.question_id.in_(questions),
        _attempt.c.answered_at.is_(None),
    )
    found = select(_attempt.c.id, _attempt.c.conversation).where(*theirs)
    muted = [list(row) for row in session.execute(found)]
    session.execute(update(_attempt).where(*theirs).values(conversation=NOWHERE))
    return muted


def _put_back(session: Session, row: Values) -> None:
    """Put an open question back, unless it has been put again since."""
    same = (
        _attempt.c.learner_id == row["learner_id"],
        _attempt.c.question_id == row["question_id"],
        _attempt.c.answered_at.is_(None),
    )
    if session.scalar(select(_attempt.c.id).where(*same)):
        return
    if session.scalar(select(_attempt.c.id).where(_attempt.c.id == row["id"])):
        del row["id"]  # on SQLite it may be another's by now
    session.execute(insert(_attempt).values(**row))


def _close(session: Session, name: str, learner_id: int, now: datetime) -> list[int]:
    """End all that is open besides the latest of its kind; return the ids."""
    table, (at, kind) = _TABLES[name], _ONCE[name]
    mine = (table.c.learner_id == learner_id, table.c.finished_at.is_(None))
    rows = session.execute(select(table.c.id, table.c[kind]).where(*mine).order_by(at, table.c.id))
    all_open = rows.all()
    latest = {kind: row_id for row_id, kind in all_open}
    closed = [row_id for row_id, kind in all_open if row_id != latest[kind]]
    session.execute(update(table).where(table.c.id.in_(closed)).values(finished_at=now))
    return closed


def _reopen(
    session: Session, name: str, ids: Sequence[int], learners: Sequence[int], at: datetime
) -> None:
    """Open what a merge closed, where nothing of its kind has been begun since."""
    table, (_at, kind) = _TABLES[name], _ONCE[name]
    theirs = table.c.learner_id.in_(learners)
    open_now = select(table.c.learner_id, table.c[kind]).where(
        theirs, table.c.finished_at.is_(None)
    )
    taken = {tuple(row) for row in session.execute(open_now)}
    closed = select(table.c.id, table.c.learner_id, table.c[kind]).where(
        theirs, table.c.id.in_(ids), table.c.finished_at == at
    )
    free = [row_id for row_id, *whose in session.execute(closed) if tuple(whose) not in taken]
    session.execute(update(table).where(table.c.id.in_(free)).values(finished_at=None))


def _part_rounds(session: Session, *learners: int) -> None:
    """Take answers out of rounds that are another learner's now, with whom they would go away."""
    own = select(_quiz.c.id).where(_quiz.c.learner_id == _attempt.c.learner_id)
    session.execute(
        update(_attempt)
        .where(_attempt.c.learner_id.in_(learners), _attempt.c.quiz_id.not_in(own))
        .values(quiz_id=None)
    )


def _days_since(session: Session, learner_id: int, at: datetime) -> set[date]:
    """Return the dates, of those around a merge, on which something has been learned after it."""
    progress = _TABLES["lesson_progress"]
    signs = (
        (_attempt, _attempt.c.answered_at),
        (_talk, _talk.c.spoken_at),
        (progress, progress.c.seen_at),
    )
    zone = ZoneInfo(_read(session, learner_id)["timezone"])
    return {
        moment.astimezone(zone).date()
        for table, column in signs
        for moment in session.scalars(
            select(column).where(
                table.c.learner_id == learner_id, column > at, column < at + timedelta(days=2)
            )
        )
    }
