"""The REST door of the loopback Discord: reads, checks and answers what the bot asks."""

import json
import re
import time
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from tests.platforms.discord_openapi import openapi_fault
from tests.platforms.discord_routes import Call, Refusal, Routes
from tests.platforms.discord_world import Json, World
from tests.platforms.uploads import Upload

API = "/api/v10"


@dataclass
class Disturbance:
    """The next `times` requests that match are answered with `status` instead; 0 drops the line."""

    pattern: str
    status: int
    times: int
    retry_after: float


class Rest:
    """Takes the requests, keeps them in `calls`, and notes whatever is wrong in `faults`."""

    def __init__(self, world: World, token: str, token_life: float) -> None:
        self.routes = Routes(world, token_life)
        self._token = token
        self.faults: list[str] = []
        self.calls: list[Call] = []
        self.disturbances: list[Disturbance] = []

    async def serve(self, request: web.Request) -> web.Response:
        call = await _read(request)
        self.calls.append(call)
        headers = {"Via": "1.1 loopback"}  # discord.py takes a 429 without it for Cloudflare's
        try:
            if disturbance := self._disturbance(call):
                if disturbance.status == 0 and request.transport is not None:
                    request.transport.abort()
                return _disturbed(disturbance, headers)
            self._check(request, call)
            answer = self.routes.answer(call)
        except Refusal as refusal:
            if refusal.fault:
                self.faults.append(f"{call.method} {call.path}: {refusal.fault}")
            answer = {"code": refusal.code, "message": str(refusal)}
            return _json(answer, refusal.status, headers)
        if answer is None:
            return web.Response(status=204, headers=headers)
        return _json(answer, 200, headers)

    def _disturbance(self, call: Call) -> Disturbance | None:
        for disturbance in self.disturbances:
            matches = re.fullmatch(disturbance.pattern, f"{call.method} {call.path}")
            if matches and disturbance.times > 0:
                disturbance.times -= 1
                return disturbance
        return None

    def _check(self, request: web.Request, call: Call) -> None:
        by_token = call.path.startswith(("/webhooks/", "/interactions/"))
        if not by_token and request.headers.get("Authorization") != f"Bot {self._token}":
            raise Refusal(401, 0, "401: Unauthorized")
        if fault := openapi_fault(call.method, call.path, call.body, call.multipart):
            raise Refusal(400, 50035, "Invalid Form Body", fault)


async def _read(request: web.Request) -> Call:
    call = Call(
        request.method,
        request.path.removeprefix(API),
        None,
        time.monotonic(),
        dict(request.query),
        multipart=request.content_type.startswith("multipart/"),
    )
    if call.multipart:
        form = await request.post()
        call.body = json.loads(str(form["payload_json"]))
        call.files = {
            int(name[len("files[") : -1]): Upload.read(value)
            for name, value in form.items()
            if isinstance(value, web.FileField)
        }
    elif request.can_read_body:
        call.body = json.loads(await request.text())
    return call


def _disturbed(disturbance: Disturbance, headers: dict[str, str]) -> web.Response:
    answer: Json = {"code": 0, "message": "disturbed by the test"}
    if disturbance.status == 429:
        answer |= {"retry_after": disturbance.retry_after, "global": False}
        headers["Retry-After"] = str(disturbance.retry_after)
    return _json(answer, disturbance.status or 500, headers)


def _json(answer: Any, status: int, headers: dict[str, str]) -> web.Response:
    # discord.py parses JSON only where the type is exactly this, without a charset.
    headers["Content-Type"] = "application/json"
    return web.Response(body=json.dumps(answer).encode(), status=status, headers=headers)
