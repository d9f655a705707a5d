"""Bars on what a lesson brings for a conversation: its example, its probes, its myths."""

from collections.abc import Iterator

from bot.course.fault import Fault
from bot.course.linter.text import misfit
from bot.course.linter.where import Where
from bot.course.model import LANGUAGES, Course, Lesson
from bot.learning.points import MADE, points_made
from bot.learning.wording import Wording

EXAMPLE = {"zh": (80, 260), "en": (50, 140)}
TRUTH = {"zh": (40, 140), "en": (25, 75)}
MYTHS, PHRASINGS = 3, 3


def example_lengths(course: Course, where: Where) -> Iterator[Fault]:
    for lesson in course.lessons:
        for language in LANGUAGES if lesson.example else ():
            assert lesson.example
            if message := misfit(lesson.example[language], language, EXAMPLE[language], "example"):
                yield where.lesson(lesson, ("example", language), message)


def myths(course: Course, where: Where) -> Iterator[Fault]:
    """Enough of them, each said in several ways and put right in a few sentences."""
    for lesson in course.lessons:
        if _has_tutor(lesson) and len(lesson.myths) < MYTHS:
            message = f"{len(lesson.myths)} myths, at least {MYTHS}"
            yield where.lesson(lesson, ("myths",), message)
        for index, myth in enumerate(lesson.myths):
            for language in LANGUAGES:
                at = ("myths", index, "says", language)
                if len(set(myth.says[language])) < PHRASINGS:
                    message = f"{language} myth is said in {len(set(myth.says[language]))} ways"
                    yield where.lesson(lesson, at, f"{message}, at least {PHRASINGS}")
                if message := misfit(myth.truth[language], language, TRUTH[language], "truth"):
                    yield where.lesson(lesson, ("myths", index, "truth", language), message)


def _has_tutor(lesson: Lesson) -> bool:
    return bool(lesson.example or lesson.probes or lesson.myths)


def probes(course: Course, where: Where) -> Iterator[Fault]:
    """A probe asks, and leaves the key point for the learner to say."""
    wording = Wording(course)
    for lesson in course.lessons:
        for index, probe in enumerate(lesson.probes):
            assert lesson.explain_question
            point = lesson.explain_question.points[index]
            for language in LANGUAGES:
                at, text = ("probes", index, language), probe[language]
                if not text.endswith(("?", "？")):
                    yield where.lesson(lesson, at, f"{language} probe does not end as a question")
                said = points_made(wording, lesson.explain_question, language, text)[point]
                if said >= MADE:
                    message = f"{language} probe says {said:.0%} of its key point"
                    yield where.lesson(lesson, at, f"{message}, less than {MADE:.0%}")
