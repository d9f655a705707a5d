"""What people say, by what it is about: a question is for the lesson whose questions are like it.

Two readings are added up. Naive Bayes over words and pieces of words tells whose questions are made
of such words as a whole; the nearest entries tell which are put nearly the same. Pieces of words
(characters of Chinese and pairs of them, four letters of Latin words) find what is
misspelt, inflected or cut otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from bot.answering import shelf
from bot.answering.words import Analyser, fold

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, np.dtype[Any]]

_RUN: Final = re.compile(r"[\u3400-\u9fff]+|[a-z0-9]+")
_GRAM: Final = 4

_OFTEN: Final = 3
"""Entries that a feature has to be in."""

_SMOOTHING: Final = 0.15
"""What a word counts that a label's entries do not have."""

_NEAREST: Final = (1.0, 0.5, 0.3)
"""How much the nearest entries of a label count."""

_BESIDE: Final = 0.5
"""How much they count together beside all words."""


class Entry(NamedTuple):
    """One thing that people say, and what it is about: a lesson's id, or another label."""

    text: str
    label: str


class Reading(NamedTuple):
    """What a question is like. `bayes` and `nearest` are of the labels in their order, the higher
    the likelier; `shares` are of the entries, from 0 for nothing shared to 1 for the same. `places`
    are those of the question's known features, `weights` theirs."""

    places: Array
    weights: Array
    bayes: Array
    nearest: Array
    shares: Array

    def scores(self, places: Sequence[int]) -> Array:
        """Return how likely the labels at these places are, with a mean of 0 and a spread of 1."""
        both = scaled(self.bayes[places]) + _BESIDE * scaled(self.nearest[places])
        return scaled(both)

    def speaks_for(self, contrast: Array) -> float:
        """Return the sum over the question of what `contrast` has for its features."""
        return float(self.weights @ contrast[self.places])


class Bank:
    """Everything that people may say, with what it is about. Safe to use from several threads."""

    def __init__(
        self, entries: Sequence[Entry], analyser: Analyser, cache_dir: Path | None = None
    ) -> None:
        """cache_dir: where what was read is kept, which takes seconds to do again."""
        import numpy as np

        self.entries = entries
        self.labels = sorted({one.label for one in entries})
        self._analyser = analyser
        at = {label: place for place, label in enumerate(self.labels)}
        self._label = np.array([at[one.label] for one in entries])
        texts = [one.text for one in entries]
        names, feature, entry = shelf.kept(cache_dir, texts, lambda: self._read(texts))
        self._place = {name: place for place, name in enumerate(names)}
        self._is_piece = np.array([name[0] == "_" for name in names], dtype=bool)
        counts = np.bincount(feature, minlength=len(names))
        self._rarity = np.log((1 + len(entries)) / (1 + counts)) + 1
        self._index(feature, entry)

    def _read(self, texts: Sequence[str]) -> shelf.Read:
        """Learn the features: their names, the number of each that occurs, and in which text.

        A feature that one text or two have tells little about another one and is left out.
        """
        import numpy as np

        numbers: dict[str, int] = {}
        documents = [
            [numbers.setdefault(one, len(numbers)) for one in self._features(text)]
            for text in texts
        ]
        feature = np.fromiter(chain.from_iterable(documents), dtype=np.int64)
        entry = np.repeat(np.arange(len(texts)), list(map(len, documents)))
        is_kept = np.bincount(feature, minlength=len(numbers)) >= _OFTEN
        place = np.cumsum(is_kept) - 1
        names = [name for name, number in numbers.items() if is_kept[number]]
        kept = is_kept[feature]
        return shelf.Read(names, place[feature[kept]], entry[kept])

    def _index(self, feature: Array, entry: Array) -> None:
        """Make the postings of each feature, and the table of naive Bayes."""
        import numpy as np

        weight = self._rarity[feature]
        part = 2 * entry + self._is_piece[feature]  # words and pieces each make a length of 1
        weight = weight / np.sqrt(np.bincount(part, weight**2))[part]
        order = np.argsort(feature, kind="stable")
        self._entry, self._weight = entry[order].astype(np.int32), weight[order].astype(np.float32)
        self._starts = np.searchsorted(feature[order], np.arange(len(self._rarity) + 1))
        cell = feature * len(self.labels) + self._label[entry]
        size = len(self._rarity) * len(self.labels)
        counts = np.bincount(cell, weight, size).astype(np.float32)
        self._counts = counts.reshape(len(self._rarity), len(self.labels))
        self._bayes = _logs(self._counts)
        self._order = np.argsort(self._label, kind="stable")
        self._sizes = np.bincount(self._label)

    def contrast(self, labels: Sequence[str]) -> Array:
        """Return how much each feature speaks for `labels` together against all others."""
        import numpy as np

        chosen = np.array([label in labels for label in self.labels])
        both = (self._counts[:, chosen], self._counts[:, ~chosen])
        logs = _logs(np.stack([counts.sum(axis=1) for counts in both], axis=1))
        return np.asarray(logs[:, 0] - logs[:, 1])

    def read(self, question: str) -> Reading:
        places, weights = self._vector(self._features(question))
        shares = self._shares(places, weights)
        bayes = weights @ self._bayes[places]
        return Reading(places, weights, bayes, self._nearest(shares), shares)

    def _shares(self, places: Array, weights: Array) -> Array:
        import numpy as np

        shares = np.zeros(len(self.entries), dtype=np.float32)
        for place, weight in zip(places, weights, strict=True):
            span = slice(self._starts[place], self._starts[place + 1])
            shares[self._entry[span]] += self._weight[span] * weight  # an entry has each once
        return shares / 2  # words and pieces each make up to 1

    def _nearest(self, shares: Array) -> Array:
        """Return how near the nearest entries of each label are."""
        import numpy as np

        ends = np.cumsum(self._sizes)[:-1]
        groups = np.split(shares[self._order], ends)
        return np.array([_top(group) for group in groups])

    def _vector(self, features: set[str]) -> tuple[Array, Array]:
        """Return the places of the known features and their weights; the words' and the pieces'
        each have the length 1."""
        import numpy as np

        known = (self._place.get(one) for one in features)
        places = np.array(sorted(one for one in known if one is not None), dtype=np.int64)
        weights = self._rarity[places]
        for of_kind in (self._is_piece[places], ~self._is_piece[places]):
            weights[of_kind] /= np.linalg.norm(weights[of_kind]) or 1.0
        return places, weights

    def _features(self, text: str) -> set[str]:
        return {*self._analyser.words(text), *_pieces(text)}


def _pieces(text: str) -> Iterator[str]:
    for run in _RUN.findall(fold(text)):
        is_chinese = run[0] > "\u3400"
        whole = run if is_chinese else f"<{run}>"
        for size in (1, 2) if is_chinese else (_GRAM,):
            yield from (f"_{whole[at : at + size]}" for at in range(len(whole) - size + 1))


def _top(shares: Array) -> float:
    """Return the weighted sum of the highest shares."""
    import numpy as np

    most = min(len(_NEAREST), len(shares))
    highest = np.sort(np.partition(shares, -most)[-most:])[::-1]
    return float(highest @ np.array(_NEAREST[:most]))


def _logs(counts: Array) -> Array:
    import numpy as np

    smooth = counts + _SMOOTHING
    return np.asarray(np.log(smooth / smooth.sum(axis=0)))


def scaled(scores: Array) -> Array:
    """Return the scores with a mean of 0 and a spread of 1."""
    spread: Array = (scores - scores.mean()) / (scores.std() or 1.0)
    return spread
