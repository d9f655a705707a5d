"""Names in a course that lead nowhere: lessons, ideas, essays and terms that do not exist."""

from collections.abc import Iterable, Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

from bot.course.fault import Fault
from bot.course.files import LessonFiles, Loc, read_sheet
from bot.course.model import Course, Lesson

Wrong = tuple[Loc, str]
"""Where in a lesson, and what."""


def broken_references(
    course: Course, folder: Path, files: dict[str, LessonFiles]
) -> Iterator[Fault]:
    """A fault for each; `files` are those of every lesson of `course`, by the lesson's id."""
    essays = {essay.id for essay in course.essays}
    for idea_id, idea in course.ideas.items():
        if idea.essay not in essays:
            message = f"`{idea_id}` is of essay `{idea.essay}`, which course.yaml does not have"
            sheet = read_sheet(folder / "ideas.yaml", dict)
            yield Fault(sheet.path, sheet.line([idea_id, "essay"]), message)
    for lesson in course.lessons:
        for check in (_prerequisites, _ideas, _essays, _concepts, _notes):
            for loc, message in check(course, lesson):
                yield _fault(files[lesson.id], loc, message)
    yield from _cycles(course, files)


def _fault(files: LessonFiles, loc: Loc, message: str) -> Fault:
    path, line = files.place(loc) or (files.folder / "lesson.yaml", 1)
    return Fault(path, line, message)


def _unknown(names: Iterable[str], known: Iterable[str], loc: Loc, what: str) -> Iterator[Wrong]:
    for index, name in enumerate(names):
        if name not in known:
            yield [*loc, index], f"there is no {what} `{name}`; correct or add it"


def _prerequisites(course: Course, lesson: Lesson) -> Iterator[Wrong]:
    # The listed lessons, not the loaded ones: a lesson with faults of its own does exist.
    listed = {lesson_id for module in course.modules for lesson_id in module.lessons}
    return _unknown(lesson.prerequisites, listed, ["prerequisites"], "lesson")


def _ideas(course: Course, lesson: Lesson) -> Iterator[Wrong]:
    yield from _unknown(lesson.covers, course.ideas, ["covers"], "idea")
    for index, question in enumerate(lesson.questions):
        yield from _unknown(question.covers, course.ideas, ["questions", index, "covers"], "idea")


def _essays(course: Course, lesson: Lesson) -> Iterator[Wrong]:
    essays = {essay.id for essay in course.essays}
    for index, source in enumerate(lesson.sources):
        if source.essay not in essays:
            yield ["sources", index, "essay"], f"there is no essay `{source.essay}`; correct it"


def _concepts(course: Course, lesson: Lesson) -> Iterator[Wrong]:
    terms = {term.term.en for term in course.glossary}
    return _unknown(lesson.concepts, terms, ["concepts"], "English term in glossary.yaml")


def _notes(course: Course, lesson: Lesson) -> Iterator[Wrong]:
    for index, note in enumerate(lesson.notes):
        if note.idea not in lesson.covers:
            message = f"the note is on `{note.idea}`, which the lesson does not cover"
            yield ["notes", index, "idea"], message


def _cycles(course: Course, files: dict[str, LessonFiles]) -> Iterator[Fault]:
    try:
        TopologicalSorter({x.id: x.prerequisites for x in course.lessons}).prepare()
    except CycleError as error:
        cycle: list[str] = error.args[1]
        message = f"prerequisites run in a circle: {' -> '.join(reversed(cycle))}"
        yield _fault(files[cycle[-1]], ["prerequisites"], message)
