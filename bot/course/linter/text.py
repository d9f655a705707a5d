"""Measures of prose: words, sentences, characters and readability."""

import re
from collections.abc import Iterable

_CODE = re.compile(r"^```.*?^```|`[^`\n]*`", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")
_ADDRESS = re.compile(r"<?https?://[^\s<>()，。；）]+>?")
_BLOCK = re.compile(r"^\s*(?:[-*+>]|\d+[.)]|#+)\s+", re.MULTILINE)
_MARKS = re.compile(r"\*+|`+|(?<!\w)_+|_+(?!\w)")

_CHINESE_SENTENCE = re.compile(r"[^。！？!?]+[。！？!?]*[”’」』）)]*")
_ENGLISH_END = re.compile(r"(?<=[.!?])([\"')\]”’]*)\s+(?=[\"'(\[“‘]*[A-Z0-9])")
_ABBREVIATION = re.compile(r"\b(e\.g|i\.e|vs|Dr|Mr|Mrs|St|al|approx|cf|No|etc)\.(?=\s)")

_SILENT_END = re.compile(r"(?:[^laeiouy]es|[^dtaeiouy]ed|[^laeiouy]e)$")
_VOWELS = re.compile(r"[aeiouy]{1,2}")


def plain(markdown: str) -> str:
    """The words that a reader sees, each list item and heading a paragraph of its own."""
    text = _ADDRESS.sub("", _LINK.sub(r"\1", markdown))
    return _MARKS.sub("", _BLOCK.sub("\n\n", text)).strip()


def without_code(markdown: str) -> str:
    """For counts of syllables and sentences: each piece of code stands for one short word."""
    return _CODE.sub("code", markdown)


def sentences(text: str, language: str) -> list[str]:
    """The sentences of a plain text. A paragraph may run over several lines of the file."""
    found: list[str] = []
    for paragraph in re.split(r"\n\s*\n", text):
        if language == "zh":
            found += _CHINESE_SENTENCE.findall(re.sub(r"\s*\n\s*", "", paragraph))
        else:
            joined = _ABBREVIATION.sub(r"\1", " ".join(paragraph.split()))
            found += re.sub(_ENGLISH_END, r"\1\n", joined).split("\n")
    return [sentence.strip() for sentence in found if length(sentence, language)]


def words(text: str) -> list[str]:
    """English words; a number or a name is one, a dash is none."""
    return [word for word in re.split(r"[\s—–]+", text) if any(map(str.isalnum, word))]


def length(text: str, language: str) -> int:
    """The unit of all bars: English words, or Chinese characters without white space."""
    return len(words(text)) if language == "en" else sum(not char.isspace() for char in text)


def unit(language: str) -> str:
    return "words" if language == "en" else "characters"


def misfit(text: str, language: str, bar: tuple[int, int], what: str) -> str:
    """Return what is wrong with the length of a Markdown text; "" if it is within the bar."""
    low, high = bar
    size = length(plain(text), language)
    if low <= size <= high:
        return ""
    limit = f"at most {high}" if size > high else f"at least {low}"
    return f"{language} {what} has {size} {unit(language)}, {limit}"


def width(text: str) -> int:
    """How long a text looks beside another in the same language: characters without spaces."""
    return sum(not char.isspace() for char in text)


def mask(text: str, terms: Iterable[str]) -> str:
    """`text` with each of `terms`, also in the plural, replaced by one short word."""
    longest_first = sorted((re.escape(term) for term in terms), key=len, reverse=True)
    if not longest_first:
        return text
    pattern = rf"\b(?:{'|'.join(longest_first)})(?:s|es)?\b"
    return re.sub(pattern, "term", text, flags=re.IGNORECASE)


def syllables(word: str) -> int:
    """A rule of thumb; a number and an abbreviation in capitals count as one."""
    parts = re.findall(r"[A-Za-z]+", re.sub(r"['’]", "", word))
    return max(1, sum(_syllables(part) for part in parts))


def _syllables(part: str) -> int:
    if part.isupper() or len(part) <= 3:
        return 1
    stem = _SILENT_END.sub(lambda end: end[0][0], part.lower())
    return max(1, len(_VOWELS.findall(stem)))


def grade(text: str) -> float:
    """The Flesch-Kincaid grade of an English text: about the school year that can read it."""
    spoken, ends = words(text), max(1, len(sentences(text, "en")))
    if not spoken:
        return 0.0
    beats = sum(map(syllables, spoken))
    return 0.39 * len(spoken) / ends + 11.8 * beats / len(spoken) - 15.59
