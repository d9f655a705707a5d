"""Discord events -> `Incoming`. Pure: nothing here sends, waits or remembers."""

import re
from typing import Any, cast

import discord

from bot.messages import Address, Incoming, one_line

PLATFORM = "discord"
TYPED = (discord.MessageType.default, discord.MessageType.reply)
"""Kinds of message that a person wrote; the others announce pins, boosts, calls and the like."""


def from_interaction(interaction: discord.Interaction[Any]) -> Incoming:
    """Read a slash command as the text "/learn tokens", a press of a button as its action."""
    pressed = interaction.type is discord.InteractionType.component
    return Incoming(
        sender=_address(interaction.user, interaction.channel_id),
        text="" if pressed else _as_typed(interaction),
        action=interaction.custom_id if pressed else None,
        locale=interaction.locale.value,
        is_private=_is_private(interaction),
        mentions_bot=True,
        replies_to=str(interaction.message.id) if pressed and interaction.message else None,
        name=one_line(interaction.user.display_name),
    )


def from_message(message: discord.Message, bot_id: int) -> Incoming | None:
    """Read a direct message, or one in a guild that addresses the bot; None for all others.

    Without its privileged intent Discord withholds the text of a reply that does not ping the
    bot. Such a reply is passed over: asking its writer to send text would be absurd.
    """
    if message.author.bot or message.webhook_id or message.type not in TYPED:
        return None
    is_private = isinstance(message.channel, discord.DMChannel)
    mentioned = any(user.id == bot_id for user in message.mentions)
    replies_to = _replies_to(message, bot_id)
    replied = replies_to is not None and bool(message.content)
    if not (is_private or mentioned or replied):
        return None
    return Incoming(
        sender=_address(message.author, message.channel.id),
        text=re.sub(rf"\s*<@!?{bot_id}>\s*", " ", message.content).strip(),
        is_private=is_private,
        mentions_bot=mentioned or replied,
        replies_to=replies_to,
        name=one_line(message.author.display_name),
    )


def _address(user: discord.abc.User, channel_id: int | None) -> Address:
    return Address(PLATFORM, str(user.id), str(channel_id or user.id))


def _as_typed(interaction: discord.Interaction[Any]) -> str:
    data = cast(dict[str, Any], interaction.data)
    values = (str(option.get("value", "")) for option in data.get("options", ()))
    return " ".join(("/" + data["name"], *values)).strip()


def _is_private(interaction: discord.Interaction[Any]) -> bool:
    """Tell the bot's own DM from guilds and from other people's DMs, where others read along."""
    return interaction.guild_id is None and not interaction.context.private_channel


def _replies_to(message: discord.Message, bot_id: int) -> str | None:
    """Return the id of the bot's message that this one replies to."""
    original = message.reference and message.reference.resolved
    if isinstance(original, discord.Message) and original.author.id == bot_id:
        return str(original.id)
    return None
