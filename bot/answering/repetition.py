"""Notices an answer that says the same over and over, as small models do. Pure."""

from typing import Final

TIMES: Final = 4
"""A run of text that comes this often in a row is no style any more ..."""

CHARACTERS: Final = 120
"""... unless all of it is shorter than this: a rule, a row of a table, laughter."""

WINDOW: Final = 4096
"""Characters at the end of the text that are looked at."""

_STEP: Final = 64


class Repetition:
    """Is fed a text piece by piece. It looks only when the text has grown by a quarter of what is
    looked at, which costs a character the same however the text is cut, and however long it is."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._due = _STEP

    def feed(self, piece: str) -> bool:
        """Tell whether the text is seen to repeat itself at its end."""
        self._pieces.append(piece)
        self._due -= len(piece)
        if self._due > 0:
            return False
        tail = "".join(self._pieces)[-WINDOW:]
        self._pieces = [tail]
        self._due = max(_STEP, len(tail) // 4)
        return repeats(tail)


def repeats(text: str) -> bool:
    """Tell whether `text` ends with one run `TIMES` times in a row, `CHARACTERS` long in all."""
    return any(
        text.endswith(text[-length:] * max(TIMES, -(-CHARACTERS // length)))
        for length in range(1, len(text) // TIMES + 1)
    )
