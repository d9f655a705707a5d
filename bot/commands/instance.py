"""One more example of what a lesson teaches: the author's first, then ones written on the spot."""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing

from bot.answering import another_example
from bot.answering.writer import Unwritten, Waiting, Writer
from bot.commands.command import Turn
from bot.commands.learn import find_lesson, lesson_buttons
from bot.commands.markup import italic
from bot.commands.written import not_written, waiting, written
from bot.course.model import Lesson
from bot.errors import UnknownAction
from bot.messages import Reply
from bot.ports import Message

LOOKED_BACK = 20
"""Messages of the conversation among which an example counts as seen."""


async def instance(turn: Turn, argument: str) -> AsyncIterator[Reply]:
    """Give an example: "LESSON". Who has seen the author's gets a fresh one, if one can be
    written."""
    lesson = find_lesson(turn.services.course, argument)
    if lesson.example is None:
        raise UnknownAction
    authored = lesson.example[turn.learner.language]
    seen = [one for one in await _said(turn) if one.startswith(_heading(turn, lesson))]
    writer = turn.services.writer
    if seen and writer:
        async with aclosing(_fresh(turn, lesson, writer, [authored, *seen[-1:]])) as replies:
            async for reply in replies:
                yield reply
        return
    note = _ask_on(turn) if seen else ""
    yield await _shown(turn, lesson, authored, note)


async def _fresh(
    turn: Turn, lesson: Lesson, writer: Writer, seen: list[str]
) -> AsyncGenerator[Reply]:
    _ = turn.translate
    heading, text = _heading(turn, lesson), ""
    note = _("Written by a language model: check the figures before you rely on them.")
    prompt = another_example.build(lesson, turn.learner.language, *seen)
    try:
        async with aclosing(written(turn, writer, prompt)) as parts:
            async for part in parts:
                if isinstance(part, Waiting):
                    yield Reply(waiting(turn, part), draft=True)
                    continue
                text = part
                yield Reply(f"{heading}\n\n{text}", draft=True)
    except Unwritten as fault:
        if text:
            note = f"{_('The answer was cut off here.')} {note}"
        else:
            text, note = seen[0], not_written(turn, fault.why)
    yield await _shown(turn, lesson, text, note)


async def _shown(turn: Turn, lesson: Lesson, text: str, note: str) -> Reply:
    """Return an example, and remember it: questions about it can be asked, and the next differs."""
    _ = turn.translate
    said = f"{_heading(turn, lesson)}\n\n{text}"
    exchange = [Message("user", _("An example")), Message("assistant", said)]
    learner_id, conversation, now = turn.learner.id, turn.place, turn.services.clock.now()
    await turn.services.store.run(lambda tx: tx.remember(learner_id, conversation, exchange, now))
    whole = f"{said}\n\n{italic(note)}" if note else said
    return Reply(whole, lesson_buttons(turn, lesson, "instance"))


async def _said(turn: Turn) -> list[str]:
    learner_id, conversation = turn.learner.id, turn.place
    history = await turn.services.store.run(
        lambda tx: tx.conversation(learner_id, conversation, LOOKED_BACK)
    )
    return [one.content for one in history if one.role == "assistant"]


def _heading(turn: Turn, lesson: Lesson) -> str:
    _ = turn.translate
    return _("**An example for “{title}”**", title=lesson.title[turn.learner.language])


def _ask_on(turn: Turn) -> str:
    _ = turn.translate
    return _("This is the one example I have. Is something in it unclear? Ask me about it.")
