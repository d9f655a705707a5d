"""Drawing in a process of its own: resvg holds the interpreter's lock for as long as it draws, and
everybody else would wait."""

import asyncio
import logging
import pickle
import subprocess
import sys
from collections.abc import Callable
from typing import Final, ParamSpec

from bot.messages import Picture

PATIENCE: Final = 20
"""Seconds after which a picture is given up; a slow machine takes two."""

P = ParamSpec("P")

log = logging.getLogger(__name__)


async def drawn(draw: Callable[P, Picture], *args: P.args, **kwargs: P.kwargs) -> Picture | None:
    """Return what `draw` returns; None where that fails, since the text says the same."""
    work = pickle.dumps((draw, args, kwargs))
    try:
        return await asyncio.to_thread(_run, work)
    except (OSError, subprocess.SubprocessError, pickle.PickleError, EOFError) as error:
        log.warning("a picture was not drawn: %s", type(error).__name__)
        return None


def _run(work: bytes) -> Picture:
    """Hand the work to a child, and wait for it; threads of the default pool bound how many."""
    child = subprocess.run(
        [sys.executable, "-m", "bot.pictures.apart"],
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


if __name__ == "__main__":
    main()
