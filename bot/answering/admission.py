"""How many answers are written at once: the rest wait their turn, and are told so."""

import asyncio
from collections.abc import AsyncGenerator
from typing import Final, Literal

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
        self._waiting: list[asyncio.Future[Literal[True]]] = []
        self._patience = patience

    async def enter(self) -> AsyncGenerator[int]:
        """Take a place; `leave` gives it back. Yields one's number in the queue, from 1, while that
        takes long, and again where it has changed.

        Raises Busy, and then there is no place to give back.
        """
        # Whoever has only just come is not in the semaphore's own queue yet.
        if not (self._waiting or self._free.locked()):
            await self._free.acquire()
            return
        place = asyncio.ensure_future(self._free.acquire())
        self._waiting.append(place)
        is_in, told = False, 0
        try:
            for _second in range(max(1, round(self._patience / NOTICE_AFTER))):
                await asyncio.wait({place}, timeout=min(NOTICE_AFTER, self._patience))
                if is_in := place.done():
                    return
                number = self._waiting.index(place) + 1
                if number != told:
                    yield (told := number)
            raise Busy
        finally:
            self._waiting.remove(place)
            if not is_in and not place.cancel():
                self._free.release()  # it came in the moment in which nobody wanted it any more

    def leave(self) -> None:
        self._free.release()
