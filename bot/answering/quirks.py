"""How endpoints differ from OpenAI's, and from each other: what to ask them instead. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence, Set
from itertools import groupby
from typing import Any, Final, Literal

from bot.ports import Message

Quirk = Literal[
    "no_stream_options",  # does not know stream_options
    "max_completion_tokens",  # wants that in place of max_tokens
    "alternate",  # takes no two messages of one role in a row
    "no_system",  # takes no message of the system
    "no_usage",  # does not tell what an answer cost
    "not_streamed",  # gives an answer in one piece
    "thinks",  # thinks before it speaks
]

_SIGNS: Final[Mapping[Quirk, re.Pattern[str]]] = {
    "no_stream_options": re.compile("stream_options|include_usage"),
    "max_completion_tokens": re.compile(
        r"\bmax_tokens\b.*not supported|use '?max_completion_tokens", re.IGNORECASE | re.DOTALL
    ),
    "alternate": re.compile(r"\bmust alternate\b|\bsuccessive\b", re.IGNORECASE),
    "no_system": re.compile(
        r"\bsystem\W{1,3}(role|message|prompt|instruction)|\brole\b.{0,60}\bsystem\b"
        r"|support.{0,20}\bsystem\b|developer instruction",
        re.IGNORECASE | re.DOTALL,
    ),
}
"""What a refusal says. "After the optional system message, roles must alternate" is why the order
counts."""

_STATUSES: Final = (400, 422, 500)
"""Chat templates that raise an error are answered with 500 by some servers."""


def recognise(status: int, refusal: str) -> Quirk | None:
    """Return the quirk that a refusal shows, None where it has another reason."""
    if status not in _STATUSES:
        return None
    return next((quirk for quirk, sign in _SIGNS.items() if sign.search(refusal)), None)


def request(
    model: str, messages: Sequence[Message], answer_tokens: int, quirks: Set[Quirk]
) -> dict[str, Any]:
    """Return the body of a request for a streamed answer to an endpoint with these quirks."""
    if "no_system" in quirks:
        messages = _without_system(messages)
    if "alternate" in quirks:
        messages = _merged(messages)
    limit = "max_completion_tokens" if "max_completion_tokens" in quirks else "max_tokens"
    body: dict[str, Any] = {
        "model": model,
        "messages": [message._asdict() for message in messages],
        limit: answer_tokens,
        "stream": True,
    }
    if "no_stream_options" not in quirks:
        body["stream_options"] = {"include_usage": True}
    return body


def _without_system(messages: Sequence[Message]) -> list[Message]:
    """Put what the system says at the head of what the user says first."""
    rules = "\n\n".join(message.content for message in messages if message.role == "system")
    others = [message for message in messages if message.role != "system"]
    first = next((n for n, message in enumerate(others) if message.role == "user"), None)
    if not rules:
        return others
    if first is None:
        return [Message("user", rules), *others]
    others[first] = Message("user", f"{rules}\n\n{others[first].content}")
    return others


def _merged(messages: Sequence[Message]) -> list[Message]:
    """Make one message of neighbours of one role."""
    return [
        Message(role, "\n\n".join(message.content for message in same))
        for role, same in groupby(messages, key=lambda message: message.role)
    ]
