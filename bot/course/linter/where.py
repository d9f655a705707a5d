"""From a thing in a course back to the line that says it."""

from functools import cached_property
from pathlib import Path

from bot.course.fault import Fault
from bot.course.files import LessonFiles, Loc, Sheet, read_sheet
from bot.course.model import Lesson


class Where:
    """Makes faults. Files are read again only here, when there is a fault to place."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._files: dict[str, LessonFiles] = {}

    def course(self, message: str) -> Fault:
        """A fault of the course as a whole."""
        return Fault(self._folder / "course.yaml", 1, message)

    def glossary(self, index: int, message: str) -> Fault:
        """A fault in the glossary's entry number `index`."""
        return Fault(self._glossary.path, self._glossary.line([index]), message)

    def idea(self, idea_id: str, message: str) -> Fault:
        """A fault about one idea of ideas.yaml."""
        return Fault(self._ideas.path, self._ideas.line([idea_id]), message)

    def lesson(self, lesson: Lesson, loc: Loc, message: str, at: str = "") -> Fault:
        """A fault in one field of a lesson; `at` is a text in it that marks the line."""
        if lesson.id not in self._files:
            self._files[lesson.id] = LessonFiles(self._folder / lesson.module / lesson.id)
        files = self._files[lesson.id]
        path, line = files.place(loc, at) or (files.folder / "lesson.yaml", 1)
        return Fault(path, line, message)

    @cached_property
    def _ideas(self) -> Sheet:
        return read_sheet(self._folder / "ideas.yaml", dict)

    @cached_property
    def _glossary(self) -> Sheet:
        return read_sheet(self._folder / "glossary.yaml", list)
