"""llmock, an endpoint that others wrote to break clients, against the real client."""

import asyncio
import time
from contextlib import aclosing
from typing import Any

import pytest

from bot.answering.endpoint import OpenAIEndpoint
from bot.answering.patience import Patience
from bot.ports import NO_USAGE, EndpointError, Message, Usage

HASTE = Patience(connect=1, first_token=2, first_text=2, between_tokens=1, whole=5)
SAID = "A token is a piece of text that a model reads as one."


class Heard:
    """What came of one stream."""

    def __init__(self) -> None:
        self.text, self.usage, self.reason, self.seconds = "", NO_USAGE, "", 0.0


def ask(llmock: Any) -> Heard:
    llmock.reply(SAID, times=None)

    async def go() -> Heard:
        heard, start = Heard(), time.monotonic()
        endpoint = OpenAIEndpoint(llmock.base_url(), "key", "gpt-4o", 64, patience=HASTE)
        async with aclosing(endpoint):
            try:
                async for part in endpoint.stream([Message("user", "What is a token?")]):
                    if isinstance(part, Usage):
                        heard.usage = part
                    else:
                        heard.text += part
            except EndpointError as failure:
                heard.reason, heard.usage = failure.reason, failure.usage
        heard.seconds = time.monotonic() - start
        return heard

    return asyncio.run(go())


def test_a_healthy_answer_is_heard_with_its_usage(llmock: Any) -> None:
    """Without any fault."""
    heard = ask(llmock)
    assert (heard.text, heard.reason) == (SAID, "")
    assert heard.usage.prompt > 0
    assert heard.usage.completion > 0


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ("truncate", "cut off"),
        ("disconnect", "no connection"),
        ("corrupt", "sent a broken stream"),
        ("stall", "took too long"),
    ],
)
def test_a_stream_that_breaks_keeps_what_was_said(llmock: Any, fault: str, reason: str) -> None:
    """It ends soon, with a reason, and what it cost all the same."""
    getattr(llmock, fault)(after_chunks=3, times=None)
    heard = ask(llmock)
    assert heard.reason == reason
    assert heard.text
    assert SAID.startswith(heard.text)
    assert heard.usage.prompt > 0
    assert heard.seconds < 5


def test_a_rate_limit_that_passes_is_waited_for(llmock: Any) -> None:
    """One 429 that asks to come back soon."""
    llmock.rate_limit(times=1, retry_after=0.1)
    assert ask(llmock).text == SAID


def test_a_rate_limit_that_stays_is_told(llmock: Any) -> None:
    """It costs nothing."""
    llmock.rate_limit(times=None, retry_after=0.1)
    heard = ask(llmock)
    assert heard.reason == "answered with status 429"
    assert heard.usage == NO_USAGE
    assert heard.text == ""
