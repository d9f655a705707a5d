"""Checks the [n] of an answer while it streams: only passages that were given can be cited."""

import re
from typing import Final

_MARK: Final = re.compile(r"(\s*)[\[【]\s*(\d+(?:\s*[,，、]\s*\d+)*)\s*[\]】]")
_UNFINISHED: Final = re.compile(r"\s*(?:[\[【][\d\s,，、]{0,24})?\Z")


class Citations:
    """Removes citations of nothing and numbers the others from 1 in order of appearance."""

    def __init__(self, passages: int) -> None:
        self.cited: list[int] = []
        """Which passages the text cites, from 0: [1] in the text is the first of these."""
        self._passages = passages
        self._held = ""

    def feed(self, piece: str) -> str:
        """Return what of the text so far is certain and has not been returned yet."""
        text = self._held + piece
        unfinished = _UNFINISHED.search(text)
        end = unfinished.start() if unfinished else len(text)
        self._held = text[end:]
        return _MARK.sub(self._renumber, text[:end])

    def rest(self) -> str:
        """Return what was held back because it could have become a citation."""
        held, self._held = self._held, ""
        return held.rstrip()

    def _renumber(self, mark: re.Match[str]) -> str:
        given = [int(number) - 1 for number in re.findall(r"\d+", mark[2])]
        kept = [place for place in given if 0 <= place < self._passages]
        self.cited += [place for place in dict.fromkeys(kept) if place not in self.cited]
        numbers = "".join(f"[{self.cited.index(place) + 1}]" for place in kept)
        return mark[1] + numbers if numbers else ""
