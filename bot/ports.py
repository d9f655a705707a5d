"""What the tutor needs from outside, as protocols: only where a fake in a test pays."""

from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from typing import Final, Literal, NamedTuple, Protocol

EMBED_SECONDS: Final = 10.0
"""How long an embedding may take unless the caller says otherwise."""


class Message(NamedTuple):
    """One message of a prompt, as OpenAI-compatible endpoints take it."""

    role: Literal["system", "user", "assistant"]
    content: str


class Usage(NamedTuple):
    """Tokens that an answer cost, as the endpoint counted them or as we did."""

    prompt: int
    completion: int

    def plus(self, other: "Usage") -> "Usage":
        return Usage(self.prompt + other.prompt, self.completion + other.completion)


NO_USAGE: Final = Usage(0, 0)


class EndpointError(Exception):
    """An endpoint that failed before or during an answer.

    reason: a few English words for the log, without address, key or anything it answered.
    usage: what the attempt probably cost all the same.
    is_down: the next question would probably fail as well.
    """

    def __init__(self, reason: str, *, usage: Usage = NO_USAGE, is_down: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.usage = usage
        self.is_down = is_down


class Endpoint(Protocol):
    """A language model behind an OpenAI-compatible HTTP interface."""

    def stream(self, messages: Sequence[Message]) -> AsyncIterator[str | Usage]:
        """Yield the answer piece by piece and, last, the usage.

        Raises EndpointError where the endpoint fails before or during the answer; what was
        yielded before stays valid.
        """
        ...


class Embedder(Protocol):
    """A model that places texts in a space where those that mean the same lie close together."""

    async def embed(
        self, texts: Sequence[str], *, seconds: float = EMBED_SECONDS
    ) -> list[list[float]]:
        """Return one vector a text, in their order. Raises EndpointError."""
        ...


class Budget(NamedTuple):
    """Tokens that may be used in one UTC day, by one learner and by all; 0 is no limit."""

    per_learner: int = 0
    in_all: int = 0


class Purse(Protocol):
    """Whose tokens an answer costs."""

    async def reserve(self, tokens: int) -> int:
        """Put tokens aside and return the id of the call. Raises bot.errors.BudgetSpent."""
        ...

    async def settle(self, call: int, usage: Usage) -> None:
        """Replace what was put aside by what was used."""
        ...


class Clock(Protocol):
    def now(self) -> datetime:
        """The current time in UTC."""
        ...


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)
