"""The files of a course as text and data, each able to say on which line a field stands.

A *place* is where a field of the course is written: a file and a line. A *loc* is the field's path
in the types of `bot.course.model`, as pydantic gives it: `("questions", 0, "stem", "en")`.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any, TypeVar

import yaml
from frontmatter.default_handlers import YAMLHandler
from markdown_it import MarkdownIt

from bot.course.fault import Fault
from bot.course.model import LANGUAGES, Language

MAX_BYTES = 1_000_000
MAX_DEPTH = 50
LESSON_FIELDS = ("covers", "concepts", "prerequisites", "lab", "sources", "notes")
PAGE_FIELDS = ("title", "objective", "hook", "analogy_limit", "asks")
SECTIONS = ("body", "simpler", "deeper")
TUTOR_FIELDS = ("example", "probes", "myths")
DIVIDERS: dict[Language, dict[str, str]] = {
    "zh": {"simpler": "更简单", "deeper": "更深入"},
    "en": {"simpler": "Simpler", "deeper": "Deeper"},
}

T = TypeVar("T")
Loc = Sequence[int | str]
Place = tuple[Path, int]

# Only headings matter here, and a `#` inside a code fence is none.
_MARKDOWN = MarkdownIt("zero").enable(["heading", "fence"])
_FRONT_MATTER = YAMLHandler()
_SafeLoader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class UnreadableError(Exception):
    """A file that cannot be used at all."""

    def __init__(self, path: Path, line: int, message: str) -> None:
        super().__init__(message)
        self.fault = Fault(path, line, message)


class _Loader(_SafeLoader):  # type: ignore[misc]
    """PyYAML's safe loader, but a key given twice and an impossible date are errors with a line."""

    def construct_object(self, node: Any, deep: bool = False) -> Any:
        try:
            return super().construct_object(node, deep=deep)
        except ValueError as error:
            raise yaml.constructor.ConstructorError(
                None, None, str(error), node.start_mark
            ) from error

    def construct_mapping(self, node: Any, deep: bool = False) -> Any:
        mapping = super().construct_mapping(node, deep=deep)
        if len(mapping) < len(node.value):
            seen: set[str] = set()
            for key, _ in node.value:
                if key.value in seen:
                    raise yaml.constructor.ConstructorError(
                        None, None, f"`{key.value}` is given twice", key.start_mark
                    )
                seen.add(key.value)
        return mapping


@dataclass(frozen=True)
class Sheet:
    """One YAML text: a whole file, or the front matter of one that begins on `first_line`."""

    path: Path
    text: str
    first_line: int
    data: Any

    @cached_property
    def _root(self) -> Any:
        return yaml.compose(self.text, Loader=_SafeLoader)

    def line(self, loc: Loc) -> int:
        """The line of the field at `loc`, or of the nearest thing around it that is there."""
        node, line = self._root, 0
        for step in loc:
            mark, node = _step(node, step)
            if node is None:
                break
            line = mark.line
        return int(self.first_line + line)


def _step(node: Any, step: int | str) -> tuple[Any, Any]:
    """The mark and the node of one entry of a mapping or sequence, (None, None) if it has none."""
    if isinstance(node, yaml.MappingNode):
        return next(
            ((key.start_mark, value) for key, value in node.value if key.value == str(step)),
            (None, None),
        )
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        return node.value[step].start_mark, node.value[step]
    return None, None


@dataclass(frozen=True)
class Section:
    text: str
    line: int


@dataclass(frozen=True)
class Page:
    """zh.md or en.md: front matter, and the sections whose headings are there."""

    path: Path
    front: Sheet
    sections: dict[str, Section]

    def line(self, loc: Loc, at: str = "") -> int:
        """The line of a front matter field; in a section, of the first line that contains `at`."""
        section = self.sections.get(str(loc[0]))
        if section is None:
            return self.front.line(loc)
        found = section.text.find(at) if at else -1
        if found < 0:  # the section's first line of text
            found = len(section.text) - len(section.text.lstrip())
        return section.line + section.text.count("\n", 0, found)


def read_text(path: Path) -> str:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise UnreadableError(path, 1, "is larger than 1 MB; a course has only short texts")
        text = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError as error:
        raise UnreadableError(path, 1, "is missing; docs/lesson-format.md shows it") from error
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise UnreadableError(path, line, "is not UTF-8 text; save it as UTF-8") from error
    except OSError as error:
        raise UnreadableError(path, 1, f"cannot be read: {error.strerror}") from error
    if "\0" in text:
        raise UnreadableError(path, 1, "is a binary file; write it as UTF-8 text")
    return re.sub(r"\r\n?", "\n", text)


def read_sheet(path: Path, shape: type[dict[Any, Any]] | type[list[Any]]) -> Sheet:
    """A whole YAML file that holds a mapping (`shape` dict) or a list. Raises UnreadableError."""
    return _sheet(path, read_text(path), 1, shape)


def _sheet(path: Path, text: str, first_line: int, shape: type) -> Sheet:
    try:
        _check_depth(text)
        data = yaml.load(text, Loader=_Loader)  # noqa: S506  (a subclass of the safe loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = first_line + (mark.line if mark else 0)
        raise UnreadableError(path, line, f"is not valid YAML: {error.problem}") from error
    except yaml.reader.ReaderError as error:
        line = first_line + text.count("\n", 0, error.position)
        raise UnreadableError(path, line, f"is not valid YAML: {error.reason}") from error
    if not isinstance(data, shape):
        kind = "a mapping of fields" if shape is dict else "a list"
        raise UnreadableError(path, first_line, f"must hold {kind}; docs/lesson-format.md shows it")
    return Sheet(path, text, first_line, data)


def _check_depth(text: str) -> None:
    """Refuse what would overflow the C stack: the parser itself does not recurse, the rest does."""
    depth = 0
    for event in yaml.parse(text, Loader=_SafeLoader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > MAX_DEPTH:
                mark: Any = event.start_mark
                raise yaml.MarkedYAMLError(problem="nested too deeply", problem_mark=mark)
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


def read_page(path: Path, language: Language) -> Page:
    """One language of a lesson. Raises UnreadableError."""
    text = read_text(path)
    try:
        front, content = _FRONT_MATTER.split(text)
    except ValueError as error:
        raise UnreadableError(path, 1, "has no front matter between two lines `---`") from error
    first_line = text.count("\n", 0, text.index(front)) + 1
    sheet = _sheet(path, front, first_line, dict)
    return Page(path, sheet, _sections(content, text.count("\n") - content.count("\n"), language))


def _sections(content: str, lines_before: int, language: Language) -> dict[str, Section]:
    """Cut the text at its dividers; a divider that is missing or out of order gives no section."""
    tokens = _MARKDOWN.parse(content)
    headings = {
        inline.content: heading.map
        for heading, inline in pairwise(tokens)
        if heading.type == "heading_open" and heading.tag == "h1" and heading.map
    }
    starts, end = [("body", 0, 0)], 0
    for name, title in DIVIDERS[language].items():
        if title in headings and headings[title][0] >= end:
            start, end = headings[title]
            starts.append((name, start, end))
    lines = content.split("\n")
    stops = [start for _, start, _ in starts[1:]] + [len(lines)]
    return {
        name: Section("\n".join(lines[first:stop]), lines_before + first + 1)
        for (name, _, first), stop in zip(starts, stops, strict=True)
    }


@dataclass(frozen=True)
class Lines:
    """asks.zh.txt or asks.en.txt: one question a line."""

    path: Path
    texts: tuple[tuple[int, str], ...]
    """Each question with the number of its line."""


def read_lines(path: Path) -> Lines:
    """The lines that are not empty. Raises UnreadableError."""
    lines = enumerate(read_text(path).split("\n"), 1)
    return Lines(path, tuple((number, text.strip()) for number, text in lines if text.strip()))


class LessonFiles:
    """The files of one lesson, as far as they can be read; `faults` says which cannot.

    Four have to be there. `tutor` (tutor.yaml), `answers` (answers.yaml) and `asks` (asks.zh.txt,
    asks.en.txt: more questions than those of the page) are None or empty where a lesson has none.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.faults: list[Fault] = []
        self.sheet = self._read(lambda: read_sheet(folder / "lesson.yaml", dict))
        self.questions = self._read(lambda: read_sheet(folder / "questions.yaml", list))
        self.pages: dict[str, Page] = {}
        for language in LANGUAGES:
            page = self._read(lambda: read_page(folder / f"{language}.md", language))  # noqa: B023
            if page is not None:
                self.pages[language] = page
        self.tutor = self._read_optional("tutor.yaml", lambda path: read_sheet(path, dict))
        self.answers = self._read_optional("answers.yaml", lambda path: read_sheet(path, list))
        self.asks: dict[str, Lines] = {}
        for language in LANGUAGES:
            lines = self._read_optional(f"asks.{language}.txt", read_lines)
            if lines is not None:
                self.asks[language] = lines

    def _read_optional(self, name: str, read: Callable[[Path], T]) -> T | None:
        path = self.folder / name
        return self._read(lambda: read(path)) if path.exists() else None

    def _read(self, read: Callable[[], T]) -> T | None:
        try:
            return read()
        except UnreadableError as error:
            self.faults.append(error.fault)
            return None

    def place(self, loc: Loc, at: str = "") -> Place | None:
        """Where the field at `loc` of this lesson is written; None if that file is unreadable."""
        source: Sheet | Page | None
        match loc:
            case ["questions", *rest]:
                source, loc = self.questions, rest
            case [str(field), *_] if field in TUTOR_FIELDS:
                source = self.tutor
            case ["answers", *rest]:
                source, loc = self.answers, rest
            case ["asks", str(language), int(index)] if line := self._asks_line(language, index):
                return self.asks[language].path, line
            case [str(field), str(language), *rest] if field in PAGE_FIELDS + SECTIONS:
                source, loc = self.pages.get(language), [field, *rest]
            case _:
                source = self.sheet
        if source is None:
            return None
        line = source.line(loc, at) if isinstance(source, Page) else source.line(loc)
        return source.path, line

    def _asks_line(self, language: str, index: int) -> int | None:
        """The line of a question that stands in asks.*.txt; they come after those of the page."""
        page, more = self.pages.get(language), self.asks.get(language)
        on_page = page.front.data.get("asks") if page else None
        place = index - (len(on_page) if isinstance(on_page, list) else 0)
        return more.texts[place][0] if more and 0 <= place < len(more.texts) else None
