"""What kind of answer a question asks for, by its form. Pure."""

import re
from typing import Final, Literal

Depth = Literal["shorter", "simpler", "deeper", "example"]
"""How the same thing can be told again."""

_WHAT_IS: Final = re.compile(
    r"是(?:个|一个)?(?:什么|啥|何)|(?:什么|啥)(?:是|叫|意思)|(?:解释|讲讲|说说|介绍)|指(?:的是)?(?:什么|啥)"
    r"|\b(?:what(?:\s?s|'s|’s| is| are| was| were| even| exactly| actually| on earth)"
    r"|defin\w*|meanings?|means?|explain|stands? for|tell me about|describe)\b",
    re.IGNORECASE,
)
_HOW_IT_WORKS: Final = re.compile(
    r"怎么(?:工作|进行|运作|回事)|工作原理|\bhow (?:do|does|is) .{2,40}? (?:work|works|done)\b",
    re.I,
)
_MORE: Final = re.compile(
    r"区别|不同|不一样|关系|为什么|为啥|怎么|如何|多少|哪"
    r"|\b(?:differences?|differ|diffrence|versus|vs|compared?|relat\w+|why|how|which|between|happens?)\b",
    re.IGNORECASE,
)
_WORDS: Final = re.compile(r"[a-z0-9-]+|[\u3400-\u9fff]+", re.IGNORECASE)
_LONGEST_WORD: Final = 6
_HOW_MUCH: Final = re.compile(
    r"多少|多大|多重|多高|多长|多久|多快|多宽|几[个块种次年层位颗台克吨亿万GT]"
    r"|\bhow (?:many|much|big|large|heavy|long|fast|tall|wide|often|far)\b",
    re.IGNORECASE,
)
_WHY: Final = re.compile(r"为什么|为啥|凭什么|为何|怎么会|原因|\b(?:why|how come|reason)\b", re.I)


_ASKING: Final = re.compile(
    r"请问|请|帮我|到底|究竟|是(?:个|一个)?(?:什么|啥|何)(?:意思|东西)?|(?:什么|啥)(?:是|叫做?)"
    r"|指(?:的是)?(?:什么|啥)|(?:解释|讲讲|说说|介绍|定义)(?:一下|下)?|的?(?:定义|含义|意思)(?:是什么)?"
    r"|\b(?:what(?:\s?s|'s|’s| is| are| does| do)?|exactly|define|definition of|meaning of|explain"
    r"|tell me about|describe|the|an?|means?|stands? for|please)\b",
    re.IGNORECASE,
)


def what_is_named(question: str) -> str:
    """Return the letters and digits of what a question asks the meaning of: "fine-tuning 是什么"
    gives "finetuning". A question that asks for more gives more than a name."""
    return re.sub(r"[\W_]+", "", _ASKING.sub(" ", question))


def asks_what_it_is(question: str) -> bool:
    """Tell whether the definition of a word answers the question; a word alone asks for it too."""
    if _HOW_IT_WORKS.search(question):
        return True
    if _MORE.search(question):
        return False
    words = _WORDS.findall(question)
    return bool(_WHAT_IS.search(question)) or not words or (len(words) == 1 and _is_word(words[0]))


def _is_word(word: str) -> bool:
    """Chinese has no spaces: from some length on it is a sentence."""
    return word.isascii() or len(word) <= _LONGEST_WORD


def asks_how_much(question: str) -> bool:
    """Tell whether a number answers the question."""
    return bool(_HOW_MUCH.search(question))


def asks_why(question: str) -> bool:
    """Tell whether a reason answers the question."""
    return bool(_WHY.search(question))


_ORDER: Final = re.compile(
    r"(?:^|[，。！？；：,.!?;:\n]|\b(?:please|now|and|then)\b|请|现在)\s*(?:你|马上|立刻|all\b|just\b)?\s*"
    r"(?:(?:ignore|disregard|forget|override)\b|忽略|无视|忘记|忘掉|不要理会|不用管)"
    r"[^。！？.!?\n]{0,24}?(?:instructions?|rules?|prompts?|above|everything|指令|规则|要求|设定|提示词|内容)"
    r"[^。！？.!?\n]*"
    r"|(?:print|reveal|show|tell|repeat|output|give|输出|打印|告诉|透露|泄露|显示|发给?|复述)"
    r"[^。！？.!?\n]{0,16}?(?:your|你的|系统)\s*(?:[a-z]+\s+|系统)?"
    r"(?:prompts?|instructions?|rules|passwords?|keys?|提示词|指令|设定|规则|密码|密钥)[^。！？.!?\n]*",
    re.IGNORECASE,
)
"""An order to drop the rules or to give them away, to the end of its sentence."""


def without_orders(question: str) -> str:
    """Return a question without the orders in it that are none of a learner's."""
    return _ORDER.sub(" ", question)


_AGAIN: Final[dict[Depth, re.Pattern[str]]] = {
    "example": re.compile(r"例子|举例|举个|比如呢|\bexamples?\b|\bfor instance\b", re.I),
    "shorter": re.compile(
        r"一句话|短一?点|简短|总结|概括|太长|精简"
        r"|\b(?:short(?:er)?|brief(?:ly|er)?|one sentence|tl;?dr|sum(?: it)? up|summar\w+)\b",
        re.I,
    ),
    "simpler": re.compile(
        r"简单|通俗|大白话|人话|没(?:听|看)?懂|(?:听|看)?不(?:太)?懂|不明白|再(?:说|讲|解释)一[遍次]|换个说法|三岁|小学生"
        r"|\b(?:simpl(?:er|y|e)|eli5|like i.?m|plain(?:er)?|easier|again|rephrase|lost me"
        r"|(?:don.?t|didn.?t|do not) (?:get|understand|follow))\b",
        re.I,
    ),
    "deeper": re.compile(
        r"详细|深入|展开|细节|多讲|多说|继续|然后呢|还有呢"
        r"|\b(?:deeper|details?|more|elaborate|expand|go on|continue|technical(?:ly)?)\b",
        re.I,
    ),
}


def depth_wanted(question: str) -> Depth | None:
    """Return how the same thing should be told again, where that is what is asked."""
    return next((depth for depth, form in _AGAIN.items() if form.search(question)), None)


_POINTS: Final = re.compile(
    r"^\s*(?:那|还有|所以|但|可是|为什么|为啥|怎么|有|要是|如果"
    r"|(?:and|or|but|so|then|why|how|what about|is (?:it|that|this))\b)"
    r"|[它这那他们]|\b(?:it|its|they|them|their|that|this|those|these|one|ones|he|she)\b",
    re.IGNORECASE,
)


def points_back(question: str) -> bool:
    """Tell whether a question has a word that may mean something said before it."""
    return bool(_POINTS.search(question))


_NUMBER: Final = re.compile(
    r"\d|[一二三四五六七八九十百千万亿]+[个倍年米吨]|half|dozen|million|billion"
)


def tells_number(text: str) -> bool:
    """Tell whether a text has a number in it."""
    return bool(_NUMBER.search(text))
