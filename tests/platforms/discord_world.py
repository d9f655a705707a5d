"""What the loopback Discord knows: people, channels, messages, interactions, and their JSON."""

import time
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from typing import Any

from tests.platforms.discord_rules import EPHEMERAL, LOADING, NO_FILES
from tests.platforms.uploads import Upload

Json = dict[str, Any]

BOT_ID = 4242
DISCORD_EPOCH = 1_420_070_400_000

SLASH, PRESS, AUTOCOMPLETE = 2, 3, 4
"""Types of interaction."""

_serial = count(1)


def snowflake() -> int:
    """A new id that says, as Discord's ids do, that it was made now."""
    return (int(time.time() * 1000) - DISCORD_EPOCH << 22) + next(_serial) % (1 << 22)


def user_json(user_id: int) -> Json:
    bot = user_id == BOT_ID
    return {
        "id": str(user_id),
        "username": "tutor" if bot else f"user{user_id}",
        "discriminator": "0",
        "global_name": None,
        "avatar": None,
        "bot": bot,
        "flags": 0,
    }


def member_json(user_id: int) -> Json:
    return {
        "user": user_json(user_id),
        "roles": [],
        "joined_at": "2026-01-01T00:00:00+00:00",
        "deaf": False,
        "mute": False,
        "flags": 0,
        "permissions": "2147483647",
    }


@dataclass
class Channel:
    """A guild's text channel, or the DM of the bot and one person."""

    id: int
    guild: int | None = None
    user: int | None = None

    def json(self) -> Json:
        if self.guild is None:
            recipients = [user_json(self.user or 0)]
            return {"id": str(self.id), "type": 1, "recipients": recipients, "flags": 0}
        return {
            "id": str(self.id),
            "type": 0,
            "guild_id": str(self.guild),
            "name": "general",
            "position": 0,
            "permission_overwrites": [],
            "parent_id": None,
            "nsfw": False,
            "topic": None,
            "flags": 0,
        }


@dataclass
class Attachment:
    """A file in a message, with the words that stand for a picture where nobody can see it."""

    file: Upload
    description: str | None
    id: int = field(default_factory=snowflake)

    def json(self) -> Json:
        url = f"https://cdn.invalid/attachments/{self.id}/{self.file.name}"
        data: Json = {"id": str(self.id), "filename": self.file.name, "url": url, "proxy_url": url}
        data["size"] = len(self.file.content)
        if self.description is not None:
            data["description"] = self.description
        if self.file.size:
            data |= dict(zip(("width", "height"), self.file.size, strict=True))
        return data


@dataclass
class Seen:
    """A message as it looks now. `only_for` is the one person who sees an ephemeral one."""

    id: int
    channel: Channel
    author: int
    content: str = ""
    components: list[Json] = field(default_factory=list)
    flags: int = 0
    only_for: int | None = None
    reply_to: int | None = None
    mentions: list[int] = field(default_factory=list)
    nonce: str | None = None
    attachments: list[Attachment] = field(default_factory=list)
    history: list[tuple[float, str]] = field(default_factory=list)
    """(monotonic time, text) of each state that a reader saw."""

    @property
    def from_bot(self) -> bool:
        return self.author == BOT_ID

    @property
    def ephemeral(self) -> bool:
        return bool(self.flags & EPHEMERAL)

    @property
    def loading(self) -> bool:
        """Still "... is thinking"."""
        return bool(self.flags & LOADING)

    @property
    def buttons(self) -> list[tuple[str, str]]:
        """(label, custom_id) in reading order."""
        return [(b["label"], b["custom_id"]) for row in self.components for b in row["components"]]

    @property
    def photo(self) -> Upload | None:
        """The one picture in it."""
        return next((one.file for one in self.attachments if one.file.size), None)

    @property
    def document(self) -> Upload | None:
        """The one other file in it."""
        return next((one.file for one in self.attachments if not one.file.size), None)

    def attach(self, body: Json, files: Mapping[int, Upload]) -> None:
        """Keep of the attachments those that the body names, and add the uploaded ones."""
        named = {int(one["id"]): one for one in body.get("attachments") or []}
        if "attachments" in body:
            self.attachments = [one for one in self.attachments if one.id in named]
        self.attachments += [
            Attachment(file, named[number].get("description")) for number, file in files.items()
        ]

    def update(self, body: Json, files: Mapping[int, Upload] = NO_FILES) -> None:
        self.content = body.get("content", self.content) or ""
        self.components = body.get("components", self.components) or []
        self.attach(body, files)
        self.flags &= ~LOADING
        self.history.append((time.monotonic(), self.content))

    def json(self) -> Json:
        data: Json = {
            "id": str(self.id),
            "channel_id": str(self.channel.id),
            "author": user_json(self.author),
            "content": self.content,
            "timestamp": datetime.now(UTC).isoformat(),
            "edited_timestamp": None,
            "tts": False,
            "mention_everyone": False,
            "mentions": [user_json(user) for user in self.mentions],
            "mention_roles": [],
            "attachments": [one.json() for one in self.attachments],
            "embeds": [],
            "pinned": False,
            "type": 19 if self.reply_to else 0,
            "flags": self.flags,
            "components": self.components,
        }
        if self.nonce:
            data["nonce"] = self.nonce
        if self.reply_to:
            place = {"message_id": str(self.reply_to), "channel_id": str(self.channel.id)}
            data["message_reference"] = place
        return data


@dataclass
class Invocation:
    """An interaction and what became of it. `answered_in` is seconds until it was acknowledged."""

    type: int
    user: int
    channel: Channel
    locale: str
    data: Json
    pressed: Seen | None = None
    id: int = field(default_factory=snowflake)
    born: float = field(default_factory=time.monotonic)
    answered_in: float | None = None
    callback: int | None = None
    original: Seen | None = None
    choices: list[Json] | None = None

    @property
    def token(self) -> str:
        return f"interaction-token-{self.id}"

    @property
    def age(self) -> float:
        return time.monotonic() - self.born

    def json(self) -> Json:
        data: Json = {
            "id": str(self.id),
            "application_id": str(BOT_ID),
            "type": self.type,
            "token": self.token,
            "version": 1,
            "data": self.data,
            "locale": self.locale,
            "channel_id": str(self.channel.id),
            "channel": self.channel.json(),
            "entitlements": [],
            "attachment_size_limit": 10 << 20,
            "app_permissions": "2147483647",
            "authorizing_integration_owners": {},
        }
        if self.channel.guild is None:
            data |= {"user": user_json(self.user), "context": 1}
        else:
            data |= {"member": member_json(self.user), "guild_id": str(self.channel.guild)}
            data |= {"guild_locale": "en-US", "context": 0}
        if self.pressed:
            data["message"] = self.pressed.json()
        return data


class World:
    """All of it. Guilds and DMs come into being when they are first named."""

    def __init__(self) -> None:
        self.channels: dict[int, Channel] = {}
        self.posts: dict[int, list[Seen]] = defaultdict(list)
        self.invocations: dict[str, Invocation] = {}
        self.commands: list[Json] = []
        self.closed_dms: set[int] = set()
        """People who take no direct messages."""
        self.barred: set[int] = set()
        """Channels in which the bot may not write."""

    def dm(self, user: int) -> Channel:
        return self._find(user=user)

    def guild(self, guild: int) -> Channel:
        return self._find(guild=guild)

    def place(self, user: int, guild: int | None) -> Channel:
        return self.dm(user) if guild is None else self.guild(guild)

    def post(self, channel: Channel, author: int, content: str = "", **more: Any) -> Seen:
        seen = Seen(snowflake(), channel, author, content, **more)
        if content:
            seen.history.append((time.monotonic(), content))
        self.posts[channel.id].append(seen)
        return seen

    def remove(self, seen: Seen) -> None:
        self.posts[seen.channel.id].remove(seen)

    def _find(self, guild: int | None = None, user: int | None = None) -> Channel:
        for channel in self.channels.values():
            if (channel.guild, channel.user) == (guild, user):
                return channel
        channel = Channel(snowflake(), guild, user)
        self.channels[channel.id] = channel
        return channel
