"""A talk with everything that is needed to take part in it."""

from typing import NamedTuple, Self

from bot.commands.command import Turn
from bot.commands.learn import find_lesson
from bot.course.model import Language, Lesson, Question
from bot.errors import UnknownAction
from bot.learning.probing import probe


class Scene(NamedTuple):
    """Who talks, about which lesson, towards the key points of which question."""

    turn: Turn
    lesson: Lesson
    question: Question

    @classmethod
    def of(cls, turn: Turn, name: str) -> Self:
        """Raises UnknownLesson, or UnknownAction where the lesson has nothing to explain."""
        lesson = find_lesson(turn.services.course, name)
        if lesson.explain_question is None:
            raise UnknownAction
        return cls(turn, lesson, lesson.explain_question)

    @property
    def language(self) -> Language:
        return self.turn.learner.language

    def probe(self, point: str) -> str:
        """Return the question that leads to a key point."""
        return probe(self.lesson, self.question, self.language, point)
