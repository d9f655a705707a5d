"""The progress card: mastery by module, the month, what is due and what comes next."""

from dataclasses import dataclass
from math import cos, pi, sin

from bot.messages import Picture
from bot.pictures.svg import (
    SCALE,
    circle,
    clean,
    columns,
    fitted,
    polygon,
    rect,
    text,
    to_png,
    wrapped,
)
from bot.pictures.theme import Theme

WIDTH = 400
MARGIN = 14
GAP = 8
PAD = 13
RADIUS = 12
INNER = WIDTH - 2 * MARGIN

HEADER = 52
NARROW = 164
BROAD = INNER - GAP - NARROW
"""Side by side: the panels of the month and of what is due or the modules."""

WEEKS_TOP = 48
DAY = 20
LINE = 14
DUE = 70
GOAL_LINE = 17
LEGEND = 36

ROW = 27
PITCH = 36
WIDEST_PITCH = 42
"""A module's title and cells; from one module to the next, wider where there is room."""

CELL = 22
CELL_HEIGHT = 11.5

BESIDE = range(6, 11)
"""How many modules fill a column beside the month; fewer or more go below it, in two columns."""


@dataclass(frozen=True, slots=True)
class ModuleRow:
    """A module. `levels`: 0 new, 1 seen, 2 passed, 3 kept, 4 explained, one for each lesson."""

    title: str
    levels: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ProgressCard:
    """What the card says; all texts are in the learner's language already.

    first_weekday: that of the 1st, 0 is Monday. practised: days of the month. due: cards due today.
    """

    title: str
    modules: tuple[ModuleRow, ...]
    level_names: tuple[str, str, str, str, str]
    month: str
    weekdays: tuple[str, str, str, str, str, str, str]
    first_weekday: int
    days_in_month: int
    practised: frozenset[int]
    today: int
    days_line: str
    due: int
    due_label: str
    goal_label: str
    goal: str


@dataclass(frozen=True, slots=True)
class _Box:
    """Where a panel lies."""

    x: float
    y: float
    width: float
    height: float

    @property
    def bottom(self) -> float:
        return self.y + self.height

    @property
    def inner(self) -> float:
        return self.width - 2 * PAD


@dataclass(frozen=True, slots=True)
class _Layout:
    """Where all panels lie, and how many columns of modules there are."""

    month: _Box
    due: _Box
    goal: _Box
    modules: _Box
    columns: int

    @property
    def bottom(self) -> float:
        return max(self.goal.bottom, self.modules.bottom)

    @property
    def height(self) -> int:
        return round(self.bottom + LEGEND)


def draw(card: ProgressCard, theme: Theme, alt: str) -> Picture:
    """Draw the card; `alt` says the same in words."""
    layout = _beside(card) if len(card.modules) in BESIDE else _below(card)
    parts = (
        rect(0, 0, WIDTH, layout.height, theme.background),
        text(MARGIN + 2, 35, fitted(card.title, 2 * INNER / 20), 20, theme.ink, strong=True),
        _month(card, layout.month, theme),
        _due(card, layout.due, theme),
        _goal(card, layout.goal, theme),
        _modules(card, layout.modules, layout.columns, theme),
        _legend(card, layout.bottom + 22, theme),
    )
    png = to_png("".join(parts), WIDTH, layout.height)
    return Picture(png, alt, WIDTH * SCALE, layout.height * SCALE)


def _beside(card: ProgressCard) -> _Layout:
    """Lay the modules to the left, the month and the cards due to the right, the goal below."""
    right = MARGIN + BROAD + GAP
    month = _Box(right, HEADER, NARROW, _month_height(card))
    height = max(_modules_height(len(card.modules)), month.height + GAP + DUE)
    due_top, goal_top = month.bottom + GAP, HEADER + height + GAP
    lines = len(_goal_lines(card, INNER - 2 * PAD))
    return _Layout(
        month=month,
        due=_Box(right, due_top, NARROW, HEADER + height - due_top),
        goal=_Box(MARGIN, goal_top, INNER, 34 + GOAL_LINE * lines),
        modules=_Box(MARGIN, HEADER, BROAD, height),
        columns=1,
    )


def _below(card: ProgressCard) -> _Layout:
    """Lay the month to the left, the cards due and the goal to the right, the modules below."""
    month = _Box(MARGIN, HEADER, NARROW, _month_height(card))
    right, goal_top = MARGIN + NARROW + GAP, HEADER + DUE + GAP
    columns_of_modules = min(2, max(1, len(card.modules)))
    rows = -(-len(card.modules) // columns_of_modules)
    return _Layout(
        month=month,
        due=_Box(right, HEADER, BROAD, DUE),
        goal=_Box(right, goal_top, BROAD, month.bottom - goal_top),
        modules=_Box(MARGIN, month.bottom + GAP, INNER, _modules_height(rows)),
        columns=columns_of_modules,
    )


def _modules_height(rows: int) -> float:
    return 2 * PAD + ROW + PITCH * (rows - 1)


def _month_height(card: ProgressCard) -> float:
    weeks = -(-(card.first_weekday + card.days_in_month) // 7)
    return WEEKS_TOP + DAY * weeks + LINE * len(_days_lines(card)) + PAD


def _days_lines(card: ProgressCard) -> list[str]:
    return wrapped(card.days_line, 2 * (NARROW - 2 * PAD) / 10, 3)


def _goal_lines(card: ProgressCard, width: float) -> list[str]:
    return wrapped(card.goal, 2 * width / 12.5, 2 if width > BROAD else 5)


def _panel(box: _Box, theme: Theme) -> str:
    return rect(box.x, box.y, box.width, box.height, theme.panel, radius=RADIUS)


def _lines(lines: list[str], x: float, y: float, size: float, step: float, colour: str) -> str:
    return "".join(
        text(x, y + step * number, line, size, colour) for number, line in enumerate(lines)
    )


def _modules(card: ProgressCard, box: _Box, count: int, theme: Theme) -> str:
    rows = max(1, -(-len(card.modules) // count))
    pitch = min(WIDEST_PITCH, (box.height - 2 * PAD - ROW) / max(1, rows - 1))
    width = (box.inner - (count - 1) * 2 * PAD) / count
    drawn = [_panel(box, theme)]
    for number, module in enumerate(card.modules):
        column, row = divmod(number, rows)
        x = box.x + PAD + column * (width + 2 * PAD)
        drawn.append(_module(module, x, box.y + PAD + row * pitch, width, theme))
    return "".join(drawn)


def _module(module: ModuleRow, x: float, y: float, width: float, theme: Theme) -> str:
    """Draw the title and, below it, a cell for each lesson."""
    title = text(x, y + 9.5, fitted(module.title, 2 * width / 11.5), 11.5, theme.ink)
    pitch = min(CELL, width / max(1, len(module.levels)))
    cells = (
        _cell(x + number * pitch, y + ROW - CELL_HEIGHT, pitch * 0.83, level, theme)
        for number, level in enumerate(module.levels)
    )
    return title + "".join(cells)


def _cell(x: float, y: float, width: float, level: int, theme: Theme) -> str:
    """Draw a level as a glass: empty, a third, two thirds, full, full with a star."""
    if not level:
        return rect(x, y, width, CELL_HEIGHT, "none", radius=3, stroke=theme.hollow)
    colour = theme.levels[level - 1]
    if level < 3:
        filled = (CELL_HEIGHT - 4) * level * 0.32
        glass = rect(x, y, width, CELL_HEIGHT, "none", radius=3, stroke=colour)
        top = y + CELL_HEIGHT - 2 - filled
        return glass + rect(x + 2, top, width - 4, filled, colour, radius=1.2)
    glass = rect(x, y, width, CELL_HEIGHT, colour, radius=3)
    if level == 3:
        return glass
    radius = min(4.4, width / 2.4)
    return glass + _star(x + width / 2, y + CELL_HEIGHT / 2 + 0.3, radius, theme.star)


def _star(x: float, y: float, radius: float, fill: str) -> str:
    turns = [(radius if step % 2 == 0 else radius * 0.45, pi * step / 5) for step in range(10)]
    return polygon([(x + far * sin(turn), y - far * cos(turn)) for far, turn in turns], fill)


def _month(card: ProgressCard, box: _Box, theme: Theme) -> str:
    left, step = box.x + PAD, box.inner / 7
    name = fitted(card.month, 2 * box.inner / 12)
    drawn = [_panel(box, theme), text(left, box.y + 22, name, 12, theme.ink, strong=True)]
    for number, weekday in enumerate(card.weekdays):
        x = left + (number + 0.5) * step
        drawn.append(text(x, box.y + 41, fitted(weekday, 4), 9.5, theme.soft, anchor="middle"))
    for day in range(1, card.days_in_month + 1):
        week, number = divmod(card.first_weekday + day - 1, 7)
        x, y = left + (number + 0.5) * step, box.y + WEEKS_TOP + (week + 0.5) * DAY
        drawn.append(_day(card, day, x, y, theme))
    lines = _days_lines(card)
    y = box.bottom - PAD - LINE * (len(lines) - 1)
    return "".join(drawn) + _lines(lines, left, y, 10, LINE, theme.soft)


def _day(card: ProgressCard, day: int, x: float, y: float, theme: Theme) -> str:
    """Draw a day: a disc if it was practised, a ring around today, else its number alone."""
    practised = day in card.practised
    drawn = circle(x, y, 7.8, theme.day) if practised else ""
    if day == card.today:
        drawn += circle(x, y, 9.2, "none", stroke=theme.today)
    colour = theme.on_day if practised else theme.soft
    return drawn + text(x, y + 3.4, str(day), 9.5, colour, anchor="middle")


def _due(card: ProgressCard, box: _Box, theme: Theme) -> str:
    """Draw the number of cards above its label, with a small pile of cards at the right."""
    x, lines = box.x + PAD, wrapped(card.due_label, 2 * box.inner / 10.5, 2)
    top = box.y + (box.height - 40 - LINE * len(lines)) / 2
    pile = "".join(
        rect(box.x + box.width - PAD - 26 - shift, top + 3 + shift, 22, 28, colour, radius=4)
        for shift, colour in ((-4, theme.shade), (4, theme.tint))
    )
    number = text(x, top + 29, str(card.due), 34, theme.strong, strong=True)
    return _panel(box, theme) + pile + number + _lines(lines, x, top + 49, 10.5, LINE, theme.ink)


def _goal(card: ProgressCard, box: _Box, theme: Theme) -> str:
    x, lines = box.x + PAD, _goal_lines(card, box.inner)
    label = text(x, box.y + 21, fitted(card.goal_label, 2 * box.inner / 10), 10, theme.soft)
    return _panel(box, theme) + label + _lines(lines, x, box.y + 39, 12.5, GOAL_LINE, theme.ink)


def _legend(card: ProgressCard, y: float, theme: Theme) -> str:
    """Draw every level with its name, spread over the width."""
    names = [clean(name) for name in card.level_names]
    if sum(map(columns, names)) > 50:
        names = [fitted(name, 10) for name in names]
    widths = [22 + 5 * columns(name) for name in names]
    gap = (INNER - 4 - sum(widths)) / (len(names) - 1)
    x, drawn = MARGIN + 2.0, ""
    for level, (name, width) in enumerate(zip(names, widths, strict=True)):
        drawn += _cell(x, y - 9.5, 17, level, theme) + text(x + 22, y, name, 10, theme.soft)
        x += width + gap
    return drawn
