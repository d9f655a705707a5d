"""/settings: the learner's language."""

from collections.abc import AsyncIterator
from dataclasses import replace

from bot.commands.command import Turn
from bot.commands.markup import bold
from bot.course.model import LANGUAGES, Language
from bot.errors import UnknownAction
from bot.messages import Button, Reply

LANGUAGE_NAMES: dict[Language, str] = {"zh": "中文", "en": "English"}


async def settings(turn: Turn, argument: str) -> AsyncIterator[Reply]:
    """Show the settings, with a button for each that can be changed."""
    _ = turn.translate
    name = LANGUAGE_NAMES[turn.learner.language]
    text = _("Language: {name}", name=name)
    yield Reply(
        "\n\n".join([bold(_("Settings")), text]), language_buttons("settings"), private=True
    )


async def change(turn: Turn, argument: str) -> AsyncIterator[Reply]:
    """Change a setting: "language:zh". Without one, show them."""
    if not argument:
        async for reply in settings(turn, ""):
            yield reply
        return
    changed = await choose_language(turn, argument.removeprefix("language:"))
    async for reply in settings(changed, ""):
        yield replace(reply, replaces=True)


async def choose_language(turn: Turn, name: str) -> Turn:
    """Store the learner's language, and return the turn in it. Raises UnknownAction."""
    language = next((one for one in LANGUAGES if one == name), None)
    if language is None:
        raise UnknownAction
    await turn.services.store.run(lambda tx: tx.change_learner(turn.learner.id, language=language))
    return replace(turn, learner=replace(turn.learner, language=language))


def language_buttons(prefix: str) -> tuple[Button, ...]:
    """Return a button for each language, named in that language."""
    return tuple(
        Button(name, f"{prefix}:language:{language}") for language, name in LANGUAGE_NAMES.items()
    )
