"""A reply's picture or document on its way to Telegram: what goes with it, and who takes it.

The arguments of a message tell which kind it is by their names: photo, document or text.
"""

from collections.abc import Sequence
from typing import Any, Final

from telegram import Bot, InputMediaDocument, InputMediaPhoto, Message
from telegram.constants import MessageLimit

from bot.messages import Reply

CAPTION_UNITS: Final = int(MessageLimit.CAPTION_LENGTH)

PHOTO, DOCUMENT = "photo", "document"


def upload(reply: Reply) -> dict[str, Any]:
    """Return the arguments that carry a reply's picture or document; none of a draft's."""
    if reply.draft:
        return {}
    if reply.picture:
        return {PHOTO: reply.picture.png, "filename": "picture.png"}
    if reply.document:
        return {DOCUMENT: reply.document.content, "filename": reply.document.name}
    return {}


def fits_caption(texts: Sequence[str]) -> bool:
    """Tell whether a text, in the parts that messages would have, can stand below a picture."""
    return len(texts) < 2 and all(
        len(text.encode("utf-16-le")) <= 2 * CAPTION_UNITS for text in texts
    )


def has_upload(message: dict[str, Any]) -> bool:
    return PHOTO in message or DOCUMENT in message


async def send(bot: Bot, chat_id: int, message: dict[str, Any], **where: Any) -> int:
    """Send a new message and return its id. What it uploads can be sent again."""
    if PHOTO in message:
        sent = await bot.send_photo(chat_id, **message, **where)
    elif DOCUMENT in message:
        sent = await bot.send_document(chat_id, **message, **where)
    else:
        sent = await bot.send_message(chat_id, **message, **where)
    return sent.message_id


async def edit(bot: Bot, chat_id: int, message_id: int, message: dict[str, Any]) -> None:
    """Turn a message that is there into another one."""
    if not has_upload(message):
        await bot.edit_message_text(**message, chat_id=chat_id, message_id=message_id)
        return
    content = dict(message)
    markup = content.pop("reply_markup")
    media = (
        InputMediaPhoto(content.pop(PHOTO), **content)
        if PHOTO in content
        else InputMediaDocument(content.pop(DOCUMENT), **content)
    )
    await bot.edit_message_media(media, chat_id, message_id, reply_markup=markup)


def can_become(old: object, message: dict[str, Any]) -> bool:
    """Tell whether Telegram can turn an old message into another: a picture never into a text.

    Of a message that is too old to be shown nothing is known, so it can be tried.
    """
    return has_upload(message) or not isinstance(old, Message) or old.text is not None
