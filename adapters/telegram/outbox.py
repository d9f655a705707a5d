"""Gets the replies of one turn into the chat: drafts when there is room for them, and the final
texts whole, whatever the platform answers."""

import asyncio
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import suppress
from types import TracebackType
from typing import Any, Self

from aiolimiter import AsyncLimiter
from telegram import Bot, MaybeInaccessibleMessage, Message, ReplyParameters, Update
from telegram.constants import ChatAction
from telegram.error import BadRequest, Forbidden, NetworkError, TelegramError

from adapters.telegram import media
from adapters.telegram.insistence import insist
from adapters.telegram.preview import Preview
from adapters.telegram.render import render, without_entities
from bot.course.model import Localized
from bot.locale import language_of
from bot.messages import Reply

log = logging.getLogger(__name__)

TYPING_AFTER = 2.0
"""Seconds without a reply after which the chat shows that the bot is typing."""

TYPING_LASTS = 4.5
"""Seconds after which Telegram would stop showing it."""

PRIVATE_DRAFT_SECONDS = 0.5
GROUP_DRAFT_SECONDS = 3.0
"""Telegram takes 20 messages a minute from a bot in a group, and edits count."""

DRAFT_TIMEOUT = 5.0
"""Seconds; the final text waits for a draft on its way, or that could arrive after it."""

OPEN_PRIVATE_CHAT = Localized(
    zh="这条回复只给你一个人看。请先和我私聊一次：{link}",
    en="That reply is for your eyes only. Please open a private chat with me first: {link}",
)

UNSENT = Localized(
    zh="（附件没能发出来，稍后可以再试一次。）",
    en="(The attachment could not be sent; you could try again later.)",
)
"""Below the text of a reply whose picture or document Telegram did not take."""

Send = Callable[[dict[str, Any]], Awaitable[int]]
"""Sends a message, given its arguments, and returns its id."""

Report = Callable[[Reply, list[str]], Awaitable[None]]
"""Is told of each final reply under which ids it stands in the chat of its turn."""


class Outbox:
    """One turn's way back. Use it as an async context manager."""

    def __init__(self, bot: Bot, update: Update, draft_budget: AsyncLimiter) -> None:
        """`draft_budget` is shared by all turns, so that drafts leave room for final texts."""
        assert update.effective_chat is not None
        assert update.effective_user is not None
        self._bot = bot
        self._chat = update.effective_chat
        self._person = update.effective_user
        self._draft_id = update.update_id or 1
        self._budget = draft_budget
        self._is_private = self._chat.type == self._chat.PRIVATE
        self._pressed = update.callback_query.message if update.callback_query else None
        self._asked = update.message
        self._topic = _topic_of(self._asked or self._pressed)
        self._draft_message: int | None = None
        self._asked_for_private_chat = False
        interval = PRIVATE_DRAFT_SECONDS if self._is_private else GROUP_DRAFT_SECONDS
        self._preview = Preview(self._show_draft, interval)

    async def __aenter__(self) -> Self:
        self._typing = asyncio.create_task(self._type())
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._typing.cancel()
        await self._preview.close()

    async def deliver(self, replies: AsyncIterator[Reply], report: Report) -> None:
        """Send every reply. Raises TelegramError where Telegram takes one in no form at all."""
        try:
            async for reply in replies:
                if ids := await self.send(reply):
                    await report(reply, ids)
        finally:
            if isinstance(replies, AsyncGenerator):
                await replies.aclose()  # at once: the learner's next message waits for it

    async def send(self, reply: Reply) -> list[str]:
        """Send one reply, or show it as the newest draft.

        Returns the ids of its messages in this chat: none of a draft, and of a private reply.
        """
        self._typing.cancel()
        if reply.private and not self._is_private:
            if not reply.draft:
                await self._send_privately(reply)
        elif reply.draft:
            self._preview.show(reply)
        else:
            await self._preview.close()
            return await self._send_here(reply)
        return []

    async def _type(self) -> None:
        await asyncio.sleep(TYPING_AFTER)
        with suppress(TelegramError):  # it is a courtesy
            while True:
                await self._bot.send_chat_action(
                    self._chat.id, ChatAction.TYPING, message_thread_id=self._topic
                )
                await asyncio.sleep(TYPING_LASTS)

    async def _show_draft(self, reply: Reply) -> None:
        if not reply.text.strip() or not self._budget.has_capacity():
            return
        await self._budget.acquire()
        parts = render(reply)
        if self._is_private:
            await self._bot.send_message_draft(
                self._chat.id,
                self._draft_id,
                parts[-1]["text"],
                entities=parts[-1]["entities"],
                read_timeout=DRAFT_TIMEOUT,
            )
        elif self._draft_message is None:
            self._draft_message = await self._post(parts[0] | {"reply_markup": None})
        else:
            await self._edit(self._draft_message, parts[0] | {"reply_markup": None})

    async def _send_here(self, reply: Reply) -> list[str]:
        async def begin(message: dict[str, Any]) -> int:
            replaced = await self._replaced(reply, message)
            return replaced or await self._send_whole(self._post, message)

        ids = await self._send_all(reply, begin, self._post)
        if reply.replaces:
            self._pressed = None
        await self._remove_draft()
        return [str(each) for each in ids]

    async def _send_all(self, reply: Reply, begin: Send, go_on: Send) -> list[int]:
        """Send the messages of a reply; without its picture or document where those are refused."""
        first, *others = render(reply)
        try:
            ids = [await begin(first)]
        except NetworkError as fault:
            return await self._send_all(self._text_alone(reply, fault), begin, go_on)
        return ids + [await self._send_whole(go_on, message) for message in others]

    async def _replaced(self, reply: Reply, message: dict[str, Any]) -> int | None:
        """Put a message in place of the draft or the pressed one; None where that fails."""
        target = self._draft_message
        if target is None and reply.replaces and self._pressed is not None:
            target = self._pressed.message_id if media.can_become(self._pressed, message) else None
        if target is None:
            return None
        try:
            await self._send_whole(lambda message: self._edit(target, message), message)
        except BadRequest as refusal:
            log.info("message cannot be edited, sending anew: %s", refusal.message)
            return None
        self._draft_message = None
        return target

    async def _remove_draft(self) -> None:
        """Delete a draft in a group that did not become the final message."""
        draft, self._draft_message = self._draft_message, None
        if draft is not None:
            with suppress(TelegramError):  # the final message is there
                await self._bot.delete_message(self._chat.id, draft)

    def _text_alone(self, reply: Reply, fault: NetworkError) -> Reply:
        """Return what is left of a reply whose picture or document was not taken.

        Raises the fault where it had neither.
        """
        if not (reply.picture or reply.document):
            raise fault
        log.warning("picture or document not sent, sending the text alone: %s", fault.message)
        unsent = UNSENT[language_of(self._person.language_code) or "zh"]
        return reply.without_file(unsent)

    async def _send_whole(self, send: Send, message: dict[str, Any]) -> int:
        """Send a message, without its formatting where Telegram does not like that."""
        try:
            return await insist(lambda: send(message))
        except BadRequest as refusal:
            if not _is_about_entities(refusal):
                raise
            log.warning("formatting refused, sending plain text: %s", refusal.message)
            return await insist(lambda: send(without_entities(message)))

    async def _post(self, message: dict[str, Any]) -> int:
        return await media.send(
            self._bot,
            self._chat.id,
            message,
            message_thread_id=self._topic,
            reply_parameters=self._reference(),
        )

    async def _post_privately(self, message: dict[str, Any]) -> int:
        return await media.send(self._bot, self._person.id, message)

    async def _edit(self, message_id: int, message: dict[str, Any]) -> int:
        try:
            await media.edit(self._bot, self._chat.id, message_id, message)
        except BadRequest as refusal:
            if "message is not modified" not in refusal.message.lower():
                raise
        return message_id

    def _reference(self) -> ReplyParameters | None:
        """Among several people, an answer shows which question it answers."""
        if self._is_private or self._asked is None:
            return None
        return ReplyParameters(self._asked.message_id, allow_sending_without_reply=True)

    async def _send_privately(self, reply: Reply) -> None:
        async def begin(message: dict[str, Any]) -> int:
            return await self._send_whole(self._post_privately, message)

        try:
            await self._send_all(reply, begin, self._post_privately)
        except (Forbidden, BadRequest) as refusal:
            log.info("no private chat to send to: %s", refusal.message)
            await self._ask_for_private_chat()

    async def _ask_for_private_chat(self) -> None:
        if self._asked_for_private_chat:
            return
        self._asked_for_private_chat = True
        text = OPEN_PRIVATE_CHAT[language_of(self._person.language_code) or "zh"]
        await self._send_here(Reply(text.format(link=f"https://t.me/{self._bot.username}")))


def _topic_of(message: MaybeInaccessibleMessage | None) -> int | None:
    """Return the topic of a group that a message is in: an answer elsewhere would be lost."""
    if isinstance(message, Message) and message.is_topic_message:
        return message.message_thread_id
    return None


def _is_about_entities(refusal: BadRequest) -> bool:
    return any(word in refusal.message.lower() for word in ("entit", "url"))
