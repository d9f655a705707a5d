"""SVG by hand: text, shapes, and the way to a PNG that looks the same on every machine."""

import html
import re
import unicodedata
from collections.abc import Iterable
from pathlib import Path

import resvg_py
from wcwidth import wcwidth

SCALE = 3
"""Pixels for each unit: a picture of 400 units, as wide as a telephone, has 1,200 pixels."""

ELLIPSIS = "…"

_FAMILY = "Noto Sans SC"
_FONT = str(Path(__file__).parent / "fonts" / "NotoSansSC.ttf")

_ADVANCES = {
    char: advance
    for advance, chars in (
        (0.5, " "), (0.6, "',.:;ijl|"), (0.7, "!If"), (0.8, "()-/[]\\t{}"), (1, "r*?sz"),
        (1.1, '"Jcvxy'), (1.2, "#$+0123456789<=>EFLVXY^_aegk~"), (1.3, "ACPSTZ`bdhnopqu"),
        (1.5, "BDKR&GHNU"), (1.7, "OQMw"), (1.9, "W%m"),
    )
    for char in chars
}  # fmt: skip
"""Of our font, in halves of its size, rounded up."""

_LATIN = str.maketrans({"“": '"', "”": '"', "‘": "'", "’": "'", "…": "..."})
_PICTOGRAPH = re.compile("(?![★☆✓])[\u2300-\u23ff\u2600-\u2bff\U00010000-\U0010ffff]")
"""Emoji and their kin, of which the font has these three."""

_PIECE = re.compile(r"\s*(?:[!-~\u00a1-\u024f]+|[“‘（《「]*.)[，。！？；：、”’）》」…]*")
"""What stays together on a line: a word, or a Chinese character with the punctuation around it."""


def clean(text: str) -> str:
    """Return the text on one line, without what no font draws: controls, surrogates, emoji.

    Quotation marks and ellipses of a Chinese font are as wide as its characters: a text without
    any gets those of a typewriter.
    """
    composed = unicodedata.normalize("NFC", " ".join(text.split()))
    kept = "".join(filter(_is_drawn, composed)).strip()
    return kept if any(wcwidth(char) == 2 for char in kept) else kept.translate(_LATIN)


def _is_drawn(char: str) -> bool:
    return unicodedata.category(char)[0] not in "CM" and not _PICTOGRAPH.match(char)


def columns(text: str) -> float:
    """Estimate the width of a text in halves of its size: a Chinese character has two.

    It says too much rather than too little.
    """
    return sum(map(_columns, text))


def _columns(char: str) -> float:
    return _ADVANCES.get(char) or (1.5 if "\u00c0" <= char <= "\u024f" else 2)


def fitted(text: str, width: float) -> str:
    """Return the text, or as much of it as fits into `width` columns with an ellipsis."""
    text = clean(text)
    if columns(text) <= width:
        return text
    room = width - columns(ELLIPSIS)
    kept = 0
    while kept < len(text) and (room := room - _columns(text[kept])) >= 0:
        kept += 1
    return clean(text[:kept] + ELLIPSIS)


def wrapped(text: str, width: float, lines: int) -> list[str]:
    """Break the text into at most `lines` lines of `width` columns; the last one is cut."""
    done: list[str] = []
    rest = clean(text)
    while rest and len(done) < lines - 1:
        line = _first_line(rest, width)
        done.append(fitted(line, width))
        rest = rest[len(line) :].lstrip()
    return [*done, fitted(rest, width)] if rest else done


def _first_line(text: str, width: float) -> str:
    """Return the pieces that fit into a line, at least one."""
    line = ""
    for piece in _PIECE.findall(text):
        if line and columns(line + piece) > width:
            break
        line += piece
    return line


def text(
    x: float,
    y: float,
    content: str,
    size: float,
    fill: str,
    *,
    anchor: str = "start",
    strong: bool = False,
) -> str:
    """Draw a line of text on the baseline `y`; `strong` is a stroke, the font has one weight."""
    stroke = f' stroke="{fill}" stroke-width="{size * 0.03:g}"' if strong else ""
    return (
        f'<text x="{x:g}" y="{y:g}" font-size="{size:g}" fill="{fill}" text-anchor="{anchor}"'
        f"{stroke}>{html.escape(clean(content))}</text>"
    )


def rect(
    x: float,
    y: float,
    width: float,
    height: float,
    fill: str,
    *,
    radius: float = 0,
    stroke: str = "none",
) -> str:
    """Draw a rectangle; its outline lies inside it."""
    inset = 0 if stroke == "none" else 0.5
    return (
        f'<rect x="{x + inset:g}" y="{y + inset:g}" width="{width - 2 * inset:g}"'
        f' height="{height - 2 * inset:g}" rx="{radius:g}" fill="{fill}" stroke="{stroke}"/>'
    )


def circle(x: float, y: float, radius: float, fill: str, *, stroke: str = "none") -> str:
    return (
        f'<circle cx="{x:g}" cy="{y:g}" r="{radius:g}" fill="{fill}" stroke="{stroke}"'
        ' stroke-width="1.5"/>'
    )


def polygon(points: Iterable[tuple[float, float]], fill: str) -> str:
    corners = " ".join(f"{x:.2f},{y:.2f}" for x, y in points)
    return f'<polygon points="{corners}" fill="{fill}"/>'


def to_png(svg: str, width: int, height: int) -> bytes:
    """Draw the elements in `svg` on a canvas of so many units, with our own font alone."""
    document = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}"'
        f' font-family="{_FAMILY}">{svg}</svg>'
    )
    return resvg_py.svg_to_bytes(
        svg_string=document, font_files=[_FONT], skip_system_fonts=True, zoom=SCALE
    )
