"""The names of a term in the other language: learners mix both."""

from bot.answering.passages import names_of
from bot.answering.words import Analyser
from bot.course.model import LANGUAGES, Course, Language


class Aliases:
    """A passage that uses a term of the glossary is also found by the term's other language."""

    def __init__(self, course: Course, language: Language, analyser: Analyser) -> None:
        other = LANGUAGES[1 - LANGUAGES.index(language)]
        self._terms = [
            (name.lower(), analyser.terms(entry.term[other]))
            for entry in course.glossary
            for name in names_of(entry.term[language])
        ]

    def of(self, text: str) -> list[str]:
        text = text.lower()
        return [term for name, terms in self._terms if name in text for term in terms]
