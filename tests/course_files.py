"""A small sound course on disk, for tests to break in one place."""

from pathlib import Path
from typing import Any

import yaml

ZH_PAGE = """---
title: 模型怎样看文字
objective: 学完后你能说出什么是 token。
hook: 模型读到的真的是一个个字吗？
analogy_limit: 积木的形状不变，模型的片段却要从数据里学来。
asks:
  - 什么是 token
  - 模型看得懂字吗
  - 为什么按 token 收费
  - 一个字是几个 token
  - 分词器是干嘛的
  - 空格也算 token 吗
---
想象你把一句话拆成一小块一小块的积木，有的积木是一个字，有的是半个词，有的只是一个标点。

模型读到的就是这样的积木，它们叫作 **token**。每块积木都有自己的编号，模型算的是编号，不是笔画。

常见的词往往只要 1 块，少见的词会被拆成 2 块或更多。
所以同样长的两句话，块数可能不一样，收费也就不一样。你可以自己试一试，看看一句话会变成几块。

# 更简单

把一句话剪成小纸片，每张纸片写一个号码。
电脑看的是号码，这些小纸片就叫 token。常见的词只用 1 张纸片，少见的词要用好几张。
所以两张一样大的字条，用掉的纸片可能有多有少。

# 更深入

分词器把字节序列合并成词表里的条目，每个条目对应一个整数编号。
模型先查表得到向量，再做后面的计算。词表大小常在 10 万上下。

先合并哪些字节对，是在训练模型之前，从大量文本里统计出来的。此后这张表就固定不变了，同样的一段文字，每次都会得到同样的一串编号。
"""

EN_PAGE = """---
title: How a model sees text
objective: After this you can say what a token is.
hook: Does a model really read letter by letter?
analogy_limit: Toy bricks keep their shape, but a model learns its pieces from data.
asks:
  - what is a token
  - can a model read letters
  - why do i pay by token
  - how many tokens is one word
  - what does a tokenizer do
  - is a space a token too
---
Think of a sentence as a row of toy bricks. Some bricks hold a whole word, some hold half of one,
and some hold just a comma.

These bricks are what the model reads. Each one is called a **token**. Each has its own
number, and the model works with the numbers and not with the shapes of letters.

A common word is often 1 brick, and a rare one is cut into 2 or more. So two lines of the
same length can cost you a different price.

# Simpler

Cut a sentence into small slips of paper and write a number on each slip. The computer looks
at the numbers. A slip is called a token. A common word takes 1 slip, and a rare word takes a few.
So two notes of the same size may use up more or fewer slips.

# Deeper

A tokenizer merges a run of bytes into entries of a vocabulary, and each entry maps to an
integer. The model looks up a vector for it and goes on from there. A vocabulary often has
about 100,000 entries.

Which pairs are merged is learned from a large sample of text before the model itself is
trained. After that the table is fixed, so the same text gives the same numbers each time.
"""


def both(zh: str, en: str) -> dict[str, str]:
    return {"zh": zh, "en": en}


def explanation(which: str) -> dict[str, str]:
    """One that fits its bar; `which` makes it unique."""
    return both(
        f"这是第 {which} 条说明，它讲清楚这个选项背后的想法，以及真实的情况到底是什么样子。",
        f"This is explanation {which}: it says what belief is behind the option and what is true.",
    )


def single(number: int, key: str = "b", size: int = 3, longest: bool = False) -> dict[str, Any]:
    """A single choice question; `longest` makes its key the longest option."""
    options = []
    for letter in "abcdefgh"[:size]:
        more = "!!" if longest and letter == key else ""
        text = both(f"第 {number} 题的说法{letter}{more}", f"Claim {letter} of item {number}{more}")
        option: dict[str, Any] = {
            "id": letter,
            "text": text,
            "explanation": explanation(f"{number}{letter}"),
        }
        option |= {"correct": True} if letter == key else {"misconception": "token-is-word"}
        options.append(option)
    return {
        "id": number,
        "kind": "single",
        "covers": ["e1-tokens"],
        "stem": both(*STEMS[number % len(STEMS)]),
        "options": options,
    }


def true_false(number: int, truth: bool = True) -> dict[str, Any]:
    question = single(number, key="a" if truth else "b", size=2)
    question["kind"] = "true_false"
    for option, text in zip(
        question["options"], (both("对", "True"), both("错", "False")), strict=True
    ):
        option["text"] = text
    return question


def numeric(number: int) -> dict[str, Any]:
    return {
        "id": number,
        "kind": "numeric",
        "covers": ["e1-tokens"],
        "stem": both(*STEMS[number % len(STEMS)]),
        "numeric": {"value": 140, "low": 130, "high": 150, "unit": "GB"},
        "answer": explanation(str(number)),
        "hints": [both("想想积木。", "Think of bricks.")],
    }


def multi(number: int) -> dict[str, Any]:
    question = single(number, key="a")
    question["kind"] = "multi"
    question["options"][1] |= {"correct": True}
    del question["options"][1]["misconception"]
    return question


def order(number: int) -> dict[str, Any]:
    question = single(number)
    question |= {"kind": "order", "order": ["c", "a", "b"], "answer": explanation(str(number))}
    for option in question["options"]:
        option.pop("correct", None)
        option.pop("misconception", None)
    return question


def explain(number: int) -> dict[str, Any]:
    return {
        "id": number,
        "kind": "explain",
        "covers": ["e1-tokens"],
        "stem": both("用自己的话讲讲什么是片段。", "Say in your own words what a piece is."),
        "rubric": [
            both("片段都有自己的编号。", "Each piece has a number of its own."),
            both("模型算的是这些编号。", "The model works with these numbers."),
        ],
        "answer": explanation(str(number)),
        "hints": [both("想想玩具。", "Think of toys."), both("想想编号。", "Think of numbers.")],
    }


STEMS = (
    ("空格会怎样处理？", "What happens to a space?"),
    ("模型读到的是什么？", "Which thing does a model read?"),
    ("为什么同样长的两句话价钱不同？", "Two lines of one length differ in price: why?"),
    ("词表是怎么得来的？", "Where did the vocabulary come from?"),
    ("请估一估这份文件有多大。", "Estimate the size of this file."),
)

QUESTIONS = [single(1), single(2, key="a"), true_false(3), numeric(4), explain(5)]

LESSON: dict[str, Any] = {
    "covers": ["e1-tokens", "e1-billing"],
    "concepts": ["token"],
    "sources": [{"essay": "e1", "section": "一个标题"}],
    "notes": [
        {
            "idea": "e1-billing",
            "claim": both("文章说按字数收费。", "The essay says that words are billed."),
            "fact": both("其实按 token 收费。", "In fact tokens are billed."),
            "source": "A price list",
            "checked_on": "2026-11-21",
        }
    ],
}

COURSE: dict[str, Any] = {
    "course": "small",
    "version": "0.1",
    "essays": [{"id": "e1", "title": "一篇文章的题目", "author": None}],
    "modules": [{"id": "m1", "title": both("开头", "Start"), "lessons": ["tokens"]}],
}

IDEAS = {"e1-tokens": {"essay": "e1"}, "e1-billing": {"essay": "e1", "note": True}}

GLOSSARY = [
    {
        "term": both("token", "token"),
        "definition": both(
            "模型读写文字时的最小单位，可能是一个字或半个词。",
            "The smallest piece of text that a model reads or writes.",
        ),
    }
]


def dump(path: Path, data: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(yaml.safe_dump(data, allow_unicode=True, sort_keys=False), "utf-8")


def write_lesson(folder: Path, **changes: Any) -> None:
    """The four files of a lesson; `changes` replace fields of lesson.yaml."""
    dump(folder / "lesson.yaml", LESSON | changes)
    questions = [dict(question) for question in QUESTIONS]
    questions[1]["covers"] = ["e1-billing"]
    dump(folder / "questions.yaml", questions)
    (folder / "zh.md").write_text(ZH_PAGE, "utf-8")
    (folder / "en.md").write_text(EN_PAGE, "utf-8")


def write_course(folder: Path, *more_lessons: str) -> Path:
    """The sound course of one lesson, `tokens`; `more_lessons` are copies of it."""
    lessons = ["tokens", *more_lessons]
    dump(
        folder / "course.yaml", COURSE | {"modules": [COURSE["modules"][0] | {"lessons": lessons}]}
    )
    dump(folder / "ideas.yaml", IDEAS)
    dump(folder / "glossary.yaml", GLOSSARY)
    for lesson in lessons:
        write_lesson(folder / "m1" / lesson)
    return folder


def edit(path: Path, old: str, new: str) -> int:
    """Replace the one `old` in a file and return its line."""
    text = path.read_text("utf-8")
    assert text.count(old) == 1, f"{old!r} is {text.count(old)} times in {path.name}"
    path.write_text(text.replace(old, new), "utf-8")
    return text[: text.index(old)].count("\n") + 1
