"""The slash commands: generated from the table of commands, described in the user's language."""

import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import discord
from discord import app_commands
from discord.app_commands import AppCommandContext, AppInstallationType, Choice, locale_str

from bot.commands.command import Argument, Command
from bot.course.model import Course, Localized
from bot.locale import language_of

log = logging.getLogger(__name__)

Interaction = discord.Interaction[Any]
Invoke = Callable[[Interaction], Awaitable[None]]

CHOICES = 25


class Menu(app_commands.CommandTree[Any]):
    """Registers the commands and suggests lessons; every invocation goes to `invoke`."""

    def __init__(
        self, client: discord.Client, commands: Sequence[Command], course: Course, invoke: Invoke
    ) -> None:
        super().__init__(
            client,
            allowed_contexts=AppCommandContext(guild=True, dm_channel=True, private_channel=True),
            allowed_installs=AppInstallationType(guild=True, user=True),
        )
        self._invoke = invoke
        for command in commands:
            self.add_command(_slash(command, course, invoke))

    async def on_error(
        self, interaction: Interaction, error: app_commands.AppCommandError, /
    ) -> None:
        """Answer commands of an older version that a chat app still shows: the tutor knows how."""
        outdated = (app_commands.CommandNotFound, app_commands.CommandSignatureMismatch)
        if isinstance(error, outdated):
            await self._invoke(interaction)
        else:
            log.error("a slash command failed", exc_info=error)


class Translator(app_commands.Translator):
    """Gives Discord the Chinese of our descriptions; English is what all other locales see."""

    async def translate(
        self,
        string: locale_str,
        locale: discord.Locale,
        context: app_commands.TranslationContextTypes,
    ) -> str | None:
        text = string.extras.get("text")
        return text.zh if text and language_of(locale.value) == "zh" else None


def suggestions(course: Course, typed: str, locale: str) -> list[Choice[str]]:
    """Return at most 25 lessons whose id or title contains what was typed, in course order."""
    wanted, language = typed.strip().casefold(), language_of(locale) or "en"
    found = (
        lesson
        for lesson in course.lessons
        if any(wanted in name.casefold() for name in (lesson.id, lesson.title.zh, lesson.title.en))
    )
    choices = [Choice(name=lesson.title[language][:100], value=lesson.id) for lesson in found]
    return choices[:CHOICES]


def _slash(
    command: Command, course: Course, invoke: Invoke
) -> app_commands.Command[Any, ..., None]:
    slash: app_commands.Command[Any, ..., None] = app_commands.Command(
        name=command.name,
        description=_localized(command.description),
        callback=_callback(command.argument, invoke),
    )
    if command.argument and command.argument.is_lesson:

        async def suggest(interaction: Interaction, typed: str) -> list[Choice[str]]:
            return suggestions(course, typed, interaction.locale.value)

        slash.autocomplete("value")(suggest)
    return slash


def _callback(argument: Argument | None, invoke: Invoke) -> Any:
    """Return a function whose signature tells discord.py which options the command has.

    The option's value is read from the interaction itself, as for commands of an older version.
    """

    async def bare(interaction: discord.Interaction) -> None:
        await invoke(interaction)

    async def optional(interaction: discord.Interaction, value: str = "") -> None:
        await invoke(interaction)

    async def required(interaction: discord.Interaction, value: str) -> None:
        await invoke(interaction)

    if argument is None:
        return bare
    callback = required if argument.required else optional
    app_commands.rename(value=argument.name)(callback)
    app_commands.describe(value=_localized(argument.description))(callback)
    return callback


def _localized(text: Localized) -> locale_str:
    return locale_str(text.en, text=text)
