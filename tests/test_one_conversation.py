"""One conversation, the same script on all three hosts, each a real process over the wire.

Start, a lesson, a wrong and a right answer, a question, kill -9, restart, progress, SIGTERM.
"""

import asyncio
import signal
import socket
from pathlib import Path

import aiohttp
import pytest

from bot.course.loader import load
from bot.course.model import Course, Question
from tests.course_files import (
    dump,
    explain,
    multi,
    numeric,
    order,
    single,
    true_false,
    write_course,
)
from tests.dialog import LESSONS, lesson_place, response_to
from tests.hosts import DiscordHost, Host, TelegramHost, TerminalHost
from tests.platforms.openai_server import Behaviour, OpenAIServer

HOSTS = [TerminalHost, TelegramHost, DiscordHost]
Hosts = type[TerminalHost] | type[TelegramHost] | type[DiscordHost]

MEMORY_MIB = 170
ANSWER = "A token is a piece of text from a fixed list [1]. @everyone knows that [99]."


async def _answer_open_question(host: Host, course: Course, right: bool) -> str:
    question = _open_question(host, course)
    return await host.press(f"quiz:{question.id}:{response_to(question, right)}")


def _open_question(host: Host, course: Course) -> Question:
    action = next(one for one in host.actions() if one.startswith("quiz:"))
    question = course.question(action.removeprefix("quiz:").rpartition(":")[0])
    assert question
    return question


async def _script(host: Host, course: Course) -> None:
    lesson = course.lessons[0]
    assert "大语言模型" in await host.say("/start")
    assert lesson_place(1) in await host.press("learn")
    assert lesson.title.zh in await host.press(f"simpler:{lesson.id}")
    assert lesson.check_question.stem.zh[:12] in await host.press(f"check:{lesson.id}")
    assert "不太对" in await _answer_open_question(host, course, right=False)
    assert "第 1/" in await host.press(f"quiz:{lesson.id}")
    assert "答对了" in await _answer_open_question(host, course, right=True)
    answer = await host.say("token 到底是什么？")
    assert "fixed list [1]" in answer
    assert "[99]" not in answer
    assert any(action.startswith("learn:") for action in host.actions())


async def fetch(port: int, path: str) -> tuple[int, object]:
    """Return the status and the JSON of a page of the service."""
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"http://127.0.0.1:{port}/{path}") as page,
    ):
        return page.status, await page.json()


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@pytest.mark.parametrize("kind", HOSTS)
def test_a_learner_starts_learns_is_cut_off_and_is_remembered(
    kind: Hosts, course: Course, tmp_path: Path
) -> None:
    """What was learned before a kill -9 is there after the restart, on every host."""

    async def hold(endpoint: OpenAIServer) -> None:
        variables = {
            "LLM_BASE_URL": endpoint.base_url,
            "LLM_API_KEY": endpoint.api_key or "",
            "LOG_LEVEL": "DEBUG",
        }
        async with kind(tmp_path, **variables) as host:
            await host.start()
            await _script(host, course)
            await host.stop(signal.SIGKILL)
            await host.start()
            progress = await host.say("/progress")
            assert "2 题答对 1 题" in progress
            assert f"读过 1/{LESSONS} 课" in progress
            assert "第 2/" in await host.press("quiz")
            log = host.log.read_text()
            assert host.faults == []
            # The service takes its leave; a conversation at a terminal is simply closed.
            expected = -signal.SIGTERM if kind is TerminalHost else 0
            assert await host.stop(signal.SIGTERM) == expected
        for secret in (endpoint.api_key, getattr(getattr(host, "server", None), "token", None)):
            assert not secret or secret not in log
        assert "Traceback" not in log

    with OpenAIServer(answer=ANSWER, pause=0.05) as endpoint:
        asyncio.run(hold(endpoint))
        assert endpoint.faults == []
        assert len(endpoint.requests) == 1


@pytest.mark.parametrize("kind", HOSTS)
def test_an_endpoint_that_is_down_is_replaced_by_the_lessons(kind: Hosts, tmp_path: Path) -> None:
    """The answer comes from the course, and says so."""

    async def hold(endpoint: OpenAIServer) -> None:
        async with kind(tmp_path, LLM_BASE_URL=endpoint.base_url) as host:
            await host.start()
            answer = await host.say("token 到底是什么？")
            assert "语言模型暂时连不上" in answer
            assert "[1]" in answer
            assert host.faults == []

    with OpenAIServer(api_key=None, behaviour=Behaviour(trouble="status", status=503)) as endpoint:
        asyncio.run(hold(endpoint))


async def _press_all(host: Host, question: Question) -> str:
    """Press what is shown until the right response can be handed in, and hand it in."""
    response = response_to(question, right=True)
    while f"quiz:{question.id}:{response}" not in host.actions():
        picks = [one.removeprefix(f"pick:{question.id}:") for one in host.actions()]
        await host.press(f"pick:{question.id}:{max(set(picks) & _ways_to(response), key=len)}")
    return await host.press(f"quiz:{question.id}:{response}")


def _ways_to(response: str) -> set[str]:
    return {response[:count] for count in range(1, len(response) + 1)}


async def _answers_every_kind(host: Host, course: Course) -> None:
    """A round of one question of each kind: what is right is typed or pressed, then the next."""
    asked = await host.say("/quiz tokens")
    for question in course.lessons[0].questions:
        assert question.stem.zh.strip("。？") in asked, question.kind
        if question.numeric:
            told = await host.say(f"大约 {question.numeric.value:g} {question.numeric.unit}")
        if question.rubric:
            compared = await host.say("每个片段都有编号，模型算的就是这些编号。")
            assert question.rubric[0].zh.strip("。") in compared
        if not question.numeric:
            told = await _press_all(host, question)
        assert "✅" in told, question.kind
        if "quiz" in host.actions():
            asked = await host.press("quiz")
    assert "6 题答对 6 题" in told


@pytest.mark.parametrize("kind", HOSTS)
def test_every_kind_of_question_is_answered_on_every_host(kind: Hosts, tmp_path: Path) -> None:
    """Single, multi, true or false, an estimate, an order and an explanation."""
    lessons = write_course(tmp_path / "lessons")
    questions = [single(1), multi(2), true_false(3), numeric(4), order(5), explain(6)]
    dump(lessons / "m1" / "tokens" / "questions.yaml", questions)

    async def hold() -> None:
        async with kind(tmp_path, LESSONS_DIR=str(lessons)) as host:
            await host.start()
            await _answers_every_kind(host, load(lessons))
            assert host.faults == []

    asyncio.run(hold())


def test_both_platforms_run_in_one_process_and_stop_on_sigterm(tmp_path: Path) -> None:
    """One process serves both in little memory, is healthy, and ends cleanly with exit code 0."""

    async def hold() -> None:
        telegram = TelegramHost(tmp_path)
        port = free_port()
        async with DiscordHost(tmp_path, HTTP_PORT=str(port)) as host, telegram.server:
            host.variables |= {
                "TELEGRAM_TOKEN": telegram.server.token,
                "TELEGRAM_API_URL": telegram.server.url,
            }
            await host.start()
            await telegram.server.wait_for(lambda: telegram.server.polls, 30)
            assert await fetch(port, "healthz") == (200, {"status": "ok"})
            assert await fetch(port, "readyz") == (200, {"telegram": True, "discord": True})
            assert lesson_place(1) in await host.say("/learn")
            assert lesson_place(1) in await telegram.say("/learn")
            used = host.memory()
            print(f"\nmemory with both platforms connected: {used:.0f} MiB")
            assert used < MEMORY_MIB
            assert await host.stop(signal.SIGTERM) == 0
            assert host.faults == []
            assert telegram.server.faults == []

    asyncio.run(hold())
