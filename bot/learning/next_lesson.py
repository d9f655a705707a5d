"""Which lesson comes next, and why. Pure.

What was begun comes first; then what the next lesson builds on and is fading; then the next in the
order of the course, where what a lesson builds on stands before it; and when all were read, the one
that is known least.
"""

from typing import Literal, NamedTuple

from bot.course.model import Course, Lesson
from bot.learning.mastery import Mastery
from bot.learning.standing import Standing

Why = Literal["first", "begun", "fading", "next", "weakest"]


class Proposal(NamedTuple):
    """A lesson to read now. goal: the lesson that it is needed for, where it is for another's
    sake."""

    lesson: Lesson
    why: Why
    goal: Lesson | None = None


def propose(course: Course, standing: Standing, last_id: str | None) -> Proposal | None:
    """Return the best next lesson; None where every lesson was read, passed and is remembered.

    last_id: the lesson that was opened last.
    """
    last = course.lesson(last_id or "")
    if last and not standing.is_done(last.id) and _is_in_reach(last, standing):
        return Proposal(last, "begun")
    following = next((one for one in course.lessons if not standing.is_done(one.id)), None)
    if following is None:
        return _weakest(course, standing, last)
    for needed in filter(None, map(course.lesson, following.prerequisites)):
        if standing.is_done(needed.id) and standing.has_faded(needed) and needed != last:
            return Proposal(needed, "fading", following)
    if not standing.marks:
        return Proposal(following, "first")
    return Proposal(following, "begun" if following.id in standing.marks else "next")


def _is_in_reach(lesson: Lesson, standing: Standing) -> bool:
    """Tell whether what a lesson builds on was read: else it was a look ahead, or a source."""
    return all(needed in standing.marks for needed in lesson.prerequisites)


def _weakest(course: Course, standing: Standing, last: Lesson | None) -> Proposal | None:
    """Return the lesson that is known least, of those that are not passed or are fading; another
    one than the last, so that nobody is kept at the same lesson."""
    weak = [
        one
        for one in course.lessons
        if standing.level(one) < Mastery.PASSED or standing.has_faded(one)
    ]
    if not weak:
        return None
    return Proposal(min(weak, key=lambda one: (one == last, standing.level(one))), "weakest")
