"""The lock that everything done for a learner takes first."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.storage.tables import LearnerRow


def hold(session: Session, *learners: int) -> bool:
    """Let no other transaction act for these learners before the end of this one.

    SQLite has one writer anyway, so it is asked nothing. Tells whether all of them are there.
    """
    if session.get_bind().dialect.name != "postgresql":
        return True
    found = select(LearnerRow.id).where(LearnerRow.id.in_(learners)).order_by(LearnerRow.id)
    return len(session.scalars(found.with_for_update()).all()) == len(set(learners))
