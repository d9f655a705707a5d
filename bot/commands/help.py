"""/help: the list of commands, made from the table."""

from collections.abc import AsyncIterator

from bot.commands.command import Turn
from bot.commands.markup import bold
from bot.messages import Button, Reply


async def show_help(turn: Turn, argument: str) -> AsyncIterator[Reply]:
    """List every command in the learner's language."""
    from bot.commands import COMMANDS  # the table has this command in it

    _ = turn.translate
    language = turn.learner.language
    lines = [f"- /{one.name}  {one.description[language]}" for one in COMMANDS]
    text = _("Or simply write your question: in a group, mention me or reply to me.")
    yield Reply(
        "\n\n".join([bold(_("What I can do")), "\n".join(lines), text]),
        (Button(_("Go on learning"), "learn"), Button(_("Course map"), "course")),
    )
