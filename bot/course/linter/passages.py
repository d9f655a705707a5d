"""Every text of a course that has two languages, and where it stands."""

from collections.abc import Iterator
from dataclasses import dataclass

from bot.course.files import Loc
from bot.course.model import Course, Language, Lesson, Localized, Question


@dataclass(frozen=True)
class Passage:
    """One text of a lesson; `loc` leads to it and `text` holds both languages."""

    lesson: Lesson
    loc: tuple[int | str, ...]
    text: Localized


def questions(course: Course) -> Iterator[tuple[Lesson, tuple[int | str, ...], Question]]:
    """Each question, with its lesson and its loc."""
    for lesson in course.lessons:
        for index, question in enumerate(lesson.questions):
            yield lesson, ("questions", index), question


def passages(course: Course) -> Iterator[Passage]:
    """All of them, lesson by lesson."""
    for lesson in course.lessons:
        for field in ("title", "objective", "hook", "body", "simpler", "deeper"):
            yield Passage(lesson, (field,), getattr(lesson, field))
        if lesson.analogy_limit is not None:
            yield Passage(lesson, ("analogy_limit",), lesson.analogy_limit)
        for index, note in enumerate(lesson.notes):
            yield Passage(lesson, ("notes", index, "claim"), note.claim)
            yield Passage(lesson, ("notes", index, "fact"), note.fact)
        yield from _for_talking(lesson)
    yield from _of_questions(course)


def explanations(course: Course) -> Iterator[Passage]:
    """What a learner reads after an answer: one for each option, or the one answer."""
    return (one for one in _of_questions(course) if one.loc[-1] in ("explanation", "answer"))


def asks(course: Course, language: Language) -> Iterator[tuple[Lesson, tuple[int | str, ...], str]]:
    """Each question that a lesson is there for, with the lesson and its loc: those that it lists,
    then those of its answers."""
    for lesson in course.lessons:
        for index, ask in enumerate(lesson.asks[language]):
            yield lesson, ("asks", language, index), ask
        for number, answered in enumerate(lesson.answers):
            for index, ask in enumerate(answered.asks[language]):
                yield lesson, ("answers", number, "asks", language, index), ask


def _for_talking(lesson: Lesson) -> Iterator[Passage]:
    if lesson.example is not None:
        yield Passage(lesson, ("example",), lesson.example)
    for index, probe in enumerate(lesson.probes):
        yield Passage(lesson, ("probes", index), probe)
    for index, myth in enumerate(lesson.myths):
        yield Passage(lesson, ("myths", index, "truth"), myth.truth)
    for index, answered in enumerate(lesson.answers):
        yield Passage(lesson, ("answers", index, "answer"), answered.answer)


def _of_questions(course: Course) -> Iterator[Passage]:
    for lesson, loc, question in questions(course):
        for inner, text in _of_question(question):
            yield Passage(lesson, (*loc, *inner), text)


def _of_question(question: Question) -> Iterator[tuple[Loc, Localized]]:
    yield ("stem",), question.stem
    for index, option in enumerate(question.options):
        yield ("options", index, "text"), option.text
        yield ("options", index, "explanation"), option.explanation
    for index, point in enumerate(question.rubric or ()):
        yield ("rubric", index), point
    if question.answer is not None:
        yield ("answer",), question.answer
    for index, hint in enumerate(question.hints):
        yield ("hints", index), hint
