"""Whether a question holds a false belief that the course knows, to be corrected first. Pure."""

import re
from typing import Final

from bot.answering.asked import Belief
from bot.answering.question import asks_how_much, asks_what_it_is
from bot.course.numerals import numerals

_CONFIRMS: Final = re.compile(
    r"吧|对吗|对么|对不对|是不是|是吗|嘛|既然|所以|就是|不就|岂不|难道|肯定|一定|喽|真的吗|没错"
    r"|\b(?:right|correct|isn.?t it|aren.?t they|doesn.?t it|don.?t they|yes|no)\s*[?!.]*\s*$"
    r"|\b(?:since|so|because|given that|i thought|i heard|obviously|surely|always|just|proven)\b"
    r"|^(?:is|are|does|do|can|will|did|was|were|has|have)\b",
    re.IGNORECASE,
)
"""How people ask to have confirmed what they believe."""

_LIKE: Final = 0.42
_LIKE_ANYWAY: Final = 0.6
"""How like a belief a question is that holds it: one that asks for a yes, and any other."""

_VERDICT: Final = re.compile(r"^(?:[不没未通并推还]\S{0,7}?[：，]|(?:No|Not \w+|Yes)[:,.] )\s*")
"""Yes or no at the beginning of a correction: nothing for a question that cannot be answered so."""


def holds(question: str, belief: Belief) -> bool:
    """Tell whether a question holds a belief of the lesson that it is for; one that asks how much
    or what something is holds none."""
    if not confirms(question) and (asks_how_much(question) or asks_what_it_is(question)):
        return False
    least = _LIKE if confirms(question) else _LIKE_ANYWAY
    return belief.share >= least and not _says_the_truth(question, belief)


def confirms(question: str) -> bool:
    """Tell whether a question asks for a yes or a no."""
    return bool(_CONFIRMS.search(question.strip()))


def without_verdict(truth: str) -> str:
    """Return a correction without the yes or no that it begins with."""
    rest = _VERDICT.sub("", truth, count=1)
    return rest[:1].upper() + rest[1:]


def _says_the_truth(question: str, belief: Belief) -> bool:
    """Tell a right belief from the false one that is put like it by its numbers."""
    own, false = set(numerals(question)), set(numerals(belief.text))
    true = {one for text in (belief.myth.truth.zh, belief.myth.truth.en) for one in numerals(text)}
    return bool(own) and own <= true and bool(false - own)
