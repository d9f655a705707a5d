"""Tokens reserved before a request to an endpoint, and settled after it."""

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Select, func, select, update
from sqlalchemy import text as sql
from sqlalchemy.orm import Session

from bot.errors import BudgetSpent
from bot.ports import Budget, Usage
from bot.storage.holding import hold
from bot.storage.tables import LlmCallRow, SpentDayRow

_LOCK = 0x11A0
"""Any number that nothing else locks by."""


class Ledger:
    """The token ledger inside one transaction."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def reserve(self, learner_id: int, tokens: int, budget: Budget, now: datetime) -> int:
        """Put `tokens` aside and return the call's id. Raises BudgetSpent.

        One transaction at a time gets here, so that a burst cannot spend the same tokens twice.
        A budget is spent once it is reached: the last request may go over it, and none after it.
        """
        self._wait_for_others(learner_id, budget)
        day = now.astimezone(UTC).date()
        if budget.per_learner and self.spent(day, learner_id) >= budget.per_learner:
            raise BudgetSpent(is_own=True)
        if budget.in_all and self.spent(day) >= budget.in_all:
            raise BudgetSpent(is_own=False)
        row = LlmCallRow(learner_id=learner_id, called_date=day, reserved=tokens, called_at=now)
        self._session.add(row)
        self._session.flush()
        return row.id

    def settle(self, call_id: int, usage: Usage, now: datetime) -> None:
        """Replace what was reserved by what was used; the first word counts."""
        self._session.execute(
            update(LlmCallRow)
            .where(LlmCallRow.id == call_id, LlmCallRow.settled_at.is_(None))
            .values(prompt_tokens=usage.prompt, completion_tokens=usage.completion, settled_at=now)
        )

    def spent(self, day: date, learner_id: int | None = None) -> int:
        """Return the tokens of a UTC day, of one learner or of all; what is open counts in full."""
        used = LlmCallRow.prompt_tokens + LlmCallRow.completion_tokens
        found = select(func.coalesce(func.sum(func.coalesce(used, LlmCallRow.reserved)), 0))
        found = found.where(LlmCallRow.called_date == day)
        if learner_id is not None:
            return self._sum(found.where(LlmCallRow.learner_id == learner_id))
        forgotten = select(SpentDayRow.tokens).where(SpentDayRow.called_date == day)
        return self._sum(found) + self._sum(forgotten)

    def _sum(self, found: Select[Any]) -> int:
        return int(self._session.scalar(found) or 0)

    def _wait_for_others(self, learner_id: int, budget: Budget) -> None:
        """SQLite has one writer anyway; PostgreSQL would let two count the same sum."""
        hold(self._session, learner_id)
        if budget.in_all and self._session.get_bind().dialect.name == "postgresql":
            self._session.execute(sql(f"SELECT pg_advisory_xact_lock({_LOCK})"))
