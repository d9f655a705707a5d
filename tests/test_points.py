"""Which key points a text makes, measured on the shipped course and on how people put things."""

import pytest

from bot.course.model import LANGUAGES, Course, Language, Question
from bot.learning.points import MADE, MADE_WHEN_ASKED, points_made, states_point
from bot.learning.wording import Wording

PARAPHRASES: dict[Language, dict[str, tuple[str, ...]]] = {
    "zh": {
        "what-is-an-llm": (
            "它就是不停地猜下一个词，一个接一个写出来",
            "里面是一大堆数字，是拿很多很多文字练出来的",
            "不是图书馆，它会说错的，不能全信",
        ),
        "brain-and-network": (
            "都是一堆小东西连起来，互相传信号",
            "就是乘一乘加一加，不是活的，不用吃饭",
            "人脑会变，聊完学到东西了；模型聊天不会改里面的数字",
        ),
        "radio-knobs": (
            "参数就是里面的数，改了它答案就不一样",
            "看答错多少，然后一点一点调那些数",
            "太多了，几十亿个，人拧不过来，得靠程序",
        ),
        "how-big-is-large": (
            "B 是 billion，十亿，70B 就是 700 亿个参数",
            "140GB 是文件大小，要占多少硬盘",
            "每个参数两个字节，所以乘以 2",
        ),
        "tokens": (
            "收费看的是 token，不是字数",
            "常用的词一个 token，生僻的要拆成好几个",
            "不同的模型词表不一样，输入输出价格也不同",
        ),
        "next-token": (
            "每个词都有一个概率，合起来 100%",
            "按概率挑一个接在后面，再预测下一个",
            "不会，概率高只是说容易写出来，不代表是对的",
        ),
        "sampling": (
            "下一个字是按概率随机抽的",
            "温度低就稳定，高了就容易抽到少见的词",
            "不放心，稳定不代表正确，温度也不会让它知道更多",
        ),
        "autoregressive": (
            "看前面所有的字，猜下一个",
            "接到最后面，然后整个再当成输入",
            "写过的改不了，后面的也看不到",
        ),
    },
    "en": {
        "what-is-an-llm": (
            "it keeps guessing the next word and writes it down",
            "a huge pile of numbers learned from lots of text",
            "it's not a library, it can make mistakes",
        ),
        "brain-and-network": (
            "lots of small units connected, sending signals",
            "I multiply and add, it's just a calculation, nothing alive",
            "my brain changed because I learned, the LLM's numbers stay the same",
        ),
        "radio-knobs": (
            "numbers in the model, if you change them the answer changes",
            "it looks how wrong it was and moves the numbers a bit",
            "there are billions of knobs, nobody could turn them by hand",
        ),
        "how-big-is-large": (
            "billion, it counts the parameters",
            "the 140 GB, it's how big the file is on disk",
            "each number takes two bytes",
        ),
        "tokens": (
            "no they count tokens, not words",
            "common words are one token, rare ones get split up",
            "different models have different lists and output costs more than input",
        ),
        "next-token": (
            "each has a probability, all together 100%",
            "one gets picked and added, then it predicts again",
            "no, high probability doesn't mean it is true",
        ),
        "sampling": (
            "it picks the next token randomly according to the probabilities",
            "low is more stable, high gives rare words more often",
            "no, the same answer every time can still be wrong",
        ),
        "autoregressive": (
            "all the words before, to guess the next",
            "it goes at the end and everything is read again",
            "it can't erase it, and can't see ahead",
        ),
    },
}
"""What somebody might type when asked about each key point in turn."""

WRONG: dict[Language, tuple[str, ...]] = {
    "zh": (
        "我觉得它是一个很聪明的脑子，什么都知道",
        "它会去网上查资料",
        "因为模型很大",
        "它像人一样思考",
        "跟电脑的速度有关吧",
        "因为服务器换了",
        "可能是程序员写的规则",
        "它有很多数据",
        "这个我在书上看到过，但是忘了",
        "模型会自己学习，越用越聪明",
    ),
    "en": (
        "it thinks like a human",
        "it looks it up in a database",
        "because the model is very large",
        "I think it is really smart and knows everything",
        "maybe the programmers wrote rules",
        "it depends on the speed of the computer",
        "it has a lot of data",
        "I read this somewhere but forgot",
        "the model learns by itself and gets smarter the more I use it",
        "the server was changed",
    ),
}
"""What somebody might type who has no idea."""


@pytest.fixture(scope="module")
def wording(course: Course) -> Wording:
    return Wording(course)


def _explained(course: Course, lesson_id: str) -> Question:
    lesson = course.lesson(lesson_id)
    assert lesson
    assert lesson.explain_question
    return lesson.explain_question


def _answer(question: Question, language: Language) -> str:
    assert question.answer
    return question.answer[language]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_model_answer_makes_its_own_points(
    course: Course, wording: Wording, language: Language
) -> None:
    """Nine in ten of all points; of nearly every lesson more than half."""
    shares = []
    for lesson in course.lessons:
        question = _explained(course, lesson.id)
        made = points_made(wording, question, language, _answer(question, language))
        shares.append([share >= MADE_WHEN_ASKED for share in made.values()])
    assert sum(map(sum, shares)) > 0.9 * sum(map(len, shares))
    assert sum(sum(made) * 2 <= len(made) for made in shares) <= 2


@pytest.mark.parametrize("language", LANGUAGES)
def test_other_lessons_answers_make_next_to_none(
    course: Course, wording: Wording, language: Language
) -> None:
    """Fewer than 1 in 100; those are of lessons that teach the same in passing."""
    made = [
        share >= MADE
        for number, lesson in enumerate(course.lessons)
        for step in range(1, 45, 4)
        for other in [course.lessons[(number + step) % len(course.lessons)]]
        for share in points_made(
            wording,
            _explained(course, lesson.id),
            language,
            _answer(_explained(course, other.id), language),
        ).values()
    ]
    assert len(made) > 1500
    assert sum(made) < 0.01 * len(made)


@pytest.mark.parametrize("language", LANGUAGES)
def test_peoples_own_words_reach_the_point_that_was_asked_about(
    course: Course, wording: Wording, language: Language
) -> None:
    """Four in five, and hardly ever another one."""
    reached = beside = asked = 0
    for lesson_id, texts in PARAPHRASES[language].items():
        lesson, question = course.lesson(lesson_id), _explained(course, lesson_id)
        assert lesson
        for point, probe, text in zip(question.points, lesson.probes, texts, strict=True):
            made = points_made(wording, question, language, text, probe[language])
            asked += 1
            reached += made.pop(point) >= MADE_WHEN_ASKED
            beside += sum(share >= MADE for share in made.values())
    assert reached >= 0.8 * asked
    assert beside <= 0.05 * asked


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_guess_reaches_nothing(course: Course, wording: Wording, language: Language) -> None:
    """Fewer than 1 in 100 of what people say who have no idea."""
    made = [
        points_made(wording, lesson.explain_question, language, text, probe[language])[point]
        for lesson in course.lessons
        if lesson.explain_question
        for point, probe in zip(lesson.explain_question.points, lesson.probes, strict=True)
        for text in WRONG[language]
    ]
    assert sum(share >= MADE_WHEN_ASKED for share in made) < 0.01 * len(made)


@pytest.mark.parametrize("language", LANGUAGES)
def test_repeating_the_question_reaches_nothing(
    course: Course, wording: Wording, language: Language
) -> None:
    """The probe's own words count little; a talk takes the probe itself for no answer anyway."""
    echoes = [
        states_point(
            wording, lesson.explain_question, language, probe[language], point, probe[language]
        )
        for lesson in course.lessons
        if lesson.explain_question
        for point, probe in zip(lesson.explain_question.points, lesson.probes, strict=True)
    ]
    assert sum(echoes) < 0.06 * len(echoes)
