"""The replies of one turn, shown as they come: drafts at a pace, the final text without fail."""

import asyncio
import logging
import secrets
import time
from collections.abc import Awaitable, Callable
from itertools import count

import aiohttp
import discord

from adapters.discord.places import Place, Sent
from adapters.discord.render import Part, edited, parts
from bot.messages import Reply

log = logging.getLogger(__name__)

PACE = 1.2
"""Seconds at least between the drafts of one text; Discord allows about one edit a second."""

PAUSES = (1.0, 3.0, 9.0)
"""Seconds between attempts, on top of discord.py's own five on most failures of the server."""

UNSENT = (
    "（附件没能发出来，稍后可以再试一次。）\n"
    "(The attachment could not be sent; you could try again later.)"
)
"""In both languages: whose it is only the tutor knows."""

FAILURES = (discord.HTTPException, aiohttp.ClientError, OSError)


class Undelivered(Exception):
    """Discord cannot be reached, or does not let us write there."""


class Speech:
    """Shows one turn's replies in one place, in order.

    `private`: every reply is for this person's eyes, whatever the reply itself says.
    """

    def __init__(self, place: Place, private: bool = False) -> None:
        self._place = place
        self._private = private
        self._shown: list[tuple[Sent, Part | None]] = []
        self._begun = False
        self._draft: asyncio.Task[None] | None = None
        self._next_draft = 0.0
        self._key = secrets.token_hex(8)
        self._sent = count()
        self._nonce = ""

    async def show(self, reply: Reply) -> list[str]:
        """Show a final reply, retrying for about a minute; start to show a draft, or skip it.

        Where Discord does not take its picture or document, the text is shown alone. Returns the
        ids of a final reply's messages. Raises Undelivered where it could not be sent; a
        discord.HTTPException where Discord finds fault with the reply itself, which is a bug of
        ours.
        """
        if reply.draft:
            self._sketch(reply)
            return []
        await self._settle()
        try:
            await _insist(lambda: self._write(reply))
        except (Undelivered, discord.HTTPException) as error:
            alone = _text_alone(reply, error)
            await _insist(lambda: self._write(alone))
        ids = [str(message.id) for message, _ in self._shown if message.id]
        self._shown, self._begun = [], False
        return ids

    async def close(self) -> None:
        """End the turn."""
        await self._settle()
        try:
            await self._place.leave()
        except FAILURES as error:
            log.info("a placeholder was not removed: %s", error)

    async def _settle(self) -> None:
        """Wait until the draft that is on its way has arrived."""
        if self._draft is not None:
            await asyncio.wait([self._draft])

    def _sketch(self, reply: Reply) -> None:
        # In the background, so that a slow Discord does not hold up the stream of the answer.
        now = time.monotonic()
        if now < self._next_draft or (self._draft and not self._draft.done()):
            return
        self._next_draft = now + PACE
        self._draft = asyncio.create_task(self._try_draft(reply))

    async def _try_draft(self, reply: Reply) -> None:
        try:
            await self._write(reply)
        except FAILURES as error:
            log.info("a draft was not shown: %s", error)

    async def _write(self, reply: Reply) -> None:
        """Make the messages of this text show `reply`; may be repeated after a failure."""
        private = reply.private or self._private
        await self._begin(reply, private)
        rendered = parts(reply)
        for place, part in enumerate(rendered):
            if place == len(self._shown):
                self._shown.append((await self._send(part, private), part))
            elif self._shown[place][1] != part:
                self._shown[place] = (await self._edit(self._shown[place][0], part, private), part)
        for message, _ in self._shown[len(rendered) :]:
            await message.delete()

    async def _begin(self, reply: Reply, private: bool) -> None:
        if successor := self._place.successor():
            # What stands there can no longer be edited: the text goes on in a new message.
            self._place, self._shown, self._begun = successor, [], False
        if not self._begun:
            existing = await self._place.existing(reply, private)
            self._shown = [(existing, None)] if existing else []
            self._begun = True

    async def _send(self, part: Part, private: bool) -> Sent:
        # One nonce until the message is through: Discord then drops what a retry sends twice.
        self._nonce = self._nonce or f"{self._key}-{next(self._sent)}"
        message = await self._place.send(part, private, self._nonce)
        self._nonce = ""
        return message

    async def _edit(self, message: Sent, part: Part, private: bool) -> Sent:
        try:
            await message.edit(**edited(part))
        except discord.NotFound:
            # Somebody deleted it meanwhile.
            return await self._send(part, private)
        return message


def _text_alone(reply: Reply, error: Exception) -> Reply:
    """Return what is left of a reply whose picture or document was not taken.

    Raises the error where it had neither.
    """
    if not (reply.picture or reply.document):
        raise error
    log.warning("picture or document not sent, sending the text alone: %s", error)
    return reply.without_file(UNSENT)


async def _insist(write: Callable[[], Awaitable[None]]) -> None:
    for pause in (*PAUSES, None):
        try:
            await write()
        except FAILURES as error:
            if isinstance(error, discord.HTTPException) and error.status == 400:
                raise
            if pause is None or not _may_pass(error):
                raise Undelivered(f"{type(error).__name__}: {error}") from error
            log.warning("Discord did not take a reply, trying again in %.0f s: %s", pause, error)
            await asyncio.sleep(pause)
        else:
            return


def _may_pass(error: Exception) -> bool:
    """Tell failures of the network, of Discord itself and rate limits from refusals."""
    return (
        not isinstance(error, discord.HTTPException) or error.status >= 500 or error.status == 429
    )
