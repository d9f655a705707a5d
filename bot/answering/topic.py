"""Whether a question is about language models at all, by the words it is made of.

A word of the field (the list below, and whatever the course has in its titles, concepts and
glossary) speaks for it, a word that the course never uses speaks against it. No model is asked.
"""

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

BAR: Final = 0.45
"""From this share on a question counts as being about language models."""

_FIELD, _SENSE, _ASKED = 1.0, 0.7, 0.2
"""What a word says for the question: one of the field, one with another sense, one of the words
in which the lessons' own questions are put."""

_PLAIN, _STRANGE = 0.3, 0.7
"""What a word says against it: one that the course uses somewhere, one that it never uses."""


class Topic(NamedTuple):
    """The words of a course in one language, as terms. `known` are all that it uses."""

    field: Set[str]
    senses: Set[str]
    asked: Set[str]
    known: Set[str]

    def share(self, terms: Iterable[str]) -> float:
        """Return from 0 to 1 how much of a question is about language models; 0 for no words."""
        says = [self._says(term) for term in set(terms)]
        about = sum(weight for weight in says if weight > 0)
        return about / sum(map(abs, says)) if about else 0.0

    def missing(self, terms: Iterable[str]) -> set[str]:
        """Return the words of the field among `terms` that the course never uses."""
        return {term for term in terms if term in self.field | self.senses} - set(self.known)

    def _says(self, term: str) -> float:
        if term in self.field:
            return _FIELD
        if term in self.senses:
            return _SENSE
        if term in self.asked:
            return _ASKED
        return -_PLAIN if term in self.known else -_STRANGE
