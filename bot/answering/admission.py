"""How many answers are written at once: the rest wait their turn, and are told so."""

import asyncio
from collections.abc import AsyncGenerator
from typing import Final

NOTICE_AFTER: Final = 1.0
"""Seconds of waiting after which somebody is told, and told again where the queue has moved."""

PATIENCE: Final = 10.0
"""Seconds after which nobody is kept waiting any longer."""


class Busy(Exception):
    """The queue did not move in time."""


class Admission:
    """Places for so many at once, given in the order of coming."""

    def __init__(self, places: int, *, patience: float = PATIENCE) -> None:
        self._free = asyncio.Semaphore(places)
        self._waiting = 0
        self._patience = patience

    async def enter(self) -> AsyncGenerator[int]:
        """Take a place; `leave` gives it back. Yields how many are waiting, while that takes long.

        Raises Busy, and then there is no place to give back.
        """
        if not self._free.locked():
            await self._free.acquire()
            return
        place = asyncio.ensure_future(self._free.acquire())
        self._waiting += 1
        is_in = False
        try:
            for _second in range(max(1, round(self._patience / NOTICE_AFTER))):
                await asyncio.wait({place}, timeout=min(NOTICE_AFTER, self._patience))
                if is_in := place.done():
                    return
                yield self._waiting
            raise Busy
        finally:
            self._waiting -= 1
            if not is_in and not place.cancel():
                self._free.release()  # it came in the moment in which nobody wanted it any more

    def leave(self) -> None:
        self._free.release()
