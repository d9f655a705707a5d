"""What the loopback Discord does for each REST request: effects on the world, and the answer."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.platforms import discord_rules as rules
from tests.platforms.discord_rules import EPHEMERAL, LOADING
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
    snowflake,
    user_json,
)
from tests.platforms.uploads import Upload

ACKNOWLEDGE_WITHIN = 3.0
CALLBACKS = {SLASH: (4, 5), PRESS: (4, 5, 6, 7), AUTOCOMPLETE: (8,)}


class Refusal(Exception):
    """An answer other than success. `fault` says what the bot did wrong, if it did."""

    def __init__(self, status: int, code: int, message: str, fault: str = "") -> None:
        super().__init__(message)
        self.status, self.code, self.fault = status, code, fault


@dataclass
class Call:
    """One request of the bot. `at` is monotonic; `files` are the uploads by their number."""

    method: str
    path: str
    body: Any
    at: float
    query: dict[str, str]
    files: dict[int, Upload] = field(default_factory=dict)
    multipart: bool = False


class Routes:
    """Carries out one request after another. `token_life` is in seconds."""

    def __init__(self, world: World, token_life: float) -> None:
        self._world, self._token_life = world, token_life
        self.gateway_url = ""

    def answer(self, call: Call) -> Any:
        """Return the JSON to answer with, None for 204. Raises Refusal."""
        if rules.too_large(call.files):
            raise Refusal(413, 40005, "Request entity too large")
        for method, pattern, handler in _ROUTES:
            match = re.fullmatch(pattern, call.path)
            if match and method == call.method:
                return handler(self, call, *match.groups())
        raise Refusal(404, 0, "404: Not Found", "no such route")

    # Who the bot is, and its commands.

    def _me(self, call: Call) -> Json:
        return user_json(BOT_ID) | {"verified": True, "mfa_enabled": False, "email": None}

    def _application(self, call: Call) -> Json:
        return {
            "id": str(BOT_ID),
            "name": "tutor",
            "icon": None,
            "description": "",
            "bot_public": True,
            "bot_require_code_grant": False,
            "verify_key": "00",
            "flags": 0,
            "owner": user_json(1),
        }

    def _gateway(self, call: Call) -> Json:
        limit = {"total": 1000, "remaining": 999, "reset_after": 0, "max_concurrency": 1}
        return {"url": self.gateway_url, "shards": 1, "session_start_limit": limit}

    def _put_commands(self, call: Call, application: str) -> list[Json]:
        _refuse(rules.command_faults(call.body))
        self._world.commands = [
            {"id": str(snowflake()), "application_id": application, "version": "1", **command}
            for command in call.body
        ]
        return self._world.commands

    def _get_commands(self, call: Call, application: str) -> list[Json]:
        return self._world.commands

    # Interactions.

    def _callback(self, call: Call, interaction: str, token: str) -> Json | None:
        invocation = self._world.invocations.get(token)
        if invocation is None or str(invocation.id) != interaction:
            raise Refusal(404, 10062, "Unknown interaction", "unknown interaction")
        if invocation.age > ACKNOWLEDGE_WITHIN:
            raise Refusal(404, 10062, "Unknown interaction")
        if invocation.callback is not None:
            message = "Interaction has already been acknowledged."
            raise Refusal(400, 40060, message, message)
        kind, data = call.body["type"], call.body.get("data") or {}
        _refuse(_callback_faults(invocation, kind, data, call.files))
        invocation.callback, invocation.answered_in = kind, invocation.age
        self._acknowledge(invocation, kind, data, call.files)
        return _callback_json(invocation) if call.query.get("with_response") else None

    def _acknowledge(
        self, invocation: Invocation, kind: int, data: Json, files: Mapping[int, Upload]
    ) -> None:
        if kind == 8:
            invocation.choices = data["choices"]
        elif kind in (6, 7):
            invocation.original = invocation.pressed
            if kind == 7 and invocation.pressed:
                invocation.pressed.update(data, files)
        else:
            flags = LOADING if kind == 5 else 0
            invocation.original = self._reply(invocation, data, files, flags)

    def _reply(
        self, invocation: Invocation, data: Json, files: Mapping[int, Upload], more_flags: int = 0
    ) -> Seen:
        flags = int(data.get("flags") or 0)
        seen = self._world.post(
            invocation.channel,
            BOT_ID,
            data.get("content") or "",
            components=data.get("components") or [],
            flags=flags | more_flags,
            only_for=invocation.user if flags & EPHEMERAL else None,
        )
        seen.attach(data, files)
        return seen

    def _follow_up(self, call: Call, application: str, token: str) -> Json:
        invocation = self._live(application, token)
        _refuse(rules.message_faults(call.body, flags=EPHEMERAL, files=call.files))
        if invocation.original and invocation.original.loading:
            # Discord's old way: the first follow-up takes the placeholder's place, and fails where
            # its reader has deleted that.
            self._seen(invocation.channel, invocation.original.id)
            invocation.original.update(call.body, call.files)
            return invocation.original.json()
        return self._reply(invocation, call.body, call.files).json()

    def _edit_reply(self, call: Call, application: str, token: str, message: str) -> Json:
        return _changed(self._of_interaction(application, token, message), call)

    def _get_reply(self, call: Call, application: str, token: str, message: str) -> Json:
        return self._of_interaction(application, token, message).json()

    def _delete_reply(self, call: Call, application: str, token: str, message: str) -> None:
        invocation = self._live(application, token)
        seen = self._of_interaction(application, token, message)
        self._world.remove(seen)
        if invocation.original is seen:
            invocation.original = None

    def _live(self, application: str, token: str) -> Invocation:
        invocation = self._world.invocations.get(token)
        if invocation is None or application != str(BOT_ID):
            raise Refusal(404, 10015, "Unknown Webhook", "unknown interaction token")
        if invocation.age > self._token_life:
            raise Refusal(401, 50027, "Invalid Webhook Token", "the interaction token has expired")
        if invocation.callback is None:
            raise Refusal(404, 10015, "Unknown Webhook", "a follow-up before the callback")
        return invocation

    def _of_interaction(self, application: str, token: str, message: str) -> Seen:
        invocation = self._live(application, token)
        original = invocation.original
        wanted = original.id if message == "@original" and original else message
        return self._seen(invocation.channel, wanted)

    # Channels.

    def _send(self, call: Call, channel_id: str) -> Json:
        channel = self._writable(channel_id)
        _refuse(rules.message_faults(call.body, known=rules.CHANNEL_MESSAGE, files=call.files))
        nonce = call.body.get("nonce")
        for seen in self._world.posts[channel.id]:
            if nonce and seen.nonce == nonce and call.body.get("enforce_nonce"):
                return seen.json()
        reference = call.body.get("message_reference") or {}
        seen = self._world.post(
            channel,
            BOT_ID,
            call.body.get("content") or "",
            components=call.body.get("components") or [],
            flags=int(call.body.get("flags") or 0),
            nonce=nonce,
            reply_to=int(reference["message_id"]) if reference else None,
        )
        seen.attach(call.body, call.files)
        return seen.json()

    def _edit(self, call: Call, channel_id: str, message: str) -> Json:
        return _changed(self._own(channel_id, message), call)

    def _delete(self, call: Call, channel_id: str, message: str) -> None:
        self._world.remove(self._own(channel_id, message))

    def _typing(self, call: Call, channel_id: str) -> None:
        self._writable(channel_id)

    def _open_dm(self, call: Call) -> Json:
        return self._world.dm(int(call.body["recipient_id"])).json()

    def _writable(self, channel_id: str) -> Channel:
        channel = self._world.channels.get(int(channel_id))
        if channel is None:
            raise Refusal(404, 10003, "Unknown Channel", "unknown channel")
        if channel.user in self._world.closed_dms:
            raise Refusal(403, 50007, "Cannot send messages to this user")
        if channel.id in self._world.barred:
            raise Refusal(403, 50001, "Missing Access")
        return channel

    def _own(self, channel_id: str, message: str) -> Seen:
        seen = self._seen(self._writable(channel_id), message)
        if not seen.from_bot or seen.ephemeral:
            raise Refusal(
                403, 50005, "Cannot edit a message authored by another user", "not its own"
            )
        return seen

    def _seen(self, channel: Channel, message: int | str) -> Seen:
        for seen in self._world.posts[channel.id]:
            if str(seen.id) == str(message):
                return seen
        raise Refusal(404, 10008, "Unknown Message")


def _changed(seen: Seen, call: Call) -> Json:
    kept = frozenset(one.id for one in seen.attachments)
    _refuse(rules.message_faults(call.body, edit=True, files=call.files, kept=kept))
    seen.update(call.body, call.files)
    return seen.json()


def _callback_faults(
    invocation: Invocation, kind: int, data: Json, files: Mapping[int, Upload]
) -> Iterator[rules.Fault]:
    if kind not in CALLBACKS[invocation.type]:
        yield "type", f"callback {kind} does not answer interaction type {invocation.type}"
    elif kind in (4, 7):
        yield from rules.message_faults(data, flags=EPHEMERAL, edit=kind == 7, files=files)
    elif kind == 8:
        yield from rules.choice_faults(data["choices"])
    elif data.keys() - {"flags"} or int(data.get("flags", 0)) & ~EPHEMERAL:
        yield "data", "a deferral takes the ephemeral flag and nothing else"


def _callback_json(invocation: Invocation) -> Json:
    interaction: Json = {"id": str(invocation.id), "type": invocation.type}
    if invocation.original:
        interaction["response_message_id"] = str(invocation.original.id)
        interaction["response_message_loading"] = invocation.original.loading
        interaction["response_message_ephemeral"] = invocation.original.ephemeral
    return {"interaction": interaction}


def _refuse(faults: Iterator[rules.Fault]) -> None:
    found = "; ".join(f"{path}: {message}" for path, message in faults)
    if found:
        raise Refusal(400, 50035, f"Invalid Form Body: {found}", found)


_WEBHOOK = r"/webhooks/(\d+)/([^/]+)"
_REPLY = _WEBHOOK + r"/messages/(@original|\d+)"
_CHANNEL = r"/channels/(\d+)"

_ROUTES: tuple[tuple[str, str, Callable[..., Any]], ...] = (
    ("GET", r"/users/@me", Routes._me),
    ("GET", r"/oauth2/applications/@me", Routes._application),
    ("GET", r"/gateway/bot", Routes._gateway),
    ("PUT", r"/applications/(\d+)/commands", Routes._put_commands),
    ("GET", r"/applications/(\d+)/commands", Routes._get_commands),
    ("POST", r"/interactions/(\d+)/([^/]+)/callback", Routes._callback),
    ("POST", _WEBHOOK, Routes._follow_up),
    ("PATCH", _REPLY, Routes._edit_reply),
    ("GET", _REPLY, Routes._get_reply),
    ("DELETE", _REPLY, Routes._delete_reply),
    ("POST", _CHANNEL + r"/messages", Routes._send),
    ("PATCH", _CHANNEL + r"/messages/(\d+)", Routes._edit),
    ("DELETE", _CHANNEL + r"/messages/(\d+)", Routes._delete),
    ("POST", _CHANNEL + r"/typing", Routes._typing),
    ("POST", r"/users/@me/channels", Routes._open_dm),
)
