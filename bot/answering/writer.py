"""The way to the language model: a place in the queue, tokens put aside, and what came of it."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from pathlib import Path
from typing import Final, Literal, NamedTuple

from bot.answering import tokens
from bot.answering.admission import Admission, Busy
from bot.answering.endpoint import EndpointError
from bot.errors import BudgetSpent
from bot.ports import Endpoint, Message, Purse, Usage

STREAMS: Final = 64
"""Answers written at once; one core saturates near 100."""

Why = Literal["spent", "all spent", "busy", "fault"]

_log = logging.getLogger(__name__)


class Waiting(NamedTuple):
    """The answer is not begun. people: so many wait, up to this one and included."""

    people: int


class Unwritten(Exception):
    """The model wrote nothing, or not to the end: what came before the error stays valid.

    why: the learner's tokens are spent, everybody's are, too many ask at once, or it failed.
    """

    def __init__(self, why: Why) -> None:
        super().__init__(why)
        self.why = why


class _Free:
    """Nobody's budget: what the operator asks in a shell."""

    async def reserve(self, tokens: int) -> int:
        return 0

    async def settle(self, call: int, usage: Usage) -> None: ...


FREE: Final = _Free()


class Writer:
    """Lets one endpoint write.

    context_tokens: what prompt and answer together may take. cache_dir: where the tokenizer's
    vocabulary is kept. Raises ValueError where the answer leaves no room for a prompt.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        *,
        context_tokens: int = 4096,
        answer_tokens: int = 512,
        streams: int = STREAMS,
        cache_dir: Path | None = None,
    ) -> None:
        if answer_tokens >= context_tokens:
            raise ValueError("answer_tokens must be less than context_tokens")
        self.prompt_tokens = context_tokens - answer_tokens
        self._answer_tokens = answer_tokens
        self._endpoint = endpoint
        self._admission = Admission(streams)
        self._cache_dir = cache_dir

    def load(self) -> None:
        """Load the tokenizer: 0.3 s at the first call, so not on the event loop."""
        tokens.encoding(self._cache_dir)

    async def write(
        self, prompt: Sequence[Message], purse: Purse = FREE
    ) -> AsyncGenerator[str | Waiting | Usage]:
        """Yield the text piece by piece and last its usage. Raises Unwritten."""
        try:
            async with aclosing(self._admission.enter()) as queue:
                async for people in queue:
                    yield Waiting(people)
        except Busy:
            raise Unwritten("busy") from None
        try:
            async with aclosing(self._paid(prompt, purse)) as parts:
                async for part in parts:
                    yield part
        finally:
            self._admission.leave()

    async def _paid(self, prompt: Sequence[Message], purse: Purse) -> AsyncGenerator[str | Usage]:
        """Write with tokens put aside; whatever happens, what was used is settled."""
        expected = tokens.count_messages(prompt)
        try:
            call = await purse.reserve(expected + self._answer_tokens)
        except BudgetSpent as spent:
            raise Unwritten("spent" if spent.is_own else "all spent") from None
        heard: list[str] = []
        usage: Usage | None = None
        stream = self._endpoint.stream(prompt)
        try:
            async for part in stream:
                if isinstance(part, Usage):
                    usage = part
                else:
                    heard.append(part)
                yield part
        except EndpointError as fault:
            _log.warning("the endpoint failed: %s", fault.reason)
            usage = fault.usage
            raise Unwritten("fault") from None
        finally:
            if isinstance(stream, AsyncGenerator):
                await stream.aclose()
            # Also where nobody listens any more: what has been written has been paid for.
            used = usage or Usage(expected, tokens.count("".join(heard)))
            await asyncio.shield(purse.settle(call, used))
