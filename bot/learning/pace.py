"""Whether an answer came quickly: as fast as somebody reads who knows it already. Pure."""

from datetime import timedelta
from typing import Final

from bot.course.model import Language, Question

LATITUDE: Final = timedelta(seconds=1)
"""For the message and the press to arrive."""

FASTEST: Final = timedelta(seconds=1)
"""Nobody reads so fast: a press before that is a guess, or a second press."""

_CHARACTERS_A_SECOND: Final = {"zh": 12, "en": 30}
"""A brisk reader: about 300 words, or 700 characters of Chinese, a minute."""


def is_quick(question: Question, language: Language, taken: timedelta) -> bool:
    """Tell whether an answer took no longer than reading the question and all its options."""
    read = question.stem[language] + "".join(one.text[language] for one in question.options)
    reading = timedelta(seconds=len(read) / _CHARACTERS_A_SECOND[language])
    return FASTEST <= taken <= reading + LATITUDE
