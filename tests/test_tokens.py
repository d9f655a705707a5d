"""Counting tokens without the internet."""

import importlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bot.answering import tokens
from bot.answering.prompt import newest
from bot.ports import Message

ROOT = Path(__file__).parent.parent
OFFLINE = (
    "import socket, pathlib, sys\n"
    "def refuse(*args, **kwargs): raise AssertionError('went online')\n"
    "socket.create_connection = socket.getaddrinfo = refuse\n"
    "from bot.answering import tokens\n"
    "assert 'tiktoken' not in sys.modules\n"
    "tokens.encoding(pathlib.Path(sys.argv[1]))\n"
    "print(tokens.count('hello 你好'))\n"
)


def count_in_a_new_process(folder: Path, named: str | None = None) -> str:
    environment = {name: value for name, value in os.environ.items() if "CACHE_DIR" not in name}
    if named is not None:
        environment["TIKTOKEN_CACHE_DIR"] = named
    done = subprocess.run(
        [sys.executable, "-c", OFFLINE, str(folder)],
        cwd=ROOT, env=environment, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_the_vocabulary_is_unpacked_and_never_downloaded(tmp_path: Path) -> None:
    """The first count works without a network and leaves the vocabulary for the next start."""
    folder = tmp_path / "deep" / "cache"
    assert count_in_a_new_process(folder) == "3"
    (file,) = folder.iterdir()
    assert file.stat().st_size > 3_000_000
    assert count_in_a_new_process(folder) == "3"


def test_a_damaged_vocabulary_is_replaced(tmp_path: Path) -> None:
    """tiktoken would download in place of a damaged file; it is put right before that."""
    count_in_a_new_process(tmp_path)
    (file,) = tmp_path.iterdir()
    whole = file.stat().st_size
    file.write_bytes(b"damaged")
    assert count_in_a_new_process(tmp_path) == "3"
    assert file.stat().st_size == whole


def test_the_environment_names_the_folder_first(tmp_path: Path) -> None:
    """TIKTOKEN_CACHE_DIR wins over the caller's folder; an empty one counts as not set."""
    ours, named = tmp_path / "ours", tmp_path / "named"
    assert count_in_a_new_process(ours, str(named)) == "3"
    assert not ours.exists()
    assert len(list(named.iterdir())) == 1
    assert count_in_a_new_process(ours, "") == "3"
    assert ours.exists()


def test_a_folder_that_cannot_be_written_does_not_matter(tmp_path: Path) -> None:
    """Where the folder cannot be made, a temporary one serves."""
    (tmp_path / "file").write_text("in the way")
    assert count_in_a_new_process(tmp_path / "file" / "cache") == "3"


def test_the_address_and_the_sum_are_those_of_the_installed_tiktoken() -> None:
    """An update of tiktoken that moves its vocabulary is noticed here."""
    public = importlib.import_module("tiktoken_ext.openai_public")
    constants = str(public.o200k_base.__code__.co_consts)
    assert tokens._URL in constants
    assert tokens._SHA256 in constants


@pytest.mark.parametrize("text", ["<|endoftext|>", "", "a" * 5000])
def test_any_text_can_be_counted(text: str) -> None:
    """Special markers are ordinary text and raise nothing."""
    assert tokens.count(text) >= 0


def test_the_oldest_messages_go_first() -> None:
    """Trimming keeps the newest messages that fit, in their order."""
    messages = [Message("user", f"question {number}") for number in range(10)]
    limit = 3 * (tokens.count("question 1") + 4)
    assert newest(messages, limit, tokens.count) == messages[-3:]
    assert newest(messages, 0, tokens.count) == []
    assert newest(messages, 10_000, tokens.count) == messages
