"""An answer made of the course's own sentences: what a learner gets without an endpoint. Pure."""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from bot.answering.passages import Passage
from bot.answering.retrieval import Found, Hit
from bot.course.model import Language

Terms = Callable[[str], list[str]]
"""The words of a text that the search compares."""

_SENTENCE: Final[dict[Language, re.Pattern[str]]] = {
    "zh": re.compile(r"[^。！？\n]+[。！？]*[”』」）)]*"),
    "en": re.compile(r"\S.*?(?:[.!?][\"”)]*(?=\s+[A-Z0-9\"“`(])|$)", re.MULTILINE),
}
_LEANS_BACK: Final = re.compile(
    r"(?:it|its|this|that|these|those|they|he|she|but|so|and|then|also|here|both|such)\b"
    r"|[它这那他她但也而]|所以|因此|不过|于是|然后|可是|比如|上例|同样|还有|前者|后者",
    re.IGNORECASE,
)
"""How a sentence begins that is not understood without the one before it."""

_MOST: Final = 3
"""Sentences taken from one passage."""

_ALSO: Final = 0.6
"""A second passage is worth adding where it scores at least this share of the best one."""


def compose(found: Found, terms: Terms, language: Language) -> tuple[str, list[Passage]]:
    """Return an answer of one to seven sentences, and the passages that its [1], [2] stand for.

    `found` has at least one hit.
    """
    blocks: list[str] = []
    used: list[Passage] = []
    for passage in _chosen(found):
        used.append(passage)
        blocks.append(f"{_excerpt(passage, found, terms, language)} [{len(used)}]")
    return "\n\n".join(blocks), used


def _chosen(found: Found) -> list[Passage]:
    """The definition of what is asked about, the passage that fits best, and one more like it."""
    told = [hit for hit in found.hits if hit.passage.kind not in ("definition", "explanation")]
    told = told or found.hits
    room = 1 if found.definition else 2
    close = [hit for hit in told[:room] if hit.score >= _ALSO * told[0].score]
    defined = [found.definition] if found.definition else []
    return list(dict.fromkeys(defined + [hit.passage for hit in close]))


def _excerpt(passage: Passage, found: Found, terms: Terms, language: Language) -> str:
    """The sentences of a passage, next to each other, that say most about the question."""
    sentences = [one.strip() for one in _SENTENCE[language].findall(passage.text)]
    if len(sentences) <= _MOST or passage.kind == "note":  # a claim is told with what is true
        return _join(sentences, language)
    worth = [sum(found.asked.get(term, 0) for term in set(terms(one))) for one in sentences]
    starts = range(len(sentences) - _MOST + 1)
    best = max(starts, key=lambda start: _worth(sentences, worth, start))
    return _join(sentences[best : best + _MOST], language)


def _worth(sentences: Sequence[str], worth: Sequence[float], start: int) -> float:
    leans = start > 0 and _LEANS_BACK.match(sentences[start])
    return sum(worth[start : start + _MOST]) * (0.4 if leans else 1)


def _join(sentences: Sequence[str], language: Language) -> str:
    return ("" if language == "zh" else " ").join(sentences)


def nearest(hits: Sequence[Hit], limit: int = 3) -> list[Passage]:
    """Return the best passage of each of the nearest lessons."""
    return list(_nearest(hits))[:limit]


def _nearest(hits: Sequence[Hit]) -> Iterator[Passage]:
    seen: set[str | None] = {None}
    for hit in hits:
        if hit.passage.lesson_id not in seen:
            seen.add(hit.passage.lesson_id)
            yield hit.passage
