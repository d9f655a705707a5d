"""The language model's part in a talk: it may judge and word a turn; our code decides."""

import asyncio
from collections.abc import Sequence

from bot.answering import socratic
from bot.answering.writer import Unwritten
from bot.commands.scene import Scene
from bot.commands.written import whole
from bot.learning.points import states_point
from bot.ports import Message


class Aide:
    """Helps with one turn, and not any more after its first fault."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._writer = scene.turn.services.writer

    async def judge(self, points: Sequence[str], asked: str, said: str) -> frozenset[str] | None:
        """Return which of the key points what was said makes; None where nobody can tell."""
        scene = self._scene
        prompt = socratic.judge(scene.question, scene.language, points, asked, said)
        written = await self._write(prompt)
        return None if written is None else socratic.read_judgement(points, written)

    async def word(
        self, question: str, said: str, untold: Sequence[str], *, is_made: bool
    ) -> str | None:
        """Return a response that ends by asking `question`; None where it would give a key point
        of `untold` away, or is no such thing."""
        scene = self._scene
        written = await self._write(socratic.speak(scene.language, said, question, is_made=is_made))
        if written is None or not socratic.is_one_question(written):
            return None
        wording = scene.turn.services.wording
        gives_away = await asyncio.to_thread(
            states_point, wording, scene.question, scene.language, written, untold, question
        )
        return None if gives_away else written.strip()

    async def _write(self, prompt: Sequence[Message]) -> str | None:
        if self._writer is None:
            return None
        try:
            return await whole(self._scene.turn, self._writer, prompt)
        except Unwritten:
            self._writer = None  # whoever waited for it once does not wait again
            return None
