"""What stands under an answer of the course: where it is from, what else to read, what to ask next.

Pure.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Final

from bot.answering.asked import letters
from bot.answering.passages import Passage
from bot.course.model import Course, Language, Lesson
from bot.locale import translator

LESSONS: Final = 3
"""Lessons that are named, the one that answers included."""

_ASKED: Final = 8
"""Questions of a lesson's page among which the next one is found."""

_SAME: Final = 0.4
"""A question that shares this many of the words of both is not a new one."""


def sources(passages: Sequence[Passage], answers: int, language: Language) -> str:
    """Return a line that names the lessons. The first `answers` of them answer the question, the
    others are worth a look; each has the number of its passage."""
    _ = translator(language)
    named = [
        _("“{title}” [{number}]", title=one.title, number=number)
        for number, one in enumerate(passages, 1)
    ]
    told, more = (_(", ").join(some) for some in (named[:answers], named[answers:]))
    if not more:
        return _("From {lessons}.", lessons=told)
    return _("From {lessons}; see also {more}.", lessons=told, more=more)


def next_question(
    course: Course,
    lesson_id: str | None,
    language: Language,
    asked: Iterable[str],
    words: Callable[[str], list[str]],
) -> str:
    """Return a question that the lesson answers and that none of those `asked` is, the nearest to
    the last of them; "" for none.

    words: those by which questions are compared.
    """
    lesson = course.lesson(lesson_id or "")
    before = [(letters(one), set(words(one))) for one in asked]
    new = [
        (_shared(set(words(question)), before[-1][1]), -place, question)
        for place, question in enumerate(_of_page(lesson, language))
        if not any(
            letters(question) == one or _shared(set(words(question)), its) >= _SAME
            for one, its in before
        )
    ]
    return max(new)[2] if new else ""


def _of_page(lesson: Lesson | None, language: Language) -> Sequence[str]:
    return lesson.asks[language][:_ASKED] if lesson else ()


def _shared(one: set[str], other: set[str]) -> float:
    return len(one & other) / (len(one | other) or 1)
