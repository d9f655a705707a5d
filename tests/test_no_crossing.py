"""Fifty people in three groups and in private at once, before a model that repeats all it is told.

Every question carries a canary of its own. An answer may show those of its own conversation, and
has to show all of them: what is missing was forgotten, what is more was heard elsewhere.
"""

import asyncio
import re
from collections import Counter
from collections.abc import Iterable
from itertools import count

from bot.answering.answer import Answerer
from bot.answering.endpoint import OpenAIEndpoint
from bot.answering.retrieval import Retriever
from bot.answering.writer import Writer
from bot.commands.command import Services
from bot.messages import Address, Incoming
from bot.ports import SystemClock
from bot.storage.store import Store
from bot.tutor import Tutor
from tests.course_for_answers import COURSE
from tests.platforms.openai_server import Json, OpenAIServer

PEOPLE = 50
CHAINS = 5
QUESTIONS = 4
GROUPS = (("telegram", "-100"), ("discord", "-100"), ("telegram", "-200"))
"""With equal ids on two platforms; the ids of messages are equal everywhere."""

CANARY = re.compile(r"canary\d+x")


def repeat(messages: list[Json]) -> str:
    """Tell every canary that is in the prompt."""
    return " ".join(CANARY.findall("\n".join(message["content"] for message in messages)))


class Crowd:
    """Everybody's side of the chats, as the adapters of the platforms show them to the tutor."""

    def __init__(self, tutor: Tutor) -> None:
        self._tutor = tutor
        self._canaries = count(1)
        self._messages: Counter[tuple[str, str]] = Counter()
        self.asked = 0

    async def hold(self, chat: str, platform: str, people: Iterable[int], private: bool) -> None:
        """Ask one question after the other; in a group each replies to the answer before it."""
        said: set[str] = set()
        answer: str | None = None
        for person in people:
            said.add(canary := f"canary{next(self._canaries)}x")
            sender = Address(platform, str(person), chat)
            replies_to = None if private else answer
            incoming = Incoming(
                sender, f"大模型的 token 是什么？{canary}", None, None, private, True, replies_to
            )
            answer = await self._ask(incoming, said)
            self.asked += 1

    async def _ask(self, incoming: Incoming, said: set[str]) -> str:
        """Return the id of the answer, which shows exactly what was said."""
        shown: set[str] = set()
        async for reply in self._tutor.handle(incoming):
            shown = set(CANARY.findall(reply.text))
            assert shown <= said, "somebody else's canary"
            message_id = self._number(incoming.sender)
            await self._tutor.sent(reply, incoming.sender, [message_id])
        assert shown == said
        return message_id

    def _number(self, sender: Address) -> str:
        self._messages[sender.platform, sender.chat_id] += 1
        return str(self._messages[sender.platform, sender.chat_id])


def test_nothing_crosses_between_chains_groups_people_and_private_chats(database: str) -> None:
    """All of them talk at the same time; people take part in several chains and in private."""

    async def talk(server: OpenAIServer) -> None:
        endpoint = OpenAIEndpoint(server.base_url, server.api_key, "m", 8192)
        writer = Writer(endpoint, context_tokens=100_000, answer_tokens=8192)
        store = Store.open(database)
        services = Services(
            COURSE, store, Answerer(Retriever(COURSE), writer), SystemClock(), writer
        )
        crowd = Crowd(Tutor(services))
        try:
            async with asyncio.TaskGroup() as everybody:
                for person in range(PEOPLE):
                    alone = [person] * QUESTIONS
                    everybody.create_task(crowd.hold(str(person), "telegram", alone, True))
                for number, (platform, chat) in enumerate(GROUPS):
                    for chain in range(CHAINS):
                        some = [(7 * chain + 11 * n + number) % PEOPLE for n in range(QUESTIONS)]
                        everybody.create_task(crowd.hold(chat, platform, some, False))
        finally:
            await endpoint.aclose()
            store.close()
        assert crowd.asked == QUESTIONS * (PEOPLE + CHAINS * len(GROUPS))
        assert len(server.requests) == crowd.asked

    with OpenAIServer(answer=repeat, chunk=20_000) as server:
        asyncio.run(talk(server))
        assert server.faults == []
