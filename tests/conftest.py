"""What many tests share: a tutor on a real SQLite file with the shipped course."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from bot.course.loader import load
from bot.course.model import Course
from bot.settings import ROOT, Settings
from tests.dialog import Dialog

# No deadlines: speed is the benchmark's business. In CI the examples are the same in every run.
settings.register_profile("default", deadline=None, derandomize=bool(os.environ.get("CI")))
settings.load_profile("default")


@pytest.fixture(scope="session")
def course() -> Course:
    """The shipped course."""
    return load(ROOT / "lessons")


@pytest.fixture
def database(tmp_path: Path) -> str:
    """The URL of a database that is not there yet."""
    return f"sqlite:///{tmp_path / 'llm-tutor.db'}"


@pytest.fixture
def dialog(course: Course, database: str) -> Iterator[Dialog]:
    """A conversation in Chinese with the real tutor."""
    with Dialog(course, database) as one:
        yield one


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Keep the machine's own settings, and any .env, out of the tests."""
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
        monkeypatch.delenv(f"{name.upper()}_FILE", raising=False)
    monkeypatch.chdir(tmp_path)
