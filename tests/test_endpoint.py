"""The real openai client against a loopback server, and everything that can go wrong there."""

import asyncio
import logging
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import aclosing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answering.endpoint import CUT, EndpointError, OpenAIEndpoint, Patience
from bot.answering.thinking import Thinking
from bot.ports import Message, Usage
from tests.platforms.openai_server import Behaviour, OpenAIServer, Trouble

ROOT = Path(__file__).parent.parent
ASKED = [Message("system", "You are a tutor."), Message("user", "What is a token?")]
SAID = "A token is a piece of text. [1]"
HASTE = Patience(connect=0.5, first_token=0.8, first_text=1.2, between_tokens=0.4, whole=2.5)


@pytest.fixture
def server() -> Iterator[OpenAIServer]:
    with OpenAIServer(answer=SAID) as one:
        yield one


class Heard:
    """What came of one stream."""

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self.usage: Usage | None = None
        self.reason: str | None = None
        self.seconds = 0.0

    @property
    def text(self) -> str:
        return "".join(self.pieces)


async def listen(endpoint: OpenAIEndpoint) -> Heard:
    heard, start = Heard(), time.monotonic()
    try:
        async for part in endpoint.stream(ASKED):
            if isinstance(part, Usage):
                heard.usage = part
            else:
                heard.pieces.append(part)
    except EndpointError as error:
        heard.reason = error.reason
    heard.seconds = time.monotonic() - start
    return heard


def ask(
    server: OpenAIServer,
    trouble: Trouble | None = None,
    *,
    model: str | None = "loopback-1",
    times: int = 1,
    status: int = 500,
    retry_after: float | None = None,
) -> Heard:
    """Put one question to a server in trouble; return what was heard the last time."""
    server.behaviour = Behaviour(trouble=trouble, status=status, retry_after=retry_after)

    async def run() -> Heard:
        endpoint = OpenAIEndpoint(server.base_url, server.api_key, model, 64, patience=HASTE)
        try:
            for _ in range(times):
                heard = await listen(endpoint)
            return heard
        finally:
            await endpoint.aclose()

    return asyncio.run(run())


def test_an_answer_streams_and_ends_with_the_endpoints_own_usage(server: OpenAIServer) -> None:
    """The pieces come as they are sent, then what the endpoint counted."""
    heard = ask(server)
    assert heard.text == SAID
    assert len(heard.pieces) > 3
    assert heard.usage == Usage(8, 8)
    assert server.faults == []
    (body,) = server.requests
    assert body["max_tokens"] == 64
    assert body["messages"] == [message._asdict() for message in ASKED]


def test_without_a_model_the_first_one_listed_is_asked(server: OpenAIServer) -> None:
    """An endpoint that lists none is asked for "default"."""
    ask(server, model=None)
    server.models = ()
    ask(server, model=None)
    assert [body["model"] for body in server.requests] == ["loopback-1", "default"]
    assert server.faults == []


@pytest.mark.parametrize("trouble", ["reasoning", "think", "empty_choices"])
def test_only_the_answer_itself_is_heard(server: OpenAIServer, trouble: Trouble) -> None:
    """Thinking aloud and chunks without choices leave no trace in the text."""
    heard = ask(server, trouble)
    assert heard.text == SAID
    assert heard.reason is None


def test_usage_that_is_not_told_is_counted(server: OpenAIServer) -> None:
    """An endpoint that leaves the usage out costs about what it said."""
    usage = ask(server, "no_usage").usage
    assert usage is not None
    assert 10 <= usage.prompt <= 30
    assert 8 <= usage.completion <= 14


def test_a_server_that_does_not_know_stream_options_is_asked_without(server: OpenAIServer) -> None:
    """It is refused once, then asked without from the start."""
    heard = ask(server, "no_stream_options", times=2)
    assert heard.text == SAID
    assert heard.usage is not None
    assert ["stream_options" in body for body in server.requests] == [True, False, False]


@pytest.mark.parametrize(
    ("trouble", "reason"),
    [
        ("stall", "took too long"),
        ("stall_midway", "took too long"),
        ("endless_empty", "took too long"),
        ("truncate", "cut off"),
        ("disconnect", "no connection"),
        ("corrupt", "sent a broken stream"),
        ("error_event", "reported an error"),
        ("silent", "empty answer"),
    ],
)
def test_a_fault_is_told_and_what_was_said_before_stays(
    server: OpenAIServer, trouble: Trouble, reason: str
) -> None:
    """Each fault ends soon, in words for the log; the text before it has been heard."""
    heard = ask(server, trouble)
    assert heard.reason == reason
    assert heard.seconds < 4
    assert SAID.startswith(heard.text)
    assert bool(heard.text) == (trouble not in ("stall", "silent"))


@pytest.mark.parametrize("trouble", ["ponder", "ponder_aloud"])
def test_a_model_that_only_thinks_is_given_up(server: OpenAIServer, trouble: Trouble) -> None:
    """It keeps the connection busy and shows nothing; the learner does not wait to the end."""
    server.pause = 0.02
    heard = ask(server, trouble)
    assert heard.text == ""
    assert heard.reason == "took too long"
    assert HASTE.first_text - 0.2 < heard.seconds < HASTE.first_text + 0.6


@pytest.mark.parametrize("status", [400, 401, 403, 404, 429, 500, 503])
def test_a_refusal_is_told_by_its_number_alone(server: OpenAIServer, status: int) -> None:
    """The reason holds neither the key nor the address nor the server's own words."""
    heard = ask(server, "status", status=status, retry_after=0.05)
    assert heard.reason == f"answered with status {status}"
    assert heard.usage is None


def test_a_long_retry_after_does_not_keep_the_learner_waiting(server: OpenAIServer) -> None:
    """The time to the first token counts the waiting for a second try."""
    heard = ask(server, "status", status=429, retry_after=60)
    assert heard.reason == "took too long"
    assert heard.seconds < 3


def test_one_refusal_is_tried_again(server: OpenAIServer) -> None:
    """After a 429 that asks to come back soon the second try answers."""
    server.script(Behaviour(trouble="status", status=429, retry_after=0.05))
    assert ask(server).text == SAID
    assert len(server.requests) == 2


def test_an_answer_that_was_stopped_for_its_length_is_marked(server: OpenAIServer) -> None:
    """It is no fault, and its end shows it."""
    heard = ask(server, "length")
    assert heard.text == SAID + CUT
    assert heard.reason is None


def test_a_huge_answer_is_cut(server: OpenAIServer) -> None:
    """10 MB end at eight characters for each token asked for."""
    heard = ask(server, "huge")
    assert len(heard.text) == 64 * 8 + len(CUT)
    assert heard.text.endswith(CUT)
    assert heard.usage is not None
    assert heard.seconds < 3


def test_an_endpoint_that_keeps_to_no_limit_is_cut_by_its_chunks(server: OpenAIServer) -> None:
    """A chunk is about a token: 64 were asked for, and a tenth more is let through."""
    server.answer = " ".join(map(str, range(1000)))
    heard = ask(server)
    assert heard.text == server.answer[: 70 * server.chunk] + CUT
    assert heard.reason is None


@pytest.mark.parametrize("trouble", ["endless", "babble"])
def test_an_answer_that_repeats_itself_is_cut(server: OpenAIServer, trouble: Trouble) -> None:
    """It is noticed long before any limit, and it is no fault."""
    heard = ask(server, trouble)
    assert heard.text.endswith(CUT)
    assert 120 <= len(heard.text) < 250
    assert heard.reason is None
    assert heard.usage is not None
    assert heard.usage.completion > 20


def test_an_answer_that_still_runs_when_the_time_is_up_is_kept(server: OpenAIServer) -> None:
    """It ends with the mark and counts as finished for its length."""
    server.pause = 0.2
    heard = ask(server, "trickle")
    assert heard.reason is None
    assert heard.text.endswith(CUT)
    assert HASTE.whole - 0.5 < heard.seconds < HASTE.whole + 0.5


def test_nobody_at_the_address_is_no_connection() -> None:
    """A port that nobody listens on."""
    with OpenAIServer() as gone:
        pass
    assert ask(gone).reason == "no connection"


def test_neither_key_nor_question_is_logged(
    server: OpenAIServer, caplog: pytest.LogCaptureFixture
) -> None:
    """Even at DEBUG nothing of a request or a refusal reaches the log."""
    with caplog.at_level(logging.DEBUG):
        ask(server)
        ask(server, "status", status=401)
    told = caplog.text
    assert server.api_key is not None
    for secret in (server.api_key, str(server.port), "What is a token?"):
        assert secret not in told


def test_a_listener_may_leave_early(server: OpenAIServer) -> None:
    """Closing the stream closes the connection; the next question is answered."""

    async def run() -> str:
        endpoint = OpenAIEndpoint(server.base_url, server.api_key, "m", 64, patience=HASTE)
        server.script(Behaviour(trouble="endless"))
        async with aclosing(endpoint.stream(ASKED)) as stream:
            await anext(stream)
        heard = await listen(endpoint)
        await endpoint.aclose()
        return heard.text

    assert asyncio.run(run()) == SAID


def test_openai_is_not_imported_before_the_first_question() -> None:
    """Making an endpoint costs nothing."""
    code = (
        "import sys; from bot.answering.endpoint import OpenAIEndpoint as E;"
        "E('http://127.0.0.1:9/v1', None, None, 64);"
        "print([m for m in ('openai', 'httpx2', 'tiktoken') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.stdout.strip() == "[]", done.stderr


@given(st.lists(st.sampled_from(["a", "<", "think", "/think", ">", "<think>", "</think>", "b<t"])))
def test_thinking_is_hidden_however_it_is_cut(parts: list[str]) -> None:
    """Piece by piece or at once, character by character or not, the same is shown."""
    whole, slow = Thinking(), Thinking()
    at_once = whole.feed("".join(parts)) + whole.rest()
    letters = "".join(slow.feed(letter) for letter in "".join(parts)) + slow.rest()
    assert at_once == letters
    assert "<think>" not in at_once
