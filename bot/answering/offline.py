"""An answer made of the course's own sentences: what a learner gets without an endpoint. Pure."""

import re
from collections.abc import Callable, Iterator, Sequence, Set
from typing import Final, NamedTuple

from bot.answering.passages import Passage
from bot.answering.retrieval import Found, Hit
from bot.course.model import Language

Terms = Callable[[str], list[str]]
"""The words of a text that the search compares."""

_SENTENCE: Final[dict[Language, re.Pattern[str]]] = {
    "zh": re.compile(r"[^。！？\n]+[。！？]*[”』」）)]*"),
    "en": re.compile(r"\S.*?(?:(?<! al)[.!?][\"”)]*(?=\s+[A-Z0-9\"“`(])|$)", re.MULTILINE),
}
_LEANS_BACK: Final = re.compile(
    r"(?:it|its|this|that|these|those|they|their|he|she|but|so|and|then|also|here|there|both|such"
    r"|instead|either|another|now)\b"
    r"|[它这那他她但也而其]|所以|因此|不过|于是|然后|可是|比如|上例|同样|还有|前者|后者|另外|以上|其实|再",
    re.IGNORECASE,
)
"""How a sentence begins that is not understood without the one before it."""

_MOST: Final = 3
"""Sentences taken from one passage."""

_ALL: Final = 5
"""Sentences of a whole answer."""

_ALSO: Final = 0.7
"""A second passage is worth adding where it scores at least this share of the best one."""

_LEANING: Final = 0.4
"""What a window is worth that begins with such a sentence."""

_PADDING: Final = 0.02
"""What each sentence has to say, as a share of the question."""

_OPENING: Final = 0.1
"""How much what the first sentence says counts once more: the answer should begin with it."""

_NO_NUMBER: Final = 0.5
"""What a window is worth without a number where one is asked for."""

_NUMBER: Final = re.compile(
    r"\d|[一二三四五六七八九十百千万亿]+[个倍年米吨]|half|dozen|million|billion"
)


class _Window(NamedTuple):
    """Sentences of one passage, next to each other. `worth` is relative to the other passages."""

    passage: Passage
    sentences: list[str]
    worth: float


def compose(found: Found, terms: Terms, language: Language) -> tuple[str, list[Passage]]:
    """Return an answer of a few sentences, and the passages that its [1], [2] stand for.

    `found` has at least one hit.
    """
    windows = _chosen(found, terms, language)
    texts = [_join(one.sentences, language) for one in windows]
    blocks = [f"{text} [{number}]" for number, text in enumerate(texts, 1)]
    return "\n\n".join(blocks), [one.passage for one in windows]


def _chosen(found: Found, terms: Terms, language: Language) -> list[_Window]:
    """The definition that is asked for, the passage that answers best, and one more like it."""
    told = [hit for hit in found.hits if hit.passage.kind != "explanation"] or found.hits
    others = [hit for hit in told if hit.passage != found.definition]
    windows = [_window(hit, found, terms, language) for hit in others]
    windows.sort(key=lambda one: -one.worth)
    if found.definition:
        defined = _Window(found.definition, _sentences(found.definition, language), 0)
        chosen = [defined, *_near(windows)[:1]]
    else:
        chosen = _near(windows)[:2]
    if sum(len(one.sentences) for one in chosen) > _ALL:
        chosen = chosen[:1]
    return chosen


def _near(windows: Sequence[_Window]) -> list[_Window]:
    return [one for one in windows if one.worth >= _ALSO * windows[0].worth]


def _sentences(passage: Passage, language: Language) -> list[str]:
    return [one.strip() for one in _SENTENCE[language].findall(passage.text)]


def _window(hit: Hit, found: Found, terms: Terms, language: Language) -> _Window:
    """Choose the sentences of a passage that say most about the question, in few words."""
    sentences = _sentences(hit.passage, language)
    known = [set(terms(one)) for one in sentences]
    whole = sum(found.asked.values()) or 1.0

    def share_of(said: Set[str]) -> float:
        return sum(weight for term, weight in found.asked.items() if term in said) / whole

    def worth(span: slice) -> float:
        share = share_of(set().union(*known[span])) + _OPENING * share_of(known[span.start])
        if found.wants_number and not any(map(_NUMBER.search, sentences[span])):
            share *= _NO_NUMBER
        if _LEANS_BACK.match(sentences[span][0]) or sentences[span][0].endswith(("?", "？")):
            share *= _LEANING
        return share - _PADDING * len(sentences[span])

    best = max(_spans(hit.passage, len(sentences)), key=worth)
    value = max(0.0, worth(best) + _PADDING * _MOST)
    return _Window(hit.passage, sentences[best], hit.score * value)


def _spans(passage: Passage, sentences: int) -> list[slice]:
    """Where a window may be: two or three sentences, or all that there are."""
    if passage.kind in ("note", "definition"):  # a claim is told with what is true
        return [slice(0, sentences)]
    lengths = {min(length, sentences) for length in (_MOST - 1, _MOST)}
    return [slice(at, at + long) for long in sorted(lengths) for at in range(sentences - long + 1)]


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
