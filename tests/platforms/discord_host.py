"""The Discord host in the test's process, against a loopback Discord, before a stand-in tutor."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import Any, cast

import pytest
from discord.gateway import DiscordWebSocket
from discord.http import Route
from pydantic import SecretStr

from adapters.discord import speech
from adapters.discord.channel import DiscordChannel
from bot.commands.command import Argument, Command
from bot.course.model import Course, Lesson, Localized
from bot.messages import Address, Incoming, Reply
from tests.platforms.discord_server import DiscordServer

Script = Callable[[Incoming], AsyncIterator[Reply]]

LEARNER, NEIGHBOUR, GUILD = 7, 8, 100


async def _unused(*_: object) -> AsyncIterator[Reply]:
    raise AssertionError("the host must not call handlers itself")
    yield


def text(en: str, zh: str) -> Localized:
    return Localized(zh=zh, en=en)


LESSON = Argument("lesson", text("Which lesson", "哪一课"), is_lesson=True)
QUESTION = Argument("question", text("What to ask", "问什么"), required=True)
COMMANDS = (
    Command("learn", text("The next lesson", "下一课"), _unused, LESSON, {"next": _unused}),
    Command("ask", text("Ask a question", "提问"), _unused, QUESTION),
    Command("progress", text("How far", "进度"), _unused, actions={"chart": _unused}, private=True),
)


def course() -> Course:
    titles = {"tokens": text("Tokens", "词元"), "attention": text("Attention", "注意力")}
    titles |= {f"extra-{n}": text(f"Extra {n} " + "x" * 120, f"附加 {n}") for n in range(30)}
    lessons = tuple(Lesson.model_construct(id=name, title=title) for name, title in titles.items())
    return Course.model_construct(lessons=lessons)


class StandIn:
    """Stands where the tutor stands: keeps what it heard and answers by a script."""

    def __init__(self, script: Script) -> None:
        self.course = course()
        self.heard: list[Incoming] = []
        self.errors: list[BaseException] = []
        self.reported: list[tuple[str, list[str]]] = []
        """Text and message ids of each final reply."""
        self._script = script

    async def handle(self, incoming: Incoming) -> AsyncIterator[Reply]:
        self.heard.append(incoming)
        async for reply in self._script(incoming):
            yield reply

    async def sent(self, reply: Reply, address: Address, message_ids: list[str]) -> None:
        if message_ids:
            self.reported.append((reply.text, message_ids))

    def apology(self, incoming: Incoming, error: BaseException) -> Reply:
        self.errors.append(error)
        return Reply("Sorry. (id 1234)")


def say(*replies: Reply) -> Script:
    """A script that gives the same replies to everything."""

    async def script(_: Incoming) -> AsyncIterator[Reply]:
        for reply in replies:
            yield reply

    return script


Test = Callable[[DiscordServer, StandIn], Awaitable[None]]


def host_for(server: DiscordServer, tutor: StandIn, token: str = "") -> DiscordChannel:
    """A host that would connect to this server, by default with the right token."""
    secret = SecretStr(token or server.token)
    urls = server.api_url, server.gateway_url
    return DiscordChannel(cast(Any, tutor), secret, *urls, COMMANDS)


@contextmanager
def restored_sdk() -> Iterator[None]:
    """Shorten the host's pauses, and give the SDK its own addresses and logger back afterwards."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(speech, "PACE", 0.1)
        patch.setattr(speech, "PAUSES", (0.05, 0.05, 0.05))
        patch.setattr(Route, "BASE", Route.BASE)
        patch.setattr(DiscordWebSocket, "DEFAULT_GATEWAY", DiscordWebSocket.DEFAULT_GATEWAY)
        yield
    logging.getLogger("discord").setLevel(logging.NOTSET)


@asynccontextmanager
async def running(server: DiscordServer, tutor: StandIn) -> AsyncIterator[DiscordChannel]:
    """A connected host; it is stopped as by SIGTERM at the end."""
    host = host_for(server, tutor)
    with restored_sdk():
        task = asyncio.create_task(host.run())
        try:
            await server.wait_for(lambda: host.ready or task.done())
            yield host
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task


def drive(script: Script, test: Test) -> None:
    """Run a test with the host connected to a fresh server; the bot may do nothing wrong."""

    async def run() -> None:
        async with DiscordServer() as server:
            tutor = StandIn(script)
            async with running(server, tutor):
                await test(server, tutor)
            assert server.faults == []

    asyncio.run(run())


def with_buttons(server: DiscordServer) -> Any:
    """The learner's message that has buttons, None while there is none."""
    return next((seen for seen in server.replies(server.dm(LEARNER)) if seen.buttons), None)
