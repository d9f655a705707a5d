"""What Telegram accepts: the shape of each request, and the limits that are in no schema.

The methods that the loopback server speaks are tabulated here. When SPECS_DIR is set, each request
is also checked against the whole machine-readable Bot API there.
"""

import json
import os
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

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
    "editMessageText": "chat_id!:int message_id!:int text!:str entities:list "
    "link_preview_options:dict reply_markup:dict",
    "editMessageReplyMarkup": "chat_id!:int message_id!:int reply_markup:dict",
    "deleteMessage": "chat_id!:int message_id!:int",
    "sendMessageDraft": "chat_id!:int draft_id!:int text:str entities:list message_thread_id:int",
    "sendChatAction": "chat_id!:int action!:str message_thread_id:int",
    "answerCallbackQuery": "callback_query_id!:str text:str show_alert:bool cache_time:int",
}
"""Name -> parameters as "name[!]:type", "!" for required. Parameters that the bot has no business
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


def decode(method: str, raw: Mapping[str, str]) -> Params:
    """Return the typed parameters of a request, checked. Raises Fault."""
    if method not in METHODS:
        raise Fault(f"Not Found: method {method} not found", status=404)
    table = dict(field.split(":") for field in METHODS[method].split())
    kinds = {name.rstrip("!"): kind for name, kind in table.items()}
    if unknown := raw.keys() - kinds.keys():
        raise Fault(f"Bad Request: {method} has no parameter {', '.join(sorted(unknown))}")
    for name in table:
        if name.endswith("!") and raw.get(name[:-1], "") == "" and name != "text!":
            raise Fault(f"Bad Request: {method} needs {name[:-1]}")
    params = {name: _parse(name, kinds[name], value) for name, value in raw.items()}
    _check_against_spec(method, params)
    if check := LIMITS.get(method):
        check(params)
    return params


def _parse(name: str, kind: str, value: str) -> Any:
    if kind == "str":
        return value
    try:
        parsed = json.loads(value)
    except ValueError:
        raise Fault(f"Bad Request: {name} is not JSON") from None
    if type(parsed).__name__ != kind:
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
    text, entities = params.get("text", ""), params.get("entities", [])
    if units(text) > 4096:
        raise Fault("Bad Request: message is too long")
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
    "editMessageText": _check_message,
    "editMessageReplyMarkup": lambda params: _check_keyboard(params.get("reply_markup")),
    "sendMessageDraft": _check_draft,
    "sendChatAction": _check_action,
    "setMyCommands": _check_commands,
    "setMyDescription": _at_most("description", 512),
    "setMyShortDescription": _at_most("short_description", 120),
    "answerCallbackQuery": _at_most("text", 200),
}


@cache
def _spec() -> dict[str, Any] | None:
    folder = os.environ.get("SPECS_DIR")
    if not folder:
        return None
    found: dict[str, Any] = json.loads((Path(folder) / "telegram-bot-api-10.1.json").read_text())
    return found


def _check_against_spec(method: str, params: Params) -> None:
    spec = _spec()
    if spec is None:
        return
    if method not in spec["methods"]:
        raise Fault(f"Not Found: {method} is not in the specification", status=404)
    fields = spec["methods"][method].get("fields", [])
    if problem := _misfit(params, fields, method):
        raise Fault(f"Bad Request: {problem}")


def check_type(value: Params, name: str) -> None:
    """Check what the server itself makes up, such as an Update. Raises Fault; needs SPECS_DIR."""
    if _spec() is not None and not _fits(value, name):
        raise Fault(f"the loopback server made a wrong {name}: {value}")


def _misfit(value: Params, fields: list[Params], where: str) -> str | None:
    """Return what is wrong with an object, or None."""
    known = {field["name"]: field for field in fields}
    if unknown := value.keys() - known.keys():
        return f"{where} has no field {', '.join(sorted(unknown))}"
    for name, field in known.items():
        if name not in value:
            if field["required"]:
                return f"{where} needs {name}"
        elif not any(_fits(value[name], kind) for kind in field["types"]):
            return f"{where}.{name} is not {' or '.join(field['types'])}: {value[name]!r}"
    return None


SCALARS: dict[str, Callable[[Any], bool]] = {
    "Integer": lambda value: type(value) is int,
    "Float": lambda value: type(value) in (int, float),
    "String": lambda value: isinstance(value, str),
    "Boolean": lambda value: isinstance(value, bool),
    "True": lambda value: value is True,
}


def _fits(value: Any, kind: str) -> bool:
    if kind.startswith("Array of "):
        element = kind.removeprefix("Array of ")
        return isinstance(value, list) and all(_fits(each, element) for each in value)
    if kind in SCALARS:
        return SCALARS[kind](value)
    spec = _spec()
    assert spec is not None
    definition = spec["types"][kind]
    if "subtypes" in definition:
        return any(_fits(value, subtype) for subtype in definition["subtypes"])
    fields = definition.get("fields", [])
    return isinstance(value, dict) and _misfit(value, fields, kind) is None
