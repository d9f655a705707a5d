"""Bars on the text of a lesson."""

import re
from collections.abc import Iterable, Iterator
from itertools import groupby
from statistics import mean
from typing import NamedTuple

from bot.course.fault import Fault
from bot.course.linter.passages import passages
from bot.course.linter.text import grade, length, mask, misfit, plain, sentences, unit, without_code
from bot.course.linter.where import Where
from bot.course.model import LANGUAGES, Course, Lesson, Localized, Term
from bot.course.numerals import numerals, spelled

LENGTHS = {
    "body": {"zh": (120, 400), "en": (70, 200)},
    "simpler": {"zh": (80, 280), "en": (45, 150)},
    "deeper": {"zh": (120, 420), "en": (70, 200)},
}
MEAN_SENTENCE = {"zh": 32, "en": 18}
LONGEST_SENTENCE = {"zh": 60, "en": 30}
GRADE = 9.0
ANSWER_GRADE = 10.0  # an answer has to be short, and to name things
CHARACTERS_PER_WORD = (1.2, 2.6)


class _Easy(NamedTuple):
    """A text that has to be easy to read; `grade` is the bar of its English."""

    name: str
    loc: tuple[int | str, ...]
    text: Localized
    grade: float


_LINK = re.compile(r"\]\(([^)\s]+)\)|<(https?://[^>\s]+)>")
_HALF_WIDTH = re.compile(r"[\u4e00-\u9fff][,;:?!()]|[,;:?!()][\u4e00-\u9fff]")
_BOLD_BEFORE_CHINESE = re.compile(r"\*\*([^*\n]+)\*\*(?P<next>[\u4e00-\u9fff]?)")
_PUNCTUATION_END = re.compile(r"[，。：；？！、）”]$")

_BOLD = re.compile(r"\*\*([^*\n]+)\*\*|__([^_\n]+)__")
_GLOSS = re.compile(r"[(（)）/]")


def lengths(course: Course, where: Where) -> Iterator[Fault]:
    for lesson in course.lessons:
        for field, bars in LENGTHS.items():
            for language in LANGUAGES:
                text = getattr(lesson, field)[language]
                if message := misfit(text, language, bars[language], field):
                    yield where.lesson(lesson, (field, language), message)


def longest_sentence(course: Course, where: Where) -> Iterator[Fault]:
    for lesson in course.lessons:
        for easy in _easy(lesson):
            for language, bar in LONGEST_SENTENCE.items():
                for size, sentence in _sizes(easy.text[language], language):
                    if size > bar:
                        message = f"{language} {easy.name}: {size} {unit(language)} in one sentence"
                        at = (*easy.loc, language)
                        yield where.lesson(lesson, at, f"{message}, at most {bar}", sentence[:12])


def mean_sentence(course: Course, where: Where) -> Iterator[Fault]:
    """An answer alone has too few sentences for a mean: those of a lesson are taken together."""
    for lesson in course.lessons:
        for field, group in groupby(_easy(lesson), key=lambda easy: str(easy.loc[0])):
            texts = [easy.text for easy in group]
            for language, bar in MEAN_SENTENCE.items():
                sizes = [size for text in texts for size, _ in _sizes(text[language], language)]
                average = round(mean(sizes), 1) if sizes else 0
                if average > bar:
                    message = f"{language} {field}: {average:g} {unit(language)} a sentence"
                    message += f" on average, at most {bar}"
                    yield where.lesson(lesson, (field, language), message)


def _sizes(text: str, language: str) -> list[tuple[int, str]]:
    """The sentences of a Markdown text, and how long each is."""
    parts = sentences(plain(without_code(text)), language)
    return [(length(sentence, language), sentence) for sentence in parts]


def _easy(lesson: Lesson) -> Iterator[_Easy]:
    """Not `deeper`: it is for engineers, with formulas and names. Not every lesson has the rest."""
    yield _Easy("body", ("body",), lesson.body, GRADE)
    yield _Easy("simpler", ("simpler",), lesson.simpler, GRADE)
    if lesson.example is not None:
        yield _Easy("example", ("example",), lesson.example, GRADE)
    for index, answered in enumerate(lesson.answers):
        yield _Easy("answer", ("answers", index, "answer"), answered.answer, ANSWER_GRADE)


def readability(course: Course, where: Where) -> Iterator[Fault]:
    terms = [term.term.en for term in course.glossary]
    for lesson in course.lessons:
        for easy in _easy(lesson):
            text = plain(without_code(easy.text.en))
            level = round(grade(mask(text, terms)), 1)
            if level > easy.grade:
                message = f"en {easy.name} reads at grade {level:.1f}, at most {easy.grade:g}"
                yield where.lesson(lesson, (*easy.loc, "en"), message)


def parity(course: Course, where: Where) -> Iterator[Fault]:
    """Both languages say about the same amount."""
    low, high = CHARACTERS_PER_WORD
    for lesson in course.lessons:
        for field in ("body", "simpler", "deeper"):
            text = getattr(lesson, field)
            ratio = length(plain(text.zh), "zh") / max(1, length(plain(text.en), "en"))
            if not low <= ratio <= high:
                message = f"{field} has {ratio:.2f} zh characters per en word, {low} to {high}"
                yield where.lesson(lesson, (field, "zh"), message)


def links(course: Course, where: Where) -> Iterator[Fault]:
    """Both languages lead to the same pages."""
    for passage in passages(course):
        zh, en = (set(_LINK.findall(passage.text[language])) for language in LANGUAGES)
        if zh != en:
            message = "zh and en have different links; give both the same"
            yield where.lesson(passage.lesson, (*passage.loc, "zh"), message)


def punctuation(course: Course, where: Where) -> Iterator[Fault]:
    """Chinese has its own marks; and Markdown does not close a bold that ends in one of them."""
    for passage in passages(course):
        text = without_code(passage.text.zh)
        found = [(match[0], "half-width punctuation") for match in _HALF_WIDTH.finditer(text)]
        found += [
            (bold[0], "bold that does not close")
            for bold in _BOLD_BEFORE_CHINESE.finditer(text)
            if bold["next"] and _PUNCTUATION_END.search(bold[1])
        ]
        for at, what in found:
            message = f"zh has {what} at `{at}`"
            yield where.lesson(passage.lesson, (*passage.loc, "zh"), message, at)


def number_agreement(course: Course, where: Where) -> Iterator[Fault]:
    for passage in passages(course):
        zh, en = (plain(passage.text[language]) for language in LANGUAGES)
        for language, other, lacking in (
            ("zh", "en", _lacking(zh, en)),
            ("en", "zh", _lacking(en, zh)),
        ):
            for written in lacking:
                message = f"`{written}` is in {language} and not in {other}; give both the number"
                yield where.lesson(passage.lesson, (*passage.loc, language), message, written)


def _lacking(text: str, other: str) -> list[str]:
    """The numbers that `text` gives in digits and `other` neither in digits nor in words."""
    there, in_words = numerals(other), spelled(other)
    return [
        written
        for (value, percent), written in numerals(text).items()
        if (value, percent) not in there and (percent or value not in in_words)
    ]


def bold_terms(course: Course, where: Where) -> Iterator[Fault]:
    """Bold marks a term where it is introduced: the lesson must name it, so that it is defined."""
    for lesson in course.lessons:
        terms = course.terms_of(lesson)
        known = {language: _term_forms(terms, language) for language in LANGUAGES}
        known["zh"] |= known["en"]  # Chinese text keeps some English terms: token, prompt
        for language in LANGUAGES:
            for match in _BOLD.finditer(lesson.body[language]):
                if not _forms(match[1] or match[2]) & known[language]:
                    message = f"{language} `{match[0]}` is no term in `concepts`; add or unbold it"
                    yield where.lesson(lesson, ("body", language), message, match[0])


def _term_forms(terms: Iterable[Term], language: str) -> set[str]:
    return {form for term in terms for form in _forms(term.term[language])}


def _forms(term: str) -> set[str]:
    """The term, the parts of one that carries another form (`词元（token）`), and singulars."""
    whole = {part.strip().casefold() for part in (term, *_GLOSS.split(term))} - {""}
    return whole | {form.removesuffix("s") for form in whole if form.isascii()}
