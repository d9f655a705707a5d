"""A `Reply` for the terminal: plain text, or a line of JSON."""

import json
import re
from pathlib import Path
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token
from wcwidth import wcswidth

from adapters.terminal.files import safe_name
from bot.messages import Button, Document, Picture, Reply

_parser = MarkdownIt("commonmark")


def as_json(reply: Reply, file: Path | None = None) -> str:
    """Return the reply as one line of JSON, as the contract of `chat --json` has it.

    file: where its picture or document is, None where it has neither.
    """
    fields: dict[str, Any] = {
        "text": reply.text,
        "buttons": [{"label": one.label, "action": one.action} for one in reply.buttons],
        "picture": _picture(reply.picture, file),
        "poll": None,
        "document": _document(reply.document, file),
        "draft": reply.draft,
    }
    return json.dumps(fields, ensure_ascii=False)


def _picture(picture: Picture | None, file: Path | None) -> dict[str, Any] | None:
    if picture is None or file is None:
        return None
    size = {"width": picture.width, "height": picture.height}
    return {"path": str(file), "alt": picture.alt, **size}


def _document(document: Document | None, file: Path | None) -> dict[str, Any] | None:
    if document is None or file is None:
        return None
    name = safe_name(document.name)
    return {"path": str(file), "name": name, "media_type": document.media_type}


def as_plain(reply: Reply, file: Path | None = None) -> str:
    """Return the reply without markup, where its file is and its numbered buttons below."""
    blocks = [plain(reply.text)]
    if file:
        blocks.append(file_line(reply, file))
    if reply.buttons:
        blocks.append(button_line(reply))
    return "\n\n".join(blocks) + "\n"


def file_line(reply: Reply, file: Path) -> str:
    return f"{'🖼' if reply.picture else '📄'} {file}"


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
