"""What follows an explanation in the learner's own words: remarks, then the key points to tick."""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing

from bot.answering import feedback
from bot.answering.feedback import Remark
from bot.answering.writer import Unwritten, Waiting, Writer
from bot.commands import quiz_text
from bot.commands.command import Turn
from bot.commands.written import not_written, waiting, written
from bot.course.model import Question
from bot.messages import Reply

_MARKS = {"said": "🟢", "partly": "🟡", "not yet": "⚪"}


async def explained(turn: Turn, question: Question, explanation: str) -> AsyncIterator[Reply]:
    """Show what a language model says of each key point, where there is one, and then the points.

    The learner ticks: nothing that a model says is a score.
    """
    _ = turn.translate
    note, writer = _("There is no language model here, so you are the judge."), turn.services.writer
    if writer:
        note = ""
        async with aclosing(_remarked(turn, question, explanation, writer)) as parts:
            async for part in parts:
                if isinstance(part, Reply):
                    yield part
                else:
                    note = part
    yield quiz_text.compare(turn.learner.language, question, note=note)


async def _remarked(
    turn: Turn, question: Question, explanation: str, writer: Writer
) -> AsyncGenerator[Reply | str]:
    """Yield the remarks while they are written, finished at last, and why some are missing."""
    _ = turn.translate
    prompt = feedback.build(question, turn.learner.language, explanation)
    remarks: list[Remark] = []
    note = ""
    try:
        async with aclosing(written(turn, writer, prompt)) as parts:
            async for part in parts:
                if isinstance(part, Waiting):
                    yield Reply(waiting(turn, part), draft=True)
                elif remarks := feedback.read(question, part):
                    yield _shown(turn, remarks, draft=True)
    except Unwritten as fault:
        note = not_written(turn, fault.why)
    if remarks:
        yield _shown(turn, remarks)
    yield note or ("" if remarks else _("What the language model wrote could not be read."))


def _shown(turn: Turn, remarks: list[Remark], *, draft: bool = False) -> Reply:
    _ = turn.translate
    says = {"said": _("said"), "partly": _("partly said"), "not yet": _("not yet")}
    lines = [
        f"{_MARKS[one.verdict]} **{one.point.upper()}. {says[one.verdict]}**  {one.text}"
        for one in remarks
    ]
    heading = _("**How it reads to me, point by point** (a language model's view, no grade)")
    return Reply("\n".join([heading, "", *lines]), draft=draft)
