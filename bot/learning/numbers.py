"""Reading a number the way people type one: 140, 1,400, 7e10, 70B, 700亿, 1.4万, about 140 GB."""

import re
import unicodedata

from bot.course.numerals import chinese_number

SCALES = {
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

_NUMBER = re.compile(
    r"""(?:about|around|roughly|approx\.?|maybe|大概|大约|约|差不多)?\s*[~≈=]?\s*
        (?P<number>[-+]?(?:\d{1,3}(?:,\d{3})+|\d+)?(?:\.\d+)?(?:e[-+]?\d{1,3})?)\s*
        (?P<scales>(?:thousand|million|billion|trillion|[千万亿]|[kmbt](?![a-z]))*)\s*
        (?P<unit>[kmgt]i?b|bytes?|tokens?|param(?:eter)?s?|percent|seconds?|secs?|times|yuan|tons?
            |dollars?|[gsx%]|个|倍|块|元|吨|美元|字节|参数|个参数|秒)?\s*(?:左右|上下)?\s*[.。!]?""",
    re.VERBOSE,
)


def read_number(text: str, unit: str = "") -> float | None:
    """Return the number that `text` states and nothing else, None where it states none.

    `unit` is what is asked for: 0.14 TB is read as 140 where GB are.
    """
    if len(text) > LONGEST:
        return None
    plain = re.sub(r"\s+", " ", unicodedata.normalize("NFKC", text)).strip().lower()
    plain = re.sub(r"^百分之(.+)", r"\1%", plain)
    if not re.search(r"\d", plain):
        plain = _CHINESE.sub(lambda word: format(chinese_number(word[0]), "f"), plain)
    found = _NUMBER.fullmatch(plain)
    if not found or not re.search(r"\d", found["number"]):
        return None
    try:
        value = float(found["number"].replace(",", ""))
    except ValueError:
        return None
    for scale in re.findall(r"thousand|million|billion|trillion|\S", found["scales"]):
        value *= SCALES[scale]
    if unit.lower() in BYTES and found["unit"] in BYTES:
        value *= BYTES[found["unit"]] / BYTES[unit.lower()]
    return value
