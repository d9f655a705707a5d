"""What the settings build: one endpoint, two, a local model, or nothing."""

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest

from adapters import endpoints
from bot.answering.endpoint import OpenAIEndpoint
from bot.answering.fallback import FallbackEndpoint
from bot.answering.local import LocalEndpoint
from bot.answering.patience import Patience
from bot.errors import SettingError
from bot.ports import NO_USAGE, EndpointError, Message, Usage
from bot.settings import Settings
from tests.programs import environment, run

URL = "http://127.0.0.1:9/v1"


@pytest.fixture
def model_file(tmp_path: Path) -> Path:
    """A file that is no model."""
    (tmp_path / "junk.gguf").write_text("junk")
    return tmp_path / "junk.gguf"


@pytest.fixture
def with_llama(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the extra be installed, whether it is or not: nothing here loads a model."""
    from importlib.machinery import ModuleSpec
    from types import ModuleType

    module = ModuleType("xllamacpp")
    module.__spec__ = ModuleSpec("xllamacpp", None)
    monkeypatch.setitem(sys.modules, "xllamacpp", module)


@pytest.mark.usefixtures("with_llama")
@pytest.mark.parametrize(
    ("names", "kinds"),
    [
        ("", []),
        ("url", [OpenAIEndpoint]),
        ("file", [LocalEndpoint]),
        ("url fallback", [OpenAIEndpoint, OpenAIEndpoint]),
        ("url file", [OpenAIEndpoint, LocalEndpoint]),
        ("file fallback", [LocalEndpoint, OpenAIEndpoint]),
        ("url file fallback", [OpenAIEndpoint, OpenAIEndpoint]),
    ],
)
def test_the_settings_say_which_come_first(
    names: str, kinds: list[type], model_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The URL before the file, and the fallback's URL before the file as well."""
    variables = {
        "url": "LLM_BASE_URL",
        "file": "LLM_MODEL_FILE",
        "fallback": "LLM_FALLBACK_BASE_URL",
    }
    for name in names.split():
        monkeypatch.setenv(variables[name], str(model_file) if name == "file" else URL)
    built = endpoints.endpoint(Settings.load())
    both = [built._first, built._second] if isinstance(built, FallbackEndpoint) else [built]
    assert [type(one) for one in both if one] == kinds


def test_a_model_file_without_the_extra_is_one_line(
    model_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It says what to install."""
    monkeypatch.setitem(sys.modules, "xllamacpp", None)
    monkeypatch.setenv("LLM_MODEL_FILE", str(model_file))
    with pytest.raises(SettingError, match=r"LLM_MODEL_FILE: needs the extra `local`"):
        endpoints.endpoint(Settings.load())


def test_a_model_file_that_is_not_there_is_one_line_and_exit_code_2(tmp_path: Path) -> None:
    """No conversation begins."""
    finished = run(tmp_path, "ask", "token?", LLM_MODEL_FILE="/nowhere/model.gguf")
    assert finished.returncode == 2
    assert finished.stderr == "LLM_MODEL_FILE: there is no file /nowhere/model.gguf\n"


def test_a_file_that_is_no_model_fails_like_any_endpoint(model_file: Path) -> None:
    """The learner gets the course's own answer; the next question tries again."""

    async def ask() -> list[tuple[str, Usage]]:
        endpoint = LocalEndpoint(model_file, 4096, 64, patience=Patience.within(60))
        reasons = []
        for _ in range(2):
            try:
                async for _ in endpoint.stream([Message("user", "Hi")]):
                    pass
            except EndpointError as failure:
                reasons.append((failure.reason, failure.usage))
        await endpoint.aclose()
        return reasons

    assert asyncio.run(ask()) == [("the local model cannot be loaded", NO_USAGE)] * 2


def test_an_embedder_needs_an_embedding_model(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without one the search goes by words alone."""
    monkeypatch.setenv("LLM_BASE_URL", URL)
    assert endpoints.embedder(Settings.load()) is None
    monkeypatch.setenv("LLM_EMBEDDING_MODEL", "bge-m3")
    assert endpoints.embedder(Settings.load()) is not None


def test_every_key_is_kept_out_of_the_log(tmp_path: Path) -> None:
    """Tokens of platforms and keys of endpoints, whatever writes them."""
    names = ("TELEGRAM_TOKEN", "DISCORD_TOKEN", "LLM_API_KEY", "LLM_FALLBACK_API_KEY")
    secrets = {name: f"secret-of-{name}" for name in names}
    code = (
        "import logging; from adapters import logs; from bot.settings import Settings;"
        "logs.set_up(Settings.load());"
        f"[logging.warning('here is %s', one) for one in {list(secrets.values())}]"
    )
    told = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        cwd=tmp_path,
        env=environment(tmp_path, LLM_BASE_URL=URL, **secrets),
        text=True,
        check=True,
    ).stderr
    assert told.count("here is [hidden]") == len(names)
    assert "secret-of" not in told
