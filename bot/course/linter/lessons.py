"""Bars on a lesson as a whole: what it must contain, and whether it fits into a message."""

from collections.abc import Iterator

from bot.course.fault import Fault
from bot.course.linter.text import length, unit
from bot.course.linter.where import Where
from bot.course.model import LANGUAGES, Course, Lesson, Question
from bot.messages import LABEL_BYTES

QUESTIONS, KINDS, ASKS = 4, 2, 6
MESSAGE, QUESTION_MESSAGE = 2000, 1800
DEFINITION = {"zh": (15, 120), "en": (8, 60)}

# Headings, labels and the credit line that the bot adds to a lesson.
_ADDED = 200


def notes_due(course: Course, where: Where) -> Iterator[Fault]:
    for lesson in course.lessons:
        noted = {note.idea for note in lesson.notes}
        for index, idea in enumerate(lesson.covers):
            if course.ideas[idea].note and idea not in noted:
                message = f"`{idea}` is due a teacher's note; add one under `notes`"
                yield where.lesson(lesson, ("covers", index), message)


def ideas_asked(course: Course, where: Where) -> Iterator[Fault]:
    for lesson in course.lessons:
        asked = {idea for question in lesson.questions for idea in question.covers}
        for index, idea in enumerate(lesson.covers):
            if idea not in asked:
                message = f"no question covers `{idea}`; ask one"
                yield where.lesson(lesson, ("covers", index), message)


def ideas_taught(course: Course, where: Where) -> Iterator[Fault]:
    taught = {idea for lesson in course.lessons for idea in lesson.covers}
    for idea in course.ideas.keys() - taught:
        yield where.idea(idea, f"no lesson covers `{idea}`; teach it or drop it")


def ideas_of_the_lesson(course: Course, where: Where) -> Iterator[Fault]:
    """A question asks about what its own lesson teaches."""
    for lesson in course.lessons:
        for number, question in enumerate(lesson.questions):
            for index, idea in enumerate(question.covers):
                if idea not in lesson.covers:
                    message = f"`{idea}` is not covered by the lesson"
                    yield where.lesson(lesson, ("questions", number, "covers", index), message)


def notes_once(course: Course, where: Where) -> Iterator[Fault]:
    for lesson in course.lessons:
        for language in LANGUAGES:
            seen: set[str] = set()
            for index, note in enumerate(lesson.notes):
                if note.fact[language] in seen:
                    message = f"{language} note says the same as another of this lesson"
                    yield where.lesson(lesson, ("notes", index, "fact"), message)
                seen.add(note.fact[language])


def prerequisites_first(course: Course, where: Where) -> Iterator[Fault]:
    """Who reads in order has read what a lesson builds on."""
    for lesson in course.lessons:
        for index, name in enumerate(lesson.prerequisites):
            other = course.lesson(name)
            if other and course.number(other) > course.number(lesson):
                message = f"`{name}` comes later in the course; move one of the two"
                yield where.lesson(lesson, ("prerequisites", index), message)


def question_mix(course: Course, where: Where) -> Iterator[Fault]:
    for lesson in course.lessons:
        kinds = {question.kind for question in lesson.questions}
        if len(lesson.questions) < QUESTIONS:
            message = f"{len(lesson.questions)} questions, at least {QUESTIONS}"
            yield where.lesson(lesson, ("questions",), message)
        if len(kinds) < KINDS:
            message = f"{len(kinds)} kind of question, at least {KINDS}"
            yield where.lesson(lesson, ("questions",), message)
        if "explain" not in kinds:
            message = "no explain question; add one, so that a learner can say it in their words"
            yield where.lesson(lesson, ("questions",), message)
        if lesson.check_question.kind != "single":
            message = f"the first question is {lesson.check_question.kind}; make it single"
            yield where.lesson(lesson, ("questions", 0, "kind"), message)


def asks(course: Course, where: Where) -> Iterator[Fault]:
    for lesson in course.lessons:
        for language in LANGUAGES:
            seen: set[str] = set()
            for index, ask in enumerate(lesson.asks[language]):
                if ask.casefold() in seen:
                    message = f"{language} asks the same twice: {ask}"
                    yield where.lesson(lesson, ("asks", language, index), message)
                seen.add(ask.casefold())
            if len(seen) < ASKS:
                message = f"{len(seen)} different asks in {language}, at least {ASKS}"
                yield where.lesson(lesson, ("asks", language), message)


def message_size(lesson: Lesson, language: str) -> int:
    """About how many characters the lesson takes as one message; the rendered one decides."""
    texts = [lesson.title, lesson.hook, lesson.body]
    if lesson.analogy_limit is not None:
        texts.append(lesson.analogy_limit)
    for note in lesson.notes[:2]:
        texts += [note.claim, note.fact]
    sources = sum(len(note.source) for note in lesson.notes[:2])
    return sum(len(text[language]) for text in texts) + sources + _ADDED


def check_message_size(course: Course, where: Where) -> Iterator[Fault]:
    """Discord's 2,000 characters, the least of all platforms."""
    for lesson in course.lessons:
        for language in LANGUAGES:
            size = message_size(lesson, language)
            if size > MESSAGE:
                message = f"{language} lesson takes about {size} characters, at most {MESSAGE}"
                yield where.lesson(lesson, ("body", language), message)
        for index, question in enumerate(lesson.questions):
            for language in LANGUAGES:
                size = _question_size(question, language)
                if size > QUESTION_MESSAGE:
                    message = f"{language} question takes {size} characters"
                    message += f", at most {QUESTION_MESSAGE}"
                    yield where.lesson(lesson, ("questions", index, "stem", language), message)


def _question_size(question: Question, language: str) -> int:
    """With the key points, which are shown to be ticked, and the hints."""
    texts = [option.text for option in question.options]
    texts += [question.stem, *(question.rubric or ()), *question.hints]
    return sum(len(text[language]) for text in texts)


def titles_fit(course: Course, where: Where) -> Iterator[Fault]:
    """Titles stand on buttons, and what is cut off there cannot be read."""
    for language in LANGUAGES:
        for index, module in enumerate(course.modules):
            if too_long := _beyond_a_button(module.title[language]):
                yield where.course(f"{language} title of module {index + 1}: {too_long}")
        for lesson in course.lessons:
            if too_long := _beyond_a_button(lesson.title[language]):
                yield where.lesson(lesson, ("title", language), f"{language} title: {too_long}")


def _beyond_a_button(title: str) -> str:
    size = len(title.encode())
    return f"{size} bytes, at most {LABEL_BYTES} fit on a button" if size > LABEL_BYTES else ""


def terms_used(course: Course, where: Where) -> Iterator[Fault]:
    """A term can be tapped in the lessons that name it, so some lesson must."""
    used = {concept for lesson in course.lessons for concept in lesson.concepts}
    for index, term in enumerate(course.glossary):
        if term.term.en not in used:
            message = f"`{term.term.en}` is in no lesson's `concepts`; link it or drop it"
            yield where.glossary(index, message)


def glossary(course: Course, where: Where) -> Iterator[Fault]:
    for language in LANGUAGES:
        seen: set[str] = set()
        for index, term in enumerate(course.glossary):
            name = term.term[language]
            if name.casefold() in seen:
                yield where.glossary(index, f"{language} term `{name}` is there twice")
            seen.add(name.casefold())
            low, high = DEFINITION[language]
            size = length(term.definition[language], language)
            if not low <= size <= high:
                message = f"{language} definition of `{name}` has {size} {unit(language)}"
                yield where.glossary(index, f"{message}, {low} to {high}")
