"""Passes over what fails, for longer and longer: a circuit breaker. Pure but for its clock."""

import time
from collections.abc import Callable
from typing import Final

FIRST_PAUSE: Final = 30.0
LONGEST_PAUSE: Final = 600.0
"""Seconds; a pause is twice as long as the one before."""


class Breaker:
    """Tells whether something that may be down is worth a try.

    After a pause one try is let through, and all the others only when it has gone well. Whoever
    was let through says how it went: `succeeded`, `failed`, or `left` where nobody will know.
    """

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._pause = 0.0
        self._until = 0.0
        self._is_trying = False

    def allows(self) -> bool:
        if not self._pause:
            return True
        if self._is_trying or self._now() < self._until:
            return False
        self._is_trying = True
        return True

    def succeeded(self) -> None:
        self._pause, self._is_trying = 0.0, False

    def failed(self) -> None:
        """Begin a pause. Those that failed side by side begin one together."""
        if self._pause and not self._is_trying:
            return
        self._pause = min(self._pause * 2, LONGEST_PAUSE) or FIRST_PAUSE
        self._until, self._is_trying = self._now() + self._pause, False

    def left(self) -> None:
        self._is_trying = False
