"""A Discord on 127.0.0.1: REST and gateway, as strict as the real one, driven by the test.

    async with DiscordServer() as server:
        ...  # start the bot with server.api_url, server.gateway_url, server.token
        await server.connected()
        await server.slash(7, "learn", lesson="tokens")
        await server.wait_for(lambda: server.replies(server.dm(7)))
        assert server.faults == []

It runs in the test's own event loop. With SPECS_DIR set, requests are also checked against
Discord's OpenAPI document.
"""

import asyncio
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self, TypeVar

from aiohttp import web

from tests.platforms.discord_gateway import Gateway
from tests.platforms.discord_rest import API, Disturbance, Rest
from tests.platforms.discord_routes import ACKNOWLEDGE_WITHIN, Call
from tests.platforms.discord_world import (
    AUTOCOMPLETE,
    BOT_ID,
    PRESS,
    SLASH,
    Channel,
    Invocation,
    Json,
    Seen,
    World,
    member_json,
)
from tests.platforms.uploads import REQUEST_BYTES

T = TypeVar("T")

TOKEN = "discord.loopback.token"


class DiscordServer:
    """One loopback Discord. People, DMs and guild channels exist as soon as they are named.

    `token_life` is for how many seconds an interaction's token is good.
    """

    def __init__(
        self,
        token: str = TOKEN,
        guilds: tuple[int, ...] = (100,),
        token_life: float = 15 * 60.0,
        port: int = 0,
    ) -> None:
        self.token = token
        self.world = World()
        self.gateway = Gateway(self.world, token, guilds)
        self._rest = Rest(self.world, token, token_life)
        self._port = port
        app = web.Application(client_max_size=REQUEST_BYTES)
        app.router.add_get("/gw", self.gateway.serve)
        app.router.add_route("*", API + "/{path:.*}", self._rest.serve)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1, access_log=None)
        self._timers: list[asyncio.TimerHandle] = []

    async def __aenter__(self) -> Self:
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self._port).start()
        self._port = self._runner.addresses[0][1]
        self.gateway.url = self._rest.routes.gateway_url = self.gateway_url
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        for timer in self._timers:
            timer.cancel()
        await self.gateway.drop()
        await self._runner.cleanup()

    @property
    def api_url(self) -> str:
        return f"http://127.0.0.1:{self._port}{API}"

    @property
    def gateway_url(self) -> str:
        return f"ws://127.0.0.1:{self._port}/gw"

    @property
    def faults(self) -> list[str]:
        """What the bot did that the real Discord would refuse, or that pings."""
        return self._rest.faults + self.gateway.faults

    @property
    def calls(self) -> list[Call]:
        """Every REST request so far."""
        return self._rest.calls

    @property
    def commands(self) -> dict[str, Json]:
        """The registered slash commands by name."""
        return {command["name"]: command for command in self.world.commands}

    def dm(self, user: int) -> int:
        """The id of a person's DM channel."""
        return self.world.dm(user).id

    def channel(self, guild: int = 100) -> int:
        """The id of a guild's one text channel."""
        return self.world.guild(guild).id

    def messages(self, channel: int) -> list[Seen]:
        """Everything in a channel as it looks now, ephemeral messages and people's included."""
        return list(self.world.posts[channel])

    def replies(self, channel: int) -> list[Seen]:
        """The bot's messages in a channel, without placeholders that still say "thinking"."""
        return [seen for seen in self.messages(channel) if seen.from_bot and not seen.loading]

    def disturb(
        self, pattern: str, status: int = 429, times: int = 1, retry_after: float = 0.2
    ) -> None:
        """Answer the next requests that match, such as "POST /channels/.*", with `status`.

        Status 0 drops the line.
        """
        self._rest.disturbances.append(Disturbance(pattern, status, times, retry_after))

    async def connected(self, seconds: float = 10.0) -> None:
        """Wait until the bot is at the gateway."""
        await self.wait_for(lambda: self.gateway.connected, seconds)

    async def wait_for(self, condition: Callable[[], T], seconds: float = 10.0) -> T:
        """Wait until `condition` returns something true, and return that. Raises TimeoutError."""
        async with asyncio.timeout(seconds):
            while not (result := condition()):  # noqa: ASYNC110 - any condition, so polled
                await asyncio.sleep(0.01)
        return result

    async def slash(
        self,
        user: int,
        name: str,
        *,
        guild: int | None = None,
        locale: str = "zh-CN",
        stale: bool = False,
        **options: str,
    ) -> Invocation:
        """Use a slash command; `stale` allows one that the bot has not registered."""
        if not stale:
            known = {option["name"] for option in self.commands[name].get("options", [])}
            assert options.keys() <= known, f"/{name} has no such option"
        data = _command_json(name, options)
        place = self.world.place(user, guild)
        return await self._invoke(Invocation(SLASH, user, place, locale, data))

    async def autocomplete(
        self, user: int, name: str, *, locale: str = "zh-CN", **options: str
    ) -> list[Json]:
        """Type into a command's option; returns the choices that the bot suggests."""
        data = _command_json(name, options)
        data["options"][-1]["focused"] = True
        place = self.world.dm(user)
        invocation = await self._invoke(Invocation(AUTOCOMPLETE, user, place, locale, data))
        await self.wait_for(lambda: invocation.choices is not None)
        return invocation.choices or []

    async def press(self, user: int, action: str, *, locale: str = "zh-CN") -> Invocation:
        """Press a button on the newest message that has it and that this person can see."""
        seen = max(self._pressable(user, action), key=lambda seen: seen.id)
        data = {"custom_id": action, "component_type": 2}
        return await self._invoke(Invocation(PRESS, user, seen.channel, locale, data, seen))

    async def say(
        self,
        user: int,
        text: str,
        *,
        guild: int | None = None,
        mention: bool = False,
        reply_to: Seen | None = None,
    ) -> Seen:
        """Write a message. A bot without the privileged intent gets no text of most in guilds."""
        place = self.world.place(user, guild)
        content = f"<@{BOT_ID}> {text}" if mention else text
        seen = self.world.post(place, user, content, mentions=[BOT_ID] if mention else [])
        seen.reply_to = reply_to.id if reply_to else None
        data = seen.json()
        if guild is not None:
            data |= {"guild_id": str(guild), "member": member_json(user)}
            data["content"] = content if mention else ""
        if reply_to:
            data["referenced_message"] = reply_to.json()
        await self.gateway.dispatch("MESSAGE_CREATE", data)
        return seen

    async def _invoke(self, invocation: Invocation) -> Invocation:
        self.world.invocations[invocation.token] = invocation
        self._timers.append(
            asyncio.get_running_loop().call_later(
                ACKNOWLEDGE_WITHIN, self._check_acknowledged, invocation
            )
        )
        await self.gateway.dispatch("INTERACTION_CREATE", invocation.json())
        return invocation

    def _check_acknowledged(self, invocation: Invocation) -> None:
        if invocation.callback is None:
            self._rest.faults.append(f"not acknowledged within 3 s: {invocation.data}")

    def _pressable(self, user: int, action: str) -> list[Seen]:
        found = [
            seen
            for channel in self.world.channels.values()
            for seen in self.world.posts[channel.id]
            if _can_see(channel, seen, user)
            and action in [custom_id for _, custom_id in seen.buttons]
        ]
        assert found, f"no message that {user} can see has a button {action!r}"
        return found


def _can_see(channel: Channel, seen: Seen, user: int) -> bool:
    return channel.user in (None, user) and seen.only_for in (None, user)


def _command_json(name: str, options: dict[str, str]) -> Json:
    given: list[Any] = [{"name": key, "type": 3, "value": text} for key, text in options.items()]
    return {"id": "1", "name": name, "type": 1, "options": given}
