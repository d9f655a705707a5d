"""All that an endpoint can do wrong, as a learner has it: one answer, in time, every time."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal, get_args

import pytest

from bot.answering.endpoint import OpenAIEndpoint
from bot.answering.fallback import FallbackEndpoint
from bot.answering.patience import Patience
from bot.answering.streamed import CHARACTERS_PER_TOKEN
from bot.course.model import Course, Language
from bot.messages import Address, Incoming, Reply
from tests.dialog import Dialog, searched
from tests.platforms.openai_server import Behaviour, OpenAIServer, Trouble

SECONDS = 2.5
"""Stands for LLM_ANSWER_SECONDS."""

SLACK = 5.0
"""For all else, on a machine that is busy: a bound for what hangs, no measure of speed."""

ANSWER_TOKENS = 64
QUESTION: dict[Language, str] = {"zh": "token 是什么？", "en": "what is a token?"}
ANSWER = "A token is a piece of text. [1]"
BEGINNING = "A to"
"""What comes of it before a server breaks off midway."""

UNREACHED: dict[Language, str] = {"zh": "语言模型暂时连不上", "en": "cannot be reached"}
CUT_OFF: dict[Language, str] = {"zh": "回答到这里中断了", "en": "The answer was cut off here"}
DEFINITION: dict[Language, str] = {"zh": "token（词元）：", "en": "token: "}
"""The course's own answer."""

Outcome = Literal["answered", "shortened", "broken off", "course"]
OUTCOMES: dict[Trouble, Outcome] = {
    "status": "course",
    "stall": "course",
    "stall_midway": "broken off",
    "truncate": "broken off",
    "disconnect": "broken off",
    "corrupt": "broken off",
    "error_event": "broken off",
    "empty_choices": "answered",
    "no_usage": "answered",
    "reasoning": "answered",
    "think": "answered",
    "ponder": "course",
    "ponder_aloud": "course",
    "length": "shortened",
    "endless": "shortened",
    "endless_empty": "broken off",
    "huge": "shortened",
    "silent": "course",
    "no_stream_options": "answered",
    "max_tokens_refused": "answered",
    "system_refused": "answered",
    "alternate": "answered",
    "no_models": "answered",
    "no_embeddings": "answered",
    "not_streamed": "answered",
    "error_body": "course",
    "web_page": "course",
    "usage_everywhere": "answered",
    "trickle": "shortened",
    "babble": "shortened",
}


@pytest.fixture(scope="module", autouse=True)
def _searched(course: Course) -> None:
    """Build the search, which takes seconds once and is no matter of the endpoint."""
    searched(course).find(QUESTION["en"], "en")
    searched(course).find(QUESTION["zh"], "zh")


def _remote(server: OpenAIServer, retries: int) -> OpenAIEndpoint:
    patience = Patience.within(SECONDS)
    return OpenAIEndpoint(
        server.base_url, server.api_key, None, ANSWER_TOKENS, patience=patience, retries=retries
    )


class Setup:
    """A conversation with a tutor that has one endpoint, or two as one."""

    def __init__(
        self, dialog: Dialog, servers: list[OpenAIServer], clock: list[float], language: Language
    ) -> None:
        self.dialog, self.servers, self.language = dialog, servers, language
        self._clock = clock
        dialog.locale = language
        dialog.say("/learn tokens")

    def trouble(self, *behaviours: Behaviour) -> None:
        for server, behaviour in zip(self.servers, behaviours, strict=True):
            server.behaviour = behaviour
            server.pause = 0.05 if behaviour.trouble == "trickle" else 0.0

    def heal(self) -> None:
        """All are well again, and what was passed over for its faults is worth a try."""
        self.trouble(*[Behaviour()] * len(self.servers))
        self._clock[0] += 3600

    def ask(self) -> str:
        """Return the one finished reply, which comes in time and tells nothing secret."""
        self.dialog.say("/new")
        start = time.monotonic()
        text = self.dialog.say(QUESTION[self.language])
        assert time.monotonic() - start < SECONDS + SLACK
        assert [reply.draft for reply in self.dialog.replies].count(False) == 1
        assert not self.dialog.last.draft
        assert not any("sk-loopback" in reply.text for reply in self.dialog.replies)
        return text

    def assert_well(self) -> None:
        self.heal()
        assert ANSWER in self.ask()

    def assert_outcome(self, outcome: Outcome, text: str) -> None:
        """What a learner reads says what happened, in their language and in no other."""
        other: Language = "en" if self.language == "zh" else "zh"
        assert (UNREACHED[self.language] in text) == (outcome == "course")
        assert (DEFINITION[self.language] in text) == (outcome == "course")
        assert (CUT_OFF[self.language] in text) == (outcome == "broken off")
        assert not any(said[other] in text for said in (UNREACHED, CUT_OFF, DEFINITION))
        if outcome == "answered":
            assert text.startswith(ANSWER)
        if outcome == "broken off":
            assert text.startswith(BEGINNING)
        if outcome == "shortened":
            assert "…" in text
            assert len(text) < ANSWER_TOKENS * CHARACTERS_PER_TOKEN + 400


@contextmanager
def _alone(course: Course, database: str, language: Language) -> Iterator[Setup]:
    with OpenAIServer(answer=ANSWER) as server:
        endpoint = _remote(server, retries=1)
        with Dialog(course, database, endpoint=endpoint) as dialog:
            try:
                yield Setup(dialog, [server], [0.0], language)
            finally:
                dialog.run(endpoint.aclose())
        assert server.faults == []


@contextmanager
def _paired(course: Course, database: str, language: Language) -> Iterator[Setup]:
    with OpenAIServer(answer=ANSWER) as first, OpenAIServer(answer=ANSWER) as second:
        clock = [0.0]
        endpoint = FallbackEndpoint(
            _remote(first, 0), _remote(second, 1), SECONDS, now=lambda: clock[0]
        )
        with Dialog(course, database, endpoint=endpoint) as dialog:
            try:
                yield Setup(dialog, [first, second], clock, language)
            finally:
                dialog.run(endpoint.aclose())
        assert first.faults == second.faults == []


def test_every_trouble_has_an_outcome() -> None:
    """A new one of the loopback server is not forgotten here."""
    assert OUTCOMES.keys() == set(get_args(Trouble))


@pytest.mark.parametrize("trouble", OUTCOMES)
def test_one_endpoint_in_trouble_gives_one_answer_in_time(
    course: Course, database: str, trouble: Trouble
) -> None:
    """What it said is kept, otherwise the course speaks; the next question is answered."""
    with _alone(course, database, "zh") as setup:
        setup.trouble(Behaviour(trouble=trouble))
        setup.assert_outcome(OUTCOMES[trouble], setup.ask())
        setup.assert_well()


@pytest.mark.parametrize("trouble", OUTCOMES)
def test_the_second_endpoint_answers_for_the_first_in_time(
    course: Course, database: str, trouble: Trouble
) -> None:
    """Unless the first has begun to speak: then its words are kept."""
    with _paired(course, database, "en") as setup:
        setup.trouble(Behaviour(trouble=trouble), Behaviour())
        outcome = OUTCOMES[trouble]
        setup.assert_outcome("answered" if outcome == "course" else outcome, setup.ask())
        setup.assert_well()


@pytest.mark.parametrize("trouble", [one for one, told in OUTCOMES.items() if told == "course"])
def test_two_endpoints_in_trouble_give_the_courses_answer_in_time(
    course: Course, database: str, trouble: Trouble
) -> None:
    """Both together have no more time than one."""
    with _paired(course, database, "en") as setup:
        setup.trouble(*[Behaviour(trouble=trouble)] * 2)
        setup.assert_outcome("course", setup.ask())
        setup.assert_well()


@pytest.mark.parametrize(
    "behaviour",
    [
        Behaviour(trouble="status", status=401),
        Behaviour(trouble="status", status=404),
        Behaviour(trouble="status", status=429),
        Behaviour(trouble="status", status=429, retry_after=1),
        Behaviour(trouble="status", status=429, retry_after=3600),
        Behaviour(trouble="status", status=503, retry_after=20),
    ],
    ids=lambda one: f"{one.status} after {one.retry_after}",
)
def test_no_refusal_is_waited_out_longer_than_an_answer_may_take(
    course: Course, database: str, behaviour: Behaviour
) -> None:
    """Whatever the endpoint asks for."""
    with _alone(course, database, "en") as setup:
        setup.trouble(behaviour)
        setup.assert_outcome("course", setup.ask())
        setup.assert_well()


def test_nobody_at_the_address_gives_the_courses_answer(course: Course, database: str) -> None:
    """A machine that is switched off, or an address that was mistyped."""
    with OpenAIServer() as gone:
        endpoint = _remote(gone, retries=1)
    with Dialog(course, database, endpoint=endpoint) as dialog:
        setup = Setup(dialog, [], [0.0], "zh")
        setup.assert_outcome("course", setup.ask())
        dialog.run(endpoint.aclose())


@pytest.mark.parametrize("piece", ["\0", "\ud83d", "\ufffe", "\u202e", "\x1b[31m"])
def test_text_that_no_database_takes_is_no_fault(course: Course, database: str, piece: str) -> None:
    """NUL, half an emoji and the like: the rest of the answer arrives, and is remembered."""
    with _alone(course, database, "en") as setup:
        setup.servers[0].answer = f"{piece}{ANSWER}{piece}"
        assert ANSWER in setup.ask()
        setup.dialog.say("why?")
        assert ANSWER in setup.servers[0].requests[-1]["messages"][-2]["content"]


async def _replies(
    dialog: Dialog, person: str, text: str = "", action: str | None = None
) -> list[Reply]:
    incoming = Incoming(Address("terminal", person, person), text, action, locale="en")
    return [reply async for reply in dialog.tutor.handle(incoming)]


@pytest.mark.parametrize("trouble", ["stall", "ponder", "trickle"])
def test_lessons_and_quizzes_go_on_while_an_endpoint_hangs(
    course: Course, database: str, trouble: Trouble
) -> None:
    """Somebody else reads and answers while one answer does not come; and so does whoever asked,
    when it is over."""

    async def live(dialog: Dialog, server: OpenAIServer) -> None:
        asking = asyncio.create_task(_replies(dialog, "bao", text=QUESTION["en"]))
        await server.wait_for_request()
        await _learn(dialog, "ada")
        assert not asking.done()
        assert not (await asking)[-1].draft
        await _learn(dialog, "bao")

    with _alone(course, database, "en") as setup:
        setup.ask()  # the search and the library are loaded
        setup.servers[0].arrived.clear()
        setup.trouble(Behaviour(trouble=trouble))
        setup.dialog.run(live(setup.dialog, setup.servers[0]))
        setup.assert_well()


async def _learn(dialog: Dialog, person: str) -> None:
    """Read a lesson, and answer a question of its quiz."""
    lesson = await _replies(dialog, person, text="/learn tokens")
    assert "Tokens" in lesson[-1].text
    asked = (await _replies(dialog, person, action="check:tokens"))[-1]
    answered = await _replies(dialog, person, action=asked.buttons[0].action)
    assert any(mark in answered[-1].text for mark in ("✅", "❌", "🟡"))
