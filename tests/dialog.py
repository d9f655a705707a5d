"""Conversations as tests: the real tutor, a real SQLite file, a clock that a test can turn."""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

import yaml

from bot.answering.answer import Answerer
from bot.answering.retrieval import Retriever
from bot.answering.writer import Writer
from bot.commands.command import Services
from bot.course.model import Course, Question
from bot.learning.grading import NO_POINT, UNSURE
from bot.learning.schedule import Card
from bot.messages import Address, Incoming, Reply
from bot.ports import Budget, Endpoint
from bot.storage.store import Store
from bot.storage.tx import Tx
from bot.tutor import Access, Tutor

T = TypeVar("T")

SHIPPED = Path(__file__).parent.parent / "lessons"
LESSONS = sum(
    len(module["lessons"])
    for module in yaml.safe_load((SHIPPED / "course.yaml").read_text("utf-8"))["modules"]
)


_searched: dict[int, Retriever] = {}


def searched(course: Course) -> Retriever:
    """Return the search over a course; it is built once, however many conversations use it."""
    if id(course) not in _searched:
        _searched[id(course)] = Retriever(course)  # it holds the course, so the id stays its own
    return _searched[id(course)]


def lesson_place(number: int) -> str:
    """Return what stands over the lesson of this number in Chinese."""
    return f"第 {number}/{LESSONS} 课"


class FakeClock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.time = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self.time

    def move(self, **by: float) -> None:
        self.time += timedelta(**by)


class Dialog:
    """One person talking to the tutor, or several in turn: `enter` says who and where.

    message_id: the id of the message that the last reply was sent as.
    """

    def __init__(
        self,
        course: Course,
        database: str,
        *,
        endpoint: Endpoint | None = None,
        access: Access = Access(),  # noqa: B008 - immutable
        budget: Budget = Budget(),  # noqa: B008 - immutable
    ) -> None:
        self.course = course
        self.clock = FakeClock()
        self.store = Store.open(database)
        writer = Writer(endpoint) if endpoint else None
        services = Services(
            course, self.store, Answerer(searched(course), writer), self.clock, writer, budget
        )
        self.tutor = Tutor(services, access=access)
        self.sender = Address("terminal", "ada", "ada")
        self.is_private = True
        self.locale: str | None = None
        self.replies: list[Reply] = []
        self.message_id: str | None = None
        self._ids = count(1)
        self._runner = asyncio.Runner()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._runner.close()
        self.store.close()

    def enter(self, group: str, person: str = "ada", platform: str = "terminal") -> None:
        """Go on as this person in this group."""
        self.sender, self.is_private = Address(platform, person, group), False

    def say(self, text: str, *, mentions_bot: bool = False, replies_to: str | None = None) -> str:
        """Send a text, and return the text of the last reply."""
        return self._send(
            Incoming(
                self.sender,
                text,
                locale=self.locale,
                is_private=self.is_private,
                mentions_bot=mentions_bot,
                replies_to=replies_to,
            )
        )

    def reply(self, text: str, to: str | None = None) -> str:
        """Reply to a message of the tutor's, by default to its last."""
        return self.say(text, mentions_bot=True, replies_to=to or self.message_id)

    def press(self, action: str) -> str:
        """Press the button with this action, shown or not, and return the reply's text."""
        return self._send(
            Incoming(
                self.sender,
                action=action,
                locale=self.locale,
                is_private=self.is_private,
                replies_to=self.message_id,
            )
        )

    def press_label(self, label: str) -> str:
        """Press the button of the last reply that is called `label`."""
        return self.press(self.action(label))

    def action(self, label: str) -> str:
        [action] = [one.action for one in self.last.buttons if one.label == label]
        return action

    def verify(self, *turns: tuple[str, str]) -> None:
        """Hold a conversation: each turn is what is said, and what the answer contains.

        "[label]" presses that button of the last reply.
        """
        for said, expected in turns:
            heard = self.press_label(said[1:-1]) if said.startswith("[") else self.say(said)
            assert expected in heard, f"{said!r} was answered with {heard!r}"

    @property
    def last(self) -> Reply:
        return self.replies[-1]

    @property
    def open_question(self) -> Question:
        """The question that the last reply asks."""
        [unsure] = [one.action for one in self.last.buttons if one.action.endswith(f":{UNSURE}")]
        question_id = unsure.removeprefix("quiz:").rpartition(":")[0]
        question = self.course.question(question_id)
        assert question
        return question

    def answer(self, right: bool = True) -> str:
        """Answer the open question by the press of a button, rightly or wrongly."""
        return self.press(f"quiz:{self.open_question.id}:{response_to(self.open_question, right)}")

    @property
    def cards(self) -> dict[str, Card]:
        """What this person has met, by question id."""
        return self.transact(lambda tx: tx.cards.all(self.learner_id(tx)))

    def learner_id(self, tx: Tx) -> int:
        """The id of this person, who has been heard before."""
        learner = tx.learner(self.sender)
        assert learner
        return learner.id

    def transact(self, work: Callable[[Tx], T]) -> T:
        """Look into the database, or change it behind the tutor's back."""
        return self._runner.run(self.store.run(work))

    def run(self, work: Coroutine[Any, Any, None]) -> None:
        """Do something on the event loop of this conversation."""
        self._runner.run(work)

    def _send(self, incoming: Incoming) -> str:
        self.replies = self._runner.run(self._collect(incoming))
        return self.replies[-1].text if self.replies else ""

    async def _collect(self, incoming: Incoming) -> list[Reply]:
        replies: list[Reply] = []
        async for reply in self.tutor.handle(incoming):
            replies.append(reply)
            if not reply.draft:
                self.message_id = str(next(self._ids))
                await self.tutor.sent(reply, incoming.sender, [self.message_id])
        return replies


def response_to(question: Question, right: bool) -> str:
    """Return a response that is right, or wholly wrong."""
    if question.numeric:
        return f"{question.numeric.value if right else question.numeric.high * 1000:.12g}"
    if question.order:
        return "".join(question.order if right else reversed(question.order))
    if question.rubric:
        return "".join(question.points) if right else NO_POINT
    if right:
        return "".join(sorted(question.key))
    return next(option.id for option in question.options if not option.correct)
