"""`llm-tutor doctor` against loopback platforms and endpoints in every state."""

import asyncio
import json
import sqlite3
import subprocess
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest

from adapters.doctor import Check, database
from adapters.doctor_endpoints import endpoints
from adapters.doctor_platforms import platforms
from bot.settings import Settings
from bot.storage.engine import open_engine, upgrade
from tests.platforms.discord_server import TOKEN as DISCORD_TOKEN
from tests.platforms.discord_server import DiscordServer
from tests.platforms.openai_server import Behaviour, OpenAIServer, Trouble
from tests.platforms.telegram_server import TOKEN as TELEGRAM_TOKEN
from tests.platforms.telegram_server import TelegramServer
from tests.programs import COMMAND, environment, run

SAID = "A token is a piece of text that a model reads as one."


@pytest.fixture
def server() -> Iterator[OpenAIServer]:
    with OpenAIServer(answer=SAID) as one:
        yield one


class Patient:
    """Settings that a test writes, and what the doctor finds with them."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._monkeypatch = monkeypatch

    def settings(self, **variables: str) -> Settings:
        for name, value in variables.items():
            self._monkeypatch.setenv(name, value)
        return Settings.load()

    async def look(
        self, checks: Callable[[Settings], AsyncIterator[Check]], **variables: str
    ) -> dict[str, Check]:
        """Return what is found, by name; no secret is in it, and all that is amiss has advice."""
        found = [check async for check in checks(self.settings(**variables))]
        for name, secret in variables.items():
            if name.endswith(("TOKEN", "KEY")):
                assert secret not in str(found)
        assert all(check.advice for check in found if check.state != "ok")
        return {check.name: check for check in found}

    def endpoints(self, **variables: str) -> dict[str, Check]:
        return asyncio.run(self.look(endpoints, **variables))

    def database(self) -> Check:
        (check,) = database(self.settings(DATA_DIR="."))
        return check


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> Patient:
    return Patient(monkeypatch)


def examine(data_dir: Path, **variables: str) -> tuple[dict[str, Check], int]:
    """Run the whole command; return what it finds, by name, and the exit code."""
    finished = run(data_dir, "doctor", "--json", **variables)
    assert finished.stderr == ""
    checks = [Check(**one) for one in json.loads(finished.stdout)["checks"]]
    return {check.name: check for check in checks}, finished.returncode


def at(server: OpenAIServer, **variables: str) -> dict[str, str]:
    return {"LLM_BASE_URL": server.base_url, "LLM_API_KEY": server.api_key or "", **variables}


def test_nothing_set_up_is_no_failure(tmp_path: Path) -> None:
    """It says what could be set up, and makes nothing."""
    found, code = examine(tmp_path)
    assert code == 0
    assert {check.state for check in found.values()} == {"ok"}
    assert {name for name, check in found.items() if "not set up" in check.found} == {
        "telegram", "discord", "endpoint",
    }  # fmt: skip
    assert found["lessons"].found == "45 lessons"
    assert found["pictures"].state == "ok"
    assert found["database"].found == "none yet"
    assert [one.name for one in tmp_path.iterdir()] == ["search"]  # laid there by the test


def test_as_text_each_check_is_a_line_that_comes_when_it_is_known(
    server: OpenAIServer, tmp_path: Path
) -> None:
    """The endpoint takes its time, and what is known before it stands there already."""
    server.behaviour = Behaviour(trouble="stall")
    variables = environment(tmp_path, **at(server))
    with subprocess.Popen(
        [*COMMAND, "doctor"], stdout=subprocess.PIPE, text=True, cwd=tmp_path, env=variables
    ) as process:
        assert process.stdout
        assert process.stdout.readline().split() == ["ok", "settings", "can", "be", "read"]
        lines: list[str] = []
        while not lines or not lines[-1].startswith("ok       discord"):
            lines.append(process.stdout.readline())
        assert process.poll() is None
        process.kill()


def test_a_wrong_setting_is_the_only_line(tmp_path: Path) -> None:
    """There is nothing to go on with."""
    found, code = examine(tmp_path, HTTP_PORT="http")
    assert code == 1
    assert list(found) == ["settings"]
    assert found["settings"].found.startswith("HTTP_PORT: ")


def test_the_database_is_looked_at_and_left_alone(patient: Patient, tmp_path: Path) -> None:
    """Up to date, older, of a newer version, or no database at all."""
    file = tmp_path / "llm-tutor.db"
    assert patient.database().found == "none yet"
    assert not file.exists()
    engine = open_engine(f"sqlite:///{file}")
    newest = upgrade(engine)
    engine.dispose()
    states = {newest: "ok", "0001": "ok", "9999": "failed"}
    for revision, state in states.items():
        with sqlite3.connect(file) as connection:
            connection.execute("UPDATE alembic_version SET version_num = ?", [revision])
        connection.close()
        assert patient.database().state == state
        assert revision in patient.database().found
    for more in tmp_path.glob("llm-tutor.db*"):
        more.unlink()
    file.write_text("this is a diary")
    assert patient.database().state == "failed"
    assert file.read_text() == "this is a diary"


def test_platforms_know_a_right_token(patient: Patient) -> None:
    """The bot's own name is shown."""

    async def go() -> dict[str, Check]:
        async with TelegramServer() as telegram, DiscordServer() as discord:
            found = await patient.look(
                platforms,
                TELEGRAM_TOKEN=TELEGRAM_TOKEN,
                TELEGRAM_API_URL=telegram.url,
                DISCORD_TOKEN=DISCORD_TOKEN,
                DISCORD_API_URL=discord.api_url,
            )
            assert telegram.faults == []
            assert discord.faults == []
            return found

    found = asyncio.run(go())
    assert found["telegram"] == Check("telegram", "ok", "@llm_tutor_bot")
    assert found["discord"].state == "ok"
    assert found["discord"].found not in ("", "not set up")


def test_platforms_do_not_know_a_wrong_token(patient: Patient) -> None:
    """The advice says where the right one is, and the token is not shown."""

    async def go() -> dict[str, Check]:
        async with TelegramServer() as telegram, DiscordServer() as discord:
            return await patient.look(
                platforms,
                TELEGRAM_TOKEN="123:wrong-token",
                TELEGRAM_API_URL=telegram.url,
                DISCORD_TOKEN="wrong.discord.token",
                DISCORD_API_URL=discord.api_url,
            )

    for check in asyncio.run(go()).values():
        assert check.state == "failed"
        assert check.found == "the token is not accepted"


def test_platforms_that_nobody_reaches_are_told(patient: Patient) -> None:
    """The address holds Telegram's token, so no error of the library is shown."""
    nobody = "http://127.0.0.1:9"
    look = patient.look(
        platforms,
        TELEGRAM_TOKEN="123:some-token",
        TELEGRAM_API_URL=nobody,
        DISCORD_TOKEN="some.discord.token",
        DISCORD_API_URL=nobody,
    )
    for check in asyncio.run(look).values():
        assert (check.state, check.found) == ("failed", "no sensible answer")


def test_a_healthy_endpoint_is_all_ok(server: OpenAIServer, patient: Patient) -> None:
    """Reachable, its model, streaming, usage, roles, thinking, speed and embeddings."""
    found = patient.endpoints(**at(server, LLM_EMBEDDING_MODEL="e"))
    assert {check.state for check in found.values()} == {"ok"}
    assert found["endpoint model"].found == "loopback-1, the first of 1"
    assert found["embeddings"].found == "64 numbers a text"
    names = {"stream", "usage", "system role", "reasoning", "speed", "model"}
    assert {f"endpoint {name}" for name in names} <= set(found)
    assert server.faults == []


@pytest.mark.parametrize(
    ("trouble", "name", "state"),
    [
        ("no_usage", "endpoint usage", "warning"),
        ("not_streamed", "endpoint stream", "warning"),
        ("system_refused", "endpoint system role", "ok"),
        ("reasoning", "endpoint reasoning", "ok"),
    ],
)
def test_what_is_peculiar_about_an_endpoint_is_told(
    server: OpenAIServer, patient: Patient, trouble: Trouble, name: str, state: str
) -> None:
    """It works all the same."""
    server.behaviour = Behaviour(trouble=trouble)
    found = patient.endpoints(**at(server))
    assert found[name].state == state
    assert found[name].advice


def test_a_model_that_is_not_listed_is_a_warning(server: OpenAIServer, patient: Patient) -> None:
    """It may answer all the same; what is listed is shown."""
    found = patient.endpoints(**at(server, LLM_MODEL="loopback-l"))
    assert found["endpoint model"].state == "warning"
    assert "loopback-1" in found["endpoint model"].advice


def test_an_endpoint_that_is_too_slow_for_the_longest_answer_is_a_warning(
    server: OpenAIServer, patient: Patient
) -> None:
    """The advice has numbers that would do."""
    server.pause = 0.1
    variables = {"LLM_ANSWER_TOKENS": "512", "LLM_ANSWER_SECONDS": "10"}
    found = patient.endpoints(**at(server, **variables))
    assert found["endpoint speed"].state == "warning"
    assert "LLM_ANSWER_TOKENS to" in found["endpoint speed"].advice


@pytest.mark.parametrize(
    ("trouble", "status", "advice"),
    [
        ("status", 401, "LLM_API_KEY"),
        ("status", 404, "LLM_BASE_URL"),
        ("web_page", 200, "LLM_BASE_URL"),
        ("stall", 200, "LLM_ANSWER_SECONDS"),
        ("silent", 200, "LLM_ANSWER_TOKENS"),
    ],
)
def test_an_endpoint_that_does_not_answer_fails_with_advice(
    server: OpenAIServer, patient: Patient, trouble: Trouble, status: int, advice: str
) -> None:
    """The variable to look at is named."""
    server.behaviour = Behaviour(trouble=trouble, status=status)
    found = patient.endpoints(**at(server, LLM_ANSWER_SECONDS="5"))
    assert found["endpoint"].state == "failed"
    assert advice in found["endpoint"].advice


def test_the_fallback_is_tried_by_itself(server: OpenAIServer, patient: Patient) -> None:
    """A first that is down does not hide it."""
    found = patient.endpoints(
        LLM_BASE_URL="http://127.0.0.1:9/v1",
        LLM_FALLBACK_BASE_URL=server.base_url,
        LLM_FALLBACK_API_KEY=server.api_key or "",
    )
    assert found["endpoint"].found == "no connection"
    assert found["fallback"].state == "ok"
    assert found["fallback model"].found == "loopback-1, the first of 1"


def test_embeddings_that_do_not_come_fail(server: OpenAIServer, patient: Patient) -> None:
    """They were asked for."""
    server.behaviour = Behaviour(trouble="no_embeddings")
    found = patient.endpoints(**at(server, LLM_EMBEDDING_MODEL="e"))
    assert found["embeddings"].found == "answered with status 404"
    assert found["endpoint"].state == "ok"


def test_a_file_that_is_no_model_fails(patient: Patient, tmp_path: Path) -> None:
    """Whether or not something is installed that could run it."""
    (tmp_path / "junk.gguf").write_text("junk")
    found = patient.endpoints(LLM_MODEL_FILE=str(tmp_path / "junk.gguf"))
    assert found["model file"].state == "failed"
