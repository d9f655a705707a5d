"""The three hosts behind one face, each a real `llm-tutor` process: say, press, kill, restart."""

import asyncio
import json
import signal
from asyncio.subprocess import PIPE, Process
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol, Self, TypeVar

from tests.platforms.discord_server import DiscordServer
from tests.platforms.telegram_server import TelegramServer
from tests.programs import COMMAND, environment

T = TypeVar("T")
ADA = 7001


class Host(Protocol):
    """A learner's side of one host. What is said or pressed returns the finished reply's text."""

    async def start(self) -> None: ...
    async def stop(self, how: signal.Signals) -> int: ...
    async def say(self, text: str) -> str: ...
    async def press(self, action: str) -> str: ...
    def actions(self) -> list[str]:
        """Return the actions of the buttons under the last reply."""
        ...

    @property
    def faults(self) -> list[str]: ...


class _Program:
    """A `llm-tutor` that can be started, killed and started again on the same data."""

    arguments: tuple[str, ...] = ("run",)

    def __init__(self, data_dir: Path, **variables: str) -> None:
        self._data_dir = data_dir
        self.variables = variables
        self._process: Process | None = None
        self.log = data_dir / "log.txt"

    async def launch(self) -> Process:
        with self.log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *COMMAND,
                *self.arguments,
                env=environment(self._data_dir, **self.variables),
                cwd=self._data_dir,
                stdin=PIPE,
                stdout=PIPE,
                stderr=log,
                limit=2**24,
            )
        return self._process

    @property
    def process(self) -> Process:
        assert self._process
        return self._process

    async def stop(self, how: signal.Signals) -> int:
        """Send a signal and wait for the end; return the exit code."""
        if self.process.returncode is None:
            self.process.send_signal(how)
        async with asyncio.timeout(30):
            code = await self.process.wait()
        self.process._transport.close()  # type: ignore[attr-defined]  # the pipes warn otherwise
        return code

    def memory(self) -> float:
        """Return the resident memory of the process in MiB."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        [line] = [line for line in status.splitlines() if line.startswith("VmRSS")]
        return int(line.split()[1]) / 1024


class TerminalHost(_Program):
    """`llm-tutor chat --json`."""

    arguments = ("chat", "--json")
    faults: list[str] = []  # noqa: RUF012 - there is no platform to object

    def __init__(self, data_dir: Path, **variables: str) -> None:
        super().__init__(data_dir, **variables)
        self._last: dict[str, Any] = {}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self.stop(signal.SIGKILL)

    async def start(self) -> None:
        await self.launch()

    async def say(self, text: str) -> str:
        return await self._turn({"text": text})

    async def press(self, action: str) -> str:
        return await self._turn({"action": action})

    def actions(self) -> list[str]:
        return [button["action"] for button in self._last["buttons"]]

    async def _turn(self, line: dict[str, str]) -> str:
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(json.dumps(line).encode() + b"\n")
        async with asyncio.timeout(30):
            while "end" not in (reply := json.loads(await self.process.stdout.readline())):
                self._last = reply
        return str(self._last["text"])


class TelegramHost(_Program):
    """A private chat with `llm-tutor run` on the loopback Telegram."""

    def __init__(self, data_dir: Path, **variables: str) -> None:
        super().__init__(data_dir, **variables)
        self.server = TelegramServer()

    async def __aenter__(self) -> Self:
        await self.server.start()
        self.variables |= {
            "TELEGRAM_TOKEN": self.server.token,
            "TELEGRAM_API_URL": self.server.url,
        }
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self.stop(signal.SIGKILL)
        await self.server.stop()

    async def start(self) -> None:
        polls = self.server.polls
        await self.launch()
        await self.server.wait_for(lambda: self.server.polls > polls, 30)

    async def say(self, text: str) -> str:
        return await self._next(lambda: self.server.say(ADA, text))

    async def press(self, action: str) -> str:
        return await self._next(lambda: self.server.press(ADA, action))

    def actions(self) -> list[str]:
        rows = self.server.replies(ADA)[-1].rows
        return [button["callback_data"] for row in rows for button in row]

    @property
    def faults(self) -> list[str]:
        return self.server.faults

    async def _next(self, do: Callable[[], Any]) -> str:
        before, shown = len(self.server.replies(ADA)), self._shown()
        await do()
        await self.server.wait_for(lambda: self._shown() != shown, 30)
        await self.server.wait_for(None, 30)
        return "\n".join(one.text for one in self.server.replies(ADA)[before:] or [self._last()])

    def _last(self) -> Any:
        return self.server.replies(ADA)[-1]

    def _shown(self) -> object:
        """What changes with a new reply, and with one that was redrawn."""
        replies = self.server.replies(ADA)
        return (len(replies), self._last().text, self.actions()) if replies else None


class DiscordHost(_Program):
    """A direct message channel with `llm-tutor run` on the loopback Discord."""

    def __init__(self, data_dir: Path, **variables: str) -> None:
        super().__init__(data_dir, **variables)
        self.server = DiscordServer()

    async def __aenter__(self) -> Self:
        await self.server.__aenter__()
        self.variables |= {
            "DISCORD_TOKEN": self.server.token,
            "DISCORD_API_URL": self.server.api_url,
            "DISCORD_GATEWAY_URL": self.server.gateway_url,
        }
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self.stop(signal.SIGKILL)
        await self.server.__aexit__(None, None, None)

    async def start(self) -> None:
        await self.server.wait_for(lambda: not self.server.gateway.connected, 30)
        await self.launch()
        await self.server.connected(30)
        await self.server.wait_for(lambda: self.server.commands, 30)

    async def say(self, text: str) -> str:
        if not text.startswith("/"):
            return await self._next(lambda: self.server.say(ADA, text))
        name, _space, argument = text[1:].partition(" ")
        known = self.server.commands[name].get("options", [])
        options: dict[str, Any] = {known[0]["name"]: argument} if argument else {}
        return await self._next(lambda: self.server.slash(ADA, name, **options))

    async def press(self, action: str) -> str:
        return await self._next(lambda: self.server.press(ADA, action))

    def actions(self) -> list[str]:
        return [action for _label, action in self._replies()[-1].buttons]

    @property
    def faults(self) -> list[str]:
        return self.server.faults

    def _replies(self) -> list[Any]:
        return self.server.replies(self.server.dm(ADA))

    async def _next(self, do: Callable[[], Any]) -> str:
        before, shown = len(self._replies()), self._shown()
        await do()
        await self.server.wait_for(lambda: self._shown() != shown, 30)
        await self._settled()
        return "\n".join(seen.content for seen in self._replies()[before:] or self._replies()[-1:])

    def _shown(self) -> object:
        """What changes with a new reply, and with one that was redrawn."""
        replies = self._replies()
        return (len(replies), replies[-1].content, self.actions()) if replies else None

    async def _settled(self) -> None:
        """Wait until the last reply has been left alone for longer than an edit is paced."""
        calls = -1
        while calls != len(self.server.calls):
            calls = len(self.server.calls)
            await asyncio.sleep(1.5)
