"""What a model must not get out: links that nobody asked for, and its own rules. Pure."""

import re
from typing import Final

from bot.answering import another_example, feedback, prompt, socratic
from bot.answering.asked import letters
from bot.course.model import Language

_MASKED: Final = re.compile(
    r"!?\[(?P<text>[^\[\]\n]*)\]"
    r"(?:\(\s*<?[a-z/#?][^)\[\n]*\)|:[ \t]*<?(?:[a-z][a-z0-9+.-]*:|/)\S+)",
    re.IGNORECASE,
)
"""A masked link or picture, or the definition of one; [1](2) is none."""

_ADDRESS: Final = re.compile(
    r"<?\b[a-z][a-z0-9+.-]{1,15}://[^\s<>)\]]*>?"
    r"|\bwww\.[^\s<>)\]]+"
    r"|(?<![a-z0-9.-])(?:[a-z0-9-]+\.)+"
    r"(?:ai|app|cn|co|com|dev|edu|gg|info|io|ly|me|net|org|ru|site|top|xyz)[/?][^\s<>)\]]*",
    re.IGNORECASE,
)
"""What a chat app makes a link of; the name of a site alone stays, models are called by some."""

_SIGN: Final = re.compile(r"\]\(|\]:|://|www\.|\.[a-z]{2,4}[/?]", re.IGNORECASE)
"""Without one of these there is no link, and that is asked for every piece."""

_PASSES: Final = (*[(_MASKED, r"\g<text>")] * 4, *[(_ADDRESS, "")] * 2)
"""More than once, because taking one out can make another."""

_LEFT: Final = re.compile(r"(?<=\])(?=\([^\d\s])|(?<=:)(?=//)")
"""Where a blank undoes a link that is nested deeper than anybody writes."""

_RUN: Final[dict[Language, int]] = {"zh": 12, "en": 40}
"""So many letters of the rules in a row are no chance; "understand large language models" is."""

TAIL: Final = 120
"""Characters, blanks included, in which the run ends that begins before a new piece."""

_RULES: Final = (prompt.RULES, feedback.RULES, *socratic.RULES, another_example.RULES)

_RUNS: Final = {
    length: frozenset(
        said[at : at + length]
        for said in (letters(rules[language]) for rules in _RULES)
        for at in range(len(said) - length + 1)
    )
    for language, length in _RUN.items()
}

_HALVES: Final = {
    length: frozenset(run[at : at + length // 2] for run in runs for at in range(length // 2 + 1))
    for length, runs in _RUNS.items()
}

_LONGEST_SIGN: Final = 6


def without_links(text: str) -> str:
    """Return a text with links as their words alone: a model has none to give, an attacker has."""
    if not _SIGN.search(text):
        return text
    for pattern, words in _PASSES:
        text = pattern.sub(words, text)
    return _LEFT.sub(" ", text)


def may_link(text: str, begin: int) -> bool:
    """Tell whether a text has a sign of a link from `begin` on, or across it."""
    return _SIGN.search(text, max(0, begin - _LONGEST_SIGN)) is not None


def reveals_rules(text: str) -> bool:
    """Tell whether a text repeats a part of the rules that a model is given."""
    said = letters(text)
    return any(
        _has_half(said, length)
        and any(said[at : at + length] in runs for at in range(len(said) - length + 1))
        for length, runs in _RUNS.items()
    )


def _has_half(said: str, length: int) -> bool:
    """Tell whether every so many letters there is half a run: no whole one is without."""
    half, halves = length // 2, _HALVES[length]
    return any(said[at : at + half] in halves for at in range(0, len(said) - half + 1, half))
