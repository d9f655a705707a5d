"""/course: the map of modules and lessons, with what is done."""

from collections.abc import AsyncIterator

from bot.commands import quiz_text
from bot.commands.command import Turn
from bot.commands.markup import bold
from bot.course.model import Course, Module
from bot.errors import UnknownAction
from bot.learning.records import LessonMark
from bot.messages import Button, Reply

NEW, SEEN, DONE = "○", "◐", "●"

BACK = "back"
"""Said by the button under a module: the map takes the module's place."""


async def course_map(turn: Turn, argument: str) -> AsyncIterator[Reply]:
    """Show all modules; "back" from one of them."""
    _ = turn.translate
    course, language = turn.services.course, turn.learner.language
    marks = await _marks(turn)
    legend = _("{new} new  {seen} opened  {done} studied", new=NEW, seen=SEEN, done=DONE)
    parts = [bold(_("Course map")), *[_module(turn, one, marks) for one in course.modules]]
    buttons = [Button(one.title[language], f"module:{one.id}") for one in course.modules]
    yield Reply(
        "\n\n".join([*parts, legend]),
        (*buttons, Button(_("Next lesson"), "learn")),
        replaces=argument == BACK,
    )


async def module(turn: Turn, argument: str) -> AsyncIterator[Reply]:
    """Show one module, with a button for each lesson."""
    _ = turn.translate
    found = turn.services.course.module(argument)
    if found is None:
        raise UnknownAction
    lessons = turn.services.course.in_module(found)
    buttons = [quiz_text.lesson_button(turn.learner.language, lesson) for lesson in lessons]
    text = _module(turn, found, await _marks(turn), with_objectives=True)
    yield Reply(text, (*buttons, Button(_("Course map"), f"course:{BACK}")), replaces=True)


async def _marks(turn: Turn) -> dict[str, LessonMark]:
    return await turn.services.store.run(lambda tx: tx.lesson_marks(turn.learner.id))


def _module(
    turn: Turn, one: Module, marks: dict[str, LessonMark], with_objectives: bool = False
) -> str:
    course, language = turn.services.course, turn.learner.language
    lines = [f"**{one.title[language]}**"]
    for lesson in course.in_module(one):
        mark = symbol(marks.get(lesson.id))
        lines.append(f"{mark} {course.number(lesson)}. {lesson.title[language]}")
        if with_objectives:
            lines.append(f"*{lesson.objective[language]}*")
    return "\n".join(lines)


def symbol(mark: LessonMark | None) -> str:
    """Return how far a lesson has come, as one character."""
    if mark is None:
        return NEW
    return DONE if mark.done else SEEN


def studied(course: Course, marks: dict[str, LessonMark]) -> int:
    """Count the lessons that are done, of those that the course still has."""
    return sum(mark.done for mark in marks.values() if course.lesson(mark.lesson_id))
