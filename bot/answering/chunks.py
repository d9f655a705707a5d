"""Reads what an endpoint sends, of which the library checks nothing: any field may be missing."""

from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any, Final

from bot.answering.streamed import Part
from bot.ports import EndpointError, Usage

_ABSURD: Final = 100_000_000
"""No answer costs so many tokens; a count below 0 would fill a budget up again."""


def part_of(chunk: Any) -> Part:
    """Read one ChatCompletionChunk. Raises EndpointError for one that is none."""
    with well_formed():
        usage = _usage(chunk.usage)
        if not chunk.choices:
            return Part(usage=usage)
        choice = chunk.choices[0]
        return _part(choice.delta, choice.finish_reason, usage)


def whole_answer(body: Any) -> Part:
    """Read the JSON of an answer that came in one piece. Raises EndpointError where it is none."""
    with well_formed():
        if body.get("error"):
            raise EndpointError("reported an error")
        choice = body["choices"][0]
        usage = _usage(SimpleNamespace(**(body.get("usage") or {})))
        finish = choice.get("finish_reason") or "stop"
        return _part(SimpleNamespace(**choice["message"]), finish, usage)


@contextmanager
def well_formed() -> Iterator[None]:
    """Turn what goes wrong with the reading of something malformed into an EndpointError."""
    try:
        yield
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as fault:
        raise EndpointError("sent a broken stream") from fault


def _part(message: Any, finish: str | None, usage: Usage | None) -> Part:
    thought = _text(message, "reasoning_content") or _text(message, "reasoning")
    return Part(_text(message, "content"), thought, finish, usage)


def _text(message: Any, name: str) -> str:
    value = getattr(message, name, None)
    if not isinstance(value, str | None):
        raise TypeError(f"{name} is not a text")
    # NUL and halves of surrogate pairs: no database takes them and no platform shows them.
    return (value or "").replace("\0", "").encode(errors="ignore").decode()


def _usage(told: Any) -> Usage | None:
    prompt, completion = (
        int(getattr(told, name, None) or 0) for name in ("prompt_tokens", "completion_tokens")
    )
    is_told = prompt or completion
    is_sane = 0 <= prompt < _ABSURD and 0 <= completion < _ABSURD
    return Usage(prompt, completion) if is_told and is_sane else None
