"""Who waits for whom: a sender's messages for each other, and a learner's senders for each other.

Two linked identities are one learner, and may both act at once. Joining, parting and forgetting
change which learner an identity belongs to, so nothing else happens to that learner meanwhile.
"""

import asyncio
from collections.abc import AsyncIterator, Hashable
from contextlib import asynccontextmanager
from weakref import WeakValueDictionary

from bot.messages import Address


class Locks:
    """One lock for each sender and each learner; one that nobody holds or waits for is gone."""

    def __init__(self) -> None:
        self._locks: WeakValueDictionary[Hashable, asyncio.Lock] = WeakValueDictionary()

    def sender(self, sender: Address) -> asyncio.Lock:
        """Keep the messages of one identity in their order."""
        return self._lock((sender.platform, sender.user_id))

    @asynccontextmanager
    async def learner(self, learner_id: int) -> AsyncIterator[bool]:
        """Be the only one who acts for a learner; yields whether somebody else did until now."""
        had_to_wait = learner_id in self._locks
        async with self._lock(learner_id):
            yield had_to_wait

    @asynccontextmanager
    async def another(self, learner_id: int, seconds: float) -> AsyncIterator[None]:
        """Hold a second learner's lock. Raises TimeoutError: two who want each other's would
        otherwise wait for ever."""
        lock = self._lock(learner_id)
        await asyncio.wait_for(lock.acquire(), seconds)
        try:
            yield
        finally:
            lock.release()

    def _lock(self, key: Hashable) -> asyncio.Lock:
        return self._locks.setdefault(key, asyncio.Lock())
