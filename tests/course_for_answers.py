"""A course of three small lessons for the tests of bot/answering/."""

from datetime import date

from bot.course.model import (
    Asks,
    Course,
    Essay,
    Lesson,
    Localized,
    Module,
    Note,
    Option,
    Question,
    Source,
    Term,
)


def both(zh: str, en: str) -> Localized:
    return Localized(zh=zh, en=en)


def _question(lesson: str, stem: Localized, why: Localized) -> Question:
    options = (
        Option(id="a", text=both("对", "True"), correct=True, explanation=why),
        Option(id="b", text=both("错", "False"), explanation=why),
    )
    return Question(id=f"{lesson}:1", kind="true_false", covers=("i",), stem=stem, options=options)


def _lesson(
    name: str,
    title: Localized,
    body: Localized,
    deeper: Localized,
    concepts: tuple[str, ...],
    asks: Localized,
    notes: tuple[Note, ...] = (),
) -> Lesson:
    return Lesson(
        id=name,
        module="m",
        title=title,
        objective=title,
        hook=title,
        body=body,
        simpler=both("简单来说，就是这样。", "In short, that is it."),
        deeper=deeper,
        notes=notes,
        sources=(Source(essay="e1", section="一"),),
        covers=("i",),
        concepts=concepts,
        asks=Asks(zh=(asks.zh,) * 6, en=(asks.en,) * 6),
        questions=(_question(name, title, both("因为课文如此。", "The lesson says so.")),),
    )


TOKENS = _lesson(
    "tokens",
    both("token 是什么", "What tokens are"),
    both(
        "模型不认字，它读的是 **token**。分词器先把文字切成小块，每块对应一个编号。"
        "常见的词往往是一个 token，生僻字可能要好几个。账单按 token 的个数计算，所以同样的话，"
        "中文和英文的价钱可能不同。",
        "A model does not read letters; it reads **tokens**. A tokenizer cuts the text into pieces "
        "and gives each a number. A common word is often one token, a rare one takes several. "
        "Bills count tokens, so the same words can cost more in another language.",
    ),
    both(
        "字节对编码从字节开始，反复合并最常相邻的两块，`a+b -> ab`。",
        "Byte-pair encoding starts from bytes and keeps merging the commonest pair, `a+b -> ab`.",
    ),
    ("token", "tokenizer"),
    both("为什么按 token 收费", "why do they charge by token"),
)
SAMPLING = _lesson(
    "sampling",
    both("为什么每次回答不一样", "Why answers differ each time"),
    both(
        "模型给每个候选 token 一个概率，再按概率抽一个，这叫**采样**。温度决定抽得有多大胆："
        "温度低，回答稳；温度高，回答更随机。温度不会给模型添知识。",
        "A model gives each candidate token a chance and draws one: that is **sampling**. "
        "Temperature sets how daring the draw is: low is steady, high is random. "
        "Temperature adds no knowledge.",
    ),
    both("温度趋近 0 就是贪心解码。", "At temperature 0 this becomes greedy decoding."),
    ("sampling", "temperature"),
    both("同一个问题为什么两次回答不一样", "why two different answers to one question"),
    (
        Note(
            idea="i",
            claim=both("文章说模型预测最可能的词。", "The essay says it takes the top word."),
            fact=both("其实它给出概率，再采样。", "In fact it gives odds and then samples."),
            source="Holtzman et al. 2020",
            checked_on=date(2026, 11, 21),
        ),
    ),
)
PARAMETERS = _lesson(
    "radio-knobs",
    both("收音机旋钮：参数", "Radio knobs: parameters"),
    both(
        "参数是模型里的数字，像收音机的旋钮。训练就是一点点拧这些旋钮，让误差变小。",
        "Parameters are numbers inside a model, like the knobs of a radio. "
        "Training turns these knobs bit by bit until the error is small.",
    ),
    both("梯度下降告诉你往哪边拧。", "Gradient descent tells which way to turn."),
    ("parameter", "training"),
    both("参数到底是什么", "what are parameters really"),
)

COURSE = Course(
    course="small",
    version="1",
    essays=(Essay(id="e1", title="一篇文章", author=None),),
    modules=(
        Module(id="m", title=both("模块", "Module"), lessons=("tokens", "sampling", "radio-knobs")),
    ),
    glossary=(
        Term(
            term=both("token（词元）", "token"),
            definition=both("模型读写文字的最小单位。", "The unit in which a model handles text."),
        ),
        Term(
            term=both("分词器（tokenizer）", "tokenizer"),
            definition=both("把文字切成小块的程序。", "The program that cuts text into pieces."),
        ),
        Term(
            term=both("温度", "temperature"),
            definition=both("控制采样有多随机的数。", "A number that sets how random sampling is."),
        ),
    ),
    lessons=(TOKENS, SAMPLING, PARAMETERS),
)
