"""An answer in the making: what is shown of a stream, where it is cut, what it cost."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from bot.answering import tokens
from bot.answering.quirks import Quirk
from bot.answering.repetition import Repetition
from bot.answering.thinking import Thinking
from bot.ports import EndpointError, Message, Usage

CUT: Final = "…"
"""Ends an answer that the endpoint, or our limit, stopped for its length."""

CHARACTERS_PER_TOKEN: Final = 8
"""An answer with more characters than this for each token asked for is cut."""

COUNTED: Final = 100_000
"""Characters, thinking included, of which we count the tokens: more would take its time."""


class Part(NamedTuple):
    """What one chunk of a stream brings. `thought` is what a model thinks before it speaks."""

    text: str = ""
    thought: str = ""
    finish: str | None = None
    usage: Usage | None = None

    @property
    def says_something(self) -> bool:
        return bool(self.text or self.thought or self.finish)


class StreamedAnswer:
    """What has come of an answer, and whether it came to its end.

    An endpoint that keeps to no limit is cut: a chunk of text is about a token, so there are as
    many as tokens that were asked for, and a tenth for characters that take several.
    """

    def __init__(self, answer_tokens: int) -> None:
        self.has_begun = False
        """Whether the endpoint took the question, and so may charge for it."""
        self.has_text = False
        """Whether there is anything yet that a reader sees."""
        self.is_cut = False
        self.quirks: set[Quirk] = set()
        """What it shows of the endpoint; all of it at the end."""
        self._room = answer_tokens * CHARACTERS_PER_TOKEN
        self._chunks_left = answer_tokens + answer_tokens // 10
        self._thinking = Thinking()
        self._repetition = Repetition()
        self._received: list[str] = []
        self._countable = COUNTED
        self._usage: Usage | None = None
        self._finish: str | None = None
        self._parts = 0

    def take(self, part: Part) -> str:
        """Return what a part adds to the text."""
        self._parts += 1
        self._usage = part.usage or self._usage
        self._finish = part.finish or self._finish
        self._receive(part.thought + part.text)
        self._chunks_left -= bool(part.text)
        piece = self._show(self._thinking.feed(part.text))
        if part.thought or self._thinking.was_heard:
            self.quirks.add("thinks")
        if self._room <= 0 or self._chunks_left <= 0 or (piece and self._repetition.feed(piece)):
            self.is_cut = True
        return piece

    def cut(self) -> None:
        """Let this be all of it."""
        self.is_cut = True

    def end(self) -> str:
        """Return the last of the text. Raises EndpointError where the answer is not complete."""
        last = self._show(self._thinking.rest())
        if not self.is_cut and self._finish is None:
            raise EndpointError("cut off" if self._parts else "sent no stream")
        if not self.has_text:
            raise EndpointError("empty answer")
        if not self._usage and not self.is_cut:
            self.quirks.add("no_usage")
        return last if self._finish == "stop" and not self.is_cut else last + CUT

    def cost(self, messages: Sequence[Message]) -> Usage:
        """Return the tokens that the endpoint told, or our own count of them, which takes time."""
        return self._usage or Usage(
            tokens.count_messages(messages), tokens.count("".join(self._received))
        )

    def _receive(self, text: str) -> None:
        self._received.append(text[: self._countable])
        self._countable -= len(self._received[-1])

    def _show(self, piece: str) -> str:
        piece = piece[: self._room]
        self._room -= len(piece)
        self.has_text = self.has_text or not (not piece or piece.isspace())
        return piece
