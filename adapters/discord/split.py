"""A long text -> messages that Discord takes: at good places, with code blocks kept whole.

A code block that is cut is closed in one message and opened again, with its language, in the next.
Apart from that and from blanks at the seams nothing is added and nothing is lost.
"""

import re
from bisect import bisect_right
from dataclasses import dataclass

FENCE = "```"
_OPENING = re.compile(r"```(?:[\w+.#-]{0,20}\n)?", re.ASCII)
_CLOSING = "\n" + FENCE
_SEAMS = tuple(
    re.compile(pattern)
    for pattern in (r"\n[ \t]*\n", r"\n", r"[.!?…][\"')\]*_]*\s|[。！？；]", r"\s")
)
"""Where to cut, best first: after a paragraph, a line, a sentence, a word."""


@dataclass(frozen=True, slots=True)
class _Block:
    """A code block: text[start:inside] opens it, text[end:end + 3] closes it."""

    start: int
    inside: int
    end: int
    header: str


def split(text: str, limit: int) -> list[str]:
    """Return `text` in messages of at most `limit` UTF-16 units; none where it is blank."""
    if len(text.encode("utf-16-le")) <= 2 * limit and text.count(FENCE) % 2 == 0:
        return [text.strip()] if text.strip() else []
    blocks = _blocks(text)
    messages, start = [], 0
    while start < len(text):
        end = _end(text, start, limit, blocks)
        messages.append(_message(text, start, end, blocks))
        start = end
    return [message for message in messages if message]


def _blocks(text: str) -> list[_Block]:
    """Find code blocks as Discord does: from any ``` to the next. The last may have no end."""
    blocks, at = [], 0
    while opening := _OPENING.search(text, at):
        end = text.find(FENCE, opening.end())
        end = len(text) if end < 0 else end
        header = opening[0].rstrip("\n") + "\n"
        blocks.append(_Block(opening.start(), opening.end(), end, header))
        at = end + len(FENCE)
    return blocks


def _around(position: int, blocks: list[_Block]) -> _Block | None:
    """Return the block that a cut at `position` goes through."""
    index = bisect_right(blocks, position, key=lambda block: block.start) - 1
    # A cut right before the opening leaves the block whole; one right before the closing does not.
    if index >= 0 and blocks[index].start < position < blocks[index].end + len(FENCE):
        return blocks[index]
    return None


def _end(text: str, start: int, limit: int, blocks: list[_Block]) -> int:
    """Return where the message that begins at `start` ends: always further on."""
    block = _around(start, blocks)
    # Room for the fence that has to be added, or for a block's last character (of up to two
    # units) and its own fence.
    room = limit - 2 - len(FENCE) - (len(block.header) if block else 0)
    furthest = start + _fitting(text[start : start + room], room)
    if furthest >= len(text):
        return len(text)
    end = _off_fences(start, start + _seam(text[start:furthest]), blocks)
    return min(end or _off_fences(start, furthest, blocks) or furthest, len(text))


def _off_fences(start: int, end: int, blocks: list[_Block]) -> int | None:
    """Move a cut that falls in a ``` or would leave an empty block; None where there is no way."""
    block = _around(end, blocks)
    if block is None:
        return end
    if end <= block.inside:
        return block.start if block.start > start else None
    return block.end + len(FENCE) if end >= block.end - 1 else end


def _fitting(window: str, room: int) -> int:
    """Return how many characters of `window` are at most `room` UTF-16 units."""
    return len(window.encode("utf-16-le")[: 2 * room].decode("utf-16-le", "ignore"))


def _seam(window: str) -> int:
    """Return the best place to cut: a good one in the second half before any in the first."""
    for least in (len(window) // 2, 0):
        for seam in _SEAMS:
            ends = [match.end() for match in seam.finditer(window) if match.end() > least]
            if ends:
                return ends[-1]
    return len(window)


def _message(text: str, start: int, end: int, blocks: list[_Block]) -> str:
    before, after = _around(start, blocks), _around(end, blocks)
    body = text[start:end]
    if not body.strip():
        return ""
    # Indentation at the top of a reopened block is part of the code.
    body = before.header + body.rstrip() if before else body.strip()
    return body + _CLOSING if after else body
