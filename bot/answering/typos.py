"""Mends misspelt words of the field: "toekn" is no word of the course, and "token" is one."""

import re
from collections.abc import Callable, Iterable
from typing import Final

from bot.answering.words import fold

_WORD: Final = re.compile(r"(?<![a-z0-9])[a-z]{4,}(?![a-z0-9])")
_PAIR: Final = re.compile(r"(?<![a-z0-9])([a-z]{3,}) ([a-z]{3,})(?![a-z0-9])")
_LONG: Final = 8
"""From this many letters on a word may have two mistakes."""

_SHORTEST: Final = 5
"""Shorter names are too near to words that everybody uses ("bert", "best")."""

_PART: Final = 6
"""A part of a name with more letters than this is mended as well ("gradient")."""

_WORDS_TOO: Final = """
taken takes tokyo modal moral motel neutral leaning bites casual spare height pairs count counts
country court tuition large charge generation sequel mass master
"""
"""Words that are no mistakes although they look like those of the field."""


class Mender:
    """`names`: those to mend to, and their longer words. `is_known`: whether a word is right."""

    def __init__(self, names: Iterable[str], is_known: Callable[[str], bool]) -> None:
        latin = {
            word
            for name in map(fold, names)
            for word in _WORD.findall(name)
            if len(word) >= _SHORTEST and (word == name or len(word) > _PART)
        }
        self._words = sorted(latin | {word + "s" for word in latin})
        self._words_too = frozenset(_WORDS_TOO.split())
        self._is_known = is_known

    def mend(self, question: str) -> str:
        """Return the question with each misspelt word of the field put right."""
        folded = fold(question)
        mended = _WORD.sub(self._word, _PAIR.sub(self._pair, folded))
        return question if mended == folded else mended

    def _word(self, found: re.Match[str]) -> str:
        return self._meant(found[0]) or found[0]

    def _pair(self, found: re.Match[str]) -> str:
        """ "auto regresive" is one word; one of the two alone may mean nothing."""
        if self._is_known(found[1]) and self._is_known(found[2]):
            return found[0]
        joined = found[1] + found[2]
        return joined if joined in self._words else self._meant(joined) or found[0]

    def _meant(self, word: str) -> str | None:
        """Return the only word of the field that is near; few people miss the first letter."""
        if self._is_known(word) or word in self._words_too:
            return None
        most = 2 if len(word) >= _LONG else 1
        like = (
            one for one in self._words if one[0] == word[0] and abs(len(one) - len(word)) <= most
        )
        near = [(distance(word, one), one) for one in like]
        best = min(near, default=(most + 1, ""))
        alone = sum(mistakes == best[0] for mistakes, _one in near) == 1
        return best[1] if best[0] <= most and alone else None


def distance(one: str, other: str) -> int:
    """Return how many letters to add, drop, change or swap with the next turn one into another."""
    before: list[int] = []
    last = list(range(len(other) + 1))
    for row, letter in enumerate(one, 1):
        line = [row]
        for column, its in enumerate(other, 1):
            line.append(min(last[column] + 1, line[-1] + 1, last[column - 1] + (letter != its)))
            swapped = row > 1 < column and letter == other[column - 2] and one[row - 2] == its
            if swapped:
                line[-1] = min(line[-1], before[column - 2] + 1)
        before, last = last, line
    return last[-1]
