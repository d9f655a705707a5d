"""The terminal host: a conversation on a TTY, with piped lines, or with lines of JSON."""

import asyncio
import contextlib
import io
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Protocol, TextIO

with contextlib.suppress(ImportError):  # not on Windows, whose own console edits lines
    import readline  # noqa: F401 - input() then has history and arrow keys

from rich.console import Console
from rich.live import Live
from rich.markdown import Markdown
from rich.status import Status
from rich.text import Text

from adapters.terminal import render
from adapters.terminal.files import Files
from adapters.terminal.inbound import read_json, read_line, said
from bot.messages import Button, Incoming, Reply
from bot.tutor import Tutor

QUIT = {"/quit", "/exit", "exit", "quit", "退出"}


class Screen(Protocol):
    """Where replies go."""

    def show(self, reply: Reply, file: Path | None = None) -> None:
        """Show a reply; `file` is where its picture or document was saved."""
        ...

    def end(self) -> None:
        """The turn is over: all its replies were shown."""
        ...


class Pipe:
    """Plain text, finished replies only."""

    def __init__(self, out: TextIO) -> None:
        self._out = out

    def show(self, reply: Reply, file: Path | None = None) -> None:
        if not reply.draft:
            print(render.as_plain(reply, file), file=self._out)

    def end(self) -> None:
        self._out.flush()


class JsonLines:
    """One line of JSON a reply, drafts too."""

    def __init__(self, out: TextIO) -> None:
        self._out = out

    def show(self, reply: Reply, file: Path | None = None) -> None:
        print(render.as_json(reply, file), file=self._out, flush=True)

    def end(self) -> None:
        print(json.dumps({"end": True}), file=self._out, flush=True)


class Tty:
    """Colours, a sign of life while waiting, and an answer that grows while it is written."""

    def __init__(self) -> None:
        self._console = Console(highlight=False)
        self._live: Live | None = None
        self._waiting: Status | None = None

    def wait(self) -> None:
        self._waiting = self._console.status("…")
        self._waiting.start()

    def show(self, reply: Reply, file: Path | None = None) -> None:
        self._stop_waiting()
        body = _markdown(reply.text)
        if reply.draft:
            if self._live is None:
                self._live = Live(console=self._console, transient=True, auto_refresh=False)
                self._live.start()
            self._live.update(body, refresh=True)
            return
        self._stop_live()
        self._console.print(body)
        if file:
            self._console.print()
            # Nothing in a path is markup, and a path that is cut in two cannot be opened.
            self._console.print(Text(render.file_line(reply, file)), soft_wrap=True)
        if reply.buttons:
            self._console.print()
            line = render.button_line(reply, self._console.width)
            self._console.print(line, style="cyan", markup=False)

    def end(self) -> None:
        self._stop_waiting()
        self._stop_live()

    def _stop_waiting(self) -> None:
        if self._waiting:
            self._waiting.stop()
            self._waiting = None

    def _stop_live(self) -> None:
        if self._live:
            self._live.stop()
            self._live = None


def _markdown(text: str) -> Markdown:
    """Read Markdown as chat platforms do: a line break stays a line break."""
    markdown = Markdown(render.without_controls(text))
    for block in markdown.parsed:
        for child in block.children or []:
            if child.type == "softbreak":
                child.type = "hardbreak"
    return markdown


class TerminalChannel:
    """One learner at one keyboard (or one program on the other end of a pipe)."""

    def __init__(self, tutor: Tutor, learner: str, data_dir: Path) -> None:
        self._tutor = tutor
        self._learner = learner
        self._files = Files(data_dir)
        self._buttons: tuple[Button, ...] = ()
        self._digits = True

    def choose_language(self, runner: asyncio.Runner, language: str) -> None:
        """Set the learner's language as /settings does, and show nothing of it."""
        incoming = said(self._learner, action=f"settings:language:{language}")
        self._turn(runner, Pipe(io.StringIO()), incoming)
        self._buttons = ()

    def converse(self, runner: asyncio.Runner) -> None:
        """Talk on the terminal until end of input or /quit."""
        screen = Tty()
        self._turn(runner, screen, said(self._learner, "/start"))
        while True:
            try:
                line = input("› ")
            except (EOFError, KeyboardInterrupt):
                print()  # or the shell's prompt would follow on the same line
                return
            if line.strip().lower() in QUIT:
                return
            if not line.strip():
                continue
            screen.wait()
            with contextlib.suppress(KeyboardInterrupt):  # Ctrl-C ends the answer, not the talk
                self._turn(runner, screen, self._read(line))

    def pipe(self, runner: asyncio.Runner, source: BinaryIO, out: TextIO) -> None:
        """Answer each line of `source` in plain text."""
        for line in _lines(source):
            if line.strip().lower() in QUIT:
                return
            self._turn(runner, Pipe(out), self._read(line))

    def pipe_json(self, runner: asyncio.Runner, source: BinaryIO, out: TextIO) -> None:
        """Answer each JSON line of `source` with lines of JSON."""
        screen = JsonLines(out)
        for line in _lines(source):
            try:
                incoming = read_json(line, self._learner)
            except (ValueError, RecursionError):
                screen.show(Reply('Send one object a line: {"text": "..."} or {"action": "..."}.'))
                screen.end()
                continue
            self._turn(runner, screen, incoming)

    def _read(self, line: str) -> Incoming:
        return read_line(line, self._learner, self._buttons, self._digits)

    def _turn(self, runner: asyncio.Runner, screen: Screen, incoming: Incoming) -> None:
        try:
            runner.run(self._answer(screen, incoming))
        finally:
            screen.end()

    async def _answer(self, screen: Screen, incoming: Incoming) -> None:
        try:
            async for reply in self._tutor.handle(incoming):
                self._show(screen, reply)
        except BrokenPipeError:
            raise
        except Exception as error:  # noqa: BLE001 - the global handler of this platform
            self._show(screen, self._tutor.apology(incoming, error))

    def _show(self, screen: Screen, reply: Reply) -> None:
        screen.show(*self._files.keep(reply))
        if not reply.draft:
            self._buttons, self._digits = reply.buttons, not reply.expects_number


def _lines(source: BinaryIO) -> Iterator[str]:
    """Yield the lines; bytes that are no UTF-8 become replacement characters."""
    for line in source:
        yield line.decode("utf-8", errors="replace").rstrip("\r\n")


def is_interactive() -> bool:
    return sys.stdin.isatty() and sys.stdout.isatty()
