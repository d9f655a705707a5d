"""How the time that an answer may take is shared out. Pure."""

from __future__ import annotations

from typing import Final, NamedTuple

CONNECT: Final = 5.0
"""Seconds after which nobody is at an address."""


class Patience(NamedTuple):
    """How many seconds to wait for each part of an answer, from its start but for the fourth.

    first_text: until there is something to show, however long a model thinks before it speaks.
    between_tokens: from one sign of life to the next.
    """

    connect: float
    first_token: float
    first_text: float
    between_tokens: float
    whole: float

    @classmethod
    def within(cls, seconds: float) -> Patience:
        """Return a patience that ends a little before `seconds`, to leave time for the rest."""
        whole = seconds - min(max(0.5, seconds / 20), seconds / 2)
        return cls(
            connect=min(CONNECT, whole / 5),
            first_token=whole * 0.7,
            first_text=whole * 0.95,
            between_tokens=whole / 2,
            whole=whole,
        )

    def for_the_first_of_two(self) -> Patience:
        """Return one that gives up on a silent endpoint while there is time to ask another."""
        return self._replace(first_token=self.whole * 0.4, first_text=self.whole * 0.5)

    def after(self, seconds: float) -> Patience:
        """Return what is left of it when an answer has been waited for so long already."""
        return self._replace(
            first_token=self.first_token - seconds,
            first_text=self.first_text - seconds,
            whole=self.whole - seconds,
        )
