"""The words of the field: what a question is about, and what a misspelt word may mean."""

import re
from collections.abc import Iterable, Sequence
from typing import Final

from bot.answering.passages import names_of
from bot.answering.words import Analyser, fold
from bot.course.model import Course

FIELD: Final = """
ai agi aigc llm llms llama gpt chatgpt openai claude anthropic gemini deepseek qwen mistral kimi
copilot ollama huggingface bert word2vec transformer rag lora qlora moe rlhf dpo mcp gguf gpu cuda
logit softmax perplexity bpe token tokenizer tokenization embedding neuron neural parameter
hyperparameter backpropagation backprop overfitting encoder decoder autoregressive autoregression
inference finetuning finetune pretraining pretrained quantize quantization distillation hallucinate
hallucination chatbot multimodal dataset corpus generative turing eniac nlp model
7b 8b 13b 32b 70b 405b 671b
人工智能 大模型 语言模型 模型 智能体 机器学习 深度学习 强化学习 神经网络 神经元 千问 文心 豆包
混元 智谱 词元 分词
分词器 嵌入 参数 超参数 反向传播 过拟合 注意力 编码器 解码器 自回归 采样 微调 预训练 后训练 量化
幻觉 提示词 聊天机器人 多模态 语料 数据集 生成式 涌现 图灵 算力
"""
"""What people say who ask about language models, and few others."""

SENSES: Final = """
agent alignment expert instruction mixture attention benchmark chat checkpoint context decoding
diffusion distill emergent gradient jailbreak mechanism network pretrain prompt prompting sampling
train training vector weight temperature window bit
上下文 专家 混合 指令 推理 训练 网络 向量 权重 温度 梯度
窗口 机制 蒸馏 提示 对齐 越狱 扩散 聊天 机器人 智能 概率 预测 显存 显卡
"""
"""Words of the field that everybody uses in another sense too."""


_OURS: Final = """
llm chatgpt openai deepseek qwen huggingface ollama gguf gptq qlora rlhf dpo vllm mlx
tokenizer tokenization softmax logit perplexity bpe backpropagation overfitting autoregressive
finetuning finetune pretraining pretrained chatbot aigc hyperparameter
大模型 语言模型 千问 文心 豆包 智谱 词元 分词器 反向传播 过拟合 自回归 预训练 后训练
提示词 微调
"""
"""Words of the field that nobody uses for anything else."""

_NAMED: Final = re.compile(
    "|".join(rf"\b{word}s?\b" if word.isascii() else word for word in _OURS.split()), re.ASCII
)


def names_field(question: str) -> bool:
    """Tell whether a question has a word that can mean nothing else."""
    return bool(_NAMED.search(fold(question)))


class Field:
    """The names of a course and of its subject: `names` as they are written."""

    def __init__(self, course: Course, analyser: Analyser) -> None:
        own = [
            name
            for entry in course.glossary
            for text in (entry.term.zh, entry.term.en)
            for name in names_of(text)
        ]
        own += [name for lesson in course.lessons for name in lesson.concepts]
        self.names: Sequence[str] = [*own, *FIELD.split(), *SENSES.split()]
        self._terms = frozenset(_whole(self.names, analyser))

    def subjects(self, terms: Iterable[str]) -> set[str]:
        """Return the terms that name what a question is about."""
        return {term for term in terms if term in self._terms}

    def has(self, term: str) -> bool:
        return term in self._terms


def _whole(names: Iterable[str], analyser: Analyser) -> Iterable[str]:
    """Return the terms that are a whole name and not a part of one ("language")."""
    for name in names:
        terms = set(analyser.terms(name))
        if fold(name) in terms:
            yield fold(name)
        elif len(terms) == 1:
            yield terms.pop()
