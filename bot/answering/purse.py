"""A learner's tokens, kept in the database."""

from bot.learning.records import Learner
from bot.ports import Budget, Clock, Usage
from bot.storage.store import Store


class LearnerPurse:
    """Implements bot.ports.Purse for one learner."""

    def __init__(self, store: Store, learner: Learner, budget: Budget, clock: Clock) -> None:
        self._store, self._learner, self._budget, self._clock = store, learner, budget, clock

    async def reserve(self, tokens: int) -> int:
        """Put tokens aside and return the id of the call. Raises bot.errors.BudgetSpent."""
        learner_id, now = self._learner.id, self._clock.now()
        return await self._store.run(
            lambda tx: tx.ledger.reserve(learner_id, tokens, self._budget, now)
        )

    async def settle(self, call: int, usage: Usage) -> None:
        """Replace what was put aside by what was used."""
        now = self._clock.now()
        await self._store.run(lambda tx: tx.ledger.settle(call, usage, now))
