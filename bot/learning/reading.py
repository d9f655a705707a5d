"""Reading what somebody types as the answer to an open question: letters, words, a number."""

import re
import unicodedata

from bot.course.model import Question
from bot.learning.grading import NO_POINT, UNSURE, is_complete, shown_options
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
    r"(?P<more>再|还要|(?=another|more|second))?(?:给|来)?(?:我)?(?:一?个|一?点)?"
    r"(?:提示(?:一下|吧)?|(?:give me )?(?:an? |another |more |second )?hints?(?: please)?)"
)

_TRUE_WORDS = {
    *("对", "是", "正确", "没错", "真", "会", "对了"),
    *("true", "yes", "right", "correct", "t", "yep", "yeah", "√"),
}
_FALSE_WORDS = {
    *("错", "不对", "不", "否", "错误", "不正确", "假", "不会", "错了"),
    *("false", "no", "wrong", "f", "nope", "not true", "not right", "incorrect", "×", "x"),
}

_PADDING = re.compile(
    r"我|觉得|认为|感觉|应该|可能|大概|就|只有|只|答案|选项|选择|选|是|的|吧|啊|呢|先|然后|接着|再|最后"
    r"|\b(?:i|think|guess|choose|pick|say|it's|its|it|the|answer|option|is|maybe|probably|and|then"
    r"|only|just)\b",
    re.IGNORECASE,
)
"""What people say around an answer: "应该是 B 吧", "I think it's B"."""

_REASON = re.compile(
    r"(?<=\S)(?:[\s,，。.;；、]*(?:因为|由于)|[\s,.;]+(?:because|since|cause)\b).*$", re.I | re.S
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

_TENTATIVE = re.compile(
    r"^(?:是不是|会不会|难道|应该|可能|因为|是因为|大概|(?:is|are|does|do) (?:it|they|that)\b"
    r"|because\b|maybe\b|perhaps\b|i (?:think|guess)\b)",
    re.IGNORECASE,
)
"""How an answer begins that is not sure of itself: "maybe it is the numbers?"."""

_WRITTEN = re.compile(r"(?P<character>[\u3400-\u9fff])|[^\W\d_\u3400-\u9fff]+")
SHORTEST = {"characters": 8, "words": 5}
"""An explanation has at least so many Chinese characters, or words where there are none."""

_WORDS = {"ace", "ad", "add", "bad", "be", "bead", "bed", "bee", "cab", "cad", "dab", "dad"}
"""What small letters in a row mean elsewhere; "ab" and "acd" are options."""

_LETTERS = re.compile(r"[\s,、和及&+>→./;:()-]")
"""What may stand between the letters of several options."""


def read_response(question: Question, seed: int, typed: str) -> str | None:
    """Return what somebody typed as a response, None where it is not an answer at all.

    Letters name the options as shown ("B", "a, c"), and so does an option's own text; true/false
    takes the words of both languages. An explanation is no response yet: see `explains`.
    """
    plain = _plain(typed)
    said = _REASON.sub("", plain)
    bare = _PADDING.sub("", said).strip(" ,，:：")
    is_judged = question.kind == "true_false" and bool({said, bare} & (_TRUE_WORDS | _FALSE_WORDS))
    # "不会" says "it will not" of a statement, and "我不会" that somebody gives up.
    if _GIVES_UP.fullmatch(plain) and not (is_judged and said in _FALSE_WORDS):
        return UNSURE
    if is_judged:
        return "a" if {said, bare} & _TRUE_WORDS else "b"
    if _GIVES_UP.fullmatch(bare):
        return UNSURE
    option = _option_said(question, plain)
    if option or _ASKS_BACK.search(typed):
        return option
    if question.numeric:
        numbers = (read_number(one, question.numeric.unit) for one in (plain, bare))
        number = next((one for one in numbers if one is not None), None)
        return None if number is None else f"{number:.12g}"
    return _read_letters(question, seed, typed, bare)


def _plain(typed: str) -> str:
    """The text in one width and case, with straight apostrophes and no full stop."""
    plain = unicodedata.normalize("NFKC", typed).replace("’", "'")
    return plain.strip().lower().rstrip(".。!！~")


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
    # "bad" is no choice of three, though it is three letters of options.
    if question.kind == "multi" and _PADDING.sub("", typed).strip() in _WORDS:
        return None
    return response if is_complete(question, response) else None


def is_slip(question: Question, typed: str) -> bool:
    """Tell whether a text is an attempt at an answer that fell short: "E", "AB" where one is asked
    for, "DAB" where four stand to be put in order."""
    plain = unicodedata.normalize("NFKC", typed).strip()
    if re.fullmatch(r"[A-Za-z]|\d{1,4}|[A-H]{2,8}", plain):
        return True
    return question.order is not None and bool(re.fullmatch(r"[a-h]{2,8}", _LETTERS.sub("", plain)))


def hints_wanted(question: Question, typed: str) -> int:
    """Return how many hints to show where the text asks for them: one, or all for "another"."""
    wanted = _WANTS_HINT.fullmatch(_plain(typed).rstrip("?？"))
    if not wanted or not question.hints:
        return 0
    return 1 if wanted["more"] is None else len(question.hints)


def wants_hint(typed: str) -> bool:
    """Tell whether the text asks for a hint, whatever the question has."""
    return _WANTS_HINT.fullmatch(_plain(typed).rstrip("?？")) is not None


_OPENLY = re.compile(
    r"什么|为啥|为何|怎么|如何|哪|多少|几个|\b(?:what|whats|why|how|which|who|when|where)\b", re.I
)


def asks_openly(typed: str) -> bool:
    """Tell a question that wants an answer from a guess with a question mark at its end."""
    return asks(typed) and bool(_OPENLY.search(typed))


def points_said(question: Question, typed: str) -> str | None:
    """Return the key points that were ticked by typing: "AC", or "none of them"."""
    plain = _plain(typed)
    if re.fullmatch(r"(?:一条|一个)?(?:也|都)?没有?|none(?: of them)?", plain):
        return NO_POINT
    letters = "".join(sorted(set(_LETTERS.sub("", plain))))
    return letters if letters and set(letters) <= set(question.points) else None


def asks(typed: str) -> bool:
    """Tell whether a text is a question or a request, and no answer that is put as a question."""
    text = typed.strip()
    return bool(_ASKS.search(text)) and not _TENTATIVE.search(text)


def explains(typed: str) -> bool:
    """Tell whether a text can be somebody's explanation: a few words that do not ask anything."""
    written = list(_WRITTEN.finditer(typed))
    characters = sum(1 for one in written if one["character"])
    is_long = characters >= SHORTEST["characters"] or len(written) - characters >= SHORTEST["words"]
    return is_long and not _ASKS.search(typed.strip())
