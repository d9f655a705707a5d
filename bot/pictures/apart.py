"""Drawing in a process of its own: resvg holds the interpreter's lock for as long as it draws, and
everybody else would wait."""

import asyncio
import json
import logging
import pickle
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final, ParamSpec

from bot.messages import Picture

PATIENCE: Final = 20
"""Seconds after which a picture is given up; a slow machine takes two."""

_CHILD: Final = (
    "import sys, json; sys.path[:] = json.loads(sys.argv[1]); "
    "from bot.pictures.apart import main; main()"
)
"""What the child runs: this very package, whatever lies in the working directory."""

_waiters: Final = ThreadPoolExecutor(2, thread_name_prefix="pictures")
"""Two pictures at a time; more wait, and nobody else for them."""

P = ParamSpec("P")

log = logging.getLogger(__name__)


async def drawn(draw: Callable[P, Picture], *args: P.args, **kwargs: P.kwargs) -> Picture | None:
    """Return what `draw` returns; None where that fails, since the text says the same."""
    work = pickle.dumps((draw, args, kwargs))
    try:
        return await asyncio.get_running_loop().run_in_executor(_waiters, _run, work)
    except (OSError, subprocess.SubprocessError, pickle.PickleError, EOFError) as error:
        log.warning("a picture was not drawn: %s", type(error).__name__)
        return None


def _run(work: bytes) -> Picture:
    """Hand the work to a child, and wait for it."""
    child = subprocess.run(  # noqa: S603 - our own program, with nothing from outside
        [sys.executable, "-P", "-c", _CHILD, json.dumps(sys.path)],
        input=work,
        stdout=subprocess.PIPE,
        timeout=PATIENCE,
        check=True,
    )
    picture: Picture = pickle.loads(child.stdout)  # noqa: S301 - our own child wrote it
    return picture


def main() -> None:
    """Do the work that comes in, and give back the picture."""
    draw, args, kwargs = pickle.loads(sys.stdin.buffer.read())  # noqa: S301 - from our own parent
    sys.stdout.buffer.write(pickle.dumps(draw(*args, **kwargs)))
