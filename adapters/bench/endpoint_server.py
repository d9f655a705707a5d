"""An endpoint on loopback that answers at once: the floor of every measurement of an answer.

`python -m adapters.bench.endpoint_server` prints its port; it notes when each request came.
"""

import asyncio
import json
import time
from contextlib import suppress
from typing import Any, Final

from aiohttp import web

CHUNKS: Final = 200
SLOW: Final = "slow"
"""A model of this name writes 20 chunks a second for as long as somebody listens."""

PIECE: Final = "The model reads tokens. "

_arrived: list[float] = []


def _chunk(delta: dict[str, Any], finish: str | None = None) -> bytes:
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    frame = {"id": "1", "object": "chat.completion.chunk", "created": 0, "model": "m"}
    return f"data: {json.dumps({**frame, 'choices': [choice]})}\n\n".encode()


async def _complete(request: web.Request) -> web.StreamResponse:
    _arrived.append(time.monotonic())  # the same clock in every process of a machine
    body = await request.json()
    pause, chunks = (0.05, 100_000) if body["model"] == SLOW else (0.0, CHUNKS)
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
    await response.prepare(request)
    with suppress(ConnectionResetError):  # the listener has heard enough
        for number in range(chunks):
            await response.write(_chunk({"content": f"{number} {PIECE}"}))
            await asyncio.sleep(pause)
        await response.write(_chunk({}, "stop") + b"data: [DONE]\n\n")
    return response


async def _arrivals(_request: web.Request) -> web.Response:
    """Tell when the requests came since the last time this was asked."""
    told = web.json_response(_arrived[:])
    _arrived.clear()
    return told


async def _serve() -> None:
    app = web.Application()
    app.add_routes([
        web.post("/v1/chat/completions", _complete),
        web.get("/arrivals", _arrivals),
    ])  # fmt: skip
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    print(runner.addresses[0][1], flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_serve())
