"""/settings: the learner's language and the colours of pictures, and the tokens that are left."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import get_args

from bot.commands.command import Turn
from bot.commands.markup import bold
from bot.course.model import LANGUAGES, Language
from bot.errors import UnknownAction
from bot.learning.records import ThemeName
from bot.messages import Button, Reply

LANGUAGE_NAMES: dict[Language, str] = {"zh": "中文", "en": "English"}


async def settings(turn: Turn, argument: str) -> AsyncIterator[Reply]:
    """Show the settings, with a button for each that can be changed."""
    _ = turn.translate
    themes = _theme_names(turn)
    lines = [
        _("Language: {name}", name=LANGUAGE_NAMES[turn.learner.language]),
        _("Pictures: {theme}", theme=themes[turn.learner.theme]),
    ]
    if turn.services.writer and turn.services.budget.per_learner:
        lines.append(await _tokens_left(turn))
    yield Reply(
        "\n\n".join([bold(_("Settings")), "\n".join(lines)]),
        (*language_buttons("settings"), *_theme_buttons(turn, themes)),
        private=True,
    )


async def _tokens_left(turn: Turn) -> str:
    """Return how much the language model can still write for the learner today."""
    _, most = turn.translate, turn.services.budget.per_learner
    today, learner_id = turn.utc_day, turn.learner.id
    spent = await turn.services.store.run(lambda tx: tx.ledger.spent(today, learner_id))
    left = max(0, turn.budget.per_learner - spent)
    return _(
        "Language model today: {left} of {most} tokens left, new at 0:00 UTC.",
        left=f"{left:,}",
        most=f"{most:,}",
    )


async def change(turn: Turn, argument: str) -> AsyncIterator[Reply]:
    """Change a setting: "language:zh", "theme:dark". Without one, show them."""
    if not argument:
        async for reply in settings(turn, ""):
            yield reply
        return
    name, _colon, value = argument.partition(":")
    change = _choose_theme if name == "theme" else choose_language
    changed = await change(turn, value)
    async for reply in settings(changed, ""):
        yield replace(reply, replaces=True)


async def choose_language(turn: Turn, name: str) -> Turn:
    """Store the learner's language, and return the turn in it. Raises UnknownAction."""
    language = next((one for one in LANGUAGES if one == name), None)
    if language is None:
        raise UnknownAction
    await turn.services.store.run(lambda tx: tx.change_learner(turn.learner.id, language=language))
    return replace(turn, learner=replace(turn.learner, language=language))


async def _choose_theme(turn: Turn, name: str) -> Turn:
    """Store the colours of the learner's pictures. Raises UnknownAction."""
    theme = next((one for one in get_args(ThemeName) if one == name), None)
    if theme is None:
        raise UnknownAction
    await turn.services.store.run(lambda tx: tx.change_learner(turn.learner.id, theme=theme))
    return replace(turn, learner=replace(turn.learner, theme=theme))


def _theme_names(turn: Turn) -> dict[ThemeName, str]:
    _ = turn.translate
    return {"light": _("light"), "dark": _("dark")}


def _theme_buttons(turn: Turn, names: dict[ThemeName, str]) -> tuple[Button, ...]:
    """Return a button for the colours that are not chosen."""
    _ = turn.translate
    return tuple(
        Button(_("Pictures: {theme}", theme=name), f"settings:theme:{theme}")
        for theme, name in names.items()
        if theme != turn.learner.theme
    )


def language_buttons(prefix: str) -> tuple[Button, ...]:
    """Return a button for each language, named in that language."""
    return tuple(
        Button(name, f"{prefix}:language:{language}") for language, name in LANGUAGE_NAMES.items()
    )
