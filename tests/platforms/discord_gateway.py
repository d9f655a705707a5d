"""The gateway of the loopback Discord: sessions, heartbeats, events, resuming."""

import json
import secrets
from contextlib import suppress
from typing import Any

from aiohttp import WSMsgType, web

from tests.platforms.discord_world import BOT_ID, Json, World, member_json, user_json

PRIVILEGED = 1 << 1 | 1 << 8 | 1 << 15
DISPATCH, HEARTBEAT, IDENTIFY, RESUME, INVALID_SESSION, HELLO, HEARTBEAT_ACK = 0, 1, 2, 6, 9, 10, 11

GUILD_LISTS = (
    "emojis",
    "stickers",
    "features",
    "voice_states",
    "presences",
    "threads",
    "stage_instances",
    "guild_scheduled_events",
    "soundboard_sounds",
)


class Session:
    """What one IDENTIFY began. Events are kept, so that RESUME can repeat the missed ones."""

    def __init__(self) -> None:
        self.id = secrets.token_hex(8)
        self.events: list[Json] = []
        self.socket: web.WebSocketResponse | None = None

    async def send(self, name: str, data: Json) -> None:
        event = {"op": DISPATCH, "t": name, "s": len(self.events) + 1, "d": data}
        self.events.append(event)
        await self.deliver([event])

    async def deliver(self, events: list[Json]) -> None:
        # A bot that was killed leaves a socket that looks open for a moment.
        with suppress(ConnectionError):
            for event in events:
                if self.socket is not None and not self.socket.closed:
                    await self.socket.send_json(event)


class Gateway:
    """Serves one bot: the newest session gets all events.

    `identified` and `resumed` count what the bot did; `closed_with` are its close codes.
    """

    def __init__(self, world: World, token: str, guilds: tuple[int, ...]) -> None:
        self._world, self._token, self._guilds = world, token, guilds
        self.url = ""
        self.session: Session | None = None
        self.identified = self.resumed = 0
        self.closed_with: list[int | None] = []
        self.faults: list[str] = []

    @property
    def connected(self) -> bool:
        socket = self.session.socket if self.session else None
        return socket is not None and not socket.closed

    async def dispatch(self, name: str, data: Json) -> None:
        """Send an event; while the bot is away it is kept for its RESUME."""
        if self.session is not None:
            await self.session.send(name, data)

    async def drop(self, code: int = 4000) -> None:
        """Close the connection as Discord does now and then; with 4000 the bot resumes."""
        if self.session is not None and self.session.socket is not None:
            await self.session.socket.close(code=code)

    async def forget(self) -> None:
        """Drop the connection and the session: the bot has to identify again."""
        await self.drop()
        self.session = None

    async def serve(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.send_json({"op": HELLO, "d": {"heartbeat_interval": 41250}})
        async for frame in socket:
            if frame.type is WSMsgType.TEXT:
                await self._take(socket, json.loads(frame.data))
        self.closed_with.append(socket.close_code)
        return socket

    async def _take(self, socket: web.WebSocketResponse, frame: Json) -> None:
        match frame["op"]:
            case 1:
                await socket.send_json({"op": HEARTBEAT_ACK})
            case 2:
                await self._identify(socket, frame["d"])
            case 6:
                await self._resume(socket, frame["d"])
            case 3:
                pass
            case other:
                self.faults.append(f"gateway: unexpected opcode {other}")

    async def _identify(self, socket: web.WebSocketResponse, data: Json) -> None:
        if data["token"] != self._token:
            await socket.close(code=4004, message=b"Authentication failed.")
            return
        if data["intents"] & PRIVILEGED:
            await socket.close(code=4014, message=b"Disallowed intent(s).")
            return
        self.identified += 1
        self.session = Session()
        self.session.socket = socket
        await self.session.send("READY", self._ready())
        for guild in self._guilds:
            await self.session.send("GUILD_CREATE", self._guild_json(guild))

    async def _resume(self, socket: web.WebSocketResponse, data: Json) -> None:
        session = self.session
        if session is None or data["session_id"] != session.id:
            await socket.send_json({"op": INVALID_SESSION, "d": False})
            return
        self.resumed += 1
        session.socket = socket
        await session.deliver(session.events[data["seq"] or 0 :])
        await session.send("RESUMED", {})

    def _ready(self) -> Json:
        assert self.session is not None
        return {
            "v": 10,
            "user": user_json(BOT_ID) | {"verified": True, "mfa_enabled": False},
            "guilds": [{"id": str(guild), "unavailable": True} for guild in self._guilds],
            "session_id": self.session.id,
            "resume_gateway_url": self.url,
            "application": {"id": str(BOT_ID), "flags": 0},
        }

    def _guild_json(self, guild: int) -> Json:
        empty: dict[str, Any] = {key: [] for key in GUILD_LISTS}
        return empty | {
            "id": str(guild),
            "name": f"guild {guild}",
            "icon": None,
            "owner_id": "1",
            "roles": [_everyone(guild)],
            "channels": [self._world.guild(guild).json()],
            "members": [member_json(BOT_ID)],
            "member_count": 2,
            "large": False,
            "unavailable": False,
            "joined_at": "2026-01-01T00:00:00+00:00",
            "preferred_locale": "en-US",
            "afk_timeout": 300,
            "verification_level": 0,
            "default_message_notifications": 0,
            "explicit_content_filter": 0,
            "mfa_level": 0,
            "nsfw_level": 0,
            "premium_tier": 0,
            "system_channel_flags": 0,
        }


def _everyone(guild: int) -> Json:
    return {
        "id": str(guild),
        "name": "@everyone",
        "color": 0,
        "hoist": False,
        "position": 0,
        "permissions": "2147483647",
        "managed": False,
        "mentionable": False,
    }
