"""The course cut into passages: what an answer may be made from, as plain text."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from markdown_it import MarkdownIt
from markdown_it.token import Token

from bot.course.model import Course, Language, Lesson, Question

Kind = Literal["definition", "body", "simpler", "deeper", "note", "limit", "explanation"]

_ENOUGH: Final = {"zh": 160, "en": 420}
"""Characters from which a text is cut at its paragraphs: about five sentences."""

_SEPARATOR: Final = {"zh": "：", "en": ": "}


@dataclass(frozen=True, slots=True)
class Passage:
    """One piece of the course that can be cited.

    text: plain text, one or a few paragraphs.
    hints: more words that this passage is found by, the lesson's title among them.
    lesson_id: None for a definition that no lesson teaches.
    terms: the names of what a definition defines, in both languages.
    """

    lesson_id: str | None
    title: str
    text: str
    kind: Kind
    hints: str = ""
    terms: tuple[str, ...] = ()


def passages_of(course: Course, language: Language) -> list[Passage]:
    """Return everything in the course that can be cited in this language."""
    lessons = (passage for one in course.lessons for passage in _of_lesson(one, language))
    return [*_definitions(course, language), *lessons]


def _definitions(course: Course, language: Language) -> Iterator[Passage]:
    for entry in course.glossary:
        term, english = entry.term[language], entry.term.en.lower()
        home = next((one for one in course.lessons if _teaches(one, english)), None)
        text = f"{term}{_SEPARATOR[language]}{plain(entry.definition[language])}"
        names = (*names_of(entry.term.zh), *names_of(entry.term.en))
        yield Passage(
            home.id if home else None,
            home.title[language] if home else term,
            text,
            "definition",
            f"{' '.join(names)} " * 3,
            names,
        )


def names_of(term: str) -> list[str]:
    """Return "token" and "词元" for "token（词元）"."""
    return [name.strip() for name in re.split(r"[()（）]", term) if name.strip()]


def _teaches(lesson: Lesson, english: str) -> bool:
    return english in (concept.lower() for concept in lesson.concepts)


def _of_lesson(lesson: Lesson, language: Language) -> Iterator[Passage]:
    title, asks = lesson.title[language], " ".join(lesson.asks[language])
    name = f"{title} {' '.join(lesson.concepts)} "
    found_by = f"{name * 2} {lesson.hook[language]} {asks}"
    for number, text in enumerate(_pieces(lesson.body[language], language)):
        yield Passage(lesson.id, title, text, "body", name if number else found_by)
    for text in _pieces(lesson.simpler[language], language):
        yield Passage(lesson.id, title, text, "simpler", name)
    for text in _pieces(lesson.deeper[language], language):
        yield Passage(lesson.id, title, text, "deeper", name)
    for note in lesson.notes:
        text = plain(f"{note.claim[language]} {note.fact[language]}")
        yield Passage(lesson.id, title, text, "note", name)
    if lesson.analogy_limit:
        yield Passage(lesson.id, title, plain(lesson.analogy_limit[language]), "limit", name)
    for question in lesson.questions:
        yield from _explanations(question, title, language)


def _explanations(question: Question, title: str, language: Language) -> Iterator[Passage]:
    """What a question teaches; the wrong options' explanations treat common misbeliefs."""
    stem = question.stem[language]
    if question.answer:
        yield Passage(
            question.lesson_id, title, plain(question.answer[language]), "explanation", stem
        )
    for option in question.options:
        yield Passage(
            question.lesson_id,
            title,
            plain(option.explanation[language]),
            "explanation",
            f"{stem} {option.text[language]}",
        )


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
    for token in MarkdownIt("commonmark").parse(markdown):
        if token.type == "inline":
            yield re.sub(r"\s+", " ", "".join(map(_words, token.children or ()))).strip()
        elif token.type in ("fence", "code_block"):
            yield from (f"`{line.strip()}`" for line in token.content.splitlines() if line.strip())


def _words(token: Token) -> str:
    if token.type in ("softbreak", "hardbreak"):
        return " "
    # A formula without its backticks (`p_i = z_i*2`) would turn into italics later.
    return f"`{token.content}`" if token.type == "code_inline" else token.content
