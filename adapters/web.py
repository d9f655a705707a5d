"""The HTTP side: /healthz (the process answers) and /readyz (every platform is connected)."""

import asyncio
from collections.abc import Sequence
from typing import Protocol

from aiohttp import web

from bot.errors import SettingError


class Platform(Protocol):
    """A chat platform that `run` serves until it is cancelled."""

    name: str

    @property
    def ready(self) -> bool: ...

    async def run(self) -> None: ...


class WebServer:
    """Serves until it is cancelled."""

    name = "web"

    def __init__(self, host: str, port: int, platforms: Sequence[Platform]) -> None:
        self._host, self._port, self._platforms = host, port, platforms

    async def run(self) -> None:
        """Serve. Raises SettingError where the port cannot be had."""
        app = web.Application()
        app.add_routes([web.get("/healthz", self._health), web.get("/readyz", self._readiness)])
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        try:
            await web.TCPSite(runner, self._host, self._port).start()
            await asyncio.Event().wait()
        except OSError as error:
            raise SettingError(f"HTTP_HOST, HTTP_PORT: {error.strerror or error}") from None
        finally:
            await runner.cleanup()

    async def _health(self, _request: web.Request) -> web.Response:
        return web.json_response({"status": "ok"})

    async def _readiness(self, _request: web.Request) -> web.Response:
        state = {platform.name: platform.ready for platform in self._platforms}
        return web.json_response(state, status=200 if all(state.values()) else 503)
