"""What stands on a button can be typed as well: "next lesson", "考考我", "讲简单点"."""

import re
from typing import Final

from bot.commands.command import Turn
from bot.commands.preferences import LANGUAGE_NAMES
from bot.course.model import LANGUAGES, Language, Lesson
from bot.locale import translator

_WISHES: Final = {
    "forget": re.compile(
        r"(?:我想|请|帮我|怎么|如何|怎样|能不能|可以)*(?:把)?(?:删除|删掉|删了|清空|清除|抹掉)(?:一下)?"
        r"我的?(?:全部|所有|一切)?(?:学习)?(?:数据|记录|账号|信息|资料)"
        r"|(?:我想|请|帮我|怎么|如何|怎样)*把?我的?(?:全部|所有)?(?:数据|记录|账号|信息|资料)(?:全部|都)?"
        r"(?:删除|删掉|删了|清空)"
        r"|(?:i want to |please |how (?:do|can) i |can you )?(?:delete|erase|remove|forget)"
        r" (?:all (?:of )?)?my (?:data|account|progress|information|history)"
    ),
    "export": re.compile(
        r"(?:我想|请|帮我|怎么|如何|怎样)*(?:导出|下载|带走|备份)(?:一下)?我的?(?:全部|所有)?(?:学习)?"
        r"(?:数据|记录|卡片|资料)"
        r"|(?:i want to |please |how (?:do|can) i |can you )?(?:export|download|back up)"
        r" (?:all (?:of )?)?my (?:data|cards|progress|history)"
    ),
    "link": re.compile(
        r"(?:我想|请|帮我|怎么|如何|怎样)*(?:连接|关联|绑定|合并)(?:一下)?我?的?(?:两个|另一个)?(?:账号|平台)"
        r"|(?:i want to |please |how (?:do|can) i |can you )?(?:link|connect|merge|join)"
        r" my (?:two )?accounts?"
    ),
    "progress": re.compile(
        r"(?:看看|查看)?我?的?(?:学习)?(?:进度|进展)|我学到(?:哪儿?|哪里)了"
        r"|(?:show )?(?:me )?my progress|how far (?:have i come|am i)"
    ),
}
"""What people write who do not know the command; each is the whole of what they write."""

_STOPS: Final = ("stop", "enough", "停", "停下", "算了", "结束", "不想聊了")
"""What ends a talk as well as its button does."""

RETOLD = {"simpler", "deeper", "instance"}
"""What tells the same once more: of a lesson, or of an answer."""


def spoken_action(turn: Turn) -> str | None:
    """Return the action that the learner asks for in a few words, None where it is none."""
    typed = _bare(turn.incoming.text)
    return _phrases(turn).get(typed) or _wish(typed.rstrip("吗呢啊吧"))


def stops(text: str) -> bool:
    """Tell whether somebody wants to end a talk, in either language."""
    leave = (translator(language)("Leave it").lower() for language in LANGUAGES)
    return _bare(text) in (*leave, *_STOPS)


def _bare(text: str) -> str:
    """Return what was typed without its manners."""
    return text.strip().lower().rstrip("。.!！?？~").removesuffix(" please")


def _wish(typed: str) -> str | None:
    """Return the command that is asked for in plain words."""
    return next((name for name, words in _WISHES.items() if words.fullmatch(typed)), None)


def _phrases(turn: Turn) -> dict[str, str]:
    """Return the words of the buttons that mean the same wherever they are pressed, in both
    languages."""
    lesson = turn.services.course.lesson(turn.learner.lesson_id or "")
    actions = {name: f"settings:language:{one}" for one, name in LANGUAGE_NAMES.items()}
    for language in LANGUAGES:
        actions |= _anywhere(language) | (_of_lesson(language, lesson) if lesson else {})
    return {label.lower(): action for label, action in actions.items()}


def _anywhere(language: Language) -> dict[str, str]:
    _ = translator(language)
    return {
        _("Go on learning"): "learn",
        _("First lesson"): "learn",
        _("Course map"): "course",
        _("Quiz me"): "quiz",
        _("Next question"): "onward",
        _("Back to the question"): "onward",
        **dict.fromkeys((_("Review"), _("Review now"), _("Review first")), "review"),
        _("Practise again"): "quiz",
        _("What I can do"): "help",
    }


def _of_lesson(language: Language, lesson: Lesson) -> dict[str, str]:
    _ = translator(language)
    ways = {
        _("Next lesson"): "next",
        _("Simpler"): "simpler",
        _("Deeper"): "deeper",
        _("Terms"): "terms",
        _("Check question"): "check",
        _("Quiz me on this"): "quiz",
    }
    if lesson.example:
        ways |= dict.fromkeys(
            (_("An example"), _("Another example"), _("Give me an example")), "instance"
        )
    if lesson.explain_question:
        ways[_("Leave it")] = "leave"
        ways |= dict.fromkeys((_("Talk it through"), _("Let us talk it through")), "talk")
    return {label: f"{way}:{lesson.id}" for label, way in ways.items()}
