"""How people learn and forget: FSRS as a model of memory, over many questions at once.

Written here a second time, in numpy, so that what simulated learners remember does not come from
the code that schedules.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from fsrs import Rating
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True)
class Memory:
    """weights: 21, in the order of FSRS-6. Arrays have a place for each question."""

    weights: Sequence[float]

    def recall(self, stability: Floats, days: Integers) -> Floats:
        """Return the chances, (1 + f t/S)^-decay; f makes it 0.9 after S days."""
        decay = self.weights[20]
        chances: Floats = (1 + (0.9 ** (-1 / decay) - 1) * days / stability) ** -decay
        return chances

    def met(self, ratings: Integers) -> tuple[Floats, Floats]:
        """Return stability and difficulty after the first answers."""
        return np.asarray(self.weights)[ratings - 1], np.clip(
            self._first_difficulty(ratings), 1, 10
        )

    def seen(
        self, stability: Floats, difficulty: Floats, ratings: Integers, days: Integers
    ) -> tuple[Floats, Floats]:
        """Return stability and difficulty after another look."""
        forgotten = 1 - self.recall(stability, days)
        later = np.where(
            ratings == Rating.Again,
            self._lapsed(stability, difficulty, forgotten),
            self._recalled(stability, difficulty, forgotten, ratings),
        )
        at_once = self._same_day(stability, ratings)
        return (
            np.maximum(np.where(days == 0, at_once, later), 0.001),
            self._next_difficulty(difficulty, ratings),
        )

    def _recalled(
        self, stability: Floats, difficulty: Floats, forgotten: Floats, ratings: Integers
    ) -> Floats:
        w = self.weights
        bonus = np.asarray((0, w[15], 1, w[16]))[ratings - 1]
        gain = np.exp(w[8]) * (11 - difficulty) * stability ** -w[9] * np.expm1(w[10] * forgotten)
        grown: Floats = stability * (1 + gain * bonus)
        return grown

    def _lapsed(self, stability: Floats, difficulty: Floats, forgotten: Floats) -> Floats:
        w = self.weights
        left = w[11] * difficulty ** -w[12] * ((stability + 1) ** w[13] - 1)
        lapsed: Floats = np.minimum(
            left * np.exp(w[14] * forgotten), stability / np.exp(w[17] * w[18])
        )
        return lapsed

    def _same_day(self, stability: Floats, ratings: Integers) -> Floats:
        w = self.weights
        gain = np.exp(w[17] * (ratings - 3 + w[18])) * stability ** -w[19]
        grown: Floats = stability * np.where(ratings == Rating.Again, gain, np.maximum(gain, 1))
        return grown

    def _first_difficulty(self, ratings: Integers | int) -> Floats:
        w = self.weights
        return np.asarray(w[4] - np.exp(w[5] * (ratings - 1)) + 1)

    def _next_difficulty(self, difficulty: Floats, ratings: Integers) -> Floats:
        w = self.weights
        moved = difficulty - w[6] * (ratings - 3) * (10 - difficulty) / 9
        easiest = self._first_difficulty(Rating.Easy)
        return np.clip(w[7] * easiest + (1 - w[7]) * moved, 1, 10)
