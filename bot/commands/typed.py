"""Whom a typed text belongs to: an open question, or a talk."""

from collections.abc import AsyncIterator

from bot.commands.command import Turn
from bot.commands.quiz import asked_at, typed_answer
from bot.commands.talk import spoken_at, typed_talk
from bot.messages import Reply


async def typed(turn: Turn) -> AsyncIterator[Reply]:
    """Reply to a text that answers something, what was asked last first; nothing where it does
    not."""
    asked, spoken = await asked_at(turn), await spoken_at(turn)
    takers = [typed_answer, typed_talk]
    if spoken and asked and spoken > asked:
        takers.reverse()
    for take in takers:
        is_taken = False
        async for reply in take(turn):
            is_taken = True
            yield reply
        if is_taken:
            return
