"""Whether what is asked amounts to an open question, over the whole shipped course."""

import re

import pytest
import rjieba

from bot.course.model import LANGUAGES, Course, Language, Question
from bot.course.numerals import numerals
from bot.learning.hinting import is_asked_for, nearest_sentence, states_key
from bot.learning.wording import Wording

UNRELATED = [
    "今天天气怎么样", "帮我写一首诗", "你是谁", "怎么做红烧肉", "推荐一部电影",
    "谢谢你", "讲个笑话", "明天几点开会", "我有点累了", "为什么",
    "再说一遍", "能举个例子吗", "下一课讲什么", "我学到哪儿了", "怎么改语言",
    "这门课要多久", "哪里可以看进度", "足球比赛谁赢了", "北京有多少人口", "怎么学英语",
    "what is the weather today", "write me a poem", "who are you",
    "how do I cook rice", "recommend a film", "thanks a lot",
    "tell me a joke", "when is the meeting", "I am tired",
    "why", "say that again", "can you give an example",
    "what is the next lesson about", "how far have I come", "how do I change the language",
    "how long is this course", "where is my progress", "who won the match",
    "how many people live in Paris", "how do I learn French",
]  # fmt: skip


@pytest.fixture(scope="module")
def wording(course: Course) -> Wording:
    return Wording(course)


def _asked_for(wording: Wording, course: Course, question: Question, asked: str) -> bool:
    lesson = course.lesson(question.lesson_id)
    assert lesson
    return is_asked_for(wording, question, course.terms_of(lesson), asked)


def _turned_round(stem: str, language: Language) -> str:
    """The clauses in the reverse order, asked politely."""
    clauses = [one for one in re.split(r"[，。？！：；,.?!:;]\s*", stem) if one]
    opening, comma = ("请问", "，") if language == "zh" else ("please tell me", ", ")
    return comma.join([opening, *reversed(clauses)])


def _thinned(stem: str, language: Language) -> str:
    """Without every third word."""
    words = rjieba.cut(stem) if language == "zh" else stem.split()
    return ("" if language == "zh" else " ").join(one for n, one in enumerate(words) if n % 3 != 2)


def test_every_question_is_recognised_in_other_words(course: Course, wording: Wording) -> None:
    """Its own stem, its clauses turned round, and two thirds of its words."""
    missed = [
        asked
        for lesson in course.lessons
        for question in lesson.questions
        for language in LANGUAGES
        for stem in [question.stem[language]]
        for asked in (stem, _turned_round(stem, language), _thinned(stem, language))
        if not _asked_for(wording, course, question, asked)
    ]
    assert missed == []


def test_unrelated_questions_are_none_of_them(course: Course, wording: Wording) -> None:
    """Forty things that people say while a question is open."""
    assert len(UNRELATED) == 40
    held = [
        (question.id, asked)
        for lesson in course.lessons
        for question in lesson.questions
        for asked in UNRELATED
        if _asked_for(wording, course, question, asked)
    ]
    assert held == []


def test_what_other_lessons_are_asked_is_seldom_held_back(course: Course, wording: Wording) -> None:
    """Fewer than 2 in 100 of all that learners ask of other lessons; about 2 in 10,000 here."""
    asks = [
        (lesson.id, asked)
        for lesson in course.lessons
        for language in LANGUAGES
        for asked in lesson.asks[language][:120]
    ]
    questions = [question for lesson in course.lessons for question in lesson.questions]
    pairs = [
        (questions[(7 * place + turn) % len(questions)], lesson_id, asked)
        for place, (lesson_id, asked) in enumerate(asks)
        for turn in (0, 101)
    ]
    other = [(one, asked) for one, lesson_id, asked in pairs if one.lesson_id != lesson_id]
    held = sum(_asked_for(wording, course, one, asked) for one, asked in other)
    assert len(other) > 20_000
    assert held < 0.002 * len(other)


@pytest.mark.parametrize(
    "asked",
    ["答案是什么", "选哪个？", "是A还是B", "A 对吗？", "这题怎么做", "正确答案是哪个", "对还是错",
     "What's the answer?", "is it A or B", "which one is right?", "Is it B?", "true or false"],
)  # fmt: skip
def test_the_key_can_be_asked_for_without_a_subject(
    course: Course, wording: Wording, asked: str
) -> None:
    """Then it is that of whatever question is open."""
    assert _asked_for(wording, course, course.lessons[0].questions[0], asked)


@pytest.mark.parametrize(
    "asked", ["which one is bigger, 7B or 70B", "是不是越大越好", "那答错了呢"]
)
def test_other_comparisons_are_questions_of_their_own(
    course: Course, wording: Wording, asked: str
) -> None:
    """They look like it and ask about something."""
    tokens = course.question("tokens:1")
    assert tokens
    assert not _asked_for(wording, course, tokens, asked)


def test_an_option_put_as_a_question_is_recognised(course: Course, wording: Wording) -> None:
    """ "Is it X?" asks for the key as well."""
    tokens = course.question("tokens:1")
    assert tokens
    assert _asked_for(wording, course, tokens, "一个 token 是固定清单上的一块吗？")
    assert _asked_for(wording, course, tokens, "is a token one piece from a fixed list?")


def test_a_term_is_held_back_where_its_definition_is_the_key(
    course: Course, wording: Wording
) -> None:
    """ "What is a token" would be answered by the very option."""
    tokens = course.question("tokens:1")
    assert tokens
    for asked in ("token 是什么？", "what is a token"):
        assert _asked_for(wording, course, tokens, asked)
    assert not _asked_for(wording, course, tokens, "what is temperature")


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_hint_states_the_key(course: Course, wording: Wording, language: Language) -> None:
    """Neither one of the author's nor a sentence of the lesson; and nearly always there is one."""
    without = 0
    for lesson in course.lessons:
        for question in lesson.questions:
            sentence = nearest_sentence(wording, lesson, question, language)
            if sentence is None:
                without += 1
                continue
            assert not states_key(wording, question, language, sentence)
            for hint in (sentence, *(one[language] for one in question.hints)):
                assert not question.numeric or question.numeric.value not in {
                    float(value) for value, _percent in numerals(hint)
                }, question.id
    assert without < 5
