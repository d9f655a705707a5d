"""What an answer costs beside the bare client: time before the request, CPU a chunk, tokens."""

import asyncio
import logging
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import aclosing, asynccontextmanager, contextmanager
from itertools import islice
from pathlib import Path
from typing import Any, Final, NamedTuple

import aiohttp

from adapters.bench.endpoint_server import CHUNKS, SLOW
from adapters.bench.retrieval import questions
from bot.answering import tokens
from bot.answering.answer import Answer, Answerer
from bot.answering.endpoint import OpenAIEndpoint
from bot.answering.purse import LearnerPurse
from bot.answering.retrieval import Retriever
from bot.answering.writer import Writer
from bot.course.loader import load
from bot.course.model import LANGUAGES, Course, Language
from bot.messages import Address
from bot.ports import Budget, Message, SystemClock
from bot.settings import ROOT
from bot.storage.store import Store

ANSWER_TOKENS: Final = 512
STREAMS: Final = 50
ROUNDS: Final = 5


class _Asked(NamedTuple):
    question: str
    language: Language


def answer() -> Mapping[str, float]:
    """Over the labelled questions on the whole course, warm.

    added_ms: from the question to the endpoint's receipt of the request, less what the bare client
    takes. chunk_cpu_ratio: CPU of one streamed chunk, beside the bare client's.
    first_token_ms_added: what the tutor adds to the bare client's time to the first text while 50
    answers of 20 chunks a second are running. prompt_tokens: of one answer; module_tokens: of all
    lessons of one module.
    """
    logging.disable(logging.WARNING)  # of answers that are broken off here
    with _server() as url, tempfile.TemporaryDirectory() as folder:
        return asyncio.run(_measure(url, Path(folder)))


async def _measure(url: str, folder: Path) -> Mapping[str, float]:
    course = load(ROOT / "lessons")
    endpoint = OpenAIEndpoint(f"{url}/v1", None, "m", ANSWER_TOKENS)
    retriever = Retriever(course)
    answerer = Answerer(retriever, Writer(endpoint, cache_dir=folder))
    store = Store.open(f"sqlite:///{folder / 'bench.db'}")
    purse = await _purse(store)
    asked = _asked()
    for language in LANGUAGES:  # builds the index and connects
        await _finish(answerer, next(one for one in asked if one.language == language), purse)
    prompt = _prompt()
    usage: list[int] = []
    before = await _before_requests(url, endpoint, answerer, asked, prompt, purse, usage)
    chunk = await _chunk_ratio(endpoint, answerer, asked[0], prompt, purse)
    first = await _first_tokens(url, answerer, retriever, asked, prompt)
    await endpoint.aclose()
    store.close()
    return {**before, **chunk, **first, **_prompt_figures(usage, course)}


async def _purse(store: Store) -> LearnerPurse:
    clock = SystemClock()
    sender = Address("terminal", "bench", "bench")
    learner = await store.run(lambda tx: tx.add_learner(sender, "en", "UTC", clock.now()))
    return LearnerPurse(store, learner, Budget(per_learner=10**9), clock)


def _asked() -> list[_Asked]:
    return [
        _Asked(one["ask"], language)
        for some in questions().values()
        for language in LANGUAGES
        for one in some["course"][language]
    ]


async def _before_requests(
    url: str,
    endpoint: OpenAIEndpoint,
    answerer: Answerer,
    asked: Sequence[_Asked],
    prompt: list[Message],
    purse: LearnerPurse,
    usage: list[int],
) -> dict[str, float]:
    """Time from a question to the arrival of its request, for the tutor and for the bare client."""
    ours, bare = [], []
    async with aiohttp.ClientSession() as session:
        await _arrived(session, url)
        for one in asked:
            begin = time.monotonic()
            given = await _finish(answerer, one, purse)
            came = await _arrived(session, url)
            if not came:
                continue  # turned back without asking the endpoint
            ours.append(came[-1] - begin)
            usage.append(given.usage.prompt)
        for _ in range(40):
            begin = time.monotonic()
            await _drain(endpoint, prompt, most=1)
            bare.append((await _arrived(session, url))[-1] - begin)
    floor = statistics.median(bare)
    added = sorted(1000 * (one - floor) for one in ours)
    return {
        "added_ms_p50": round(statistics.median(added), 2),
        "added_ms_p95": round(added[int(0.95 * len(added))], 2),
        "bare_ms_p50": round(1000 * floor, 2),
    }


async def _chunk_ratio(
    endpoint: OpenAIEndpoint,
    answerer: Answerer,
    asked: _Asked,
    prompt: list[Message],
    purse: LearnerPurse,
) -> dict[str, float]:
    """CPU of this process for one streamed chunk: all of an answer, less what comes before it."""
    ratios, bares = [], []
    for _ in range(ROUNDS):
        bare = await _cpu(_bare(endpoint, prompt))
        begun = await _cpu(_first(answerer, asked, purse))
        ours = await _cpu(_finish(answerer, asked, purse)) - begun
        ratios.append(ours / bare)
        bares.append(1000 * bare / CHUNKS)
    return {
        "chunk_cpu_ratio": round(statistics.median(ratios), 3),
        "bare_chunk_cpu_ms": round(statistics.median(bares), 3),
    }


async def _first_tokens(
    url: str,
    answerer: Answerer,
    retriever: Retriever,
    asked: Sequence[_Asked],
    prompt: list[Message],
) -> dict[str, float]:
    """Time to the first text of one more answer, beside many that are being written."""
    slow = OpenAIEndpoint(f"{url}/v1", None, SLOW, 100_000)
    writer = Writer(slow, context_tokens=1_000_000, answer_tokens=100_000)
    writing = Answerer(retriever, writer)
    fast = OpenAIEndpoint(f"{url}/v1", None, "m", ANSWER_TOKENS)
    some = list(islice(asked, STREAMS))
    async with _running(lambda _one: _bare_texts(slow, prompt), some):
        bare = [await _until_text(_bare_texts(fast, prompt)) for _ in some]
    async with _running(lambda one: _texts(writing, one), some):
        ours = [await _until_text(_texts(answerer, one)) for one in some]
    await slow.aclose()
    await fast.aclose()
    floor, here = (statistics.median([one for one in times if one]) for times in (bare, ours))
    return {
        "first_token_ms_added": round(1000 * (here - floor), 1),
        "first_token_ms_bare": round(1000 * floor, 1),
    }


@asynccontextmanager
async def _running(
    begin: Callable[[_Asked], AsyncIterator[str]], asked: Sequence[_Asked]
) -> AsyncIterator[None]:
    """Keep an answer to each question running."""
    tasks = [asyncio.create_task(_until_text(begin(one))) for one in asked]
    await asyncio.sleep(3)
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _prompt_figures(usage: Sequence[int], course: Course) -> dict[str, float]:
    modules = [
        sum(
            tokens.count(text[language])
            for lesson in course.in_module(module)
            for text in (lesson.body, lesson.simpler, lesson.deeper)
        )
        for module in course.modules
        for language in LANGUAGES
    ]
    return {
        "prompt_tokens_mean": round(statistics.mean(usage)),
        "prompt_tokens_max": max(usage),
        "module_tokens_mean": round(statistics.mean(modules)),
    }


async def _finish(answerer: Answerer, asked: _Asked, purse: LearnerPurse) -> Answer:
    async for part in answerer.answer(asked.question, asked.language, purse=purse):
        if isinstance(part, Answer):
            return part
    raise RuntimeError("the answerer ended without an answer")


async def _first(answerer: Answerer, asked: _Asked, purse: LearnerPurse) -> None:
    """Answer until the first text."""
    parts = answerer.answer(asked.question, asked.language, purse=purse)
    await anext(parts)
    await parts.aclose()


async def _drain(endpoint: OpenAIEndpoint, prompt: list[Message], most: int) -> None:
    stream = endpoint.stream(prompt)
    for _ in range(most):
        await anext(stream)
    await stream.aclose()


def _prompt() -> list[Message]:
    return [Message("user", "What is a token?")]


async def _bare(endpoint: OpenAIEndpoint, prompt: list[Message]) -> None:
    """Stream an answer with nothing but the openai library."""
    async for _text in _bare_texts(endpoint, prompt):
        pass


async def _bare_texts(endpoint: OpenAIEndpoint, prompt: list[Message]) -> AsyncIterator[str]:
    client: Any = await endpoint._connected()
    messages: Any = [one._asdict() for one in prompt]
    async for chunk in await client.chat.completions.create(
        model="m", messages=messages, stream=True
    ):
        yield chunk.choices[0].delta.content or ""


async def _texts(answerer: Answerer, asked: _Asked) -> AsyncIterator[str]:
    async for part in answerer.answer(asked.question, asked.language):
        yield part if isinstance(part, str) else ""


async def _until_text(texts: AsyncIterator[str], most: int | None = None) -> float:
    """Return the seconds until there is text, 0.0 where there is none; hear all, or `most`."""
    begin, first = time.perf_counter(), 0.0
    async with aclosing(texts) as pieces:  # type: ignore[type-var]  # it is a generator
        heard = 0
        async for text in pieces:
            first = first or (time.perf_counter() - begin if text else 0.0)
            heard += 1
            if heard == most:
                break
    return first


async def _cpu(work: Any) -> float:
    begin = time.process_time()
    await work
    return time.process_time() - begin


async def _arrived(session: aiohttp.ClientSession, url: str) -> list[float]:
    async with session.get(f"{url}/arrivals") as response:
        times: list[float] = await response.json()
    return times


@contextmanager
def _server() -> Iterator[str]:
    command = [sys.executable, "-W", "ignore", "-m", "adapters.bench.endpoint_server"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stdout
        try:
            yield f"http://127.0.0.1:{process.stdout.readline().strip()}"
        finally:
            process.kill()
