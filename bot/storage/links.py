"""Codes that join identities, and how many of them there may be."""

from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple, cast

from sqlalchemy import CursorResult, delete, select
from sqlalchemy.orm import Session

from bot.messages import Address
from bot.storage import merging
from bot.storage.everything import Everything, Holdings
from bot.storage.holding import hold
from bot.storage.tables import LinkCodeRow, LinkTryRow
from bot.storage.upsert import upsert

VALID: Final = timedelta(minutes=10)

WRONG_CODES, WRONG_WITHIN = 5, timedelta(minutes=10)
CODES_MADE, MADE_WITHIN = 5, timedelta(hours=1)


class Joined(NamedTuple):
    """What there is about the one learner now. both: cards that were on both sides."""

    holdings: Holdings
    both: int


class Apart(NamedTuple):
    """What there is about each of two learners who were one: of whoever asked, and the other."""

    here: Holdings
    there: Holdings


class Links:
    """The links between identities inside one transaction."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def make(self, learner_id: int, code_hash: str, now: datetime) -> None:
        """Open a code, in place of the one before."""
        values = {"hash": code_hash, "made_at": now}
        upsert(self._session, LinkCodeRow, {"learner_id": learner_id}, values)
        self.count(learner_id, now, is_wrong=False)

    def count(self, learner_id: int, now: datetime, *, is_wrong: bool) -> None:
        """Count a code that was made, or a wrong one that was entered."""
        mine, oldest = LinkTryRow.learner_id == learner_id, now - max(WRONG_WITHIN, MADE_WITHIN)
        self._session.execute(delete(LinkTryRow).where(mine, LinkTryRow.tried_at <= oldest))
        self._session.add(LinkTryRow(learner_id=learner_id, is_wrong=is_wrong, tried_at=now))

    def wait(self, learner_id: int, now: datetime, *, is_wrong: bool) -> timedelta | None:
        """Return how long to wait before the next code may be entered or made; None: not at all."""
        most, within = (WRONG_CODES, WRONG_WITHIN) if is_wrong else (CODES_MADE, MADE_WITHIN)
        found = select(LinkTryRow.tried_at).where(
            LinkTryRow.learner_id == learner_id,
            LinkTryRow.is_wrong.is_(is_wrong),
            LinkTryRow.tried_at > now - within,
        )
        tries = self._session.scalars(found.order_by(LinkTryRow.tried_at.desc())).all()
        return tries[most - 1] + within - now if len(tries) >= most else None

    def owner(self, code_hash: str, now: datetime) -> int | None:
        """Return whose code it is, None where it is nobody's or too old."""
        return self._session.scalar(
            select(LinkCodeRow.learner_id).where(
                LinkCodeRow.hash == code_hash, LinkCodeRow.made_at > now - VALID
            )
        )

    def void(self, code_hash: str) -> None:
        """Make a code useless."""
        self._session.execute(delete(LinkCodeRow).where(LinkCodeRow.hash == code_hash))

    def redeem(self, code_hash: str, owner: int, learner_id: int, now: datetime) -> Joined | None:
        """Use a code up, and make one learner of two: the older one.

        None where somebody was faster, or it is too old by now.
        """
        hold(self._session, owner, learner_id)
        taken = self._session.execute(
            delete(LinkCodeRow).where(
                LinkCodeRow.hash == code_hash,
                LinkCodeRow.learner_id == owner,
                LinkCodeRow.made_at > now - VALID,
            )
        )
        if not cast("CursorResult[Any]", taken).rowcount:
            return None
        stays, both = merging.merge(self._session, owner, learner_id, now)
        return Joined(Everything(self._session).holdings(stays), both)

    def part(self, learner_id: int, sender: Address, now: datetime) -> Apart | None:
        """Undo what joined the sender's identity to the others; None where nothing did."""
        hold(self._session, learner_id)
        parted = merging.part(self._session, learner_id, sender, now)
        everything = Everything(self._session)
        return parted and Apart(everything.holdings(parted.here), everything.holdings(parted.there))
