"""An OpenAI-compatible endpoint, with time-outs and limits of our own: the only importer of openai.

The library takes 0.65 s to import, so that waits for the first question and is done in a thread.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import aclosing, contextmanager
from typing import TYPE_CHECKING, Final, TypeAlias
from urllib.parse import urlsplit

from bot.answering import quirks
from bot.answering.chunks import part_of, well_formed, whole_answer
from bot.answering.patience import Patience
from bot.answering.quirks import Quirk
from bot.answering.streamed import CUT, Part, StreamedAnswer
from bot.ports import EMBED_SECONDS, EndpointError, Message, Usage

if TYPE_CHECKING:
    import openai
    from openai.types.chat import ChatCompletionChunk

__all__ = ["CUT", "EndpointError", "OpenAIEndpoint", "Patience"]

_Chunks: TypeAlias = "openai.AsyncStream[ChatCompletionChunk]"

ANSWER_SECONDS: Final = 30.0

UNNAMED: Final = "default"
"""The model that an endpoint is asked for which lists none."""

TOOK_TOO_LONG: Final = "took too long"

EMBED_BATCH: Final = 64
"""Texts of one request for embeddings."""

_THIS_REQUEST_ALONE: Final = (400, 413, 422)
"""Statuses that say nothing about the next question."""

_LOOPBACK: Final = ("127.0.0.1", "localhost", "::1")
"""Where no proxy of the environment leads to."""

_LOGGERS: Final = ("openai", "httpx2", "httpcore2")


class OpenAIEndpoint:
    """Implements bot.ports.Endpoint and Embedder.

    model: None takes the first one that the endpoint lists. retries: of a request that was refused
    for now, or not answered. What is peculiar about the endpoint is learned from its refusals.
    """

    def __init__(
        self,
        base_url: str,
        api_key: str | None,
        model: str | None,
        answer_tokens: int,
        *,
        patience: Patience = Patience.within(ANSWER_SECONDS),  # noqa: B008 - immutable
        embedding_model: str | None = None,
        retries: int = 1,
    ) -> None:
        self._base_url = base_url
        self._api_key = api_key
        self._model = model
        self._answer_tokens = answer_tokens
        self._patience = patience
        self._embedding_model = embedding_model
        self._retries = retries
        self._client: openai.AsyncOpenAI | None = None
        self._lock = asyncio.Lock()
        self._quirks: set[Quirk] = set()

    async def stream(
        self, messages: Sequence[Message], *, patience: Patience | None = None
    ) -> AsyncGenerator[str | Usage]:
        """Yield the answer piece by piece, without its thinking, and last the usage.

        An answer that was stopped for its length or its time ends with `CUT`. Raises EndpointError.
        """
        answer = StreamedAnswer(self._answer_tokens)
        parts = self._parts(messages, answer, patience or self._patience)
        try:
            async with aclosing(parts):
                async for part in parts:
                    if piece := answer.take(part):
                        yield piece
                    if answer.is_cut:
                        break
            last = answer.end()
            self._quirks |= answer.quirks
        except EndpointError as failure:
            if answer.has_begun or failure.reason == TOOK_TOO_LONG:
                failure.usage = await asyncio.to_thread(answer.cost, messages)
            raise
        if last:
            yield last
        yield await asyncio.to_thread(answer.cost, messages)

    async def embed(
        self, texts: Sequence[str], *, seconds: float = EMBED_SECONDS
    ) -> list[list[float]]:
        """Return one vector a text, all within `seconds`. Raises EndpointError, and ValueError
        where there is no embedding model."""
        if self._embedding_model is None:
            raise ValueError("no embedding model")
        client, vectors = await self._connected(), []
        with _explained():
            async with asyncio.timeout(seconds):
                for start in range(0, len(texts), EMBED_BATCH):
                    batch = list(texts[start : start + EMBED_BATCH])
                    vectors += await self._embed(client, self._embedding_model, batch)
        return vectors

    @property
    def quirks(self) -> frozenset[Quirk]:
        """What has been learned about the endpoint so far."""
        return frozenset(self._quirks)

    async def models(self) -> list[str]:
        """Return the names of the models that it lists. Raises EndpointError."""
        client = await self._connected()
        with _explained(), well_formed():
            async with asyncio.timeout(self._patience.first_token):
                return [str(model.id) for model in (await client.models.list()).data or ()]

    async def aclose(self) -> None:
        """Close the connections that are kept open."""
        if self._client is not None:
            await self._client.close()

    async def _parts(
        self, messages: Sequence[Message], answer: StreamedAnswer, patience: Patience
    ) -> AsyncGenerator[Part]:
        """Yield the parts of one answer, each in its time."""
        now = asyncio.get_running_loop().time
        end = now() + patience.whole  # loading the library, once, is part of it
        client = await self._connected()
        start = now()
        until = min(end, start + patience.first_token)
        with _explained():
            async with asyncio.timeout_at(until):
                chunks = await self._ask(client, messages)
            answer.has_begun = True
            async with chunks, aclosing(self._read(chunks)) as parts:
                while True:
                    # Around the waiting alone: a time-out across the yield would hit the listener.
                    last = end if answer.has_text else min(end, start + patience.first_text)
                    try:
                        async with asyncio.timeout_at(min(until, last)):
                            part = await anext(parts, None)
                    except TimeoutError:
                        if answer.has_text and until >= end:
                            answer.cut()
                            return
                        raise
                    if part is None:
                        return
                    yield part
                    if part.says_something:
                        until = now() + patience.between_tokens

    async def _ask(self, client: openai.AsyncOpenAI, messages: Sequence[Message]) -> _Chunks:
        """Ask, and where the refusal shows a quirk ask again; each is learned once."""
        import openai

        model = self._model or await self._first_model()
        while True:
            asked = frozenset(self._quirks)
            body = quirks.request(model, messages, self._answer_tokens, asked)
            try:
                chunks: _Chunks = await client.chat.completions.create(**body)
            except openai.APIStatusError as refusal:
                quirk = quirks.recognise(refusal.status_code, str(refusal))
                if quirk is None or quirk in asked:
                    raise
                self._quirks.add(quirk)
            else:
                return chunks

    async def _read(self, chunks: _Chunks) -> AsyncGenerator[Part]:
        """Yield the parts of an answer, also of one that came in one piece."""
        if "application/json" in chunks.response.headers.get("content-type", ""):
            self._quirks.add("not_streamed")
            yield whole_answer(json.loads(await chunks.response.aread()))
            return
        async for chunk in chunks:
            yield part_of(chunk)

    async def _first_model(self) -> str:
        import openai

        try:
            models = await self.models()
        except EndpointError as failure:
            if not isinstance(failure.__cause__, openai.NotFoundError):
                return UNNAMED  # and the list is asked for again with the next question
            models = []
        self._model = models[0] if models else UNNAMED
        return self._model

    async def _embed(
        self, client: openai.AsyncOpenAI, model: str, batch: list[str]
    ) -> list[list[float]]:
        answer = await client.embeddings.create(model=model, input=batch, encoding_format="float")
        with well_formed():
            found = sorted(answer.data, key=lambda one: one.index)
            vectors = [[float(number) for number in one.embedding] for one in found]
        if len(vectors) != len(batch):
            raise EndpointError("sent too few vectors")
        return vectors

    async def _connected(self) -> openai.AsyncOpenAI:
        async with self._lock:
            if self._client is None:
                self._client = await asyncio.to_thread(self._connect)
            return self._client

    def _connect(self) -> openai.AsyncOpenAI:
        import openai

        for name in _LOGGERS:  # they tell addresses and questions
            logging.getLogger(name).setLevel(logging.WARNING)
        is_here = urlsplit(self._base_url).hostname in _LOOPBACK
        return openai.AsyncOpenAI(
            http_client=openai.DefaultAsyncHttpx2Client(trust_env=not is_here),
            api_key=self._api_key or "none",  # without one the library would take OPENAI_API_KEY
            base_url=self._base_url,
            max_retries=self._retries,
            timeout=openai.Timeout(self._patience.whole, connect=self._patience.connect),
        )


@contextmanager
def _explained() -> Iterator[None]:
    """Turn everything that an endpoint can do wrong into an EndpointError."""
    import httpx2
    import openai

    try:
        yield
    except (TimeoutError, openai.APITimeoutError, httpx2.TimeoutException) as fault:
        if isinstance(fault.__cause__, httpx2.ConnectTimeout):
            raise EndpointError("no connection", is_down=True) from fault
        raise EndpointError(TOOK_TOO_LONG, is_down=True) from fault
    except openai.APIStatusError as fault:
        status = fault.status_code
        is_down = status not in _THIS_REQUEST_ALONE
        raise EndpointError(f"answered with status {status}", is_down=is_down) from fault
    except (openai.APIConnectionError, httpx2.HTTPError) as fault:
        raise EndpointError("no connection", is_down=True) from fault
    except (json.JSONDecodeError, UnicodeDecodeError) as fault:
        raise EndpointError("sent a broken stream") from fault
    except openai.OpenAIError as fault:
        raise EndpointError("reported an error") from fault
