"""An endpoint on loopback that answers at once: the floor of every measurement of an answer.

`python -m adapters.bench.endpoint_server` prints its port; it notes when each request came.
"""

import asyncio
import json
import time
from typing import Any, Final

from aiohttp import web

CHUNKS: Final = 200
PIECE: Final = "The model reads tokens. "

_arrived: list[float] = []


def _chunk(delta: dict[str, Any], finish: str | None = None) -> bytes:
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    frame = {"id": "1", "object": "chat.completion.chunk", "created": 0, "model": "m"}
    return f"data: {json.dumps({**frame, 'choices': [choice]})}\n\n".encode()


async def _complete(request: web.Request) -> web.StreamResponse:
    _arrived.append(time.monotonic())  # the same clock in every process of a machine
    await request.read()
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
    await response.prepare(request)
    for number in range(CHUNKS):
        await response.write(_chunk({"content": f"{number} {PIECE}"}))
        await asyncio.sleep(0.002)
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
