"""The queue before the language model, and what is paid for however an answer ends."""

import asyncio
import selectors
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import aclosing, asynccontextmanager, suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answering import admission, tokens
from bot.answering.admission import PATIENCE, Admission, Busy
from bot.answering.endpoint import OpenAIEndpoint
from bot.answering.writer import Unwritten, Waiting, Writer
from bot.course.model import Course
from bot.errors import BudgetSpent
from bot.messages import Address, Incoming, Reply
from bot.ports import Message, Usage
from tests.dialog import Dialog
from tests.platforms.openai_server import Behaviour, OpenAIServer, Trouble
from tests.tutoring import HASTE, tutored

ASKED = [Message("system", "You are a tutor."), Message("user", "What is a token?")]
ANSWER = "A token is a piece of text."


class _Sleepless(selectors.DefaultSelector):
    """Lets the time pass at once in which nothing happens."""

    now = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        assert timeout is not None, "everybody waits for ever"
        self.now += timeout
        return super().select(0)


def _at_once(work: Coroutine[Any, Any, None]) -> None:
    """Run what waits for nothing but itself and the time, in none."""

    def loop() -> asyncio.AbstractEventLoop:
        selector = _Sleepless()
        made = asyncio.SelectorEventLoop(selector)
        made.time = lambda: selector.now  # type: ignore[method-assign]
        return made

    with asyncio.Runner(loop_factory=loop) as runner:
        runner.run(work)


class Visitor:
    """Somebody who wants a place. limit: how often they are told a number before they leave."""

    def __init__(self, hall: "Hall", limit: int) -> None:
        self.told: list[int] = []
        self.waited = 0.0
        self.is_busy = False
        self.done = asyncio.Event()
        self._hall, self._limit = hall, limit
        self.task = asyncio.create_task(self._visit())

    async def _visit(self) -> None:
        came = asyncio.get_running_loop().time()
        try:
            async with aclosing(self._hall.admission.enter()) as queue:
                async for number in queue:
                    self.told.append(number)
                    if len(self.told) >= self._limit:
                        return
        except Busy:
            self.is_busy = True
            self.waited = asyncio.get_running_loop().time() - came
            return
        try:
            self._hall.enter(self)
            await self.done.wait()
        finally:
            self._hall.leave(self)


class Hall:
    """Places, and who has come."""

    def __init__(self, places: int) -> None:
        self.places, self.admission = places, Admission(places)
        self.came: list[Visitor] = []
        self.entered: list[Visitor] = []
        self.inside: list[Visitor] = []

    def come(self, limit: int = 99) -> Visitor:
        self.came.append(Visitor(self, limit))
        return self.came[-1]

    def enter(self, one: Visitor) -> None:
        self.entered.append(one)
        self.inside.append(one)
        assert len(self.inside) <= self.places

    def leave(self, one: Visitor) -> None:
        self.inside.remove(one)
        self.admission.leave()

    async def empty(self) -> None:
        """Let everybody leave who is there or comes in; raise what went wrong with any."""
        for one in self.came:
            one.done.set()
        for one in self.came:
            with suppress(asyncio.CancelledError):
                await one.task


async def _turn() -> None:
    """Let everything happen that can happen now."""
    for _ in range(20):
        await asyncio.sleep(0)


async def _assert_all_places_are_free(hall: Hall) -> None:
    """As many get in at once as there are places, and one more does not."""
    some = [hall.come() for _ in range(hall.places + 1)]
    await _turn()
    assert hall.inside == some[:-1]
    assert [one.told for one in some[:-1]] == [[]] * hall.places
    await hall.empty()


_STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("come"), st.integers(1, 4)),
        st.tuples(st.sampled_from(["leave", "cancel"]), st.integers(0, 20)),
        st.tuples(st.just("wait"), st.sampled_from([0, 0, 0.4, 1, 2.5, 11])),
    ),
    max_size=40,
)


async def _live(hall: Hall, steps: list[tuple[str, Any]]) -> None:
    for step, value in steps:
        if step == "come":
            hall.come(limit=value if value < 4 else 99)
        elif step == "leave" and hall.inside:
            hall.inside[value % len(hall.inside)].done.set()
        elif step == "cancel" and hall.came:
            hall.came[value % len(hall.came)].task.cancel()
        elif step == "wait":
            await asyncio.sleep(value)
    await hall.empty()
    await _assert_all_places_are_free(hall)


@given(st.integers(1, 3), _STEPS)
def test_no_place_is_lost_or_given_twice_whoever_leaves_when(
    places: int, steps: list[tuple[str, Any]]
) -> None:
    """People come, leave, lose patience and are cancelled, in any order and at the same moment."""
    halls: list[Hall] = []

    async def live() -> None:
        halls.append(Hall(places))
        await _live(halls[0], steps)

    _at_once(live())
    [hall] = halls
    assert [one for one in hall.came if one in hall.entered] == hall.entered
    for one in hall.came:
        assert one.told == sorted(set(one.told), reverse=True)
        assert one.waited == pytest.approx(PATIENCE) or not one.is_busy


@pytest.mark.parametrize("moments", range(8))
def test_a_place_that_comes_while_somebody_gives_up_is_not_lost(moments: int) -> None:
    """However many turns of the event loop lie between the two."""

    async def race() -> None:
        hall = Hall(1)
        first, second = hall.come(), hall.come()
        await asyncio.sleep(0.5)
        first.done.set()
        for _ in range(moments):
            await asyncio.sleep(0)
        second.task.cancel()
        await hall.empty()
        await _assert_all_places_are_free(hall)

    _at_once(race())


def test_nobody_overtakes_who_came_in_the_same_moment() -> None:
    """A place that comes between the two is the first one's."""

    async def race() -> None:
        hall = Hall(1)
        first = hall.come()
        await _turn()
        second = hall.come()
        first.done.set()
        third = hall.come()
        await _turn()
        assert hall.inside == [second]
        assert third.told == []
        await hall.empty()

    _at_once(race())


def test_those_who_wait_are_told_their_number_and_again_where_it_changes() -> None:
    """Nobody is told who gets in within a second; the first in the queue is number 1."""

    async def wait() -> None:
        hall = Hall(1)
        first, second, third, fourth = (hall.come() for _ in range(4))
        await asyncio.sleep(2.5)
        assert [one.told for one in hall.came] == [[], [1], [2], [3]]
        third.task.cancel()
        first.done.set()
        await asyncio.sleep(1)
        assert hall.inside == [second]
        assert fourth.told == [3, 1]
        late = hall.come()
        second.done.set()
        fourth.done.set()
        await asyncio.sleep(0.5)
        assert hall.inside == [late]
        assert late.told == []
        await hall.empty()

    _at_once(wait())


def test_nobody_waits_longer_than_the_patience() -> None:
    """Whoever comes later has their own."""

    async def wait() -> None:
        hall = Hall(1)
        hall.come()
        early = hall.come()
        await asyncio.sleep(PATIENCE - 1)
        late = hall.come()
        await asyncio.sleep(1.5)
        assert (early.is_busy, late.is_busy) == (True, False)
        await hall.empty()
        assert late in hall.entered
        await _assert_all_places_are_free(hall)

    _at_once(wait())


class Till:
    """Implements Purse: what was put aside, and what came of it."""

    def __init__(self, refusal: Exception | None = None) -> None:
        self.reserved: list[int] = []
        self.settled: dict[int, Usage] = {}
        self.has_settled = asyncio.Event()
        self._refusal = refusal

    async def reserve(self, tokens: int) -> int:
        if self._refusal:
            raise self._refusal
        self.reserved.append(tokens)
        return len(self.reserved) - 1

    async def settle(self, call: int, usage: Usage) -> None:
        await asyncio.sleep(0)  # as a database would
        assert call not in self.settled
        self.settled[call] = usage
        self.has_settled.set()


class Desk:
    """A writer that writes one answer at a time."""

    def __init__(self, endpoint: OpenAIEndpoint) -> None:
        self.writer = Writer(endpoint, streams=1)
        self.till = Till()

    async def write(self) -> str:
        """Return a whole answer; an error at the end is an exclamation mark and its reason."""
        text = ""
        try:
            async for part in self.writer.write(ASKED, self.till):
                text += part if isinstance(part, str) else ""
        except Unwritten as fault:
            return f"{text}!{fault.why}"
        return text

    async def assert_is_free(self) -> None:
        """The place is there, and nothing that was put aside is left open."""
        async with asyncio.timeout(5):
            assert await self.write() == ANSWER
        assert len(self.till.settled) == len(self.till.reserved)


def _work(test: Callable[[Desk, OpenAIServer], Coroutine[Any, Any, None]]) -> None:
    async def work(server: OpenAIServer) -> None:
        endpoint = OpenAIEndpoint(server.base_url, server.api_key, "m", 64, patience=HASTE)
        async with aclosing(endpoint):
            await test(Desk(endpoint), server)

    with OpenAIServer(answer=ANSWER) as server:
        asyncio.run(work(server))
        assert server.faults == []


def test_what_the_endpoint_counted_is_settled() -> None:
    """More was put aside: the prompt as we count it and the longest answer."""

    async def write(desk: Desk, _: OpenAIServer) -> None:
        assert await desk.write() == ANSWER
        assert desk.till.settled == {0: Usage(8, 7)}
        assert desk.till.reserved[0] > 512 + 8
        await desk.assert_is_free()

    _work(write)


@pytest.mark.parametrize(
    ("trouble", "said", "least"),
    [
        ("status", "!fault", 0),
        ("silent", "!fault", 1),
        ("stall", "!fault", 1),
        ("truncate", "A to!fault", 1),
        ("stall_midway", "A to!fault", 1),
        ("corrupt", "A to!fault", 1),
    ],
)
def test_a_fault_is_settled_for_what_it_probably_cost(
    trouble: Trouble, said: str, least: int
) -> None:
    """A refusal costs nothing; what came before a fault stays, and so does what it cost."""

    async def fail(desk: Desk, server: OpenAIServer) -> None:
        server.script(Behaviour(trouble=trouble, status=401))
        assert await desk.write() == said
        assert min(desk.till.settled[0].prompt, 1) == least
        assert desk.till.settled[0].prompt < 40
        await desk.assert_is_free()

    _work(fail)


@pytest.mark.parametrize("pieces", [0, 1, 3])
def test_an_answer_that_nobody_listens_to_any_more_is_settled(pieces: int) -> None:
    """For what had been written; one that was never begun costs nothing."""

    async def leave(desk: Desk, _: OpenAIServer) -> None:
        async with aclosing(desk.writer.write(ASKED, desk.till)) as parts:
            heard = "".join([str(await anext(parts)) for _piece in range(pieces)])
        assert len(desk.till.settled) == len(desk.till.reserved) == min(pieces, 1)
        cost = Usage(tokens.count_messages(ASKED), tokens.count(heard))
        assert list(desk.till.settled.values()) == [cost] * len(desk.till.reserved)
        await desk.assert_is_free()

    _work(leave)


@pytest.mark.parametrize("trouble", ["stall", "stall_midway", "trickle"])
def test_an_answer_that_is_cancelled_is_settled(trouble: Trouble) -> None:
    """Before the first word, between two, and while they come."""

    async def cancel(desk: Desk, server: OpenAIServer) -> None:
        server.script(Behaviour(trouble=trouble))
        server.pause = 0.01
        task = asyncio.create_task(desk.write())
        await server.wait_for_request()
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await desk.till.has_settled.wait()
        assert desk.till.settled[0].prompt > 8
        await desk.assert_is_free()

    _work(cancel)


@asynccontextmanager
async def _occupied(desk: Desk, server: OpenAIServer) -> AsyncIterator[None]:
    """Somebody else's answer takes the only place."""
    server.script(Behaviour(trouble="stall"))
    other = asyncio.create_task(desk.write())
    await server.wait_for_request()
    yield
    other.cancel()
    with suppress(asyncio.CancelledError):
        await other


@pytest.mark.parametrize("is_told", [True, False])
def test_who_leaves_the_queue_puts_nothing_aside(
    is_told: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cancelled before a number was told, or walked away on hearing it."""
    monkeypatch.setattr(admission, "NOTICE_AFTER", 0.01)

    async def leave(desk: Desk, server: OpenAIServer) -> None:
        async with _occupied(desk, server):
            async with aclosing(desk.writer.write(ASKED, desk.till)) as parts:
                if is_told:
                    assert await anext(parts) == Waiting(1)
                else:
                    waiting = asyncio.ensure_future(anext(parts))
                    await asyncio.sleep(0)
                    waiting.cancel()
                    await asyncio.wait([waiting])
            assert len(desk.till.reserved) == 1
        await desk.assert_is_free()

    _work(leave)


@pytest.mark.parametrize(
    ("refusal", "why"),
    [
        (BudgetSpent(is_own=True), "spent"),
        (BudgetSpent(is_own=False), "all spent"),
        (OSError("the disk is full"), None),
    ],
)
def test_a_refused_purse_gives_the_place_back(refusal: Exception, why: str | None) -> None:
    """The endpoint is not asked."""

    async def ask(desk: Desk, server: OpenAIServer) -> None:
        desk.till = Till(refusal)
        if why:
            assert await desk.write() == f"!{why}"
        else:
            with pytest.raises(OSError, match="full"):
                await desk.write()
        assert server.requests == []
        desk.till = Till()
        await desk.assert_is_free()

    _work(ask)


def _reply_to(dialog: Dialog, person: str, locale: str) -> Coroutine[Any, Any, list[Reply]]:
    incoming = Incoming(Address("terminal", person, person), "what is a token?", locale=locale)

    async def collect() -> list[Reply]:
        return [reply async for reply in dialog.tutor.handle(incoming)]

    return collect()


@pytest.mark.parametrize(
    ("locale", "number", "busy"),
    [
        ("zh", "你排在第 1 位", "语言模型现在太忙"),
        ("en", "you are number 1", "The language model is busy right now"),
    ],
)
def test_a_learner_in_the_queue_reads_their_number_and_then_the_courses_answer(
    course: Course,
    database: str,
    locale: str,
    number: str,
    busy: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Nobody is left without an answer because others are asking."""
    monkeypatch.setattr(admission, "NOTICE_AFTER", 0.05)

    async def ask(dialog: Dialog, server: OpenAIServer) -> None:
        server.script(Behaviour(trouble="stall"))
        first = asyncio.create_task(_reply_to(dialog, "bao", locale))
        await server.wait_for_request()
        replies = await _reply_to(dialog, "ada", locale)
        assert number in replies[0].text
        assert [one.draft for one in replies] == [True, False]
        assert busy in replies[-1].text
        assert "token" in replies[-1].text
        await first
        assert len(server.requests) == 1

    with OpenAIServer(answer=ANSWER) as server, tutored(course, database, server) as dialog:
        writer = dialog.tutor._services.writer
        monkeypatch.setattr(writer, "_admission", Admission(1, patience=0.1))
        dialog.run(ask(dialog, server))
