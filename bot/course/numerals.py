"""The numbers that a text names, in digits or words, comparable between Chinese and English."""

import re
import unicodedata
from decimal import Decimal

# Powers of ten. Longer words first: a pattern takes the first that fits.
_SCALES = {
    "万亿": 12, "千亿": 11, "百亿": 10, "十亿": 9, "千万": 7, "百万": 6,
    "亿": 8, "万": 4, "千": 3, "百": 2,
    "trillion": 12, "billion": 9, "million": 6, "thousand": 3, "hundred": 2,
    "k": 3, "m": 6, "b": 9, "t": 12,
}  # fmt: skip

# GPT-3, A100, Qwen2.5-Coder-3B: digits in a name are no number.
_NAME = re.compile(
    r"(?<![A-Za-z0-9])(?:[A-Za-z]+\d|[A-Z][A-Za-z]*-\d)[A-Za-z0-9.]*(?:-[A-Za-z0-9.]+)*"
)
_MONTHS = [
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
]  # fmt: skip
_MONTH = re.compile(rf"(?<=\d )({'|'.join(_MONTHS)})\b|\b({'|'.join(_MONTHS)})(?= \d)")
_CHINESE_PERCENT = re.compile(r"百分之\s*(\d+(?:\.\d+)?)")
_NUMBER = re.compile(
    r"(?P<digits>\d{1,3}(?:,\d{3})+(?![\d])(?:\.\d+)?|\d+(?:\.\d+)?)"
    r"(?:(?P<letter>[KkMBT])(?![A-Za-z])"
    r"|\s*[多余来个]?\s*(?P<chinese>万亿|千亿|百亿|十亿|千万|百万|亿|万|千(?![克米瓦卡字])|百(?!分))"
    r"|\s*(?P<english>trillion|billion|million|thousand|hundred)s?\b)?"
    r"(?P<percent>\s*(?:%|per\s?cent\b))?"
)
_RANGE = re.compile(r"\s*(?:to|or|[-–—~～至到或])\s*")

_DIGITS = dict(zip("零一二三四五六七八九", range(10), strict=True)) | {"〇": 0, "两": 2}
_CHINESE_WORD = re.compile(rf"[{''.join(_DIGITS)}十百千万亿]+")
_ENGLISH_VALUES = {
    "zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7,
    "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14,
    "fifteen": 15, "sixteen": 16, "seventeen": 17, "eighteen": 18, "nineteen": 19, "twenty": 20,
    "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90,
}  # fmt: skip
_ENGLISH_SCALES = ("hundred", "thousand", "million", "billion", "trillion")
_ENGLISH_WORD = "|".join((*_ENGLISH_VALUES, *_ENGLISH_SCALES))
_ENGLISH_WORDS = re.compile(rf"\b(?:{_ENGLISH_WORD})(?:[- ](?:{_ENGLISH_WORD}))*\b", re.IGNORECASE)

Numeral = tuple[Decimal, bool]
"""A value, and whether it is a percentage."""


def numerals(text: str) -> dict[Numeral, str]:
    """Each number that `text` gives in digits, and how it is written there."""
    text = _normal(text)
    matches = list(_NUMBER.finditer(text))
    found: dict[Numeral, str] = {}
    for index, match in enumerate(matches):
        scale, percent = _scale(match), bool(match["percent"])
        following = matches[index + 1] if index + 1 < len(matches) else None
        bare = not scale and not percent
        if bare and following and _RANGE.fullmatch(text, match.end(), following.start()):
            # "70 to 80 billion", "40-60%": the second number's unit is the first one's too.
            scale, percent = _scale(following), bool(following["percent"])
        value = Decimal(match["digits"].replace(",", "")).scaleb(scale)
        found.setdefault((value, percent), match[0].strip())
    return found


def spelled(text: str) -> set[Decimal]:
    """The numbers that `text` gives in words, in either language: 十亿, a billion, twenty-four."""
    found = {chinese_number(match[0]) for match in _CHINESE_WORD.finditer(text)}
    for match in _ENGLISH_WORDS.finditer(text):
        found.add(_english(re.split(r"[- ]", match[0].lower())))
    return found


def chinese_number(word: str) -> Decimal:
    """The value of a number in Chinese characters: 一百四十 is 140, 七百亿 70 billion."""
    total, section, digit, largest = Decimal(0), 0, 0, 0
    for char in word:
        if char in _DIGITS:
            digit = _DIGITS[char]
        elif char in "十百千":
            section, digit = section + (digit or 1) * 10 ** "个十百千".index(char), 0
        elif _SCALES[char] > largest:  # 亿 after 万 or at the start takes all that came before
            total, largest = (total + section + digit or 1) * 10 ** _SCALES[char], _SCALES[char]
            section = digit = 0
        else:
            total, section, digit = total + (section + digit) * 10 ** _SCALES[char], 0, 0
    return total + section + digit


def _english(word: list[str]) -> Decimal:
    value = Decimal(0)
    for part in word:
        if part in _ENGLISH_VALUES:
            value += _ENGLISH_VALUES[part]
        else:
            value = (value or 1) * Decimal(10) ** _SCALES[part]
    return value


def _normal(text: str) -> str:
    text = unicodedata.normalize("NFKC", text)
    text = _NAME.sub(" ", text)
    text = _CHINESE_PERCENT.sub(r"\1%", text)
    return _MONTH.sub(lambda month: str(_MONTHS.index(month[0]) + 1), text)


def _scale(match: re.Match[str]) -> int:
    word = match["letter"] or match["chinese"] or match["english"]
    return _SCALES[word.lower()] if word else 0
