"""Two endpoints as one, both real clients against loopback servers."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import aclosing

import pytest

from bot.answering.breaker import FIRST_PAUSE, LONGEST_PAUSE, Breaker
from bot.answering.endpoint import CUT, EndpointError, OpenAIEndpoint
from bot.answering.fallback import FallbackEndpoint
from bot.ports import NO_USAGE, Message, Usage
from tests.platforms.openai_server import Behaviour, OpenAIServer

ASKED = [Message("system", "You are a tutor."), Message("user", "What is a token?")]


class Pair:
    """Two servers, the endpoint that joins them, and a clock that a test can turn."""

    def __init__(self, first: OpenAIServer, second: OpenAIServer) -> None:
        self.first, self.second, self.time = first, second, 0.0
        self.usage, self.seconds = NO_USAGE, 0.0

    def ask(self, times: int = 1, *, seconds: float = 5) -> str:
        """Ask one after the other; return the last answer, or why there is none."""
        return self.run(times, pause=0, seconds=seconds)

    def run(self, times: int, *, pause: float, seconds: float = 5) -> str:
        async def ask() -> str:
            one, other = (
                OpenAIEndpoint(server.base_url, server.api_key, "m", 64, retries=0)
                for server in (self.first, self.second)
            )
            endpoint = FallbackEndpoint(one, other, seconds, now=lambda: self.time)
            async with aclosing(endpoint):
                for _ in range(times):
                    said = await self._one(endpoint)
                    self.time += pause
                return said

        return asyncio.run(ask())

    async def _one(self, endpoint: FallbackEndpoint) -> str:
        said, start = "", time.monotonic()
        try:
            async for part in endpoint.stream(ASKED):
                if isinstance(part, Usage):
                    self.usage = part
                else:
                    said += part
        except EndpointError as failure:
            self.usage, said = failure.usage, f"{said}!{failure.reason}"
        self.seconds = time.monotonic() - start
        return said


@pytest.fixture
def pair() -> Iterator[Pair]:
    with (
        OpenAIServer(answer="The first one answers.") as first,
        OpenAIServer(answer="The second one does.") as second,
    ):
        yield Pair(first, second)


def test_the_second_is_not_asked_where_the_first_answers(pair: Pair) -> None:
    """It costs nothing."""
    assert pair.ask() == "The first one answers."
    assert pair.second.requests == []


@pytest.mark.parametrize("status", [400, 401, 429, 500, 503])
def test_a_refusal_of_the_first_is_answered_by_the_second(pair: Pair, status: int) -> None:
    """A refusal costs nothing: the usage is the second's alone."""
    pair.first.behaviour = Behaviour(trouble="status", status=status, retry_after=60)
    assert pair.ask() == "The second one does."
    assert pair.usage == Usage(8, 4)
    assert pair.seconds < 2


def test_a_first_that_says_nothing_leaves_time_for_the_second(pair: Pair) -> None:
    """It may have charged for the prompt, so that counts as well."""
    pair.first.behaviour = Behaviour(trouble="stall")
    assert pair.ask() == "The second one does."
    assert pair.usage.prompt > 8 + 10
    assert pair.seconds < 3


def test_two_that_say_nothing_end_within_the_time(pair: Pair) -> None:
    """The error is the second's, and the cost is that of both."""
    pair.first.behaviour = pair.second.behaviour = Behaviour(trouble="stall")
    assert pair.ask() == "!took too long"
    assert pair.usage.prompt > 20
    assert pair.seconds < 5


def test_a_second_that_never_ends_is_cut_when_the_time_is_up(pair: Pair) -> None:
    """Both share the time."""
    pair.first.behaviour = Behaviour(trouble="stall")
    pair.second.behaviour = Behaviour(trouble="trickle")
    pair.second.pause = 0.2
    said = pair.ask()
    assert "0 1 2 " in said
    assert said.endswith(CUT)
    assert pair.seconds < 5


def test_a_first_that_breaks_off_is_not_answered_over_again(pair: Pair) -> None:
    """What the learner has read stays, and the fault is told."""
    pair.first.behaviour = Behaviour(trouble="truncate")
    assert pair.ask() == "The !cut off"
    assert pair.second.requests == []


def test_a_first_that_is_down_is_passed_over(pair: Pair) -> None:
    """Five questions in half a minute ask it once."""
    pair.first.behaviour = Behaviour(trouble="status", status=503)
    assert pair.run(5, pause=6) == "The second one does."
    assert len(pair.first.requests) == 1
    assert len(pair.second.requests) == 5


def test_a_first_that_has_come_back_is_asked_again(pair: Pair) -> None:
    """After half a minute one question tries it, and then all go there."""
    pair.first.script(Behaviour(trouble="status", status=503))
    assert pair.run(3, pause=FIRST_PAUSE) == "The first one answers."
    assert len(pair.second.requests) == 1


def test_a_question_that_the_first_cannot_take_does_not_put_it_aside(pair: Pair) -> None:
    """400 is about this question."""
    pair.first.behaviour = Behaviour(trouble="status", status=400)
    pair.ask(3)
    assert len(pair.first.requests) == 3


def test_a_pause_doubles_up_to_ten_minutes_and_lets_one_through() -> None:
    """Those that ask while one tries go elsewhere."""
    time = [0.0]
    breaker = Breaker(lambda: time[0])
    pauses: list[float] = []
    for _ in range(7):
        assert breaker.allows()
        assert not breaker.allows() or not pauses
        breaker.failed()
        start = time[0]
        while not breaker.allows():
            time[0] += 1
        pauses.append(time[0] - start)
        breaker.left()
    assert pauses == [30, 60, 120, 240, 480, LONGEST_PAUSE, LONGEST_PAUSE]
    assert breaker.allows()
    breaker.succeeded()
    assert all(breaker.allows() for _ in range(3))


def test_many_that_fail_at_once_begin_one_pause() -> None:
    """Ten learners in the same second do not make it ten minutes."""
    time = [0.0]
    breaker = Breaker(lambda: time[0])
    assert all(breaker.allows() for _ in range(10))
    for _ in range(10):
        breaker.failed()
    time[0] = FIRST_PAUSE
    assert breaker.allows()
