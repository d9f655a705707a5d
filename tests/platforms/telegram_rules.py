"""What Telegram accepts: the shape of each request, and the limits that are in no schema.

The methods that the loopback server speaks are tabulated here. When SPECS_DIR is set, each request
is also checked against the whole machine-readable Bot API there.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any

from tests.platforms.telegram_spec import problem_of
from tests.platforms.uploads import Upload

Params = dict[str, Any]

METHODS = {
    "getMe": "",
    "getUpdates": "offset:int limit:int timeout:int allowed_updates:list",
    "deleteWebhook": "drop_pending_updates:bool",
    "getWebhookInfo": "",
    "setMyCommands": "commands!:list scope:dict language_code:str",
    "getMyCommands": "scope:dict language_code:str",
    "deleteMyCommands": "scope:dict language_code:str",
    "setMyDescription": "description:str language_code:str",
    "setMyShortDescription": "short_description:str language_code:str",
    "sendMessage": "chat_id!:int text!:str entities:list link_preview_options:dict "
    "reply_markup:dict reply_parameters:dict message_thread_id:int disable_notification:bool "
    "protect_content:bool",
    "sendPhoto": "chat_id!:int photo!:file caption:str caption_entities:list reply_markup:dict "
    "reply_parameters:dict message_thread_id:int",
    "sendDocument": "chat_id!:int document!:file caption:str caption_entities:list "
    "reply_markup:dict reply_parameters:dict message_thread_id:int",
    "editMessageMedia": "chat_id!:int message_id!:int media!:media reply_markup:dict",
    "editMessageText": "chat_id!:int message_id!:int text!:str entities:list "
    "link_preview_options:dict reply_markup:dict",
    "editMessageReplyMarkup": "chat_id!:int message_id!:int reply_markup:dict",
    "deleteMessage": "chat_id!:int message_id!:int",
    "sendMessageDraft": "chat_id!:int draft_id!:int text:str entities:list message_thread_id:int",
    "sendChatAction": "chat_id!:int action!:str message_thread_id:int",
    "answerCallbackQuery": "callback_query_id!:str text:str show_alert:bool cache_time:int",
}
"""Name -> parameters as "name[!]:type", "!" for required; a file is uploaded, and so is what a
media names as attach://. Parameters that the bot has no business
with, parse_mode above all, are left out and so refused."""

CODE = frozenset({"code", "pre"})
ENTITY_TYPES = CODE | {"bold", "italic", "underline", "strikethrough", "text_link", "blockquote"}
ACTIONS = frozenset({"typing"})


class Refusal(Exception):
    """A request that Telegram would not take; `text` as Telegram says it."""

    def __init__(self, text: str, status: int = 400, retry_after: int | None = None) -> None:
        super().__init__(text)
        self.text, self.status, self.retry_after = text, status, retry_after


class Fault(Refusal):
    """A request that no bot should ever send."""


PHOTO_BYTES, DOCUMENT_BYTES = 10 << 20, 50 << 20


def decode(method: str, raw: Mapping[str, str | Upload]) -> Params:
    """Return the typed parameters of a request, checked. Raises Fault.

    A media comes back with its file instead of the name of that.
    """
    if method not in METHODS:
        raise Fault(f"Not Found: method {method} not found", status=404)
    table = dict(field.split(":") for field in METHODS[method].split())
    kinds = {name.rstrip("!"): kind for name, kind in table.items()}
    attached = _attached(raw) if "media" in kinds else {}
    if unknown := raw.keys() - kinds.keys() - attached.keys():
        raise Fault(f"Bad Request: {method} has no parameter {', '.join(sorted(unknown))}")
    for name in table:
        if name.endswith("!") and raw.get(name[:-1], "") == "" and name != "text!":
            raise Fault(f"Bad Request: {method} needs {name[:-1]}")
    params = {name: _parse(name, kinds[name], raw[name]) for name in raw.keys() - attached.keys()}
    if problem := problem_of(method, params):
        raise Fault(f"Bad Request: {problem}")
    for upload in attached.values():
        params["media"] |= {"media": upload}
    if check := LIMITS.get(method):
        check(params)
    return params


def _attached(raw: Mapping[str, str | Upload]) -> dict[str, Upload]:
    """Return the one file that a media names, by the name it has in the request."""
    media = _parse("media", "dict", raw.get("media", ""))
    name = str(media.get("media", "")).removeprefix("attach://")
    upload = raw.get(name)
    if not isinstance(upload, Upload):
        raise Fault("Bad Request: the media is not among the uploaded files")
    return {name: upload}


def _parse(name: str, kind: str, value: str | Upload) -> Any:
    if (kind == "file") != isinstance(value, Upload):
        raise Fault(f"Bad Request: {name} must be {kind}")
    if kind in ("str", "file") or isinstance(value, Upload):
        return value
    try:
        parsed = json.loads(value)
    except ValueError:
        raise Fault(f"Bad Request: {name} is not JSON") from None
    if type(parsed).__name__ != ("dict" if kind == "media" else kind):
        raise Fault(f"Bad Request: {name} must be {kind}")
    return parsed


def units(text: str) -> int:
    """Return the length of a text as Telegram counts it."""
    return len(text.encode("utf-16-le")) // 2


def _check_message(params: Params) -> None:
    text = params.get("text", "")
    if not text.strip():
        raise Fault("Bad Request: message text is empty")
    _check_text(params)
    _check_keyboard(params.get("reply_markup"))


def _check_text(params: Params) -> None:
    text = params.get("text", "")
    if units(text) > 4096:
        raise Fault("Bad Request: message is too long")
    _check_entities(text, params.get("entities", []))


def _check_photo(params: Params) -> None:
    photo: Upload = params["photo"]
    width, height = photo.size or (0, 0)
    if not (width and height):
        raise Fault("Bad Request: IMAGE_PROCESS_FAILED")
    if width + height > 10_000 or max(width, height) > 20 * min(width, height):
        raise Fault("Bad Request: PHOTO_INVALID_DIMENSIONS")
    if len(photo.content) > PHOTO_BYTES:
        raise Fault("Bad Request: file is too big")
    _check_caption(params)


def _check_document(params: Params) -> None:
    document: Upload = params["document"]
    if not document.content:
        raise Fault("Bad Request: file must be non-empty")
    if not document.name or "/" in document.name:
        raise Fault("Bad Request: a document needs a name, and no path")
    if len(document.content) > DOCUMENT_BYTES:
        raise Fault("Request Entity Too Large", status=413)
    _check_caption(params)


def _check_media(params: Params) -> None:
    media: Params = params["media"]
    kind = media["type"]
    if kind not in ("photo", "document"):
        raise Fault(f"Bad Request: our bot has no {kind} to show")
    check = _check_photo if kind == "photo" else _check_document
    check(media | {kind: media["media"], "reply_markup": params.get("reply_markup")})


def _check_caption(params: Params) -> None:
    caption = params.get("caption", "")
    if units(caption) > 1024:
        raise Fault("Bad Request: message caption is too long")
    _check_entities(caption, params.get("caption_entities", []))
    _check_keyboard(params.get("reply_markup"))


def _check_entities(text: str, entities: list[Params]) -> None:
    if len(entities) > 100:
        raise Fault("Bad Request: too many entities")
    for entity in entities:
        _check_entity(entity, text.encode("utf-16-le"))


def _check_entity(entity: Params, encoded: bytes) -> None:
    start, length = entity["offset"], entity["length"]
    if not (start >= 0 and length > 0 and 2 * (start + length) <= len(encoded)):
        raise Fault(f"Bad Request: entity {entity} is outside the text")
    try:
        encoded[2 * start : 2 * (start + length)].decode("utf-16-le")
    except UnicodeDecodeError:
        raise Fault(f"Bad Request: entity {entity} cuts a character in two") from None
    if entity["type"] not in ENTITY_TYPES:
        raise Fault(f"Bad Request: entity type {entity['type']} is not allowed")
    link = entity["type"] == "text_link"
    if link != ("url" in entity) or not entity.get("url", "http").startswith("http"):
        raise Fault(f"Bad Request: entity {entity} has a wrong URL")


def _check_keyboard(markup: Params | None) -> None:
    rows = (markup or {}).get("inline_keyboard", [])
    for button in (button for row in rows for button in row):
        data = button.get("callback_data", "").encode()
        if not button.get("text", "").strip():
            raise Fault("Bad Request: text buttons are unallowed in the inline keyboard")
        if not 0 < len(data) <= 64 or button.keys() - {"text", "callback_data"}:
            raise Fault("Bad Request: BUTTON_DATA_INVALID")
    if any(not 0 < len(row) <= 8 for row in rows) or sum(map(len, rows)) > 100:
        raise Fault("Bad Request: REPLY_MARKUP_TOO_LONG")


def _check_draft(params: Params) -> None:
    if params["draft_id"] == 0:
        raise Fault("Bad Request: RANDOM_ID_EMPTY")
    if params["chat_id"] < 0:
        raise Fault("Bad Request: drafts can be sent only to private chats")
    _check_text(params)


def _check_commands(params: Params) -> None:
    if not 0 < len(params["commands"]) <= 100:
        raise Fault("Bad Request: BOT_COMMANDS_TOO_MUCH")
    for row in params["commands"]:
        name = row["command"]
        if not (0 < len(name) <= 32 and name.isascii() and name.replace("_", "a").isalnum()):
            raise Fault("Bad Request: BOT_COMMAND_INVALID")
        if name != name.lower() or not 0 < len(row["description"]) <= 256:
            raise Fault("Bad Request: BOT_COMMAND_DESCRIPTION_INVALID")


def _check_action(params: Params) -> None:
    if params["action"] not in ACTIONS:
        raise Fault("Bad Request: wrong parameter action in request")


def _at_most(field: str, limit: int) -> Callable[[Params], None]:
    def check(params: Params) -> None:
        if len(params.get(field, "")) > limit:
            raise Fault(f"Bad Request: {field} is too long")

    return check


LIMITS: dict[str, Callable[[Params], None]] = {
    "sendMessage": _check_message,
    "sendPhoto": _check_photo,
    "sendDocument": _check_document,
    "editMessageMedia": _check_media,
    "editMessageText": _check_message,
    "editMessageReplyMarkup": lambda params: _check_keyboard(params.get("reply_markup")),
    "sendMessageDraft": _check_draft,
    "sendChatAction": _check_action,
    "setMyCommands": _check_commands,
    "setMyDescription": _at_most("description", 512),
    "setMyShortDescription": _at_most("short_description", 120),
    "answerCallbackQuery": _at_most("text", 200),
}
