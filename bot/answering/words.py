"""Text to the terms that the search compares: stems of Latin words and words of Chinese text.

The libraries behind it (rjieba's dictionary alone holds 34 MB) are loaded by `Analyser()`.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence, Set
from functools import lru_cache, partial
from importlib import resources
from math import log
from typing import Final

_RUN: Final = re.compile(r"[a-z]+|\d+[a-z]*|[\u3400-\u9fff]+")
"""Latin words, numbers with their unit ("70b", "4o") and unbroken Chinese. "gpt-4" is two words."""

_FRAME_EN: Final = """
actually also another anyone anything ask become believe bit call called cannot come could curious
different difference do easy else even ever every everything exactly example explain find first
fully general get give go going good got happen hear heard help hey hi hello idea im ive isnt dont
doesnt kind know let like little lot made make many matter maybe mean meant much must need new
often ok okay one part people person please put quite read real really right said say see seem
simple simply somebody someone something sometimes sort still stuff sure take talk tell thank
thanks thing time true try two understand use used useful using want way well whats
whether without wonder work would yes yesterday yet zero
"""
_FRAME_ZH: Final = """
一句话 一点 大白 白话 一个 一遍 上 下 不 不会 不懂 不明白 举例 举个 之间 人 介绍 以前 会 会不会
例子 做 像 几个 出 到底 区别 告诉 呢 问 回事 多大 大概 大白话 好 好像
如何 嘛 对不对 干 干嘛 干啥 开始 弄 很
怎么会 怎么回事 您好 你好 想 懂 我想 或者说 所谓 据说 搞 描述 新 明白 是不是 有什么 有啥 有没有 次
比如说 没 没有 清楚 点 然后 现在 理解 真 真的 看 知道 种 究竟 简单 算 算是 老师 能 能不能 行 觉得
解释 讲 讲讲 讲解 话 详细 请 请问 谈谈 说 说法 说说 谢谢 通俗 难道 需要 麻烦 一直 最 太 更 小 几
它 只 昨天 有意 久 不同 再 说一遍 再说 再讲 又 还 都 里 中 时 后 前 个 两 亿 万
"""

_KEPT: Final = {"tokenizer": "tokenizer", "tokenizers": "tokenizer"}
"""Words whose stem is another word of the course: the stem of "tokenizer" would be "token"."""

_ONE_WORD: Final = re.compile(r"(?<![a-z])([a-z])[-_](?=[a-z])|(?<=[a-z])[-_](?=[a-z](?![a-z]))")
"""The hyphen of "top-p" and "n-gram": a letter alone would be lost."""

_HOW_MUCH: Final = {f"多{measure}": measure for measure in "重高长快久远宽深"}
"""The dictionary has "how heavy" as one word; the answer says "heavy"."""


_SAME: Final = """
cost expensive price pricing pay bill charge cheap money
think thinking thought conscious consciousness sentient feeling aware
learn remember memorize memorise forget recall
random nonsense gibberish garbage
answer reply response
pick choose chose chosen select
likely likeliest likelier probable
differ different difference diffrence differently
high higher highest raise increase crank
low lower lowest reduce decrease
heavy weigh weighs weighed
贵 便宜 价格 价钱 收费 费用 花钱 单价 更贵
思考 意识 有意识 思想 情感 感情
学 学会 记得 记住 记忆 忘 忘记
随机 胡说 乱说 瞎说
回答 答案 回复
选 挑 挑选 选择 选出 挑出 选中
"""
"""Words that ask about the same thing; the first of a line stands for all of it."""


@lru_cache(maxsize=1)
def _simplified() -> dict[int, str]:
    """OpenCC's table from traditional to simplified characters, for str.translate."""
    table = resources.files("opencc").joinpath("dictionary/TSCharacters.txt").read_text("utf-8")
    pairs = (line.split() for line in table.splitlines() if "\t" in line)
    return {ord(pair[0]): pair[1] for pair in pairs if len(pair[0]) == 1}


def fold(text: str) -> str:
    """Return `text` in one width, lower case and simplified characters, without apostrophes."""
    text = unicodedata.normalize("NFKC", text).lower().translate(_simplified())
    return text.replace("'", "").replace("’", "")


class Analyser:
    """Cuts text into terms. Safe to use from several threads."""

    def __init__(self) -> None:
        import rjieba
        import Stemmer
        from bm25s.stopwords import STOPWORDS_CHINESE, STOPWORDS_EN_PLUS

        # Its guesses at unknown words are wrong more often than not ("调高会").
        self._cut = partial(rjieba.cut_for_search, hmm=False)
        self._stem = lru_cache(maxsize=20_000)(Stemmer.Stemmer("english").stemWord)
        stop = {word.replace("'", "") for word in STOPWORDS_EN_PLUS}
        stop.update(_FRAME_EN.split(), _FRAME_ZH.split(), STOPWORDS_CHINESE)
        self._stop = stop.union(map(self._stem, stop))
        lines = (line.split() for line in _SAME.split("\n"))
        self._same = {form: line[0] for line in lines for one in line for form in self._forms(one)}
        _simplified()

    def terms(self, text: str) -> list[str]:
        """Return the terms of `text` in their order, without those that say nothing alone."""
        return [one for one in self._words(text) if not (one in self._stop or _is_letter(one))]

    def words(self, text: str) -> frozenset[str]:
        """Return all words of `text`, with those that say nothing alone ("why", "every")."""
        return frozenset(self._words(text))

    def _forms(self, word: str) -> set[str]:
        return {word, self._stem(word)}

    def is_stop(self, word: str) -> bool:
        """Tell whether a word says nothing alone."""
        return word in self._stop

    def _words(self, text: str) -> Iterator[str]:
        for run in _RUN.findall(_ONE_WORD.sub(r"\1", fold(text))):
            if run[0] > "\u3400":
                cut = (_HOW_MUCH.get(word, word) for word in self._cut(run))
                yield from (self._same.get(word, word) for word in cut)
            else:
                word = _KEPT.get(run) or (run if run in self._stop else self._stem(run))
                yield self._same.get(word, word)


def _is_letter(word: str) -> bool:
    return len(word) == 1 and word.isascii()


def rarity(documents: Sequence[Set[str]]) -> Mapping[str, float]:
    """Return BM25's weight of each term: the fewer documents have it, the more it says."""
    counts = Counter(term for document in documents for term in document)
    return {
        term: log(1 + (len(documents) - count + 0.5) / (count + 0.5))
        for term, count in counts.items()
    }
