"""What the tutor needs from outside, as protocols: only where a fake in a test pays."""

from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from typing import Literal, NamedTuple, Protocol


class Message(NamedTuple):
    """One message of a prompt, as OpenAI-compatible endpoints take it."""

    role: Literal["system", "user", "assistant"]
    content: str


class Usage(NamedTuple):
    """Tokens that an answer cost, as the endpoint counted them or as we did."""

    prompt: int
    completion: int


class Endpoint(Protocol):
    """A language model behind an OpenAI-compatible HTTP interface."""

    def stream(self, messages: Sequence[Message]) -> AsyncIterator[str | Usage]:
        """Yield the answer piece by piece and, last, the usage.

        Raises bot.answering.endpoint.EndpointError where the endpoint fails before or during the
        answer; what was yielded before stays valid.
        """
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
