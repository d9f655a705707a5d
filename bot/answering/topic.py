"""Whether a question is about language models at all, by the words it is made of.

A word of the field (the lists below, and whatever the course has in its titles, concepts and
glossary) speaks for it, a word that the course never uses speaks against it. No model is asked.
"""

import re
from collections.abc import Iterable, Set
from typing import Final, NamedTuple

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
agent alignment expert mixture attention benchmark chat checkpoint context decoding diffusion
distill emergent gradient jailbreak mechanism network pretrain prompt prompting sampling train
training vector weight temperature window bit
上下文 专家 混合 推理 训练 网络 向量 权重 温度 梯度
窗口 机制 蒸馏 提示 对齐 越狱 扩散 聊天 机器人 智能 概率 预测 显存 显卡
"""
"""Words of the field that everybody uses in another sense too."""

EVERYDAY: Final = "weight train bit window expert chat network 窗口 专家 聊天 网络 训练"
"""Those of them that mostly mean something else."""

BAR: Final = 0.45
"""From this share on a question counts as being about language models."""

_FIELD, _SENSE, _EVERYDAY, _TITLE, _HERE, _ASKED = 1.0, 0.7, 0.4, 0.4, 0.3, 0.2
"""What a word says for the question: one of the field, one with another sense, one that mostly has
another sense, a lesson's title, the lesson on the screen, and the lessons' own questions."""

_IT: Final = 0.5
"""What "it" says for a question that does not name what it is about: here that is the model."""

_PLAIN, _STRANGE = 0.3, 0.7
"""What a word says against it: one that the course uses somewhere, one that it never uses."""

_MEANS_THE_MODEL: Final = re.compile(r"它|\bit\b", re.IGNORECASE)

_ORDER: Final = re.compile(
    r"(?:^|[，。！？；：,.!?;:\n]|\b(?:please|now|and|then)\b|请|现在)\s*(?:你|马上|立刻|all\b|just\b)?\s*"
    r"(?:(?:ignore|disregard|forget|override)\b|忽略|无视|忘记|忘掉|不要理会|不用管)"
    r"[^。！？.!?\n]{0,24}?(?:instructions?|rules?|prompts?|above|everything|指令|规则|要求|设定|提示词|内容)"
    r"[^。！？.!?\n]*"
    r"|(?:print|reveal|show|tell|repeat|output|give|输出|打印|告诉|透露|泄露|显示|发给?|复述)"
    r"[^。！？.!?\n]{0,16}?(?:your|你的|系统)\s*(?:system|hidden|initial|secret|系统)?\s*"
    r"(?:prompts?|instructions?|rules|passwords?|keys?|提示词|指令|设定|规则|密码|密钥)[^。！？.!?\n]*",
    re.IGNORECASE,
)
"""An order to drop the rules or to give them away, to the end of its sentence."""


def without_orders(question: str) -> str:
    """Return a question without the orders in it that are none of a learner's."""
    return _ORDER.sub(" ", question)


def means_the_model(question: str) -> bool:
    """Tell whether a question has an "it", which nothing before it explains."""
    return bool(_MEANS_THE_MODEL.search(question))


class Topic(NamedTuple):
    """The words of a course in one language, as terms. `known` are all that it uses; `text` is all
    of it in one string, because Chinese is not always cut the same way."""

    field: Set[str]
    senses: Set[str]
    everyday: Set[str]
    titles: Set[str]
    asked: Set[str]
    known: Set[str]
    text: str

    def share(
        self, terms: Iterable[str], here: Set[str] = frozenset(), *, it: bool = False
    ) -> float:
        """Return from 0 to 1 how much of a question is about language models; 0 for no words.

        here: the words of the lesson on the screen. it: the question has an "it".
        """
        says = [self._says(term, here) for term in set(terms)]
        if it and any(weight > -_STRANGE for weight in says):
            says.append(_IT)
        about = sum(weight for weight in says if weight > 0)
        return about / sum(map(abs, says)) if about else 0.0

    def missing(self, terms: Iterable[str]) -> set[str]:
        """Return the words of the field among `terms` that the course never uses."""
        return {term for term in terms if term in self.field | self.senses} - set(self.known)

    def _says(self, term: str, here: Set[str]) -> float:
        weights = (
            (self.field, _FIELD),
            (self.everyday, _EVERYDAY),
            (self.senses, _SENSE),
            (self.titles, _TITLE),
            (here, _HERE),
            (self.asked, _ASKED),
            (self.known, -_PLAIN),
        )
        found = next((weight for words, weight in weights if term in words), None)
        if found is None:
            return -_PLAIN if not term.isascii() and term in self.text else -_STRANGE
        return found
