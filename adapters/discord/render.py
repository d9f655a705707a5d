"""`Reply` -> messages, and each of these -> arguments of the SDK's `send` and `edit`. Pure.

Discord's Markdown is close to ours, so little is rewritten: what Discord cannot show (deep
headings, tables, `~~~` fences) and what it shows too much of (a preview under every link).
"""

import re
from collections.abc import Callable, Iterator
from io import BytesIO
from typing import Any, NamedTuple

import discord
from discord import ui

from adapters.discord.split import split
from bot.messages import Button, Reply

Part = dict[str, Any]
"""One message: content, allowed_mentions, and where it has them view and attached.

`created` makes of it what `send` takes, `edited` what `edit` takes.
"""

CONTENT = 2000
LABEL = 80
DESCRIPTION = 1024
BUTTONS = 25
EMPTY = "…"

_UNSAFE = re.compile(r"[^\w.-]")
_FENCED = re.compile(r"(```.*?(?:```|\Z))", re.DOTALL)
_CODE = re.compile(rf"{_FENCED.pattern[:-1]}|`[^`\n]+`)", re.DOTALL)
_TILDES = re.compile(r"^( {0,3})~{3,}", re.MULTILINE)
_DEEP_HEADING = re.compile(r"^ {0,3}#{4,6} +(.+?) *#*$", re.MULTILINE)
_TABLE = re.compile(r"^ {0,3}\|.*\n {0,3}\|[ :|-]*-[ :|-]*$(?:\n {0,3}\|.*)*", re.MULTILINE)
_URL = re.compile(r"(?<!<)\bhttps?://[\w.~:/?#\[\]@!$&'()*+,;=%-]+", re.ASCII | re.IGNORECASE)


class Attached(NamedTuple):
    """A picture or a document. It can be sent any number of times, which a discord.File cannot."""

    name: str
    content: bytes
    description: str | None = None

    def file(self) -> discord.File:
        stream = BytesIO(self.content)
        return discord.File(stream, self.name, spoiler=False, description=self.description)


class Buttons(ui.View):
    """A view that discord.py never stores: its store would keep every message's for ever.

    Nothing is lost by it, because presses are read from the event itself, also after a restart.
    """

    def is_finished(self) -> bool:
        return True


def parts(reply: Reply) -> list[Part]:
    """Return the messages that show `reply`, at least one.

    The last carries picture or document and the buttons, which Discord shows in this order.
    """
    rendered: list[Part] = [
        {"content": content, "allowed_mentions": discord.AllowedMentions.none()}
        for content in split(markdown(_mend(reply.text)), CONTENT) or [EMPTY]
    ]
    if attached := _attached(reply):
        rendered[-1]["attached"] = attached
    if reply.buttons:
        rendered[-1]["view"] = _view(reply.buttons)
    return rendered


def _attached(reply: Reply) -> Attached | None:
    if reply.picture and not reply.draft:
        alt = _mend(reply.picture.alt)[:DESCRIPTION]
        return Attached("picture.png", reply.picture.png, alt or None)
    if reply.document and not reply.draft:
        # The SDK writes the name into a header as it is.
        return Attached(_UNSAFE.sub("_", reply.document.name) or "file", reply.document.content)
    return None


def _mend(text: str) -> str:
    """Replace lone surrogates, which cannot be sent."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def created(part: Part) -> dict[str, Any]:
    """Return the arguments that send `part` as a new message, once: a file is used up by it."""
    arguments = dict(part)
    attached = arguments.pop("attached", None)
    return arguments | {"file": attached.file()} if attached else arguments


def edited(part: Part) -> dict[str, Any]:
    """Return the arguments that turn an existing message into `part`, once.

    The message loses its old buttons and files.
    """
    arguments = {"view": None, **part}
    attached = arguments.pop("attached", None)
    return arguments | {"attachments": [attached.file()] if attached else []}


def markdown(text: str) -> str:
    """Put our Markdown in Discord's words; code is left as it is, bar the kind of its fence."""
    text = _rewrite(text, _FENCED, lambda prose: _TILDES.sub(r"\1```", prose))
    text = _rewrite(text, _FENCED, _in_plain_forms)
    return _rewrite(text, _CODE, _without_previews)


def _rewrite(text: str, code: re.Pattern[str], rewrite: Callable[[str], str]) -> str:
    """Apply `rewrite` to what stands between the pieces that `code` matches."""
    pieces = code.split(text)
    return "".join(piece if n % 2 else rewrite(piece) for n, piece in enumerate(pieces))


def _in_plain_forms(prose: str) -> str:
    prose = _DEEP_HEADING.sub(r"**\1**", prose)
    return _TABLE.sub(lambda table: f"```\n{table[0]}\n```", prose)


def _without_previews(prose: str) -> str:
    """Put links in <>, which is how Discord is told not to embed the page they lead to."""
    return _URL.sub(_bracketed, prose)


def _bracketed(match: re.Match[str]) -> str:
    url = match[0]
    # Punctuation at the end is the sentence's, and a ")" without its "(" the masked link's.
    while url[-1] in ".,;:!?'*_~" or (url[-1] in ")]" and _is_loose(url)):
        url = url[:-1]
    return f"<{url}>{match[0][len(url) :]}"


def _is_loose(url: str) -> bool:
    opening = "(" if url[-1] == ")" else "["
    return url.count(url[-1]) > url.count(opening)


def _view(buttons: tuple[Button, ...]) -> Buttons:
    view = Buttons(timeout=None)
    for item in _items(buttons):
        view.add_item(item)
    return view


def _items(buttons: tuple[Button, ...]) -> Iterator[ui.Button[Buttons]]:
    # Discord refuses a message in which two buttons have one id.
    unique = {button.action: button for button in buttons}
    for place, (action, button) in enumerate(list(unique.items())[:BUTTONS]):
        label = button.label.strip() or EMPTY
        if len(label) > LABEL:
            label = label[: LABEL - 1] + EMPTY
        yield ui.Button(label=label, custom_id=action, row=place // 5)
