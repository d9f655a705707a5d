"""/start: the welcome, with the first lesson one press away."""

from collections.abc import AsyncIterator
from dataclasses import replace

from bot.commands.command import Turn
from bot.commands.course_map import standing_of
from bot.commands.learn import learn
from bot.commands.preferences import choose_language, language_buttons
from bot.commands.talk import way_back
from bot.messages import Button, Reply


async def start(turn: Turn, argument: str) -> AsyncIterator[Reply]:
    """Welcome a learner; a deep link that names a lesson opens it."""
    if argument and turn.services.course.lesson(argument):
        async for reply in learn(turn, argument):
            yield reply
        return
    yield await _welcome(turn)


async def change(turn: Turn, argument: str) -> AsyncIterator[Reply]:
    """Choose the language under the welcome, which is then said again in it."""
    if argument:
        turn = await choose_language(turn, argument.removeprefix("language:"))
    yield replace(await _welcome(turn), replaces=bool(argument))


async def _welcome(turn: Turn) -> Reply:
    _ = turn.translate
    course = turn.services.course
    standing = await standing_of(turn)
    others = (Button(_("Course map"), "course"), *language_buttons("start"))
    if standing.marks:
        text = _(
            "**Welcome back!** You have read {seen} of {count} lessons.",
            seen=standing.read(course),
            count=len(course.lessons),
        )
        review: tuple[Button, ...] = ()
        if standing.due:
            text += "\n" + _("Due for review today: {count}.", count=standing.due)
            review = (Button(_("Review now"), "review"),)
        onward = (*await way_back(turn), *review, Button(_("Go on learning"), "learn"))
        return Reply(text, (*onward, *others))
    text = _(
        "**Hello! I teach how large language models work**, in {count} lessons of about two "
        "minutes each.\n\n"
        "- Read a lesson, then press *Check question*.\n"
        "- Ask me anything about it in your own words.\n"
        "- /help lists the commands. Your progress is kept.",
        count=len(course.lessons),
    )
    return Reply(text, (Button(_("First lesson"), "learn"), *others))
