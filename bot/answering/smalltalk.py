"""Whether a message only says hello, thanks or goodbye: a closed list. Pure."""

import re
from typing import Final, Literal

from bot.answering.words import fold

_SAID: Final = re.compile(
    r"(?:你|您|大家)?好(?:的|啊|呀|呢|吧)?|嗨|哈喽|哈啰|早|早上好|上午好|中午好|下午好|晚上好|在吗|在么"
    r"|(?:非常|多|太)?(?:谢谢|感谢|谢啦|谢)(?:你|您|啦|了|老师)?|辛苦了|嗯+|明白了?|懂了|知道了|收到|再见|拜拜"
    r"|(?:请问)?你(?:到底)?(?:是谁|是什么|是干嘛的|是做什么的|叫什么(?:名字)?|会什么|会干什么)"
    r"|你(?:能|可以)(?:做|干|帮我做|帮我|教我?)(?:些|点)?(?:什么|啥)"
    r"|(?:自我)?介绍(?:一下)?(?:你)?自己"
    r"|(?:这里|你)?(?:一共|总共)?有(?:多少|几)(?:节|门|个)?(?:课|课程)(?:程)?|怎么用你?|帮助"
    r"|(?:hi|hello|hey|hiya|howdy|yo)(?: (?:there|all|bot|tutor))?"
    r"|good (?:morning|afternoon|evening|day)"
    r"|(?:ok(?:ay)? )?(?:many )?(?:thanks|thank you|thx|ty|cheers)"
    r"(?: (?:a lot|so much|very much|you))?"
    r"|ok|okay|k|cool|great|nice|got it|i see|good|bye|goodbye|see you|help"
    r"|who are you|who is this|what are you|what(?:s| is) your name|introduce yourself"
    r"|what (?:can|do) you (?:do|teach|know|offer)"
    r"|what can (?:i|you) (?:ask|help)(?: (?:you|me)(?: with)?)?"
    r"|how (?:can|do) you help(?: me)?|how do i use (?:you|this)"
    r"|how many lessons(?: (?:are there|do you have))?"
    r"|how does this work|how are you",
)
_NOTHING: Final = re.compile(r"[^a-z0-9\u3400-\u9fff]+")
_END: Final = re.compile(r"[啊呀呢吗吧呐哦哈]$")


Smalltalk = Literal["hello", "thanks", "bye"]

_THANKS: Final = re.compile(
    r"谢|辛苦|^(?:懂了|明白了?|知道了|收到|好的?|嗯+|ok|okay|k|got it|i see|cool|great|nice|good)$"
    r"|thank|thx|\bty\b|cheers"
)
_ASKS: Final = re.compile(r"你|\b(?:you|who|how|what|hi|hello|hey|help)\b|你好|课")
_BYE: Final = re.compile(r"再见|拜拜|bye|see you")


def smalltalk(text: str) -> Smalltalk | None:
    """Return what the text says if it is one or two of these sayings ("hi, thanks!") and nothing
    else; a question about the bot itself counts as hello."""
    folded = fold(text)
    said = [one.strip() for one in re.split(r"[,.!?，。！？、~～\n]+", folded) if one.strip()]
    if not 0 < len(said) <= _FEW or not all(map(_is_one, said)):
        return None
    if any(_BYE.search(one) for one in said):
        return "bye"
    if any(_ASKS.search(one) and not _THANKS.search(one) for one in said[1:]):
        return "hello"
    return "thanks" if any(_THANKS.search(one) for one in said) else "hello"


_FEW: Final = 2


def _is_one(text: str) -> bool:
    text = _NOTHING.sub(" ", text).strip()
    return any(_SAID.fullmatch(one) for one in (text, _END.sub("", text)))
