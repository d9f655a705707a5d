"""How soon the first prompt is there."""

import os
import pty
import select
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

from bot.settings import ROOT

PROMPT = "› ".encode()
IMPORTS = "discord, telegram.ext, openai, tiktoken, sqlalchemy.orm, alembic.command, numpy, rjieba"


def start(repeats: int = 5) -> Mapping[str, float]:
    """Seconds from the command to the first prompt, warm, beside importing every library at once.

    The floor is what a program would pay that loads everything at its start. The first start of
    all makes the database and is given apart.
    """
    with tempfile.TemporaryDirectory() as folder:
        first = _seconds_to_prompt(Path(folder))
        prompts = [_seconds_to_prompt(Path(folder)) for _ in range(repeats)]
    floors = [_seconds_to_import() for _ in range(repeats)]
    prompt, floor = statistics.median(prompts), statistics.median(floors)
    return {
        "first_start_seconds": round(first, 3),
        "prompt_seconds": round(prompt, 3),
        "imports_seconds": round(floor, 3),
        "ratio": round(prompt / floor, 3),
    }


def _seconds_to_prompt(data_dir: Path) -> float:
    """Start a conversation on a pseudo-terminal, and time its first prompt."""
    screen, keyboard = pty.openpty()
    environment = {
        **os.environ,
        "DATA_DIR": str(data_dir),
        "PYTHONPATH": str(ROOT),
        "TERM": "xterm",
    }
    begin = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "adapters.cli", "chat"],
        stdin=keyboard,
        stdout=keyboard,
        stderr=keyboard,
        cwd=data_dir,
        env=environment,
    )
    os.close(keyboard)
    try:
        _wait_for_prompt(screen)
        return time.perf_counter() - begin
    finally:
        process.kill()
        process.wait()
        os.close(screen)


def _wait_for_prompt(screen: int, patience: float = 30) -> None:
    shown = b""
    while PROMPT not in shown:
        if not select.select([screen], [], [], patience)[0]:
            raise TimeoutError("no prompt came")
        shown += os.read(screen, 65536)


def _seconds_to_import() -> float:
    begin = time.perf_counter()
    command = [sys.executable, "-W", "ignore", "-c", f"import {IMPORTS}"]
    subprocess.run(command, check=True)
    return time.perf_counter() - begin
