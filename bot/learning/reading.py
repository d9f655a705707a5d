"""Reading what somebody types as the answer to an open question: letters, words, a number."""

import re
import unicodedata

from bot.course.model import Question
from bot.learning.grading import UNSURE, is_complete, shown_options
from bot.learning.numbers import read_number

_GIVES_UP = re.compile(
    r"(?:我)?(?:不确定|不知道|不知|不清楚|没把握|不会|不懂|没学过|放弃|跳过|过|太难了?)(?:这[道个]?题|了|啊|呀)*"
    r"|(?:我)?(?:想)?(?:看|给我看|直接给我|直接告诉我|告诉我)(?:一下)?答案(?:吧)?"
    r"|(?:i'?m )?(?:not sure|unsure)|(?:i )?(?:do ?n[o']?t|dont) know(?: (?:it|this))?"
    r"|dunno|no idea|idk|(?:i )?give up|skip(?: (?:it|this))?|pass|too hard"
    r"|(?:show|tell) me(?: the answer)?"
)
"""What says as much as the button "Not sure"."""

_WANTS_HINT = re.compile(
    r"(?:再)?(?:给|来)?(?:我)?(?:一?个|一?点)?提示(?:一下|吧)?|(?:an? |another )?hint(?: please)?"
)

_TRUE_WORDS = {
    *("对", "是", "正确", "没错", "true", "yes", "right", "correct", "t", "yep", "yeah", "√")
}
_FALSE_WORDS = {
    *("错", "不对", "不", "否", "错误", "不正确", "false", "no", "wrong", "f", "nope", "×", "x")
}

_PADDING = re.compile(
    r"我|觉得|认为|感觉|应该|可能|大概|就|只有|只|答案|选项|选择|选|是|的|吧|啊|呢|先|然后|接着|再|最后"
    r"|\b(?:i|think|guess|choose|pick|say|it's|its|it|the|answer|option|is|maybe|probably|and|then"
    r"|only|just)\b"
)
"""What people say around an answer: "应该是 B 吧", "I think it's B"."""

_REASON = re.compile(
    r"(?<=\S)[\s,，。.;；、]+(?:因为|由于|(?:because|since|cause)\b).*$", re.I | re.S
)
"""What they add to it: "B，因为像样"."""

_ASKS_BACK = re.compile(r"[?？]\s*$|吗|是不是|对不对")
"""What makes it a question."""

_ASKS = re.compile(
    r"[?？]\s*$|[吗呢么]\s*$|^(?:什么是|啥是|为什么|为啥|怎么|怎样|如何|能不能|是不是|会不会|请|解释|讲讲|说说)"
    r"|^(?:what|how|why|who|which)(?:['’]s| (?:is|are|was|do|does|did|can|about|if|to|much|many))\b"
    r"|^(?:can|could|do|does|did|is|are|would|should|please|tell|explain|show|give)\b",
    re.IGNORECASE,
)
"""What makes a longer text a question or a request, with or without its mark."""

_WRITTEN = re.compile(r"(?P<character>[\u3400-\u9fff])|[^\W\d_]+")
SHORTEST = {"characters": 8, "words": 5}
"""An explanation has at least so many Chinese characters, or words where there are none."""

_WORD = re.compile(r"[a-z]{2,}")
"""Small letters in a row are a word (bad, cab); "AC" and "a c" are options."""

_LETTERS = re.compile(r"[\s,、和及&+>→-]")
"""What may stand between the letters of several options."""


def read_response(question: Question, seed: int, typed: str) -> str | None:
    """Return what somebody typed as a response, None where it is not an answer at all.

    Letters name the options as shown ("B", "a, c"), and so does an option's own text; true/false
    takes the words of both languages. An explanation is no response yet: see `explains`.
    """
    plain = unicodedata.normalize("NFKC", typed).strip().lower().rstrip(".。!！~")
    if _GIVES_UP.fullmatch(_PADDING.sub("", plain).strip(" ,，")) or _GIVES_UP.fullmatch(plain):
        return UNSURE
    if _ASKS_BACK.search(typed):
        return None
    if question.numeric:
        number = read_number(typed, question.numeric.unit)
        return None if number is None else f"{number:.12g}"
    said = _REASON.sub("", plain)
    bare = _PADDING.sub("", said).strip(" ,，")
    if question.kind == "true_false" and {said, bare} & (_TRUE_WORDS | _FALSE_WORDS):
        return "a" if {said, bare} & _TRUE_WORDS else "b"
    return _option_said(question, plain) or _read_letters(question, seed, typed, bare)


def _option_said(question: Question, plain: str) -> str | None:
    """Return the one option whose whole text was typed."""
    if question.kind != "single":
        return None
    said = _only_letters(plain)
    texts = {
        _only_letters(text.lower()): option.id
        for option in question.options
        for text in (option.text.zh, option.text.en)
    }
    return texts.get(said)


def _only_letters(text: str) -> str:
    return re.sub(r"[\W_]+", "", text)


def _read_letters(question: Question, seed: int, typed: str, bare: str) -> str | None:
    by_letter = {
        chr(ord("a") + place): option.id
        for place, option in enumerate(shown_options(question, seed))
    }
    letters = _LETTERS.sub("", bare)
    if not set(letters) <= set(by_letter):
        return None
    response = "".join(by_letter[letter] for letter in letters)
    if question.kind == "multi":
        response = "".join(sorted(set(response)))
    # "cab" orders three options, whatever it means elsewhere; "bad" is no choice of one.
    if question.kind == "single" and _WORD.search(_PADDING.sub("", _REASON.sub("", typed))):
        return None
    return response if is_complete(question, response) else None


def is_slip(question: Question, typed: str) -> bool:
    """Tell whether a text is an attempt at an answer that fell short: "E", "AB" where one is asked
    for, "DAB" where four stand to be put in order."""
    plain = unicodedata.normalize("NFKC", typed).strip()
    if re.fullmatch(r"[A-Za-z]|\d{1,4}|[A-H]{2,8}", plain):
        return True
    return question.order is not None and bool(re.fullmatch(r"[a-h]{2,8}", _LETTERS.sub("", plain)))


def wants_hint(typed: str) -> bool:
    return bool(_WANTS_HINT.fullmatch(typed.strip().lower().rstrip(".。!！~")))


def explains(typed: str) -> bool:
    """Tell whether a text can be somebody's explanation: a few words that do not ask anything."""
    written = list(_WRITTEN.finditer(typed))
    characters = sum(1 for one in written if one["character"])
    is_long = characters >= SHORTEST["characters"] or len(written) - characters >= SHORTEST["words"]
    return is_long and not _ASKS.search(typed.strip())
