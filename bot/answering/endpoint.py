"""An OpenAI-compatible endpoint, with time-outs and limits of our own: the only importer of openai.

The library takes 0.65 s to import, so that waits for the first question and is done in a thread.
"""

from __future__ import annotations

import asyncio
import json
import logging
import re
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator, Sequence
from contextlib import aclosing, contextmanager
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeAlias

from bot.answering import tokens
from bot.answering.thinking import Thinking
from bot.ports import Message, Usage

if TYPE_CHECKING:
    import openai
    from openai.types.chat import ChatCompletionChunk

_Chunks: TypeAlias = "openai.AsyncStream[ChatCompletionChunk]"

CUT: Final = "…"
"""Ends an answer that the endpoint, or our limit, stopped for its length."""

CHARACTERS_PER_TOKEN: Final = 8
"""An answer with more characters than this for each token asked for is cut."""

_UNKNOWN_OPTION: Final = re.compile("stream_options|include_usage")
_LOGGERS: Final = ("openai", "httpx2", "httpcore2")


class EndpointError(Exception):
    """An endpoint that failed before or during an answer.

    `reason` is a few English words for the log, without address, key or anything it answered.
    `usage` is what the attempt has probably cost.
    """

    def __init__(self, reason: str, usage: Usage = Usage(0, 0)) -> None:  # noqa: B008 - immutable
        super().__init__(reason)
        self.reason = reason
        self.usage = usage


class Patience(NamedTuple):
    """How many seconds to wait for each part of an answer.

    first_text: until there is something to show, however long a model thinks before it speaks.
    """

    connect: float = 5
    first_token: float = 20
    first_text: float = 27
    between_tokens: float = 15
    whole: float = 120


class OpenAIEndpoint:
    """Implements bot.ports.Endpoint. `model` None takes the first one that the endpoint lists."""

    def __init__(
        self,
        base_url: str,
        api_key: str | None,
        model: str | None,
        answer_tokens: int,
        *,
        patience: Patience = Patience(),  # noqa: B008 - immutable
    ) -> None:
        self._base_url = base_url
        self._api_key = api_key
        self._model = model
        self._answer_tokens = answer_tokens
        self._patience = patience
        self._client: openai.AsyncOpenAI | None = None
        self._lock = asyncio.Lock()
        self._options: dict[str, Any] = {"stream_options": {"include_usage": True}}

    async def stream(self, messages: Sequence[Message]) -> AsyncGenerator[str | Usage]:
        """Yield the answer piece by piece, without its thinking, and last the usage.

        An answer that was stopped for its length ends with `CUT`. Raises EndpointError.
        """
        answer = _Answer(self._answer_tokens * CHARACTERS_PER_TOKEN)
        async with aclosing(self._chunks(messages, answer)) as chunks:
            async for chunk in chunks:
                piece = answer.take(chunk)
                if piece:
                    yield piece
                if answer.is_full:
                    break
        last = answer.end()
        if last:
            yield last
        if answer.usage is None:
            answer.usage = await asyncio.to_thread(answer.count, messages)
        yield answer.usage

    async def aclose(self) -> None:
        """Close the connections that are kept open."""
        if self._client is not None:
            await self._client.close()

    async def _chunks(
        self, messages: Sequence[Message], answer: _Answer
    ) -> AsyncGenerator[ChatCompletionChunk]:
        """Yield the chunks of one answer, each in its time."""
        client, now = await self._connected(), asyncio.get_running_loop().time
        start, patience = now(), self._patience
        end, until = start + patience.whole, start + patience.first_token
        with _explained():
            async with asyncio.timeout_at(until):
                chunks = await self._ask(client, messages)
            async with chunks:
                while True:
                    # Around the waiting alone: a time-out across the yield would hit the listener.
                    last = end if answer.has_text else min(end, start + patience.first_text)
                    async with asyncio.timeout_at(min(until, last)):
                        chunk = await anext(chunks, None)
                    if chunk is None:
                        return
                    yield chunk
                    if _says_something(chunk):
                        until = now() + patience.between_tokens

    async def _ask(self, client: openai.AsyncOpenAI, messages: Sequence[Message]) -> _Chunks:
        import openai

        create: Callable[..., Awaitable[_Chunks]] = client.chat.completions.create
        request: dict[str, Any] = {
            "model": self._model or await self._first_model(client),
            "messages": [message._asdict() for message in messages],
            "max_tokens": self._answer_tokens,
            "stream": True,
        }
        try:
            return await create(**request, **self._options)
        except openai.BadRequestError as refusal:
            if not self._options or not _UNKNOWN_OPTION.search(str(refusal)):
                raise
        self._options = {}  # a server that does not know the option is asked without from now on
        return await create(**request)

    async def _first_model(self, client: openai.AsyncOpenAI) -> str:
        import openai

        try:
            models = await client.models.list()
        except openai.OpenAIError:
            return "default"
        self._model = models.data[0].id if models.data else "default"
        return self._model

    async def _connected(self) -> openai.AsyncOpenAI:
        async with self._lock:
            if self._client is None:
                self._client = await asyncio.to_thread(self._connect)
            return self._client

    def _connect(self) -> openai.AsyncOpenAI:
        import openai

        for name in _LOGGERS:  # they tell addresses and questions
            logging.getLogger(name).setLevel(logging.WARNING)
        return openai.AsyncOpenAI(
            api_key=self._api_key or "none",  # without one the library would take OPENAI_API_KEY
            base_url=self._base_url,
            max_retries=1,
            timeout=openai.Timeout(self._patience.whole, connect=self._patience.connect),
        )


class _Answer:
    """What has come of an answer, and whether it came to its end."""

    def __init__(self, limit: int) -> None:
        self.usage: Usage | None = None
        self.has_text = False
        """Whether there is anything yet that a reader sees."""
        self._room = limit
        self._thinking = Thinking()
        self._shown: list[str] = []
        self._hidden_chunks = 0
        self._finish: str | None = None

    @property
    def is_full(self) -> bool:
        return self._room <= 0

    def take(self, chunk: ChatCompletionChunk) -> str:
        """Return what a chunk adds to the text. Raises EndpointError for one that is none."""
        try:
            return self._show(self._thinking.feed(self._read(chunk)))
        except (AttributeError, IndexError, TypeError) as fault:
            raise EndpointError("sent a broken stream") from fault

    def _read(self, chunk: ChatCompletionChunk) -> str:
        if chunk.usage:
            self.usage = Usage(chunk.usage.prompt_tokens or 0, chunk.usage.completion_tokens or 0)
        if not chunk.choices:
            return ""
        choice = chunk.choices[0]
        self._finish = choice.finish_reason or self._finish
        piece = (choice.delta and choice.delta.content) or ""
        self._hidden_chunks += not piece
        return piece

    def _show(self, piece: str) -> str:
        piece = piece[: self._room]
        self._room -= len(piece)
        if piece:
            self._shown.append(piece)
            self.has_text = self.has_text or not piece.isspace()
        return piece

    def end(self) -> str:
        """Return the last of the text. Raises EndpointError where the answer is not complete."""
        last = self._show(self._thinking.rest())
        if self.is_full:
            return last + CUT
        if self._finish is None:
            raise EndpointError("cut off")
        if not self.has_text:
            raise EndpointError("empty answer")
        return last if self._finish == "stop" else last + CUT

    def count(self, messages: Sequence[Message]) -> Usage:
        """Return our own count where the endpoint told none; a hidden chunk is about a token."""
        completion = tokens.count("".join(self._shown)) + self._hidden_chunks
        return Usage(tokens.count_messages(messages), completion)


def _says_something(chunk: ChatCompletionChunk) -> bool:
    """Tell whether a chunk carries text, shown or thought, or the end of it."""
    if not chunk.choices:
        return False
    choice = chunk.choices[0]
    if choice.finish_reason or (choice.delta and choice.delta.content):
        return True
    return any(getattr(choice.delta, name, None) for name in ("reasoning_content", "reasoning"))


@contextmanager
def _explained() -> Iterator[None]:
    """Turn everything that an endpoint can do wrong into an EndpointError."""
    import openai

    try:
        yield
    except (TimeoutError, openai.APITimeoutError) as fault:
        raise EndpointError("took too long") from fault
    except openai.APIStatusError as fault:
        raise EndpointError(f"answered with status {fault.status_code}") from fault
    except openai.APIConnectionError as fault:
        raise EndpointError("no connection") from fault
    except (json.JSONDecodeError, UnicodeDecodeError) as fault:
        raise EndpointError("sent a broken stream") from fault
    except openai.OpenAIError as fault:
        raise EndpointError("reported an error") from fault
