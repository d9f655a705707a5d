"""Two endpoints as one: where the first fails before it says anything, the second is asked."""

from __future__ import annotations

import logging
import time
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from typing import Protocol

from bot.answering.breaker import Breaker
from bot.answering.patience import Patience
from bot.ports import NO_USAGE, EndpointError, Message, Usage

_log = logging.getLogger(__name__)


class PatientEndpoint(Protocol):
    """An endpoint that can be told how long to wait."""

    def stream(
        self, messages: Sequence[Message], *, patience: Patience | None = None
    ) -> AsyncGenerator[str | Usage]: ...

    async def aclose(self) -> None: ...


class FallbackEndpoint:
    """Implements bot.ports.Endpoint. Both together answer within `seconds`.

    A first endpoint that is down is passed over for a while, so that not every learner waits for
    its time-out. `now` is the clock of that while, in seconds.
    """

    def __init__(
        self,
        first: PatientEndpoint,
        second: PatientEndpoint,
        seconds: float,
        *,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._first = first
        self._second = second
        self._seconds = seconds
        self._breaker = Breaker(now)

    async def stream(self, messages: Sequence[Message]) -> AsyncGenerator[str | Usage]:
        """Yield the answer of the endpoint that gives one, and last what both have cost.

        Raises EndpointError where the one that began to speak fails, or both do.
        """
        start, spent = time.monotonic(), NO_USAGE
        if self._breaker.allows():
            attempt = _Attempt(self._breaker)
            async with aclosing(attempt.stream(self._first, messages, self._seconds)) as parts:
                async for part in parts:
                    yield part
            if attempt.failure is None:
                return
            _log.warning("The first endpoint failed: %s", attempt.failure.reason)
            spent = attempt.failure.usage
        patience = Patience.within(self._seconds - (time.monotonic() - start))
        try:
            async with aclosing(self._second.stream(messages, patience=patience)) as parts:
                async for part in parts:
                    yield part.plus(spent) if isinstance(part, Usage) else part
        except EndpointError as failure:
            failure.usage = failure.usage.plus(spent)
            raise

    async def aclose(self) -> None:
        """Close the connections that are kept open."""
        await self._first.aclose()
        await self._second.aclose()


class _Attempt:
    """One answer of the first endpoint. `failure` is set where the second has to be asked."""

    def __init__(self, breaker: Breaker) -> None:
        self.failure: EndpointError | None = None
        self._breaker = breaker
        self._has_spoken = False

    async def stream(
        self, endpoint: PatientEndpoint, messages: Sequence[Message], seconds: float
    ) -> AsyncGenerator[str | Usage]:
        patience = Patience.within(seconds).for_the_first_of_two()
        try:
            async with aclosing(endpoint.stream(messages, patience=patience)) as parts:
                async for part in parts:
                    self._hear(part)
                    yield part
        except EndpointError as failure:
            if failure.is_down:
                self._breaker.failed()
            if self._has_spoken:
                raise
            self.failure = failure
        finally:
            self._breaker.left()

    def _hear(self, part: str | Usage) -> None:
        if not self._has_spoken and isinstance(part, str) and not part.isspace():
            self._has_spoken = True
            self._breaker.succeeded()
