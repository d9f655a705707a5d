"""The learner's language: gettext catalogues for zh and en, and which of them somebody reads.

Message ids are the English sentences in the code. After a change run `make messages`, fill in
zh_CN/LC_MESSAGES/messages.po, and run it again.
"""

import gettext
from functools import cache
from pathlib import Path
from typing import Protocol

from bot.course.model import Language

CATALOGUES: dict[Language, str] = {"zh": "zh_CN", "en": "en"}


class Translate(Protocol):
    def __call__(self, message: str, /, **values: object) -> str:
        """Return `message` in the learner's language with its {placeholders} filled."""
        ...


@cache
def translator(language: Language) -> Translate:
    """Return the function that the code calls `_`.

    Raises FileNotFoundError where the catalogue has not been compiled (`make messages`).
    """
    catalogue = gettext.translation(
        "messages", Path(__file__).parent, languages=[CATALOGUES[language]]
    )

    def translate(message: str, /, **values: object) -> str:
        return catalogue.gettext(message).format(**values)

    return translate


def language_of(locale: str | None) -> Language | None:
    """Return the language of the course for a BCP 47 tag: Chinese for zh-*, English for any other.

    None where there is no tag to go by.
    """
    if not locale:
        return None
    return "zh" if locale.lower().startswith("zh") else "en"
