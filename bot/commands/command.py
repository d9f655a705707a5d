"""What a command is made of, and what a use case gets to work with."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date
from typing import TYPE_CHECKING, Final

from bot.answering.purse import LearnerPurse
from bot.course.model import Course, Localized
from bot.forgotten import Forgotten
from bot.learning.records import PRIVATE
from bot.learning.wording import Wording
from bot.locale import Translate, translator
from bot.locks import Locks
from bot.messages import Incoming, Reply
from bot.ports import Budget

if TYPE_CHECKING:
    from bot.answering.answer import Answerer
    from bot.answering.writer import Writer
    from bot.learning.records import Learner
    from bot.ports import Clock
    from bot.storage.store import Store
    from bot.storage.tx import Tx

THREAD_KEY_BYTES: Final = 9
"""Too many to guess, and few enough for the column behind any platform and chat."""


@dataclass(frozen=True, slots=True)
class Services:
    """What every use case may need; made once by the composition root.

    writer: the way to the language model, None where there is none. budget: its tokens a day.
    wording: how the words of the course compare; slow enough for a thread of its own.
    locks: who acts for which learner right now. forgotten: what budgets know of who is not known.
    """

    course: Course
    store: Store
    answerer: Answerer
    clock: Clock
    writer: Writer | None = None
    budget: Budget = Budget()  # noqa: RUF009 - immutable
    wording: Wording = field(init=False)
    locks: Locks = field(init=False, default_factory=Locks)
    forgotten: Forgotten = field(init=False, default_factory=Forgotten)

    def __post_init__(self) -> None:
        object.__setattr__(self, "wording", Wording(self.course))


@dataclass(frozen=True, slots=True)
class Turn:
    """One message being handled: who it is from, and everything that can be done about it."""

    incoming: Incoming
    learner: Learner
    services: Services

    @property
    def place(self) -> str:
        """Name where this is: a question of a quiz is answered in the place where it was asked."""
        sender = self.incoming.sender
        return PRIVATE if self.incoming.is_private else f"{sender.platform}:{sender.chat_id}"

    def thread(self, tx: Tx) -> str:
        """Name the conversation that this goes on with or, in a group, begins.

        What is said in private never reaches a group, nor back, nor from one chain of replies in
        a group to another.
        """
        return self.known_thread(tx) or f"{self.place}:{secrets.token_urlsafe(THREAD_KEY_BYTES)}"

    def known_thread(self, tx: Tx) -> str | None:
        """Name the conversation that this goes on with; None where it begins one."""
        if self.incoming.is_private:
            return PRIVATE
        message_id = self.incoming.replies_to
        return tx.threads.find(self.incoming.sender, message_id) if message_id else None

    @property
    def utc_day(self) -> date:
        """The day that budgets are for."""
        return self.services.clock.now().astimezone(UTC).date()

    @property
    def budget(self) -> Budget:
        """The day's tokens, less what the learner used before they asked to be forgotten."""
        services = self.services
        return services.forgotten.left_of(services.budget, self.incoming.sender, self.utc_day)

    @property
    def purse(self) -> LearnerPurse:
        """The learner's tokens, to write with."""
        services = self.services
        return LearnerPurse(services.store, self.learner, self.budget, services.clock)

    @property
    def translate(self) -> Translate:
        return translator(self.learner.language)


Handler = Callable[[Turn, str], AsyncIterator[Reply]]
"""A use case. The string is what followed the command ("/learn tokens") or the action's prefix
("quiz:tokens:2:b" gives "tokens:2:b")."""


@dataclass(frozen=True, slots=True)
class Argument:
    """The one argument that a command takes, for platforms with typed options."""

    name: str
    description: Localized
    required: bool = False
    is_lesson: bool = False


@dataclass(frozen=True, slots=True)
class Command:
    """One row of the command table.

    actions: handlers of the buttons that this use case makes, by the first part of the action.
    private: its replies are for the learner's eyes only where the platform can hide them.
    """

    name: str
    description: Localized
    handler: Handler
    argument: Argument | None = None
    actions: Mapping[str, Handler] = field(default_factory=dict)
    private: bool = False
