"""Hides what a reasoning model thinks aloud between <think> and </think>."""

from typing import Final

_OPEN: Final = "<think>"
_CLOSE: Final = "</think>"


class Thinking:
    """Lets through what stands outside the tags, whatever pieces a stream cuts them into."""

    def __init__(self) -> None:
        self.was_heard = False
        """Whether anything was hidden."""
        self._held = ""
        self._hidden = False

    def feed(self, piece: str) -> str:
        """Return what of the text so far can be shown now and has not been returned yet."""
        self._held += piece
        shown = []
        while (cut := self._held.find(self._tag)) >= 0:
            shown.append(self._take(cut))
            self._held = self._held[len(self._tag) :]
            self._hidden = not self._hidden
            self.was_heard = True
        shown.append(self._take(len(self._held) - self._begun()))
        return "".join(shown)

    def rest(self) -> str:
        """Return what was held back because it could have become a tag."""
        return self._take(len(self._held))

    @property
    def _tag(self) -> str:
        return _CLOSE if self._hidden else _OPEN

    def _take(self, length: int) -> str:
        taken, self._held = self._held[:length], self._held[length:]
        return "" if self._hidden else taken

    def _begun(self) -> int:
        """The length of the beginning of a tag that the text ends with."""
        return next(
            (n for n in range(len(self._tag) - 1, 0, -1) if self._held.endswith(self._tag[:n])), 0
        )
