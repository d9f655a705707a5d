"""The facade: whatever a platform hears goes in at `Tutor.handle`, and replies come out."""

import logging
import re
import secrets
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import datetime, timedelta
from typing import NamedTuple

from bot.commands import COMMANDS
from bot.commands.ask import ask
from bot.commands.command import Handler, Services, Turn
from bot.commands.spoken import RETOLD, spoken_action
from bot.commands.talk import way_back
from bot.commands.typed import typed
from bot.course.model import Course, Language
from bot.errors import (
    N_,
    NothingOpen,
    NothingToRead,
    TooLong,
    TutorError,
    UnknownAction,
    UnknownCommand,
)
from bot.learning.records import Learner
from bot.locale import language_of, translator
from bot.messages import ACTION_BYTES, Address, Button, Incoming, Reply
from bot.storage.tx import Tx

TEXT_LIMIT = 4000
"""Characters that a learner may send at once."""

SLASHES = ("/", "／")
"""A Chinese keyboard types the second."""

SEEN_TO = timedelta(hours=1)
"""How exactly it is kept when somebody was last heard of; a write with each message would cost
half as much again as all else that most of them need."""

APOLOGY = N_("Something went wrong on my side, and your progress is safe. Please try again. ({id})")

OUTDATED = N_(
    "While this message waited, your data was deleted or moved from another of your accounts, so I "
    "left the message alone. Please send it again."
)

_STRAY = re.compile(r"[A-Ha-h]|\d{1,4}")
"""A letter or a number alone: the answer to a question that is not open any more."""

log = logging.getLogger(__name__)

_commands: dict[str, Handler] = {one.name: one.handler for one in COMMANDS}
_actions: dict[str, Handler] = {  # a command's name is an action too, unless it has one of its own
    **_commands,
    **{name: handler for one in COMMANDS for name, handler in one.actions.items()},
}
_private: set[Handler] = {
    handler for one in COMMANDS if one.private for handler in (one.handler, *one.actions.values())
}


class Access(NamedTuple):
    """Who may use the bot, as "telegram:123"; nobody is kept out where both are empty."""

    users: frozenset[str] = frozenset()
    chats: frozenset[str] = frozenset()

    def allows(self, sender: Address) -> bool:
        if sender.platform == "terminal" or not (self.users or self.chats):
            return True
        user, chat = (f"{sender.platform}:{one}" for one in (sender.user_id, sender.chat_id))
        return user in self.users or chat in self.chats


class Tutor:
    """Everything a chat platform needs: messages in, replies out.

    default_language, default_timezone: for learners whose platform tells neither.
    """

    def __init__(
        self,
        services: Services,
        *,
        default_language: Language = "zh",
        default_timezone: str = "Asia/Shanghai",
        access: Access = Access(),  # noqa: B008 - immutable
    ) -> None:
        self._services = services
        self._default_language = default_language
        self._default_timezone = default_timezone
        self._access = access

    @property
    def course(self) -> Course:
        return self._services.course

    async def handle(self, incoming: Incoming) -> AsyncIterator[Reply]:
        """Yield the replies to one message or press: drafts first, the finished reply last.

        One learner's messages are handled one after the other, from whichever identities. What a
        learner can put right comes back as a reply; any other exception is the platform's to catch
        (see `apology`).
        """
        incoming = _storable(incoming)
        if not _is_for_us(incoming):
            return
        if not self._access.allows(incoming.sender):
            if incoming.is_private:
                yield Reply(
                    self._say(incoming, N_("This bot is private. Its owner can let you in."))
                )
            return
        async with self._acting(incoming) as learner:
            if learner is None:
                yield Reply(self._say(incoming, OUTDATED))
                return
            turn = Turn(incoming, learner, self._services)
            try:
                async for reply in _replies(turn):
                    # Where nothing was pressed there is no message to take the place of.
                    yield replace(reply, replaces=reply.replaces and incoming.action is not None)
            except TutorError as error:
                yield replace(await _explained(error, turn), private=_is_private(incoming))
            except Exception:
                if await self._is_still(turn):
                    raise
                # Another process has deleted or merged the learner, and the database refused us.
                yield Reply(self._say(incoming, OUTDATED))

    async def sent(self, reply: Reply, address: Address, message_ids: Sequence[str]) -> None:
        """Remember the ids under which a final reply stands in a chat, for those that reply to it.

        Raises nothing: the reply has arrived, whatever becomes of its ids.
        """
        thread = reply.thread
        if thread is None or not message_ids:
            return
        try:
            await self._services.store.run(
                lambda tx: tx.threads.extend(thread, address, message_ids, self._now())
            )
        except Exception:
            # What is lost is only that a reply to this message goes on with its conversation.
            log.exception("the conversation of a message was not stored")

    def apology(self, incoming: Incoming, error: BaseException) -> Reply:
        """Log an unexpected error under an id, and return the reply that names the id."""
        error_id = secrets.token_hex(4)
        log.error("error %s while handling a message", error_id, exc_info=error)
        return Reply(self._say(incoming, APOLOGY, id=error_id))

    def _say(self, incoming: Incoming, message: str, **values: object) -> str:
        language = language_of(incoming.locale) or self._default_language
        return translator(language)(message, **values)

    def _now(self) -> datetime:
        return self._services.clock.now()

    @asynccontextmanager
    async def _acting(self, incoming: Incoming) -> AsyncIterator[Learner | None]:
        """Hold whoever a message is from while it is handled: the sender first, which keeps their
        messages in order, then the learner.

        Who had to wait looks again: an identity may belong to another learner by now or, where the
        learner has been forgotten, to none.
        """
        locks, store = self._services.locks, self._services.store
        async with locks.sender(incoming.sender):
            learner = await store.run(self._learner, incoming, self._now())
            while True:
                async with locks.learner(learner.id) as had_to_wait:
                    known: Learner | None = learner
                    if had_to_wait:
                        known = await store.run(lambda tx: tx.learner(incoming.sender))
                    if known is None or known.id == learner.id:
                        yield known
                        return
                learner = known

    async def _is_still(self, turn: Turn) -> bool:
        """Tell whether the sender is still the learner that a turn began with."""
        sender = turn.incoming.sender
        known = await self._services.store.run(lambda tx: tx.learner(sender))
        return known is not None and known.id == turn.learner.id

    def _learner(self, tx: Tx, incoming: Incoming, now: datetime) -> Learner:
        known = tx.learner(incoming.sender)
        if known is None:
            language = language_of(incoming.locale) or self._default_language
            return tx.add_learner(incoming.sender, language, self._default_timezone, now)
        seen = known.seen_at
        if seen is None or now - seen >= SEEN_TO or now.date() != seen.date():
            tx.change_learner(known.id, seen_at=now)
        return known


def _is_for_us(incoming: Incoming) -> bool:
    """In a group the bot speaks when it is spoken to."""
    if incoming.is_private or incoming.action is not None or incoming.mentions_bot:
        return True
    # Other bots have commands too.
    return incoming.text.startswith(SLASHES) and _command(incoming.text)[0] in _commands


async def _replies(turn: Turn) -> AsyncIterator[Reply]:
    """Find the use case for a message: press, command, answer, words of a button, question."""
    handler, argument = _route(turn.incoming)
    if handler is None:
        is_answer = False
        async for reply in typed(turn):
            is_answer = True
            yield reply
        if is_answer:
            return
        action = spoken_action(turn)
        if action and await _is_of_the_answer(turn, action):
            action = None
        if action is None and _STRAY.fullmatch(argument):
            raise NothingOpen
        handler, argument = _route_action(action) if action else (ask, argument)
    async for reply in handler(turn, argument):
        yield replace(reply, private=True) if handler in _private else reply


def _is_private(incoming: Incoming) -> bool:
    """Tell whether a command's replies, its errors too, are for one person's eyes."""
    with suppress(TutorError):
        return _route(incoming)[0] in _private
    return False


async def _is_of_the_answer(turn: Turn, action: str) -> bool:
    """Tell whether "simpler", typed, is about the last answer and not about the lesson."""
    way, _colon, lesson_id = action.partition(":")
    if way not in RETOLD or not turn.incoming.is_private:
        return False
    learner_id = turn.learner.id
    return await turn.services.store.run(
        lambda tx: tx.threads.has_asked_since_opening(learner_id, lesson_id)
    )


def _route_action(action: str) -> tuple[Handler, str]:
    name, _colon, argument = action.partition(":")
    if name not in _actions or len(action.encode()) > ACTION_BYTES:
        raise UnknownAction
    return _actions[name], argument


def _route(incoming: Incoming) -> tuple[Handler | None, str]:
    """Return the handler and its argument; no handler for text that is no command."""
    if incoming.action is not None:
        return _route_action(incoming.action)
    text = incoming.text.strip()
    if not any(character.isprintable() and not character.isspace() for character in text):
        raise NothingToRead
    if len(text) > TEXT_LIMIT:
        raise TooLong(length=len(text), limit=TEXT_LIMIT)
    if not text.startswith(SLASHES):
        return None, text
    name, argument = _command(text)
    if name not in _commands:
        raise UnknownCommand(command="".join(filter(str.isalnum, name))[:32])
    return _commands[name], argument


def _command(text: str) -> tuple[str, str]:
    """Split "/Learn tokens" into "learn" and "tokens"; any white space does."""
    name, *argument = text[1:].split(maxsplit=1) or [""]
    return name.lower(), "".join(argument).strip()


def _storable(incoming: Incoming) -> Incoming:
    """Drop NUL and halves of surrogate pairs, which no database takes and no terminal shows."""
    text, action = (
        one and one.replace("\0", "").encode(errors="ignore").decode()
        for one in (incoming.text, incoming.action)
    )
    return replace(incoming, text=text or "", action=action)


async def _explained(error: TutorError, turn: Turn) -> Reply:
    _ = turn.translate
    ways_on = (Button(_("Go on learning"), "learn"), Button(_("What I can do"), "help"))
    return Reply(_(error.message, **error.values), (*await way_back(turn), *ways_on))
