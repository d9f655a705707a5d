"""Where a learner stands in the course: what was read, what is known, what is due. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from bot.course.model import Course, Lesson
from bot.learning.mastery import Mastery, has_faded, mastery
from bot.learning.records import LessonMark
from bot.learning.schedule import Card


@dataclass(frozen=True, slots=True)
class Standing:
    """marks: by lesson id. cards: by question id. today: the learner's local date."""

    marks: Mapping[str, LessonMark]
    cards: Mapping[str, Card]
    today: date

    def level(self, lesson: Lesson) -> Mastery:
        return mastery(lesson, self.cards, self.today, is_seen=lesson.id in self.marks)

    def levels(self, lessons: Iterable[Lesson]) -> list[Mastery]:
        return [self.level(lesson) for lesson in lessons]

    def has_faded(self, lesson: Lesson) -> bool:
        return has_faded(lesson, self.cards, self.today)

    def is_done(self, lesson_id: str) -> bool:
        """Tell whether the lesson was checked or moved on from."""
        mark = self.marks.get(lesson_id)
        return mark is not None and mark.done

    @property
    def due(self) -> int:
        """How many cards are to be reviewed today."""
        return sum(one.due <= self.today and not one.is_retired for one in self.cards.values())

    def read(self, course: Course) -> int:
        """Count the lessons of the course that were opened."""
        return sum(lesson.id in self.marks for lesson in course.lessons)
