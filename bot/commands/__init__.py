"""The ONE table of commands.

Menus, help and both platforms' registration are made from it. A new command is a module here with
its handler, and a row.
"""

from bot.commands import (
    ask,
    course_map,
    data,
    instance,
    leaderboard,
    learn,
    link,
    preferences,
    progress,
    quiz,
    report,
    start,
    talk,
    terms,
)
from bot.commands.command import Argument, Command
from bot.commands.help import show_help
from bot.course.model import Localized

LESSON = Argument(
    "lesson",
    Localized(zh="哪一课：名称或序号", en="Which lesson: its name or number"),
    is_lesson=True,
)
QUESTION = Argument(
    "question", Localized(zh="你想问什么", en="What you want to know"), required=True
)

CODE = Argument(
    "code",
    Localized(zh="另一个平台上的我给的码，或者 off", en="The code from the other platform, or off"),
)

COMMANDS: tuple[Command, ...] = (
    Command(
        "start",
        Localized(zh="从这里开始", en="Begin here"),
        start.start,
        actions={"start": start.change},
    ),
    Command(
        "learn",
        Localized(zh="学下一课，或指定的一课", en="The next lesson, or one you choose"),
        learn.learn,
        LESSON,
        actions={
            "simpler": learn.simpler,
            "deeper": learn.deeper,
            "instance": instance.instance,
            "notes": learn.notes,
            "terms": terms.terms,
            "next": learn.following,
            "talk": talk.talk,
            "unknown": talk.unknown,
            "leave": talk.leave,
        },
    ),
    Command(
        "course",
        Localized(zh="课程地图", en="The map of the course"),
        course_map.course_map,
        actions={"module": course_map.module},
    ),
    Command(
        "quiz",
        Localized(zh="考考我学过的内容", en="Questions on what you have learned"),
        quiz.quiz,
        LESSON,
        actions={
            "quiz": quiz.press,
            "check": quiz.check,
            "question": quiz.again,
            "pick": quiz.pick,
            "hint": quiz.hint,
            "onward": quiz.onward,
            "report": report.report,
        },
    ),
    Command("review", Localized(zh="今天该复习的题", en="What is due today"), quiz.review),
    Command(
        "ask",
        Localized(zh="问一个关于大模型的问题", en="Ask a question about language models"),
        ask.ask,
        QUESTION,
        actions={"example": ask.example, "follow": ask.follow},
    ),
    Command(
        "new", Localized(zh="换个话题，重新开始对话", en="Start a fresh conversation"), ask.new
    ),
    Command(
        "progress",
        Localized(zh="看看学到哪儿了", en="How far you have come"),
        progress.progress,
        private=True,
    ),
    Command(
        "leaderboard",
        Localized(zh="群里的学习榜（自愿加入）", en="The group's board, for those who want"),
        leaderboard.leaderboard,
        actions={"leaderboard": leaderboard.press},
    ),
    Command(
        "settings",
        Localized(zh="设置语言和图片配色", en="Your language, and the colours of pictures"),
        preferences.settings,
        actions={"settings": preferences.change},
        private=True,
    ),
    Command(
        "link",
        Localized(zh="把另一个平台上的我连起来", en="Be one learner on two platforms"),
        link.link,
        CODE,
        private=True,
    ),
    Command(
        "export",
        Localized(zh="导出我的全部数据", en="Everything stored about you, as files"),
        data.export,
        private=True,
    ),
    Command(
        "forget",
        Localized(zh="删除我的全部数据", en="Delete everything about you"),
        data.forget,
        actions={"forget": data.decide},
        private=True,
    ),
    Command("help", Localized(zh="能做的事，一张清单", en="What I can do"), show_help),
)
