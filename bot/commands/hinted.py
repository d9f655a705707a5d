"""A question that waits for the learner's own answer is not answered for them: they get a hint."""

import asyncio

from bot.commands.command import Turn
from bot.commands.markup import bold
from bot.commands.quiz import ANSWERABLE
from bot.course.model import Question, Term
from bot.learning.grading import UNSURE
from bot.learning.hinting import is_asked_for, nearest_sentence
from bot.learning.reading import wants_hint
from bot.learning.records import Attempt
from bot.messages import Button, Reply


async def hinted(turn: Turn, asked: str) -> Reply | None:
    """Return a hint where somebody asks for what they have been asked; None where they do not."""
    since = turn.services.clock.now() - ANSWERABLE
    learner_id = turn.learner.id
    attempts = await turn.services.store.run(lambda tx: tx.attempts.open_since(learner_id, since))
    found = await asyncio.to_thread(_asked_for, turn, attempts, asked) if attempts else None
    if found is None:
        return None
    attempt, question = found
    hint = await _next_hint(turn, attempt, question)
    return _reply(turn, question, hint)


def _asked_for(turn: Turn, attempts: list[Attempt], asked: str) -> tuple[Attempt, Question] | None:
    services = turn.services
    waiting = [(one, services.course.question(one.question_id)) for one in attempts]
    return next(
        (
            (attempt, question)
            for attempt, question in waiting
            if question
            and (
                wants_hint(asked)
                or is_asked_for(services.wording, question, _terms(turn, question), asked)
            )
        ),
        None,
    )


def _terms(turn: Turn, question: Question) -> list[Term]:
    course = turn.services.course
    lesson = course.lesson(question.lesson_id)
    return course.terms_of(lesson) if lesson else []


async def _next_hint(turn: Turn, attempt: Attempt, question: Question) -> str | None:
    """Return the next of the question's own hints or, after the last, a sentence of its lesson."""
    services, language = turn.services, turn.learner.language
    if attempt.hints < len(question.hints):
        shown = attempt.hints + 1
        await services.store.run(lambda tx: tx.attempts.show_hints(attempt, shown))
        return question.hints[attempt.hints][language]
    lesson = services.course.lesson(question.lesson_id)
    assert lesson
    return await asyncio.to_thread(nearest_sentence, services.wording, lesson, question, language)


def _reply(turn: Turn, question: Question, hint: str | None) -> Reply:
    _ = turn.translate
    parts = [
        _("I asked you that myself, so the answer is yours to find; here is a hint:")
        if hint
        else _("I asked you that myself, so the answer is yours to find."),
        bold(question.stem[turn.learner.language]),
        *([f"💡 {hint}"] if hint else []),
        _("Try it. If you are stuck, press *Not sure*, and I explain it."),
    ]
    buttons = (
        Button(_("Back to the question"), f"question:{question.id}"),
        Button(_("Not sure"), f"quiz:{question.id}:{UNSURE}"),
        Button(_("Read the lesson"), f"learn:{question.lesson_id}"),
    )
    return Reply("\n\n".join(parts), buttons)
