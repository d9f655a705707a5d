"""Telegram update -> Incoming; pure."""

import re

from telegram import CallbackQuery, Chat, Message, Update, User

from bot.messages import Address, Incoming, one_line

_COMMAND = re.compile(r"(/\w{1,32})(?:@(\w+))?", re.ASCII)


def read(update: Update, bot_username: str, bot_id: int) -> Incoming | None:
    """Return what a person said to this bot, or None where there is nothing to answer.

    Nothing to answer: edits, channel posts, service messages, other bots, commands for another
    bot, and in a group whatever is neither a command nor a mention of the bot nor a reply to it.
    """
    if update.callback_query is not None:
        return _read_press(update.callback_query)
    message = update.message
    if message is None or message.from_user is None or message.from_user.is_bot:
        return None
    if not _has_content(message):
        return None
    return _read_message(message, message.from_user, bot_username, bot_id)


def _read_press(query: CallbackQuery) -> Incoming | None:
    if query.data is None or query.message is None:
        return None
    chat = query.message.chat
    return Incoming(
        sender=_address(query.from_user, chat),
        action=query.data,
        locale=query.from_user.language_code,
        is_private=chat.type == Chat.PRIVATE,
        replies_to=str(query.message.message_id),
        name=one_line(query.from_user.full_name),
    )


def _read_message(message: Message, person: User, username: str, bot_id: int) -> Incoming | None:
    mention = re.compile(rf"[ \t]?(?<![\w@])@{re.escape(username)}(?!\w)", re.ASCII | re.IGNORECASE)
    text = message.text or message.caption or ""
    command = _COMMAND.match(text)
    if command and command[2]:
        if command[2].lower() != username.lower():
            return None
        text = command[1] + text[command.end() :]
    text, mentions = mention.subn("", text)
    is_private = message.chat.type == Chat.PRIVATE
    replies_to = _replies_to(message, bot_id)
    mentions_bot = mentions > 0 or replies_to is not None
    if not (is_private or command or mentions_bot):
        return None
    return Incoming(
        sender=_address(person, message.chat),
        text=text.strip(),
        locale=person.language_code,
        is_private=is_private,
        mentions_bot=mentions_bot,
        replies_to=replies_to,
        name=one_line(person.full_name),
    )


def _has_content(message: Message) -> bool:
    """Tell what a person sent from a service message ("X joined the group")."""
    return bool(message.text or message.caption or message.effective_attachment)


def _replies_to(message: Message, bot_id: int) -> str | None:
    """Return the id of the bot's message that this one replies to."""
    original = message.reply_to_message
    # Every message of a topic counts as a reply to the service message that opened the topic.
    if original is None or original.forum_topic_created is not None:
        return None
    is_ours = original.from_user is not None and original.from_user.id == bot_id
    return str(original.message_id) if is_ours else None


def _address(person: User, chat: Chat) -> Address:
    return Address("telegram", str(person.id), str(chat.id))
