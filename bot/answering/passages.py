"""The course cut into passages: what an answer may be made from, as plain text."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final, Literal

from markdown_it import MarkdownIt
from markdown_it.token import Token

from bot.course.model import LANGUAGES, Course, Language, Lesson, Localized, Term

Kind = Literal[
    "definition", "body", "simpler", "deeper", "note", "truth", "answer", "limit", "example"
]

_ENOUGH: Final = {"zh": 160, "en": 420}
"""Characters from which a text is cut at its paragraphs: about five sentences."""

_TEXTS: Final[tuple[tuple[Kind, Callable[[Lesson], Localized]], ...]] = (
    ("body", lambda lesson: lesson.body),
    ("simpler", lambda lesson: lesson.simpler),
    ("deeper", lambda lesson: lesson.deeper),
)

_SHORT: Final = re.compile(r"简称 ?([^\s，。或、]+)(?: ?[或、] ?([^\s，。]+))?|\b(\w+) for short")

_MARKDOWN: Final = MarkdownIt("commonmark")

_SEPARATOR: Final = {"zh": "：", "en": ": "}


@dataclass(frozen=True, slots=True)
class Passage:
    """One piece of the course that can be cited.

    text: plain text, one or a few paragraphs.
    hints: more words that this passage is found by, the lesson's title among them.
    lesson_id: None for a definition that no lesson teaches.
    terms: the names of what a definition defines, in both languages.
    before: what stands before it in its own text.
    place: the how-manieth it is of its kind in its lesson, from 0.
    """

    lesson_id: str | None
    title: str
    text: str
    kind: Kind
    hints: str = ""
    terms: tuple[str, ...] = ()
    before: str = ""
    place: int = 0


def passages_of(course: Course, language: Language) -> list[Passage]:
    """Return everything in the course that can be cited in this language."""
    lessons = (passage for one in course.lessons for passage in _of_lesson(one, language))
    return [*_definitions(course, language), *lessons]


def _definitions(course: Course, language: Language) -> Iterator[Passage]:
    for place, entry in enumerate(course.glossary):
        term, english = entry.term[language], entry.term.en.lower()
        home = next((one for one in course.lessons if _teaches(one, english)), None)
        text = f"{term}{_SEPARATOR[language]}{plain(entry.definition[language])}"
        names = tuple(dict.fromkeys(_names(entry)))
        yield Passage(
            home.id if home else None,
            home.title[language] if home else term,
            text,
            "definition",
            f"{' '.join(names)} " * 3,
            names,
            place=place,
        )


def _names(entry: Term) -> Iterator[str]:
    """The term in both languages, and what its definition gives as short for it."""
    for language in LANGUAGES:
        yield from names_of(entry.term[language])
        for short in _SHORT.finditer(entry.definition[language]):
            yield from filter(None, short.groups())


def names_of(term: str) -> list[str]:
    """Return "token" and "词元" for "token（词元）"."""
    return [name.strip() for name in re.split(r"[()（）]", term) if name.strip()]


def _teaches(lesson: Lesson, english: str) -> bool:
    return english in (concept.lower() for concept in lesson.concepts)


def _of_lesson(lesson: Lesson, language: Language) -> Iterator[Passage]:
    title = lesson.title[language]
    name = f"{title} {' '.join(lesson.concepts)} "
    for kind, text in _TEXTS:
        before = ""
        for place, piece in enumerate(_pieces(text(lesson)[language], language)):
            yield Passage(lesson.id, title, piece, kind, name, before=before, place=place)
            before = f"{before}\n{piece}"
    for place, note in enumerate(lesson.notes):
        said = plain(f"{note.claim[language]} {note.fact[language]}")
        yield Passage(lesson.id, title, said, "note", name, place=place)
    for place, myth in enumerate(lesson.myths):
        says = " ".join(myth.says[language])
        yield Passage(lesson.id, title, plain(myth.truth[language]), "truth", says, place=place)
    for place, one in enumerate(lesson.answers):
        asks, answer = " ".join(one.asks[language]), plain(one.answer[language])
        yield Passage(lesson.id, title, answer, "answer", asks, place=place)
    if lesson.example:
        yield Passage(lesson.id, title, plain(lesson.example[language]), "example", name)
    if lesson.analogy_limit:
        yield Passage(lesson.id, title, plain(lesson.analogy_limit[language]), "limit", name)


def quizzed(lesson: Lesson, language: Language) -> str:
    """Return what a lesson's questions ask and explain: it helps to find the lesson."""
    told = [
        one[language]
        for question in lesson.questions
        for one in (
            question.stem,
            *([question.answer] if question.answer else []),
            *(part for option in question.options for part in (option.text, option.explanation)),
        )
    ]
    return "\n".join(map(plain, told))


def asked_for(lesson: Lesson) -> str:
    """Return a lesson's title, concepts and the questions that it answers, in both languages."""
    asks = (
        text
        for language in LANGUAGES
        for text in (lesson.title[language], lesson.hook[language], *lesson.asks[language])
    )
    return "\n".join([*lesson.concepts, *asks])


def _pieces(markdown: str, language: Language) -> Iterator[str]:
    """Cut a text at its paragraphs into pieces that are long enough to be understood alone."""
    held: list[str] = []
    for paragraph in _paragraphs(markdown):
        held.append(paragraph)
        if sum(map(len, held)) >= _ENOUGH[language]:
            yield "\n".join(held)
            held = []
    if held:
        yield "\n".join(held)


def plain(markdown: str) -> str:
    """Return the words of a Markdown text, a paragraph a line; only code keeps its backticks."""
    return "\n".join(_paragraphs(markdown))


def _paragraphs(markdown: str) -> Iterator[str]:
    for token in _MARKDOWN.parse(markdown):
        if token.type == "inline":
            yield re.sub(r"\s+", " ", "".join(map(_words, token.children or ()))).strip()
        elif token.type in ("fence", "code_block"):
            yield from (f"`{line.strip()}`" for line in token.content.splitlines() if line.strip())


def _words(token: Token) -> str:
    if token.type in ("softbreak", "hardbreak"):
        return " "
    # A formula without its backticks (`p_i = z_i*2`) would turn into italics later.
    return f"`{token.content}`" if token.type == "code_inline" else token.content
