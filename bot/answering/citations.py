"""Checks the [n] of an answer while it streams: only passages that were given can be cited."""

import re
from typing import Final

_PIECE: Final = re.compile(
    r"(?P<ticks>`+)|(?P<line>\n)"
    r"|(?P<space>[^\S\n]*)[\[【]\s*(?P<numbers>\d+(?:\s*[,，、]\s*\d+)*)\s*[\]】]"
)
_UNFINISHED: Final = re.compile(r"(?:`+|\s*(?:[\[【][\d\s,，、]{0,24})?)\Z")
_FENCE: Final = 3
"""This many backticks open a block of code, which lines do not end."""


class Citations:
    """Removes citations of nothing and numbers the others from 1 in order of appearance.

    Code is left as it is: `x[0]` cites nothing.
    """

    def __init__(self, passages: int) -> None:
        self.cited: list[int] = []
        """Which passages the text cites, from 0: [1] in the text is the first of these."""
        self._passages = passages
        self._held = ""
        self._code = 0
        """How many backticks opened the code that the text is in."""

    def feed(self, piece: str) -> str:
        """Return what of the text so far is certain and has not been returned yet."""
        text = self._held + piece
        unfinished = _UNFINISHED.search(text)
        end = unfinished.start() if unfinished else len(text)
        self._held = text[end:]
        return _PIECE.sub(self._check, text[:end])

    def rest(self) -> str:
        """Return what was held back because it could have become a citation."""
        held, self._held = self._held, ""
        return held.rstrip()

    def _check(self, piece: re.Match[str]) -> str:
        if piece["ticks"]:
            self._turn(len(piece["ticks"]))
        elif piece["line"]:
            self._code = self._code if self._code >= _FENCE else 0  # one that was never closed
        elif not self._code:
            return self._renumber(piece)
        return piece[0]

    def _turn(self, ticks: int) -> None:
        if not self._code:
            self._code = ticks
        elif ticks == self._code or self._code >= _FENCE <= ticks:
            self._code = 0

    def _renumber(self, mark: re.Match[str]) -> str:
        given = [int(number) - 1 for number in re.findall(r"\d+", mark["numbers"])]
        kept = [place for place in given if 0 <= place < self._passages]
        self.cited += [place for place in dict.fromkeys(kept) if place not in self.cited]
        numbers = "".join(f"[{self.cited.index(place) + 1}]" for place in kept)
        return mark["space"] + numbers if numbers else ""
