"""Running the real `llm-tutor` in a process of its own."""

import atexit
import os
import shutil
import subprocess
import sys
import tempfile
from contextlib import suppress
from functools import cache
from pathlib import Path

from bot.answering.retrieval import Retriever
from bot.course.loader import load
from bot.settings import ROOT

COMMAND = [sys.executable, "-W", "error::DeprecationWarning:bot", "-m", "adapters.cli"]


@cache
def _search() -> Path:
    """What every first start would read anew: seconds that are measured elsewhere."""
    folder = Path(tempfile.mkdtemp(prefix="llm-tutor-search-"))
    atexit.register(shutil.rmtree, folder)
    Retriever(load(ROOT / "lessons"), folder).find("token", "en")
    return folder


def environment(data_dir: Path, **variables: str) -> dict[str, str]:
    """Return what the process is to see: nothing of this machine's own settings."""
    with suppress(FileExistsError):
        shutil.copytree(_search(), data_dir / "search")
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return {
        **kept,
        "PYTHONPATH": str(ROOT),
        "PYTHONUNBUFFERED": "1",
        "DATA_DIR": str(data_dir),
        "HTTP_PORT": "0",
        **variables,
    }


def run(
    data_dir: Path, *arguments: str, typed: str | bytes = "", **variables: str
) -> subprocess.CompletedProcess[str]:
    """Run the command to its end, with `typed` on its standard input."""
    finished = subprocess.run(
        [*COMMAND, *arguments],
        input=typed if isinstance(typed, bytes) else typed.encode(),
        capture_output=True,
        cwd=data_dir,
        env=environment(data_dir, **variables),
        timeout=60,
        check=False,
    )
    return subprocess.CompletedProcess(
        finished.args, finished.returncode, finished.stdout.decode(), finished.stderr.decode()
    )
