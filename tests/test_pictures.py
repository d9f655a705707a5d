"""Pictures: drawn the same everywhere, whatever the text, and legible in both themes."""

import hashlib
import html
import re
import struct
import subprocess
import sys
from dataclasses import replace
from itertools import product

import pytest
from babel.messages.pofile import read_po
from hypothesis import given
from hypothesis import strategies as st

from bot.course.model import Course
from bot.pictures.progress_card import ModuleRow, ProgressCard, draw
from bot.pictures.svg import SCALE, clean, columns, fitted, text, to_png, wrapped
from bot.pictures.theme import DARK, LIGHT, Theme
from bot.settings import ROOT

THEMES = pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])

HOSTILE = [
    "<&\"'>]]></text></svg><rect/>&#0;&lt;", "a\0b\x1b[31m\x7f", "\ud83d\udcaa \ud83d",
    "\ufffe\uffff", "\u202eمرحبا שלום\u202c", "长" * 500, "W" * 500, "a " * 250, "\u200b" * 500,
    "e\u0301" * 99, "👩\u200d👩\u200d👧 ✅ ⭐", "\r\n\t\u2028", "", "ไทย हिन्दी 한국어",
]  # fmt: skip

LEVELS = (0, 1, 2, 3, 4)

CARD = ProgressCard(
    title="学习进度",
    modules=tuple(ModuleRow(f"第 {number} 单元", LEVELS) for number in range(1, 9)),
    level_names=("没学", "看过", "学会", "记牢", "会讲"),
    month="2026 年 12 月",
    weekdays=("一", "二", "三", "四", "五", "六", "日"),
    first_weekday=1,
    days_in_month=31,
    practised=frozenset({1, 2, 14}),
    today=14,
    days_line="本月学习 3 天，休息日随意",
    due=12,
    due_label="张卡片今天该复习",
    goal_label="下一个目标",
    goal="把“token”这一课学到“记牢”",
)


def _with_text(said: str) -> ProgressCard:
    return replace(
        CARD,
        title=said,
        modules=(ModuleRow(said, LEVELS),) * 8,
        level_names=(said,) * 5,
        month=said,
        weekdays=(said,) * 7,
        days_line=said,
        due_label=said,
        goal_label=said,
        goal=said,
    )


def _size(png: bytes) -> tuple[int, int]:
    """Return what the header says, after a look at the signature and the end."""
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    assert png.endswith(b"IEND\xaeB`\x82")
    width, height = struct.unpack(">II", png[16:24])
    return width, height


def _contrast(one: str, other: str) -> float:
    """Return the contrast of two colours, from 1 to 21, as WCAG 2 defines it."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: str) -> float:
    parts = [value / 255 for value in bytes.fromhex(colour[1:])]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _glyph(char: str) -> bytes:
    return to_png(text(2, 14, char, 12, "#000000"), 20, 20)


@THEMES
def test_the_card_is_a_png_of_the_size_it_names(theme: Theme) -> None:
    """It is wide enough for a telephone and small enough for its network."""
    picture = draw(CARD, theme, "in words")
    assert _size(picture.png) == (picture.width, picture.height)
    assert picture.width == 400 * SCALE == 1200
    assert len(picture.png) < 150_000
    assert picture.alt == "in words"


def test_the_same_card_is_the_same_picture() -> None:
    """Equal facts give equal bytes, other facts and the other theme give others."""
    card = draw(CARD, LIGHT, "").png
    assert draw(replace(CARD), LIGHT, "").png == card
    others = [draw(replace(CARD, due=13), LIGHT, ""), draw(CARD, DARK, "")]
    assert all(other.png != card for other in others)


def test_no_font_of_the_machine_is_needed() -> None:
    """A bare environment, without fontconfig or a home, draws the same bytes."""
    program = (
        "import hashlib; from tests.test_pictures import CARD, LIGHT, draw;"
        "print(hashlib.sha256(draw(CARD, LIGHT, '').png).hexdigest())"
    )
    bare = {"FONTCONFIG_FILE": "/nowhere", "HOME": "/nowhere", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", program], env=bare, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == hashlib.sha256(draw(CARD, LIGHT, "").png).hexdigest()


@pytest.mark.parametrize("said", HOSTILE)
def test_any_text_can_be_drawn(said: str) -> None:
    """No text breaks the picture or leaves its place."""
    picture = draw(_with_text(said), DARK, said)
    assert _size(picture.png) == (picture.width, picture.height)
    assert picture.height < 2 * picture.width


def test_text_is_never_markup() -> None:
    """What looks like an element is shown as it was written."""
    said = "</text><rect width='400'/>&amp;"
    drawn = text(0, 10, said, 10, "#000000")
    assert re.findall(r"</?\w+", drawn) == ["<text", "</text"]
    assert html.unescape(drawn[drawn.index(">") + 1 : drawn.rindex("<")]) == said


@pytest.mark.parametrize("count", [0, 1, 2, 5, 6, 8, 10, 11, 20])
def test_a_course_may_have_any_number_of_modules(count: int) -> None:
    """Few or many, with no lesson or with forty, all of them are drawn."""
    lessons = (LEVELS * 8, (), (4,), (0,) * 40)
    modules = tuple(ModuleRow(f"Module {number}", lessons[number % 4]) for number in range(count))
    picture = draw(replace(CARD, modules=modules), LIGHT, "")
    assert _size(picture.png) == (picture.width, picture.height)
    fewer = draw(replace(CARD, modules=modules[:-1]), LIGHT, "")
    assert count == 0 or fewer.png != picture.png


@pytest.mark.parametrize(("days", "first"), list(product(range(28, 32), range(7))))
def test_every_month_fits(days: int, first: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each day has a place of its own on the card, under its weekday."""
    monkeypatch.setattr("bot.pictures.progress_card.to_png", lambda svg, *_size: svg.encode())
    month = replace(CARD, days_in_month=days, first_weekday=first, today=days, due=0, modules=())
    picture = draw(month, LIGHT, "")
    found = re.findall(r'<text x="(\S+)" y="(\S+)" [^>]*>(\d+)</text>', picture.png.decode())
    places = {int(day): (float(x), float(y)) for x, y, day in found if day != "0"}
    assert len(set(places.values())) == len(found) - 1 == days
    assert all(places[day][0] == places[day + 7][0] for day in range(1, days - 6))
    assert (places[1][0] == min(places.values())[0]) is (first == 0)
    assert all(x * SCALE < picture.width and y * SCALE < picture.height for x, y in places.values())


def test_each_level_looks_different_without_colour() -> None:
    """With one colour for all of them, each level still has a picture of its own."""
    plain = replace(LIGHT, hollow="#000000", levels=("#000000",) * 4)
    cards = [replace(CARD, modules=(ModuleRow("", (level,)),)) for level in LEVELS]
    assert len({draw(card, plain, "").png for card in cards}) == len(LEVELS)


@THEMES
def test_text_and_marks_stand_out(theme: Theme) -> None:
    """Text has a contrast of 4.5 at least, a mark that means something 3 (WCAG 2, AA)."""
    grounds = (theme.panel, theme.background)
    words = list(product((theme.ink, theme.soft, theme.strong), grounds))
    marks = list(product((theme.hollow, *theme.levels, theme.day, theme.today), grounds))
    assert [pair for pair in [*words, (theme.on_day, theme.day)] if _contrast(*pair) < 4.5] == []
    assert [pair for pair in [*marks, (theme.star, theme.levels[-1])] if _contrast(*pair) < 3] == []


def test_the_font_has_every_character_that_we_say(course: Course) -> None:
    """No character of a title or of a catalogue is drawn as the box of a missing one."""
    titles = [module.title for module in course.modules]
    titles += [lesson.title for lesson in course.lessons]
    said = "".join(title.zh + title.en for title in titles)
    for path in (ROOT / "bot" / "locale").rglob("*.po"):
        with path.open("rb") as file:
            said += "".join(f"{message.id}{message.string}" for message in read_po(file))
    missing = to_png('<text x="2" y="14" font-size="12">\U0010ffff</text>', 20, 20)
    blank = to_png("", 20, 20)
    drawn = {char: _glyph(char) for char in set(clean(said)) if not char.isspace()}
    assert len(drawn) > 500
    assert blank != missing
    assert {char for char, glyph in drawn.items() if glyph in (missing, blank)} == set()


@given(st.text() | st.text("长“”…—Wil é"), st.floats(2, 60))
def test_a_fitted_text_is_never_too_wide(said: str, width: float) -> None:
    """It is the text, or its beginning and an ellipsis."""
    short = fitted(said, width)
    assert columns(short) <= width
    if short != clean(said):
        assert short.endswith(("…", "..."))
        assert columns(clean(said)) > width


@given(st.text("ab cd长短，。（W", max_size=80), st.integers(4, 40), st.integers(1, 4))
def test_wrapped_lines_fit_and_lose_nothing_but_the_end(said: str, width: int, lines: int) -> None:
    """No line is too wide; what was not cut is all there, in its order."""
    done = wrapped(said, width, lines)
    assert len(done) <= lines
    assert all(columns(line) <= width for line in done)
    if not any(line.endswith(("…", "...")) for line in done):
        assert "".join(done).replace(" ", "") == clean(said).replace(" ", "")


def test_punctuation_does_not_begin_a_line() -> None:
    """It stays with the character before it, and an English word in one piece."""
    assert wrapped("学到“记牢”，再来", 10, 3) == ["学到“记", "牢”，再来"]
    assert wrapped("学到“记牢”，再来", 6, 3) == ["学到", "“记", "牢”…"]
    assert wrapped("from seen to passed", 12, 2) == ["from seen", "to passed"]


def test_english_has_narrow_quotation_marks() -> None:
    """The font's own are as wide as a Chinese character."""
    assert clean("Take “Tokens” on…") == 'Take "Tokens" on...'
    assert clean("学“token”…") == "学“token”…"
