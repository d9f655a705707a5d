"""Where the replies of one turn go: an interaction's own messages, or an ordinary channel."""

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

import discord

from adapters.discord.render import Part, created
from bot.messages import Reply

TOKEN_LIFE = 14 * 60.0
"""Seconds for which an interaction's token is used; Discord's own limit is 15 minutes."""

CLOSED = (
    "我无法给你发私信，请先允许来自服务器成员的私信。\n"
    "I cannot send you a direct message: please allow them from server members first."
)
"""In both languages: a message carries no locale, and whose it is only the tutor knows."""


class Sent(Protocol):
    """A message that is there and can still be changed: one of discord.py's, or one of ours.

    `id` is None where there is none, or not yet.
    """

    @property
    def id(self) -> int | None: ...

    @property
    def edit(self) -> Callable[..., Awaitable[object]]: ...

    @property
    def delete(self) -> Callable[[], Awaitable[object]]: ...


class Place(Protocol):
    """What one turn is answered on.

    `private` means for this person's eyes; a place decides how it hides such a message.
    """

    async def existing(self, reply: Reply, private: bool) -> Sent | None:
        """Return the message that `reply` is written into, None where it is a new one."""
        ...

    async def send(self, part: Part, private: bool, nonce: str) -> Sent:
        """Send a new message. Where a nonce is taken, one nonce makes one message only."""
        ...

    def successor(self) -> "Place | None":
        """Return the place to go on in once this one has expired."""
        ...

    async def leave(self) -> None:
        """End the turn: whatever still promises an answer goes away."""
        ...


class Nowhere:
    """A message that could not be sent for good: changes to it are dropped."""

    id = None

    async def edit(self, **arguments: Any) -> None: ...

    async def delete(self) -> None: ...


@dataclass(slots=True)
class Original:
    """An interaction's own message: the placeholder of a slash command, or the pressed one."""

    interaction: discord.Interaction[Any]
    id: int | None = None

    async def edit(self, **arguments: Any) -> None:
        self.id = (await self.interaction.edit_original_response(**arguments)).id

    async def delete(self) -> None:
        await self.interaction.delete_original_response()


@dataclass(slots=True)
class Room:
    """A DM (not `shared`) or another channel, with the message there that is being answered."""

    channel: discord.abc.Messageable
    user: discord.User | discord.Member
    shared: bool
    question: discord.Message | None = None
    _dm_closed: bool = False

    async def existing(self, reply: Reply, private: bool) -> Sent | None:
        return None

    async def send(self, part: Part, private: bool, nonce: str) -> Sent:
        if private and self.shared:
            return await self._whisper(part, nonce)
        if self.question is None:
            return await self.channel.send(**created(part), nonce=nonce)
        reference = self.question.to_reference(fail_if_not_exists=False)
        message = await self.channel.send(**created(part), nonce=nonce, reference=reference)
        self.question = None
        return message

    async def _whisper(self, part: Part, nonce: str) -> Sent:
        """Send it to the person's DM; where that is closed say so in the channel, once."""
        if not self._dm_closed:
            try:
                return await self.user.send(**created(part), nonce=nonce)
            except discord.Forbidden:
                self._dm_closed = True
                await self.channel.send(
                    CLOSED, allowed_mentions=discord.AllowedMentions.none(), nonce=nonce
                )
        return Nowhere()

    def successor(self) -> Place | None:
        return None

    async def leave(self) -> None: ...


@dataclass(slots=True)
class Answer:
    """An interaction that has been deferred.

    `hidden`: its own message is ephemeral. `afterwards` takes over when its token is no more use.
    """

    interaction: discord.Interaction[Any]
    hidden: bool
    afterwards: Room
    _since: float = field(default_factory=time.monotonic)
    _waiting: bool = True

    async def existing(self, reply: Reply, private: bool) -> Sent | None:
        original = Original(self.interaction)
        exposed = private and self.afterwards.shared and not self.hidden
        if self.interaction.type is discord.InteractionType.component:
            return original if reply.replaces and not exposed else None
        waiting, self._waiting = self._waiting, False
        if waiting and exposed:
            # A placeholder that everybody sees cannot be hidden any more.
            await original.delete()
        return original if waiting and not exposed else None

    async def leave(self) -> None:
        if self._waiting and self.interaction.type is discord.InteractionType.application_command:
            await self.interaction.delete_original_response()

    async def send(self, part: Part, private: bool, nonce: str) -> Sent:
        ephemeral = private and self.afterwards.shared
        try:
            return await self.interaction.followup.send(
                **created(part), ephemeral=ephemeral, wait=True
            )
        except discord.NotFound:
            # Discord takes no follow-up once somebody has deleted the placeholder.
            return await self.afterwards.send(part, private, nonce)

    def successor(self) -> Place | None:
        expired = time.monotonic() - self._since > TOKEN_LIFE
        return self.afterwards if expired else None
