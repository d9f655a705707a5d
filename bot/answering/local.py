"""A model file as an endpoint: llama.cpp on this machine, started at the first question."""

from __future__ import annotations

import asyncio
import json
import secrets
import subprocess
import sys
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from bot.answering import llama
from bot.answering.endpoint import TOOK_TOO_LONG, OpenAIEndpoint
from bot.answering.patience import Patience
from bot.ports import EndpointError, Message, Usage

_STOP_SECONDS: Final = 5


def is_installed() -> bool:
    """Tell whether the extra `local` is there."""
    return find_spec("xllamacpp") is not None


class LocalEndpoint:
    """Implements bot.ports.Endpoint. The server ends with this process, whatever ends it.

    A question that finds the model still loading waits as long as for a first token.
    """

    def __init__(
        self, model_file: Path, context_tokens: int, answer_tokens: int, *, patience: Patience
    ) -> None:
        self._model_file = model_file
        self._context_tokens = context_tokens
        self._answer_tokens = answer_tokens
        self._patience = patience
        self._process: subprocess.Popen[str] | None = None
        self._starting: asyncio.Future[OpenAIEndpoint] | None = None

    async def stream(
        self, messages: Sequence[Message], *, patience: Patience | None = None
    ) -> AsyncGenerator[str | Usage]:
        """Yield the answer piece by piece and last the usage. Raises EndpointError."""
        patience = patience or self._patience
        now = asyncio.get_running_loop().time
        start = now()
        endpoint = await self._started(patience.first_token)
        left = patience.after(now() - start)
        async with aclosing(endpoint.stream(messages, patience=left)) as parts:
            async for part in parts:
                yield part

    async def aclose(self) -> None:
        """Stop the server."""
        if self._starting is not None:
            await asyncio.to_thread(self._stop)
            (endpoint,) = await asyncio.gather(self._starting, return_exceptions=True)
            if isinstance(endpoint, OpenAIEndpoint):
                await endpoint.aclose()

    async def _started(self, seconds: float) -> OpenAIEndpoint:
        """Return the endpoint once the model is loaded, which goes on when a question gives up."""
        if self._starting is None or (self._starting.done() and self._has_ended()):
            self._starting = asyncio.ensure_future(asyncio.to_thread(self._start))
        try:
            async with asyncio.timeout(seconds):
                return await asyncio.shield(self._starting)
        except TimeoutError as fault:
            raise EndpointError(TOOK_TOO_LONG, is_down=True) from fault

    def _has_ended(self) -> bool:
        """Tell whether a server that was up is gone, as for want of memory."""
        return self._process is not None and self._process.poll() is not None

    def _start(self) -> OpenAIEndpoint:
        """Start the server and wait until it has loaded the model. Raises EndpointError."""
        self._stop()
        key = secrets.token_urlsafe(32)
        # -P: the folder of the program is no place to import from.
        self._process = process = subprocess.Popen(  # noqa: S603 - this very program
            [sys.executable, "-P", str(Path(llama.__file__))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            start_new_session=True,  # Ctrl-C is for us; we end it
        )
        asked = {
            "model": str(self._model_file),
            "context_tokens": self._context_tokens,
            "api_key": key,
        }
        url = _asked(process, asked)
        return OpenAIEndpoint(
            f"{url}/v1", key, llama.ALIAS, self._answer_tokens, patience=self._patience
        )

    def _stop(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        try:
            process.communicate(timeout=_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()


def _asked(process: subprocess.Popen[str], asked: dict[str, object]) -> str:
    """Give the server its orders; return its address. Raises EndpointError."""
    assert process.stdin
    assert process.stdout
    try:
        process.stdin.write(json.dumps(asked) + "\n")
        process.stdin.flush()
        return str(json.loads(process.stdout.readline())["url"])
    except (OSError, ValueError, KeyError) as fault:
        raise EndpointError("the local model cannot be loaded", is_down=True) from fault
