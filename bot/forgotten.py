"""What the budgets still have to know of those who asked to be forgotten: in memory, without names.

Whoever deletes themselves may come back at once, and would have a new day's tokens each time. So
the tokens of the day are kept under a hash that is salted anew with each start, until the UTC day
is over or the program ends. Nothing of it is written anywhere.
"""

import secrets
from collections.abc import Iterable
from datetime import date
from hashlib import blake2b

from bot.messages import Address
from bot.ports import Budget


class Forgotten:
    """The tokens that forgotten people have used on the current UTC day."""

    def __init__(self) -> None:
        self._salt = secrets.token_bytes(16)
        self._day = date.min
        self._spent: dict[bytes, int] = {}

    def note(self, identities: Iterable[tuple[str, str]], tokens: int, day: date) -> None:
        """Keep what somebody used, who is (platform, user id) on each platform."""
        self._turn_to(day)
        for platform, user_id in identities if tokens else ():
            key = self._key(platform, user_id)
            self._spent[key] = self._spent.get(key, 0) + tokens

    def left_of(self, budget: Budget, sender: Address, day: date) -> Budget:
        """Return the budget without what the sender used before; 0 would be no limit."""
        self._turn_to(day)
        spent = self._spent.get(self._key(sender.platform, sender.user_id), 0)
        if not (spent and budget.per_learner):
            return budget
        left = budget.per_learner - spent
        return budget._replace(per_learner=left if left > 0 else NOTHING)

    def _turn_to(self, day: date) -> None:
        if day != self._day:
            self._day = day
            self._spent.clear()

    def _key(self, platform: str, user_id: str) -> bytes:
        return blake2b(f"{platform}:{user_id}".encode(), key=self._salt, digest_size=16).digest()


NOTHING = -1
"""A budget that is spent whatever was used."""
