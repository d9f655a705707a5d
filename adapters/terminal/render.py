"""A `Reply` for the terminal: plain text, or a line of JSON."""

import json
import re
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token
from wcwidth import wcswidth

from bot.messages import Button, Reply

_parser = MarkdownIt("commonmark")


def as_json(reply: Reply) -> str:
    """Return the reply as one line of JSON, as the contract of `chat --json` has it."""
    fields: dict[str, Any] = {
        "text": reply.text,
        "buttons": [{"label": one.label, "action": one.action} for one in reply.buttons],
        "picture": None,
        "poll": None,
        "document": None,
        "draft": reply.draft,
    }
    return json.dumps(fields, ensure_ascii=False)


def as_plain(reply: Reply) -> str:
    """Return the reply without markup, its buttons numbered below."""
    text = plain(reply.text)
    return f"{text}\n\n{button_line(reply)}\n" if reply.buttons else f"{text}\n"


def button_line(reply: Reply, width: int = 10_000) -> str:
    """Return the buttons with the number that presses each: [1], or [/1] where digits answer.

    On one line where they fit into `width` columns, otherwise on a line each.
    """
    slash = "/" if reply.expects_number else ""
    buttons = [f"[{slash}{n}] {_label(one)}" for n, one in enumerate(reply.buttons, 1)]
    line = "  ".join(buttons)
    return line if wcswidth(line) <= width else "\n".join(buttons)


def _label(button: Button) -> str:
    return without_controls(button.label).replace("\n", " ")


def plain(text: str) -> str:
    """Return Markdown as plain text: marks of emphasis go, structure stays."""
    lines = without_controls(text).splitlines()
    for block in _parser.parse("\n".join(lines)):
        if block.type == "inline" and block.map:
            first, last = block.map
            lines[first:last] = _strip(lines[first:last], block)
    return "\n".join(lines)


def _strip(lines: list[str], block: Token) -> list[str]:
    """Replace a block's source by its text, keeping what stands before it (bullet, quote mark)."""
    texts = _inline(block).split("\n")
    heads = [re.match(r"\s*(?:>\s?|[-*+]\s+|\d+[.)]\s+)*", line) for line in lines]
    if len(texts) != len(lines):
        return lines
    return [(head[0] if head else "") + one for head, one in zip(heads, texts, strict=True)]


def _inline(block: Token) -> str:
    parts = []
    for child in block.children or []:
        if child.type in ("softbreak", "hardbreak"):
            parts.append("\n")
        elif child.type == "link_close":
            continue
        else:
            parts.append(child.content)
    return "".join(parts)


def without_controls(text: str) -> str:
    """Drop control characters: text from a model must not steer the terminal."""
    return "".join(one for one in text if one in "\n\t" or one.isprintable())
