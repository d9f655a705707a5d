"""/progress: what was learned, in text."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import NamedTuple

from bot.commands.command import Turn
from bot.commands.course_map import studied, symbol
from bot.commands.markup import bold
from bot.learning.records import Learner, LessonMark, Tally
from bot.messages import Button, Reply
from bot.storage.tx import Tx


class Facts(NamedTuple):
    """What the card says. `days` counts the days practised in the current local month."""

    marks: dict[str, LessonMark]
    tally: Tally
    days: int


async def progress(turn: Turn, argument: str) -> AsyncIterator[Reply]:
    """Show lessons done, answers given and days practised."""
    _ = turn.translate
    facts = await turn.services.store.run(read_facts, turn.learner, turn.services.clock.now())
    buttons = [Button(_("Go on learning"), "learn")]
    if facts.marks:
        buttons.append(Button(_("Quiz me"), "quiz"))
    yield Reply(_text(turn, facts), (*buttons, Button(_("Course map"), "course")))


def read_facts(tx: Tx, learner: Learner, now: datetime) -> Facts:
    """Collect what is known about the learner."""
    today = learner.local_date(now)
    days = tx.days_practised(learner.id, today.replace(day=1), today)
    return Facts(tx.lesson_marks(learner.id), Tally.of(tx.outcomes(learner.id)), len(days))


def _text(turn: Turn, facts: Facts) -> str:
    _ = turn.translate
    course = turn.services.course
    done = studied(course, facts.marks)
    lines = [
        bold(_("Your progress")),
        _("Lessons: {done} of {count} studied", done=done, count=len(course.lessons)),
        "\n".join(_modules(turn, facts.marks)),
        _answers(turn, facts.tally),
        _("Days practised this month: {days}. Rest days are free.", days=facts.days),
    ]
    return "\n\n".join(line for line in lines if line)


def _modules(turn: Turn, marks: dict[str, LessonMark]) -> list[str]:
    """Return a line for each module: a symbol for every lesson, and the module's title."""
    course, language = turn.services.course, turn.learner.language
    return [
        f"{''.join(symbol(marks.get(lesson_id)) for lesson_id in module.lessons)}"
        f"  {module.title[language]}"
        for module in course.modules
    ]


def _answers(turn: Turn, tally: Tally) -> str:
    _ = turn.translate
    if not tally.asked:
        return _("No questions answered yet.")
    parts = [_("Answers: {right} right of {graded}", right=tally.right, graded=tally.graded)]
    if tally.partly:
        parts.append(_("{count} partly right", count=tally.partly))
    if tally.unsure:
        parts.append(_("{count} not sure", count=tally.unsure))
    return _(", ").join(parts)
