"""What a model must not get out: links that nobody asked for, and its own rules. Pure."""

import re
from typing import Final

from bot.answering.asked import letters
from bot.answering.prompt import RULES

_LINK: Final = re.compile(
    r"!?\[(?P<text>[^\]\n]*)\]\(\s*<?[a-z][^)\n]*\)|<?\b[a-z][a-z0-9+.-]{1,15}://[^\s<>)\]]*>?",
    re.IGNORECASE,
)
"""A masked link or picture, or a bare address; [1](2) is none."""

_RUN: Final = 24
"""So many letters of the rules in a row are no chance."""

_RUNS: Final = frozenset(
    rules[at : at + _RUN]
    for rules in map(letters, RULES.values())
    for at in range(len(rules) - _RUN + 1)
)


def without_links(text: str) -> str:
    """Return a text with links as their words alone: a model has none to give, an attacker has."""
    if "](" not in text and "://" not in text:  # nearly always, and asked for every piece
        return text
    return _LINK.sub(lambda link: link["text"] or "", text)


def reveals_rules(text: str) -> bool:
    """Tell whether a text repeats a part of the rules that the model was given."""
    said = letters(text)
    return any(said[at : at + _RUN] in _RUNS for at in range(len(said) - _RUN + 1))
