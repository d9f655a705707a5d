"""Bars on what a lesson is asked for, and on its own answers to that."""

from collections.abc import Iterator

from bot.course.fault import Fault
from bot.course.linter.passages import asks
from bot.course.linter.text import misfit
from bot.course.linter.where import Where
from bot.course.model import LANGUAGES, Course

ANSWER = {"zh": (40, 160), "en": (25, 95)}
ASKS = 4
LONGEST_ASK = 200


def lengths(course: Course, where: Where) -> Iterator[Fault]:
    """A few sentences for each answer, and several ways to ask for it."""
    for lesson in course.lessons:
        for index, answered in enumerate(lesson.answers):
            for language in LANGUAGES:
                text, ways = answered.answer[language], len(answered.asks[language])
                if message := misfit(text, language, ANSWER[language], "answer"):
                    yield where.lesson(lesson, ("answers", index, "answer", language), message)
                if ways < ASKS:
                    message = f"{ways} asks in {language}, at least {ASKS}"
                    yield where.lesson(lesson, ("answers", index, "asks", language), message)


def ask_lengths(course: Course, where: Where) -> Iterator[Fault]:
    """A question is a line; longer ones are texts that somebody pasted."""
    for language in LANGUAGES:
        for lesson, loc, ask in asks(course, language):
            if len(ask) > LONGEST_ASK:
                message = f"{language} ask has {len(ask)} characters, at most {LONGEST_ASK}"
                yield where.lesson(lesson, loc, message)


def asked_once(course: Course, where: Where) -> Iterator[Fault]:
    """Nothing is asked of two lessons, nor answered twice in one.

    What a lesson lists may stand with one of its answers as well: the first leads to the lesson,
    the second to what it says.
    """
    for language in LANGUAGES:
        homes: dict[str, str] = {}
        answered: set[str] = set()
        for lesson, loc, ask in asks(course, language):
            letters = "".join(filter(str.isalnum, ask.casefold()))
            home = homes.setdefault(letters, lesson.id)
            if home != lesson.id or (loc[0] == "answers" and letters in answered):
                message = f"{language} asks what `{home}` is asked already: {ask}"
                yield where.lesson(lesson, loc, message)
            if loc[0] == "answers":
                answered.add(letters)
