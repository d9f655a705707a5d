"""The button under a question that says something is wrong with it."""

from collections.abc import AsyncIterator
from typing import Final

from bot.commands.command import Turn
from bot.commands.markup import bold
from bot.course.model import Language, Question
from bot.errors import N_, UnknownAction
from bot.locale import translator
from bot.messages import Button, Reply

REASONS: Final = {
    "key": N_("The marked answer is wrong"),
    "unclear": N_("The question is unclear"),
    "language": N_("A typo or odd wording"),
    "other": N_("Something else"),
}
"""What can be wrong, by what is stored of it."""


def report_button(language: Language, question: Question) -> Button:
    """Return the button that leads to the reasons."""
    _ = translator(language)
    return Button(_("⚑ Report"), f"report:{question.id}")


async def report(turn: Turn, argument: str) -> AsyncIterator[Reply]:
    """Ask what is wrong with a question: "LESSON:N"; or store it: "LESSON:N:REASON"."""
    asked = turn.services.course.question(argument)
    if asked:
        yield _reasons(turn, asked, await _way_back(turn, asked))
        return
    question_id, _colon, reason = argument.rpartition(":")
    question = turn.services.course.question(question_id)
    if question is None or reason not in REASONS:
        raise UnknownAction
    await _store(turn, question, reason)
    yield _thanks(turn, await _way_back(turn, question))


async def _store(turn: Turn, question: Question, reason: str) -> None:
    learner, now = turn.learner, turn.services.clock.now()
    await turn.services.store.run(
        lambda tx: tx.reports.put(learner.id, question.id, reason, learner.language, now)
    )


async def _way_back(turn: Turn, question: Question) -> tuple[Button, ...]:
    """Return a button back to the question while it waits for this learner's answer."""
    _ = turn.translate
    last = await turn.services.store.run(lambda tx: tx.attempts.last(turn.learner.id, question.id))
    is_open = last is not None and last.is_open
    return (Button(_("Back to the question"), f"question:{question.id}"),) if is_open else ()


def _reasons(turn: Turn, question: Question, back: tuple[Button, ...]) -> Reply:
    _ = turn.translate
    parts = [bold(question.stem[turn.learner.language]), _("What is wrong with this question?")]
    buttons = [Button(_(REASONS[one]), f"report:{question.id}:{one}") for one in REASONS]
    return Reply("\n\n".join(parts), (*buttons, *back))


def _thanks(turn: Turn, back: tuple[Button, ...]) -> Reply:
    _ = turn.translate
    text = _("Thank you, I passed it on to those who write the questions.")
    ways_on = back or (Button(_("Go on learning"), "learn"),)
    # In a group the reasons stay for the others.
    return Reply(text, ways_on, replaces=turn.incoming.is_private)
