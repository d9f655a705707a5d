"""Reading a number the way people type one: 140, 1,400, 7e10, 70B, 700亿, 1.4万, about 140 GB."""

import re
import unicodedata

from bot.course.numerals import chinese_number

SCALES = {
    "百": 1e2,
    "千": 1e3,
    "万": 1e4,
    "亿": 1e8,
    "k": 1e3,
    "thousand": 1e3,
    "m": 1e6,
    "million": 1e6,
    "b": 1e9,
    "billion": 1e9,
    "t": 1e12,
    "trillion": 1e12,
}

LONGEST = 64
"""Characters of the longest text that is looked at; the pattern's cost grows steeply."""

BYTES = {"kb": 1e3, "mb": 1e6, "gb": 1e9, "tb": 1e12}

_CHINESE = re.compile(r"[零〇一二两三四五六七八九十][零〇一二两三四五六七八九十百千万亿]*")
"""A number in words: 一百四十, 七百亿."""

_COLLOQUIAL = re.compile(r"([百千万])([一二三四五六七八九])$")
_NEXT_BELOW = {"百": "十", "千": "百", "万": "千"}
"""People leave the last unit out: 一万五 is 15,000."""

_NUMBER = re.compile(
    r"""(?:about|around|roughly|approx\.?|maybe|大概|大约|约|差不多)?\s*[~≈=]?\s*
        (?P<number>[-+]?(?:\d{1,3}(?:,\d{3})+|\d+)?(?:\.\d+)?(?:e[-+]?\d{1,3})?)\s*
        (?P<scales>(?:thousand|million|billion|trillion|[百千万亿]|[kmbt](?![a-z]))*)\s*
        (?P<unit>[kmgt]i?b|bytes?|tokens?|param(?:eter)?s?|percent|seconds?|secs?|min(?:ute)?s?|hours?|times|yuan
            |tons?|dollars?|usd|[gsx%]|个|倍|块|元|吨|美元|字节|参数|个参数|秒|分钟?|小时)?\s*(?:左右|上下)?\s*[.。!]?""",
    re.VERBOSE,
)


def read_number(text: str, unit: str = "") -> float | None:
    """Return the number that `text` states and nothing else, None where it states none.

    unit: what is asked for. 0.14 TB is read as 140 where GB are, and 160B as 160 where billions.
    """
    if len(text) > LONGEST:
        return None
    found = _NUMBER.fullmatch(_in_digits(text))
    if not found or not re.search(r"\d", found["number"]):
        return None
    try:
        value = float(found["number"].replace(",", ""))
    except ValueError:
        return None
    scales = re.findall(r"thousand|million|billion|trillion|\S", found["scales"])
    asked = unit.lower().partition(" ")[0]  # the millions of "M USD"
    if asked in BYTES and (given := _bytes(scales, found["unit"])):
        return value * BYTES[given] / BYTES[asked]
    for scale in scales:
        value *= SCALES[scale]
    return value / SCALES[asked] if scales and asked in SCALES else value


def _in_digits(text: str) -> str:
    """The text in one form: digits for words, a percent sign for 百分之, single spaces."""
    plain = re.sub(r"\s+", " ", unicodedata.normalize("NFKC", text)).strip().lower()
    plain = re.sub(r"^百分之(.+)", r"\1%", plain)
    if re.search(r"\d", plain):
        return plain
    plain = _COLLOQUIAL.sub(lambda end: end[1] + end[2] + _NEXT_BELOW[end[1]], plain)
    return _CHINESE.sub(lambda word: format(chinese_number(word[0]), "f"), plain)


def _bytes(scales: list[str], unit: str | None) -> str | None:
    """The unit of bytes that was typed, in full or as its letter alone: 0.14 TB, 0.14T."""
    if unit in BYTES:
        return unit
    letter = f"{scales[0]}b" if len(scales) == 1 and not unit else ""
    return letter if letter in BYTES else None
