"""Which lesson is near to a question by meaning: vectors of an embedding model, beside the words.

The lessons' own vectors are made once, in the background, and kept in a file. While they are not
there, or the endpoint does not answer at once, the words alone decide.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from bot.answering import shelf
from bot.answering.passages import plain
from bot.course.model import LANGUAGES, Course, Lesson
from bot.ports import Embedder, EndpointError

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, np.dtype[Any]]

PATIENCE: Final = 2.0
"""Seconds that a question waits for its vector."""

AGAIN_AFTER: Final = 600.0
"""Seconds after which the lessons' vectors are tried once more."""

_PAGE: Final = 8
"""Questions of a lesson's page that stand for it, in each language."""

_log = logging.getLogger(__name__)


class Meaning:
    """The lessons of one course as vectors. `model` names the file that they are kept in."""

    def __init__(self, course: Course, embedder: Embedder, model: str, folder: Path) -> None:
        texts = [(one.id, text) for one in course.lessons for text in _texts(one)]
        self._ids = [lesson_id for lesson_id, _text in texts]
        self._texts = [text for _lesson_id, text in texts]
        self._embedder = embedder
        name = hashlib.sha256("\n".join([model, *self._texts]).encode()).hexdigest()[:32]
        self._path = folder / f"{name}.npz"
        self._vectors: Array | None = None
        self._making: asyncio.Task[None] | None = None
        self._not_before = 0.0

    async def near(self, question: str) -> Mapping[str, float] | None:
        """Return how near each lesson is, from -1 to 1; None where that cannot be told now."""
        if self._vectors is None:
            self._begin()
            return None
        try:
            [vector] = await self._embedder.embed([question], seconds=PATIENCE)
        except EndpointError as fault:
            _log.info("a question was searched by its words alone: %s", fault.reason)
            return None
        return self._nearness(self._vectors, vector)

    async def made(self) -> None:
        """Wait until the lessons' vectors are made, or could not be."""
        self._begin()
        if self._making:
            await asyncio.wait({self._making})

    def _begin(self) -> None:
        """Make the lessons' vectors in the background, unless that is going on or was in vain."""
        now = asyncio.get_running_loop().time()
        is_busy = self._making is not None and not self._making.done()
        if self._vectors is None and not is_busy and now >= self._not_before:
            self._not_before = now + AGAIN_AFTER
            self._making = asyncio.create_task(self._make())

    async def _make(self) -> None:
        import numpy as np

        try:
            kept = await asyncio.to_thread(shelf.load, self._path)
            vectors = kept.get("vectors")
            if vectors is None or vectors.ndim != 2 or len(vectors) != len(self._texts):
                made = np.array(await self._embedder.embed(self._texts), dtype=np.float32)
                vectors = made / np.linalg.norm(made, axis=1, keepdims=True).clip(1e-9)
                await asyncio.to_thread(partial(shelf.save, self._path, vectors=vectors))
            self._vectors = vectors
        except EndpointError as fault:
            _log.warning("the search goes by words alone: %s", fault.reason)
        except ValueError:  # vectors of different lengths
            _log.warning("the search goes by words alone: the endpoint sent no usable vectors")

    def _nearness(self, vectors: Array, vector: list[float]) -> Mapping[str, float] | None:
        import numpy as np

        asked = np.array(vector, dtype=np.float32)
        if asked.shape != vectors.shape[1:]:
            return None
        shares = vectors @ (asked / max(float(np.linalg.norm(asked)), 1e-9))
        near: dict[str, float] = {}
        for lesson_id, share in zip(self._ids, map(float, shares), strict=True):
            near[lesson_id] = max(share, near.get(lesson_id, -1.0))
        return near


def _texts(lesson: Lesson) -> list[str]:
    """Return what stands for a lesson."""
    return [
        text
        for language in LANGUAGES
        for text in (
            lesson.title[language],
            plain(lesson.body[language]),
            *lesson.asks[language][:_PAGE],
        )
    ]
