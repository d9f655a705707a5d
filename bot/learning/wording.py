"""How much of one text another says, by the words that they share, the rare ones above all."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property, lru_cache
from math import log
from typing import Final

from bot.answering.words import Analyser
from bot.course.model import LANGUAGES, Course, Lesson

_GIVEN: Final = 0.4
"""What a word counts that the learner has just read in the question: repeating it says little."""

_PART: Final = 0.6
"""What a Chinese word counts of which only the characters are there: 数 for 数字, 改变 for 改."""

_SHORT: Final = 0.5
"""A text of few words that are all to the point says a longer one if it has half of its weight."""

_LONG_QUESTION: Final = 0.5
"""Half of a long question, by its words, is as good as the whole."""

_ASKS: Final = 60
"""Questions of a lesson by which words are counted, in each language: enough, and soon read."""

_SENTENCE: Final = re.compile(r"(?<=[。！？!?；;\n])\s*|(?<=\.)\s+")

_ALIKE: Final = """
guess predict prediction forecast estimate expect
chance probability likelihood odds likely probable
connect link linked join connection wire
sum add calculate calculation compute multiply arithmetic
alive live living
change update adjust tune shift modify move alter nudge
mistake wrong error incorrect false
true truth right correct accurate fact
next following later ahead after
big large huge great
cut split break chop divide
erase rub delete undo
pick choose draw select
steady stable consistent
memory storage disk space
price cost charge bill pay payment
parameter weight
approve approval permission consent confirm
end last
whole entire all everything
猜 猜测 预测 预报 估计 推算
概率 可能性 几率 机会
参数 权重
确认 批准 同意
全部 所有 整个
记 记住 记得 学会
改 改变 改动 变 变化 调 调整 调节 修改 挪
错 出错 误差 错误 写错 说错 不对
对 正确 真 真的
连 连接 相连
数 数字 数值
切 切成 拆 拆成 分成
少见 生僻 罕见 冷门 偏
稳 稳定
收费 计费 价格 单价 收钱
后面 接下来 下面 末尾 最后
"""
"""Words that a learner may take for each other; the first of a line stands for all of it."""


class Wording:
    """Compares texts in the words of one course. Safe to use from several threads.

    Making one costs nothing; its first comparison loads the dictionary (half a second).
    """

    def __init__(self, course: Course) -> None:
        self._course = course

    def coverage(self, of: str, text: str, given: str = "") -> float:
        """Return from 0 to 1 how much of `of` a text says, in its own order and other words.

        given: what the learner has been told or asked; its words count less.
        """
        wanted, said, known = (self._lexicon.words(one) for one in (of, text, given))
        characters = _characters(said)
        shared = sum(
            self._lexicon.weight(one, known) * _overlap(one, said, characters) for one in wanted
        )
        whole = self._lexicon.sum(wanted, known)
        long_enough = max(self._lexicon.sum(said, known), _SHORT * whole)
        return max(shared / whole, shared / long_enough) if shared else 0.0

    def likeness(self, question: str, asked: str) -> float:
        """Return from 0 to 1 how much what is asked amounts to a question."""
        own, put = self._lexicon.words(question), self._lexicon.words(asked)
        shared = self._lexicon.sum(own & put)
        whole = max(self._lexicon.sum(put), _LONG_QUESTION * self._lexicon.sum(own))
        return shared / whole if shared else 0.0

    def part(self, asked: str, *texts: str) -> float:
        """Return from 0 to 1 how much of what is asked stands in any of the texts."""
        put = self._lexicon.words(asked)
        known = frozenset[str]().union(*map(self._lexicon.words, texts))
        shared = self._lexicon.sum(put & known)
        return shared / self._lexicon.sum(put) if shared else 0.0

    def has_subject(self, text: str) -> bool:
        """Tell whether a text says what it is about, which "why?" does not."""
        return bool(self._lexicon.subject(text))

    def is_named(self, name: str, asked: str) -> bool:
        """Tell whether what is asked has no subject but this name: "what is a token"."""
        subject = self._lexicon.subject(asked)
        return bool(subject) and subject <= self._lexicon.subject(name)

    @cached_property
    def _lexicon(self) -> "_Lexicon":
        return _Lexicon(self._course)


class _Lexicon:
    """The words of a course and how much each says."""

    def __init__(self, course: Course) -> None:
        self._analyser = Analyser()
        lines = (line.split() for line in _ALIKE.split("\n"))
        self._same = {form: line[0] for line in lines for one in line for form in self._forms(one)}
        self.words = lru_cache(maxsize=5_000)(self._words)
        texts = [self._words(text) for lesson in course.lessons for text in _questions(lesson)]
        self._counts = Counter(word for words in texts for word in words)
        self._texts = len(texts)

    def subject(self, text: str) -> frozenset[str]:
        """Return the words of a text that say something alone."""
        return frozenset(self._analyser.terms(text))

    def _forms(self, word: str) -> frozenset[str]:
        return self._analyser.words(word) | {word}

    def _words(self, text: str) -> frozenset[str]:
        return frozenset(self._same.get(word, word) for word in self._analyser.words(text))

    def weight(self, word: str, given: frozenset[str] = frozenset()) -> float:
        """Return how much a word says: the fewer of the course's questions have it, the more."""
        rarity = log((self._texts + 1) / (self._counts[word] + 0.5))
        return max(0.0, rarity) * (_GIVEN if word in given else 1)

    def sum(self, words: Iterable[str], given: frozenset[str] = frozenset()) -> float:
        return sum(self.weight(word, given) for word in words)


def _questions(lesson: Lesson) -> Iterator[str]:
    """Yield the short texts of a lesson, by which the words are counted."""
    for language in LANGUAGES:
        yield from lesson.asks[language][:_ASKS]
        yield from (lesson.title[language], lesson.hook[language])
        for question in lesson.questions:
            yield question.stem[language]
            yield from (point[language] for point in question.rubric or ())


def _overlap(word: str, said: frozenset[str], characters: Mapping[str, int]) -> float:
    """Return how much of one word is there: all of it or, in Chinese, some of its characters."""
    if word in said or word.isascii():
        return float(word in said)
    return _PART * sum(one in characters for one in word) / len(word)


def _characters(words: Iterable[str]) -> Mapping[str, int]:
    return Counter(one for word in words if not word.isascii() for one in word)


def sentences(text: str) -> list[str]:
    """Return the sentences of a text in either language; never none."""
    return [one.strip() for one in _SENTENCE.split(text) if one.strip()] or [text]
