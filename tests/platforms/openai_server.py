"""A loopback server that speaks OpenAI's chat completions, checks what it is asked, and can fail.

with OpenAIServer(answer="Tokens are pieces of text. [1]") as server:
    endpoint = OpenAIEndpoint(server.base_url, server.api_key, None, 512)
    ...
assert server.faults == []
"""

import asyncio
import itertools
import json
import threading
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from types import TracebackType
from typing import Literal, Self

from aiohttp import web

from tests.platforms.openai_rules import Json as Json
from tests.platforms.openai_rules import check, check_embedding, embedding, refusal, usage

Script = str | Callable[[list[Json]], str]
"""What to answer: a text, or a function of the request's messages."""

Trouble = Literal[
    "status",  # answer with `status`, and a Retry-After header where `retry_after` is given
    "stall",  # accept the request and say nothing
    "stall_midway",  # say nothing any more after two chunks
    "truncate",  # end after two chunks without finish_reason and [DONE]
    "disconnect",  # drop the connection after two chunks
    "corrupt",  # send a chunk that is not JSON after two chunks
    "error_event",  # send an error object after two chunks
    "empty_choices",  # mix in chunks with no choices
    "no_usage",  # leave the usage out although it was asked for
    "reasoning",  # think aloud in reasoning_content first
    "think",  # think aloud in <think> tags first, cut across chunks
    "ponder",  # think in reasoning_content for ever
    "ponder_aloud",  # think after a <think> tag for ever
    "length",  # finish for "length"
    "endless",  # never stop
    "endless_empty",  # never stop sending chunks with no choices
    "huge",  # 10 MB in chunks of 100 kB
    "silent",  # an answer with no text
    "no_stream_options",  # answer 400 to a request with stream_options
    "max_tokens_refused",  # answer 400 to a request with max_tokens
    "system_refused",  # answer 400 to a request with a message of the system
    "alternate",  # answer 500 to a request with two messages of one role in a row
    "no_models",  # answer 404 to a request for the list of models
    "no_embeddings",  # answer 404 to a request for embeddings
    "not_streamed",  # answer with one JSON body although a stream was asked for
    "error_body",  # answer 200 with an error as one JSON body
    "web_page",  # answer 200 with HTML
    "usage_everywhere",  # tell the usage so far in every chunk
    "trickle",  # send one chunk each `pause` for ever, each different
    "babble",  # say the same sentence for ever
]


@dataclass(frozen=True)
class Behaviour:
    """How one request is met."""

    answer: Script | None = None
    trouble: Trouble | None = None
    status: int = 500
    retry_after: float | None = None


@dataclass
class OpenAIServer:
    """Serves on 127.0.0.1 from a thread of its own while it is entered.

    answer: what it says unless a behaviour in `next` (one a request, in order) says otherwise.
    prompt_limit: characters of all messages together from which on a request is a fault.
    requests, embedded: the bodies of the requests for chat and for embeddings.
    arrived: set by each request for chat; a test clears it.
    faults: what was wrong with any of them. listed: how often the models were asked for.
    """

    answer: Script = "Hello."
    behaviour: Behaviour = field(default_factory=Behaviour)
    models: tuple[str, ...] = ("loopback-1",)
    api_key: str | None = "sk-loopback-secret"
    prompt_limit: int = 200_000
    chunk: int = 4
    pause: float = 0.0
    next: deque[Behaviour] = field(default_factory=deque)
    requests: list[Json] = field(default_factory=list)
    arrived: threading.Event = field(default_factory=threading.Event)
    embedded: list[Json] = field(default_factory=list)
    listed: int = 0
    faults: list[str] = field(default_factory=list)
    port: int = 0

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    async def wait_for_request(self) -> None:
        """Wait until a request for chat has arrived. Raises TimeoutError."""
        if not await asyncio.to_thread(self.arrived.wait, 30):
            raise TimeoutError

    def script(self, *behaviours: Behaviour) -> None:
        """Meet the next requests like this, one each; the ones after as before."""
        self.next.extend(behaviours)

    def __enter__(self) -> Self:
        started = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(started,), daemon=True)
        self._thread.start()
        if not started.wait(10):
            raise RuntimeError("the loopback server did not start")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(10)

    def _run(self, started: threading.Event) -> None:
        asyncio.run(self._serve(started))

    async def _serve(self, started: threading.Event) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        app = web.Application(client_max_size=64_000_000)
        app.router.add_get("/v1/models", self._models)
        app.router.add_post("/v1/chat/completions", self._completions)
        app.router.add_post("/v1/embeddings", self._embeddings)
        runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=0.1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        self.port = runner.addresses[0][1]
        started.set()
        await self._stop.wait()
        await runner.cleanup()

    async def _models(self, request: web.Request) -> web.Response:
        self._check_key(request)
        self.listed += 1
        if self.behaviour.trouble == "no_models":
            return _error(404, "Not Found", {})
        listed = [
            {"id": name, "object": "model", "created": 0, "owned_by": "loopback"}
            for name in self.models
        ]
        return web.json_response({"object": "list", "data": listed})

    async def _completions(self, request: web.Request) -> web.StreamResponse:
        self._check_key(request)
        body: Json = await request.json()
        self.requests.append(body)
        self.arrived.set()
        self.faults += check(body, self.prompt_limit)
        how = self.next.popleft() if self.next else self.behaviour
        if refusal := _refusal(how, body):
            return refusal
        if how.trouble == "stall":
            await self._stop.wait()
        if how.trouble == "web_page":
            return web.Response(text="<h1>Welcome</h1>", content_type="text/html")
        said = self.answer if how.answer is None else how.answer
        text = said(body["messages"]) if callable(said) else said
        if how.trouble in ("not_streamed", "error_body"):
            return web.json_response(_ERROR if how.trouble == "error_body" else _whole(body, text))
        return await self._stream(request, body, how, text)

    async def _embeddings(self, request: web.Request) -> web.Response:
        self._check_key(request)
        body: Json = await request.json()
        self.embedded.append(body)
        self.faults += check_embedding(body)
        if self.behaviour.trouble == "no_embeddings":
            return _error(404, "Not Found", {})
        if self.behaviour.trouble == "stall":
            await self._stop.wait()
        texts = [body["input"]] if isinstance(body["input"], str) else body["input"]
        data = [
            {"object": "embedding", "index": number, "embedding": embedding(text)}
            for number, text in enumerate(texts)
        ]
        data.reverse()  # the index counts, not the order
        told = {"prompt_tokens": 1, "total_tokens": 1}
        return web.json_response({"object": "list", "data": data, "model": "m", "usage": told})

    def _check_key(self, request: web.Request) -> None:
        sent = request.headers.get("Authorization", "")
        if self.api_key is not None and sent != f"Bearer {self.api_key}":
            self.faults.append("the API key is missing or wrong")

    async def _stream(
        self, request: web.Request, body: Json, how: Behaviour, text: str
    ) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        try:
            async for event in self._events(body, how, text):
                # Half of a surrogate pair becomes the escape that it has in JSON.
                await response.write(f"data: {event}\n\n".encode(errors="backslashreplace"))
                await asyncio.sleep(self.pause)
        except _Drop:
            if request.transport is not None:
                request.transport.abort()
        except ConnectionResetError:
            pass  # the client has had enough
        return response

    async def _events(self, body: Json, how: Behaviour, text: str) -> AsyncIterator[str]:
        for number, delta in enumerate(self._deltas(how, text)):
            if number == 2:
                async for event in self._midway(how):
                    yield event
                if how.trouble == "truncate":
                    return
            told = usage(body, text) if how.trouble == "usage_everywhere" else None
            yield _chunk(delta, told=told)
            if how.trouble == "empty_choices":
                yield json.dumps({**_FRAME, "choices": []})
        yield _chunk({}, "length" if how.trouble == "length" else "stop")
        asked = (body.get("stream_options") or {}).get("include_usage")
        if asked and how.trouble != "no_usage":
            yield json.dumps({**_FRAME, "choices": [], "usage": usage(body, text)})
        yield "[DONE]"

    async def _midway(self, how: Behaviour) -> AsyncIterator[str]:
        if how.trouble == "stall_midway":
            await self._stop.wait()
        elif how.trouble == "disconnect":
            raise _Drop
        elif how.trouble == "corrupt":
            yield '{"id": "broken", "choices": [{'
        elif how.trouble == "error_event":
            yield json.dumps(_ERROR)
        while how.trouble == "endless_empty":
            yield json.dumps({**_FRAME, "choices": []})
            await asyncio.sleep(0.01)

    def _deltas(self, how: Behaviour, text: str) -> Iterator[Json]:
        yield {"role": "assistant", "content": ""}
        pieces = [text[at : at + self.chunk] for at in range(0, len(text), self.chunk)]
        if how.trouble == "reasoning":
            yield from ({"reasoning_content": piece} for piece in ("Let me ", "see."))
        if how.trouble == "ponder_aloud":
            yield {"content": "<think>"}
        while how.trouble in ("ponder", "ponder_aloud"):
            yield {"content" if how.trouble == "ponder_aloud" else "reasoning_content": "Hmm. "}
        if how.trouble == "think":
            yield from ({"content": piece} for piece in ("<thi", "nk>Let me", " see.</", "think>"))
        if how.trouble == "silent":
            pieces = []
        if how.trouble == "huge":
            pieces = ["x" * 100_000] * 100
        yield from ({"content": piece} for piece in pieces)
        if how.trouble == "trickle":
            yield from ({"content": f"{number} "} for number in itertools.count())
        while how.trouble == "babble":
            yield {"content": "A token is a piece of text. "}
        while how.trouble == "endless":
            yield {"content": "and so on "}


class _Drop(Exception):
    """Ends a response by dropping the connection."""


_FRAME: Json = {
    "id": "chatcmpl-1",
    "object": "chat.completion.chunk",
    "created": 0,
    "model": "loopback-1",
}


_ERROR: Json = {"error": {"message": "overloaded sk-loopback-secret", "code": 500}}


def _chunk(delta: Json, finish: str | None = None, *, told: Json | None = None) -> str:
    choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
    more = {"usage": told} if told else {}
    return json.dumps({**_FRAME, "choices": [choice], **more}, ensure_ascii=False)


def _whole(body: Json, text: str) -> Json:
    message = {"role": "assistant", "content": text, "reasoning_content": "Let me see."}
    choice = {"index": 0, "message": message, "finish_reason": "stop"}
    kind = {"object": "chat.completion", "usage": usage(body, text)}
    return {**_FRAME, **kind, "choices": [choice]}


def _refusal(how: Behaviour, body: Json) -> web.Response | None:
    if how.trouble == "status":
        after = {} if how.retry_after is None else {"Retry-After": str(how.retry_after)}
        return _error(how.status, "refused sk-loopback-secret", after)
    if told := refusal(how.trouble, body):
        return _error(500 if how.trouble == "alternate" else 400, told, {})
    return None


def _error(status: int, message: str, headers: dict[str, str]) -> web.Response:
    body = {"error": {"message": message, "type": "loopback", "code": None, "param": None}}
    return web.json_response(body, status=status, headers=headers)
