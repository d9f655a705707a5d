"""Whether a question is about language models at all, by the words it is made of.

A word of the field (the lists below, and whatever the course has in its titles, concepts and
glossary) speaks for it, a word that the course hardly uses speaks against it. No model is asked.
"""

import re
from collections.abc import Iterable, Sequence, Set
from typing import Final, NamedTuple

from bot.answering.passages import names_of
from bot.answering.words import Analyser, fold
from bot.course.model import Course, Language

FIELD: Final = """
ai agi aigc llm llms llama gpt chatgpt openai claude anthropic gemini deepseek qwen mistral kimi
copilot ollama huggingface bert word2vec transformer rag lora qlora moe rlhf dpo mcp gguf gpu cuda
logit softmax perplexity bpe token tokenizer tokenization embedding neuron neural parameter
hyperparameter backpropagation overfitting encoder decoder autoregressive autoregression inference
finetuning finetune pretraining pretrained quantize quantization distillation hallucinate
hallucination chatbot multimodal dataset corpus generative turing eniac nlp model
7b 8b 13b 32b 70b 405b 671b
人工智能 大模型 语言模型 模型 智能体 机器学习 深度学习 强化学习 神经网络 神经元 千问 文心 豆包
混元 智谱 词元 分词
分词器 嵌入 参数 超参数 反向传播 过拟合 注意力 编码器 解码器 自回归 采样 微调 预训练 后训练 量化
幻觉 提示词 聊天机器人 多模态 语料 数据集 生成式 涌现 图灵 算力
"""
"""What people say who ask about language models, covered by the course or not, and few others."""

SENSES: Final = """
agent alignment expert instruction mixture attention benchmark chat checkpoint context decoding
diffusion distill emergent gradient jailbreak mechanism network pretrain prompt prompting sampling
train training vector weight temperature window bit
上下文 专家 混合 指令 推理 训练 网络 向量 权重 温度 梯度
窗口 机制 蒸馏 提示 对齐 越狱 扩散 聊天 机器人 智能 概率 预测 显存 显卡
"""
"""Words of the field that everybody uses in another sense too."""

EVERYDAY: Final = "weight train learn bit window expert chat network 窗口 专家 聊天 网络 训练 学习"
"""Words of these lists that mostly mean something else, as the parts of a name do ("language")."""

BARE: Final = """
ai llm llms gpt chatgpt model bot chatbot chat language large 人工智能 大 大语言模型 大模型 语言模型
语言 模型 聊天 机器人 聊天机器人
"""
"""Words that a question about anything here may have, so that they do not say what it is about."""

BAR: Final = 0.45
"""From this share on a question counts as being about language models."""

_FIELD, _SENSE, _EVERYDAY, _TITLE, _HERE, _ASKED = 1.0, 0.7, 0.3, 0.3, 0.3, 0.2
"""What a word says for the question: one of the field, one with another sense, one that mostly has
another sense, a lesson's title, the lesson on the screen, and the lessons' own questions. The last
say as much against it where nothing names the field: they are full of everyday words."""

_IT: Final = 0.9
"""What "it" says for a question that does not name what it is about: here that is the model."""

_PLAIN, _STRANGE, _STRANGER = 0.2, 0.5, 0.9
"""What a word says against it: one that is familiar to the course, one that is not, and such a one
where no word is only of the field ("the temperature in Paris")."""

_MEANS_THE_MODEL: Final = re.compile(
    r"它|(?<!what time is )(?<!what day is )\bit\b"
    r"(?!\s+(?:cost|take|rain|snow|hurt|going to|cold|hot|dark|late|safe to)\w*)"
)

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


def means_the_model(question: str) -> bool:
    """Tell whether a question has an "it", which nothing before it explains."""
    return bool(_MEANS_THE_MODEL.search(fold(question).strip()))


class Topic(NamedTuple):
    """The words of a course in one language, as terms. `known` are all that it uses, `familiar`
    those that it does not only use in passing; `text` is all of it in one string, because Chinese
    is not always cut the same way. `names` are the words of the field as they are written."""

    field: Set[str]
    senses: Set[str]
    everyday: Set[str]
    titles: Set[str]
    asked: Set[str]
    known: Set[str]
    familiar: Set[str]
    text: str
    names: Sequence[str]

    def share(
        self,
        terms: Iterable[str],
        here: Set[str] = frozenset(),
        *,
        it: bool = False,
        near: bool = False,
    ) -> float:
        """Return from 0 to 1 how much of a question is about language models; 0 for no words.

        here: the words of the lesson on the screen. it: the question has an "it". near: it is
        nearly one of the course's own.
        """
        asked = set(terms)
        whole = {one for one in asked if not any(one in other for other in asked - {one})}
        named = it or near or bool(whole & (self.field | self.senses) - self.everyday)
        says = [self._says(term, here, named) for term in whole]
        if it:
            says.append(_IT)
        elif not whole & self.field:
            says = [-_STRANGER if one == -_STRANGE else one for one in says]
        about = sum(weight for weight in says if weight > 0)
        return about / sum(map(abs, says)) if about else 0.0

    def is_elsewhere(self, terms: Iterable[str], beyond: Iterable[str]) -> bool:
        """Tell whether a question is put like one of the course's and is about something else: it
        has a word that the course hardly uses, and none that only the field has.

        beyond: its terms that the course's question has not.
        """
        strange = any(self._says(one) == -_STRANGE for one in beyond)
        return strange and not set(terms) & self.field

    def missing(self, terms: Iterable[str]) -> set[str]:
        """Return the words of the field among `terms` that the course never uses."""
        return self.subjects(terms) - set(self.known)

    def subjects(self, terms: Iterable[str]) -> set[str]:
        """Return the words of the field among `terms`."""
        return {term for term in terms if term in self.field | self.senses}

    def _says(self, term: str, here: Set[str] = frozenset(), named: bool = True) -> float:
        """Return what one word says; `named`: something else in the question names the field."""
        weights = (
            (self.everyday, _EVERYDAY),
            (self.field, _FIELD),
            (self.senses, _SENSE),
            (self.titles, _TITLE),
            (here, _HERE),
            (self.asked, _ASKED if named else -_ASKED),
            (self.familiar, -_PLAIN),
        )
        found = next((weight for words, weight in weights if term in words), None)
        if found is None:
            is_cut_otherwise = not term.isascii() and term not in self.known and term in self.text
            return -_PLAIN if is_cut_otherwise else -_STRANGE
        return found


def topic_of(
    course: Course,
    language: Language,
    analyser: Analyser,
    known: Set[str],
    familiar: Set[str],
    texts: Iterable[str],
) -> Topic:
    """Collect the words.

    texts: all that the course has in this language; known: its terms; familiar: see `Topic`.
    """
    names = [
        name
        for entry in course.glossary
        for text in (entry.term.zh, entry.term.en)
        for name in names_of(text)
    ]
    names += [name for lesson in course.lessons for name in lesson.concepts]
    titles = [lesson.title[language] for lesson in course.lessons]
    asked = [ask for one in course.lessons for ask in (*one.asks[language], one.hook[language])]

    def terms(texts: Iterable[str]) -> frozenset[str]:
        return frozenset(analyser.terms(" ".join(texts)))

    field, of_field = _whole(FIELD.split(), analyser)
    senses, of_names = _whole([*SENSES.split(), *names], analyser)
    everyday = terms([EVERYDAY]) | (of_field | of_names) - field - senses
    return Topic(
        field,
        senses,
        everyday,
        terms(titles),
        terms(asked),
        known,
        familiar,
        fold("\n".join(texts)),
        [*names, *FIELD.split(), *SENSES.split()],
    )


def _whole(names: Iterable[str], analyser: Analyser) -> tuple[frozenset[str], frozenset[str]]:
    """Return the terms that are a whole name, and those that are only a part of one."""
    whole, parts = set(), set()
    for name in names:
        terms = set(analyser.terms(name))
        if len(terms) == 1 or fold(name) in terms:
            whole.add(fold(name) if fold(name) in terms else terms.pop())
        parts |= terms
    return frozenset(whole), frozenset(parts - whole)
