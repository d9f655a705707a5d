"""Drafts of an answer while it is written, at a pace that Telegram takes."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from telegram.error import RetryAfter, TelegramError

from adapters.telegram.insistence import seconds
from bot.messages import Reply

log = logging.getLogger(__name__)


class Preview:
    """Shows the newest of a stream of drafts, at most one in `interval` seconds."""

    def __init__(self, show: Callable[[Reply], Awaitable[None]], interval: float) -> None:
        self._show = show
        self._interval = interval
        self._newest: Reply | None = None
        self._task: asyncio.Task[None] | None = None
        self._showing = asyncio.Lock()

    def show(self, draft: Reply) -> None:
        """Show a draft soon, unless a newer one comes first."""
        self._newest = draft
        if self._task is None:
            self._task = asyncio.create_task(self._run())

    async def close(self) -> None:
        """Show no more drafts. One that is on its way arrives first."""
        if self._task is not None:
            async with self._showing:
                self._task.cancel()
            self._task, self._newest = None, None

    async def _run(self) -> None:
        while True:
            draft, self._newest = self._newest, None
            try:
                async with self._showing:
                    if draft is not None:
                        await self._show(draft)
            except RetryAfter as flood:
                await asyncio.sleep(seconds(flood))
            except TelegramError as fault:
                log.debug("no more drafts of this answer: %s", fault.message)
                return
            await asyncio.sleep(self._interval)
