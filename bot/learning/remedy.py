"""Which question helps after a wrong answer: one on the same error, or on the same idea. Pure."""

from collections.abc import Collection, Iterable

from bot.course.model import Course, Question


def misconceptions(question: Question, response: str) -> list[str]:
    """Return the errors that the wrong options of a response stand for."""
    if question.order or question.numeric or question.rubric:
        return []
    return [
        one.misconception
        for one in question.options
        if one.id in response and not one.correct and one.misconception
    ]


def remedial(
    course: Course, question: Question, response: str, among: Collection[str]
) -> list[Question]:
    """Return questions that show up the error of a wrong response, best first.

    Without an error that has a name, or another question on it, those on the same idea.
    among: the ids of the lessons that the questions may come from.
    """
    tags = set(misconceptions(question, response))
    found = [one for one in _others(course, question, among) if tags & _tags(one)]
    return found or on_same_idea(course, question, among)


def on_same_idea(course: Course, question: Question, among: Collection[str]) -> list[Question]:
    """Return other questions on what a question is about, most ideas in common first."""
    ideas = set(question.covers)
    found = [one for one in _others(course, question, among) if ideas & set(one.covers)]
    return sorted(found, key=lambda one: -len(ideas & set(one.covers)))


def _others(course: Course, question: Question, among: Collection[str]) -> Iterable[Question]:
    """Yield the questions of the lessons; a free explanation is nothing to go on with."""
    return (
        one
        for lesson in course.lessons
        if lesson.id in among
        for one in lesson.questions
        if one.id != question.id and one.kind != "explain"
    )


def _tags(question: Question) -> set[str]:
    return {one.misconception for one in question.options if one.misconception}
