"""What Discord refuses: checks of request bodies, as the real API makes them.

Every check returns faults as (path, message) pairs, "" where a body is fine.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from tests.platforms.uploads import Upload

Fault = tuple[str, str]
Body = dict[str, Any]

EPHEMERAL, LOADING = 64, 128
SUPPRESS_EMBEDS, SUPPRESS_NOTIFICATIONS = 4, 4096

LOCALES = frozenset(
    (
        "en-US",
        "en-GB",
        "bg",
        "zh-CN",
        "zh-TW",
        "hr",
        "cs",
        "id",
        "da",
        "nl",
        "fi",
        "fr",
        "de",
        "el",
        "hi",
        "hu",
        "it",
        "ja",
        "ko",
        "es-419",
        "lt",
        "no",
        "pl",
        "pt-BR",
        "ro",
        "ru",
        "es-ES",
        "sv-SE",
        "th",
        "tr",
        "uk",
        "vi",
    )
)

MESSAGE = frozenset(
    ("content", "embeds", "allowed_mentions", "components", "flags", "attachments", "poll", "tts")
)
CHANNEL_MESSAGE = MESSAGE | {"nonce", "enforce_nonce", "message_reference", "sticker_ids"}
COMMAND = frozenset(
    (
        "name",
        "name_localizations",
        "description",
        "description_localizations",
        "options",
        "type",
        "nsfw",
        "default_member_permissions",
        "dm_permission",
        "contexts",
        "integration_types",
    )
)
OPTION = frozenset(
    (
        "type",
        "name",
        "name_localizations",
        "description",
        "description_localizations",
        "required",
        "choices",
        "autocomplete",
        "min_length",
        "max_length",
    )
)
NAME = re.compile(r"[-_\w]{1,32}")
FILE_NAME = re.compile(r"[-_.\w]{1,200}")


NO_FILES: Mapping[int, Upload] = {}
FILES, FILE_BYTES = 10, 10 << 20


def message_faults(
    body: Body,
    *,
    known: frozenset[str] = MESSAGE,
    flags: int = 0,
    edit: bool = False,
    files: Mapping[int, Upload] = NO_FILES,
    kept: frozenset[int] = frozenset(),
) -> Iterator[Fault]:
    """Check a message to be created, or the fields of one to be changed.

    files: what is uploaded, by its number; kept: ids of attachments that are there already.
    """
    yield from _unknown(body, known)
    content = body.get("content")
    if content is not None and (not isinstance(content, str) or len(content) > 2000):
        yield "content", "Must be 2000 or fewer in length."
    changes = not edit or "content" in body
    if changes and not (str(content or "").strip() or body.get("embeds") or files):
        yield "content", "Cannot send an empty message"
    if int(body.get("flags") or 0) & ~(SUPPRESS_EMBEDS | SUPPRESS_NOTIFICATIONS | flags):
        yield "flags", "Flags that cannot be set here"
    if len(str(body.get("nonce", ""))) > 25:
        yield "nonce", "Must be 25 or fewer in length."
    if content and not _is_silent(body.get("allowed_mentions")):
        yield "allowed_mentions", "Our own rule: nothing that carries text may ping anybody"
    yield from component_faults(body.get("components") or [])
    yield from _attachment_faults(body.get("attachments") or [], files, kept)


def _attachment_faults(
    attachments: list[Body], files: Mapping[int, Upload], kept: frozenset[int]
) -> Iterator[Fault]:
    """Check files and what the message says of them; files[n] is the attachment with the id n."""
    named = {int(one["id"]): one for one in attachments}
    if len(named) > FILES or len(named) < len(attachments):
        yield "attachments", "Must be 10 or fewer in length, with an id each."
    if files.keys() - named.keys() or named.keys() - files.keys() - kept:
        yield "attachments", "Our own rule: every file is named, and every name has its file"
    for number, file in files.items():
        one = named.get(number, {})
        yield from _unknown(one, frozenset(("id", "filename", "description")))
        if one.get("filename") != file.name or not FILE_NAME.fullmatch(file.name):
            yield "attachments", f"The file {file.name!r} has no name, or two"
        if len(one.get("description") or "") > 1024:
            yield "attachments", "Must be 1024 or fewer in length."
        if file.name.endswith(".png") and file.size is None:
            yield "attachments", "Our own rule: a picture is a PNG"


def too_large(files: Mapping[int, Upload]) -> bool:
    return any(len(file.content) > FILE_BYTES for file in files.values())


def _is_silent(allowed: Any) -> bool:
    return (
        isinstance(allowed, dict)
        and allowed.get("parse") == []
        and not (allowed.get("users") or allowed.get("roles") or allowed.get("replied_user"))
    )


def component_faults(rows: list[Body]) -> Iterator[Fault]:
    """Check classic components: at most five rows of at most five buttons."""
    if len(rows) > 5:
        yield "components", "Must be 5 or fewer in length."
    buttons = [button for row in rows for button in row.get("components", [])]
    for row in rows:
        if row.get("type") != 1 or not 1 <= len(row.get("components", [])) <= 5:
            yield "components", "A row is of type 1 and has one to five components"
    for button in buttons:
        yield from _button_faults(button)
    ids = [button.get("custom_id") for button in buttons]
    if len(ids) != len(set(ids)):
        yield "components", "Component custom id cannot be duplicated"


def _button_faults(button: Body) -> Iterator[Fault]:
    yield from _unknown(
        button, frozenset(("type", "style", "label", "custom_id", "disabled", "emoji", "id"))
    )
    if button.get("type") != 2 or button.get("style") not in (1, 2, 3, 4):
        yield "components", "Not a button that can be pressed"
    if not _is_text(button.get("custom_id"), 100):
        yield "components", "custom_id must be between 1 and 100 in length."
    if not _is_text(button.get("label"), 80):
        yield "components", "label must be between 1 and 80 in length."


def command_faults(commands: list[Body]) -> Iterator[Fault]:
    """Check a whole set of slash commands."""
    if len(commands) > 100:
        yield "", "Maximum number of application commands reached (100)"
    names = [command.get("name") for command in commands]
    if len(names) != len(set(names)):
        yield "", "Application command names must be unique"
    for command in commands:
        yield from _named_faults(command, COMMAND)
        options = command.get("options") or []
        if len(options) > 25:
            yield "options", "Must be 25 or fewer in length."
        required = [bool(option.get("required")) for option in options]
        if required != sorted(required, reverse=True):
            yield "options", "Required options must be placed before non-required options"
        for option in options:
            yield from _option_faults(option)


def _option_faults(option: Body) -> Iterator[Fault]:
    yield from _named_faults(option, OPTION)
    if option.get("type") not in range(3, 12):
        yield "options", "Not a type of option that takes a value"
    if option.get("autocomplete") and option.get("choices"):
        yield "options", "Autocomplete and choices exclude each other"
    yield from choice_faults(option.get("choices") or [])


def choice_faults(choices: list[Body]) -> Iterator[Fault]:
    """Check the choices of an option, or of an autocomplete answer."""
    if len(choices) > 25:
        yield "choices", "Must be 25 or fewer in length."
    for choice in choices:
        yield from _unknown(choice, frozenset({"name", "name_localizations", "value"}))
        if not _is_text(choice.get("name"), 100) or not _is_text(choice.get("value"), 100):
            yield "choices", "name and value must be between 1 and 100 in length."


def _named_faults(thing: Body, known: frozenset[str]) -> Iterator[Fault]:
    yield from _unknown(thing, known)
    name = str(thing.get("name", ""))
    if not NAME.fullmatch(name) or name != name.lower():
        yield "name", f"Command name {name!r} is invalid"
    if not _is_text(thing.get("description"), 100):
        yield "description", f"{name}: must be between 1 and 100 in length."
    for field, limit in (("name_localizations", 32), ("description_localizations", 100)):
        for locale, text in (thing.get(field) or {}).items():
            if locale not in LOCALES or not _is_text(text, limit):
                yield field, f"{name}: unknown locale {locale!r} or text of a wrong length"


def _unknown(body: Body, known: frozenset[str]) -> Iterator[Fault]:
    for field in body.keys() - known:
        yield field, "Unknown field"


def _is_text(value: Any, limit: int) -> bool:
    return isinstance(value, str) and 1 <= len(value) <= limit
