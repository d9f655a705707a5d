"""The words of a lesson, each defined."""

from collections.abc import AsyncIterator

from bot.commands import lesson_text
from bot.commands.command import Turn
from bot.commands.learn import find_lesson, lesson_buttons
from bot.course.model import Language, Term
from bot.messages import Reply


async def terms(turn: Turn, argument: str) -> AsyncIterator[Reply]:
    """Define every term that a lesson uses: "LESSON"."""
    course, language = turn.services.course, turn.learner.language
    lesson = find_lesson(course, argument)
    text = [lesson_text.heading(course, lesson, language)]
    text += [definition(term, language) for term in course.terms_of(lesson)]
    yield Reply("\n\n".join(text), lesson_buttons(turn, lesson, "terms"))


def definition(term: Term, language: Language) -> str:
    """Return a term with what it means; in Chinese with its English name, which papers use."""
    name = f"**{term.term[language]}**"
    if language == "zh":
        is_bilingual = term.term.en.casefold() in term.term.zh.casefold()
        return f"{name}{'' if is_bilingual else f'（{term.term.en}）'}：{term.definition.zh}"
    return f"{name}: {term.definition.en}"
