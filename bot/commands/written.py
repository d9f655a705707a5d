"""What a language model writes, besides answers: shown while it grows, and why it is not there."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing

from bot.answering import tokens
from bot.answering.guard import TAIL, reveals_rules, without_links
from bot.answering.writer import Unwritten, Waiting, Why, Writer
from bot.commands.command import Turn
from bot.ports import Message


async def written(
    turn: Turn, writer: Writer, prompt: Sequence[Message]
) -> AsyncGenerator[str | Waiting]:
    """Yield the whole text so far, again and again, at the learner's expense.

    It has no links. Raises Unwritten, also where the model begins to tell its rules.
    """
    await asyncio.to_thread(writer.load)
    if tokens.count_messages(prompt) > writer.prompt_tokens:
        raise Unwritten("fault")
    text = ""
    async with aclosing(writer.write(prompt, turn.purse)) as parts:
        async for part in parts:
            if isinstance(part, Waiting):
                yield part
            elif isinstance(part, str):
                text += part
                if reveals_rules(text[-TAIL - len(part) :]):
                    raise Unwritten("fault")
                yield without_links(text)


async def whole(turn: Turn, writer: Writer, prompt: Sequence[Message]) -> str:
    """Return the whole text at once. Raises Unwritten."""
    text = ""
    async with aclosing(written(turn, writer, prompt)) as parts:
        async for part in parts:
            text = part if isinstance(part, str) else text
    return text


def waiting(turn: Turn, place: Waiting) -> str:
    """Return what is shown to somebody who waits for the language model."""
    _ = turn.translate
    return _("Many people are asking right now; you are number {place}.", place=place.people)


def not_written(turn: Turn, why: Why) -> str:
    """Say why the course itself speaks although there is a language model."""
    _ = turn.translate
    match why:
        case "spent":
            return _("Your answers by the language model are used up for today.")
        case "all spent":
            return _("The language model's answers are used up for today.")
        case "busy":
            return _("The language model is busy right now.")
        case "fault":
            return _("The language model cannot be reached.")
