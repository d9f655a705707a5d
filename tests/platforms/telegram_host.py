"""The Telegram host in the test's process, against a loopback Telegram, before a stand-in tutor."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, cast

from pydantic import SecretStr

from adapters.telegram.channel import TelegramChannel
from bot.messages import Address, Button, Incoming, Reply
from tests.platforms.telegram_server import TOKEN, TelegramServer

if TYPE_CHECKING:
    from bot.tutor import Tutor

ANN, BOB, GROUP = 7, 8, -100
GO = Button("继续", "learn")

Answer = Callable[[Incoming], AsyncIterator[Reply]]


class StandIn:
    """A tutor that answers as the test says, and remembers what it heard."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        self.heard: list[Incoming] = []
        self.errors: list[BaseException] = []
        self.reported: list[tuple[str, list[str]]] = []
        """Text and message ids of each final reply."""

    async def handle(self, incoming: Incoming) -> AsyncIterator[Reply]:
        self.heard.append(incoming)
        async for reply in self.answer(incoming):
            yield reply

    async def sent(self, reply: Reply, address: Address, message_ids: list[str]) -> None:
        self.reported.append((reply.text, message_ids))

    def apology(self, incoming: Incoming, error: BaseException) -> Reply:
        self.errors.append(error)
        return Reply("sorry (1234)")


async def echo(incoming: Incoming) -> AsyncIterator[Reply]:
    yield Reply(f"**{incoming.text or incoming.action}**", (GO, Button("B", "quiz:b")))


def saying(*replies: Reply, pause: float = 0.0) -> Answer:
    async def answer(_incoming: Incoming) -> AsyncIterator[Reply]:
        for reply in replies:
            yield reply
            await asyncio.sleep(pause)

    return answer


def connect(tutor: StandIn, server: TelegramServer, token: str = TOKEN) -> TelegramChannel:
    return TelegramChannel(cast("Tutor", tutor), SecretStr(token), server.url)


@asynccontextmanager
async def serving(
    answer: Answer, rate_limits: bool = False
) -> AsyncIterator[tuple[TelegramServer, StandIn]]:
    """A platform with a connected bot; fails where the bot sent what no bot should."""
    tutor = StandIn(answer)
    async with TelegramServer(rate_limits) as server:
        channel = connect(tutor, server)
        running = asyncio.create_task(channel.run())
        await server.wait_for(lambda: channel.ready or running.done())
        yield server, tutor
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running
        assert not channel.ready
        assert server.faults == []


def run(story: Callable[[], Awaitable[None]]) -> None:
    asyncio.run(asyncio.wait_for(story(), 60))
