"""`Reply` -> arguments of the SDK's `send` and `edit`. Pure.

Discord's Markdown is close to ours, so little is rewritten: what Discord cannot show (deep
headings, tables, `~~~` fences) and what it shows too much of (a preview under every link).
"""

import re
from collections.abc import Callable, Iterator
from typing import Any

import discord
from discord import ui

from adapters.discord.split import split
from bot.messages import Button, Reply

Part = dict[str, Any]
"""Keyword arguments that `send` takes as they are; see `edited` for `edit`."""

CONTENT = 2000
LABEL = 80
BUTTONS = 25
EMPTY = "…"

_FENCED = re.compile(r"(```.*?(?:```|\Z))", re.DOTALL)
_CODE = re.compile(rf"{_FENCED.pattern[:-1]}|`[^`\n]+`)", re.DOTALL)
_TILDES = re.compile(r"^( {0,3})~{3,}", re.MULTILINE)
_DEEP_HEADING = re.compile(r"^ {0,3}#{4,6} +(.+?) *#*$", re.MULTILINE)
_TABLE = re.compile(r"^ {0,3}\|.*\n {0,3}\|[ :|-]*-[ :|-]*$(?:\n {0,3}\|.*)*", re.MULTILINE)
_URL = re.compile(r"(?<!<)\bhttps?://[\w.~:/?#\[\]@!$&'()*+,;=%-]+", re.ASCII | re.IGNORECASE)


class Buttons(ui.View):
    """A view that discord.py never stores: its store would keep every message's for ever.

    Nothing is lost by it, because presses are read from the event itself, also after a restart.
    """

    def is_finished(self) -> bool:
        return True


def parts(reply: Reply) -> list[Part]:
    """Return the messages that show `reply`, at least one; the last carries the buttons."""
    rendered: list[Part] = [
        {"content": content, "allowed_mentions": discord.AllowedMentions.none()}
        for content in split(markdown(_mend(reply.text)), CONTENT) or [EMPTY]
    ]
    if reply.buttons:
        rendered[-1]["view"] = _view(reply.buttons)
    return rendered


def _mend(text: str) -> str:
    """Replace lone surrogates, which cannot be sent."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def edited(part: Part) -> Part:
    """Return the arguments that turn an existing message into `part`: it loses its old buttons."""
    return {"view": None, **part}


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
