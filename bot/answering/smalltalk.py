"""Whether a message only says hello, thanks or goodbye: a closed list. Pure."""

import re
from typing import Final, Literal

from bot.answering.words import fold

Smalltalk = Literal["hello", "thanks", "bye"]

_SAID: Final[dict[Smalltalk | Literal["asks"], re.Pattern[str]]] = {
    "bye": re.compile(r"再见|拜拜|bye|goodbye|see you"),
    "thanks": re.compile(
        r"好的?|(?:非常|多|太)?(?:谢谢|感谢|谢啦|谢)(?:你|您|啦|了|老师)?|辛苦了|嗯+|明白了?|懂了|知道了|收到"
        r"|(?:ok(?:ay)? )?(?:many )?(?:thanks|thank you|thx|ty|cheers)"
        r"(?: (?:a lot|so much|very much|you))?"
        r"|ok|okay|k|cool|great|nice|got it|i see|good"
    ),
    "asks": re.compile(
        r"你好(?:的|啊|呀|呢|吧)?|(?:hi|hello|hey)(?: (?:there|all|bot|tutor))?|help"
        r"|(?:请问)?你(?:到底)?(?:是谁|是什么|是干嘛的|是做什么的|叫什么(?:名字)?|会什么|会干什么)"
        r"|你(?:能|可以)(?:做|干|帮我做|帮我|教我?)(?:些|点)?(?:什么|啥)"
        r"|(?:自我)?介绍(?:一下)?你自己|怎么用你"
        r"|(?:这里|你)?(?:一共|总共)?有(?:多少|几)(?:节|门|个)?(?:课|课程)(?:程)?"
        r"|who are you|who is this|what are you|what(?:s| is) your name"
        r"|what (?:can|do) you (?:do|teach|know|offer)"
        r"|what can (?:i|you) (?:ask|help)(?: (?:you|me)(?: with)?)?"
        r"|how (?:can|do) you help(?: me)?|how do i use (?:you|this)"
        r"|how many lessons(?: (?:are there|do you have))?|how does this work|how are you"
    ),
    "hello": re.compile(
        r"(?:您|大家)?好(?:的|啊|呀|呢|吧)?|嗨|哈喽|哈啰|早|早上好|上午好|中午好|下午好|晚上好|在吗|在么"
        r"|(?:自我)?介绍(?:一下)?自己|怎么用|帮助|introduce yourself"
        r"|(?:hiya|howdy|yo)(?: (?:there|all|bot|tutor))?|good (?:morning|afternoon|evening|day)"
    ),
}
"""What each saying says; "asks" wants an answer, and gets the same one as a greeting."""

_NOTHING: Final = re.compile(r"[^a-z0-9\u3400-\u9fff]+")
_END: Final = re.compile(r"[啊呀呢吗吧呐哦哈]$")


_FEW: Final = 2


def smalltalk(text: str) -> Smalltalk | None:
    """Return what the text says if it is one or two of these sayings ("hi, thanks!") and nothing
    else; a question about the bot itself counts as hello."""
    said = [one.strip() for one in re.split(r"[,.!?，。！？、~～\n]+", fold(text)) if one.strip()]
    kinds = [_kind(one) for one in said]
    if not 0 < len(said) <= _FEW or None in kinds:
        return None
    if "bye" in kinds:
        return "bye"
    return "thanks" if "thanks" in kinds and "asks" not in kinds[1:] else "hello"


def _kind(text: str) -> Smalltalk | Literal["asks"] | None:
    text = _NOTHING.sub(" ", text).strip()
    forms = (text, _END.sub("", text))
    return next((kind for kind, one in _SAID.items() if any(map(one.fullmatch, forms))), None)
