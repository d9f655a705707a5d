"""Chains of replies over the wire: a real `llm-tutor` process in a group of each platform."""

import asyncio
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

import pytest

from tests.hosts import DiscordHost, TelegramHost
from tests.platforms.openai_server import OpenAIServer

ADA, BAO = 7001, 7002
FIRST, SECOND, THIRD = "token 到底是什么？", "温度是什么意思？", "什么是注意力机制？"
ANSWER = " ".join(f"Token {n} is a piece of text from a fixed list." for n in range(100)) + " [1]"
"""Too long for one message; the course's source gives the last one a button."""


class Group(Protocol):
    """What people do in a group. Each returns the first of the messages that answer it."""

    async def command(self, question: str) -> Any: ...
    async def mention(self, question: str) -> Any: ...
    async def reply(self, question: str, to: Any) -> Any: ...


class TelegramTopic:
    """A topic of a forum: every message of it has Telegram's marks of the topic."""

    def __init__(self, host: TelegramHost) -> None:
        self._server = host.server

    async def command(self, question: str) -> Any:
        return await self._ask(ADA, f"/ask@llm_tutor_bot {question}")

    async def mention(self, question: str) -> Any:
        return await self._ask(BAO, f"@llm_tutor_bot {question}")

    async def reply(self, question: str, to: Any) -> Any:
        return await self._ask(BAO, question, reply_to_message=self._server.as_json(to))

    async def _ask(self, user: int, text: str, **fields: Any) -> Any:
        before = len(self._server.replies(-100))
        topic: dict[str, Any] = {"message_thread_id": 5, "is_topic_message": True}
        await self._server.say(user, text, -100, "supergroup", **topic, **fields)
        await self._server.wait_for(self._answered(before), 30)
        first, *others = self._server.replies(-100)[before:]
        assert others
        return first

    def _answered(self, before: int) -> Callable[[], bool]:
        return lambda: any(reply.rows for reply in self._server.replies(-100)[before:])


class DiscordGuild:
    """A text channel of a guild."""

    def __init__(self, host: DiscordHost) -> None:
        self._server = host.server

    async def command(self, question: str) -> Any:
        return await self._answer_to(
            lambda: self._server.slash(ADA, "ask", guild=100, question=question)
        )

    async def mention(self, question: str) -> Any:
        return await self._answer_to(
            lambda: self._server.say(BAO, question, guild=100, mention=True)
        )

    async def reply(self, question: str, to: Any) -> Any:
        return await self._answer_to(
            lambda: self._server.say(BAO, question, guild=100, mention=True, reply_to=to)
        )

    async def _answer_to(self, do: Callable[[], Any]) -> Any:
        channel = self._server.channel()
        before = len(self._server.replies(channel))
        await do()
        await self._server.wait_for(
            lambda: any(reply.buttons for reply in self._server.replies(channel)[before:]), 30
        )
        first, *others = self._server.replies(channel)[before:]
        assert others
        return first


def _recalled(endpoint: OpenAIServer) -> list[str]:
    """What people had said before the last question, as the model was told."""
    earlier = endpoint.requests[-1]["messages"][1:-1]
    return [message["content"] for message in earlier if message["role"] == "user"]


async def _script(host: TelegramHost | DiscordHost, group: Group, endpoint: OpenAIServer) -> None:
    await host.start()
    first = await group.command(FIRST)
    await host.stop(signal.SIGTERM)
    await host.start()
    second = await group.reply(SECOND, to=first)
    assert _recalled(endpoint) == [FIRST]
    await group.mention(THIRD)
    assert _recalled(endpoint) == []
    await group.reply(THIRD, to=second)
    assert _recalled(endpoint) == [FIRST, SECOND]


@pytest.mark.parametrize(
    ("kind", "room"), [(TelegramHost, TelegramTopic), (DiscordHost, DiscordGuild)]
)
def test_a_reply_goes_on_with_its_chain_after_a_restart(
    kind: Any, room: Callable[[Any], Group], tmp_path: Path
) -> None:
    """To the first of several messages of an answer; a fresh mention knows nothing of it."""

    async def hold(endpoint: OpenAIServer) -> None:
        variables = {
            "LLM_BASE_URL": endpoint.base_url,
            "LLM_API_KEY": endpoint.api_key or "",
            "LLM_CONTEXT_TOKENS": "16384",
            "LLM_ANSWER_TOKENS": "1024",
        }
        async with kind(tmp_path, **variables) as host:
            await _script(host, room(host), endpoint)
            assert host.faults == []

    with OpenAIServer(answer=ANSWER, chunk=500) as endpoint:
        asyncio.run(hold(endpoint))
        assert endpoint.faults == []
