"""Calls of Telegram that are made again until they get through."""

import asyncio
import os
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import TypeVar

from telegram.error import BadRequest, NetworkError, RetryAfter

NETWORK_PAUSES = (0.5, 1.0, 2.0, 4.0)
"""Seconds to wait before each new attempt to reach Telegram."""

FLOOD_WAITS = 10
"""How often one message waits for as long as Telegram tells it to."""

# Without it the library warns each time it makes a RetryAfter.
os.environ.setdefault("PTB_TIMEDELTA", "true")

T = TypeVar("T")


async def insist(call: Callable[[], Awaitable[T]]) -> T:
    """Return what `call` returns, calling it again after a flood wait or a network fault.

    Raises telegram.error.TelegramError where it is refused or the network stays down. A message
    whose confirmation was lost is sent twice: a reply that arrives twice does less harm than one
    that never does.
    """
    pauses = iter(NETWORK_PAUSES)
    floods = 0
    while True:
        try:
            return await call()
        except RetryAfter as flood:
            floods += 1
            if floods > FLOOD_WAITS:
                raise
            await asyncio.sleep(seconds(flood))
        except NetworkError as fault:
            pause = next(pauses, None)
            if _is_final(fault) or pause is None:
                raise
            await asyncio.sleep(pause)


def seconds(flood: RetryAfter) -> float:
    wait = flood.retry_after
    return (wait.total_seconds() if isinstance(wait, timedelta) else wait) + 0.1


def _is_final(fault: NetworkError) -> bool:
    """Tell a refusal from a fault that may pass. The library knows no error of its own for 413."""
    return isinstance(fault, BadRequest) or "too large" in fault.message.lower()
