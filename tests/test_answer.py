"""From a question to an answer with sources, with an endpoint, without one, and with a bad one."""

import asyncio
from collections.abc import AsyncGenerator, Iterator, Sequence
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answering import tokens
from bot.answering.answer import Answer, Answerer
from bot.answering.citations import Citations
from bot.answering.endpoint import OpenAIEndpoint, Patience
from bot.answering.found import Found, Hit
from bot.answering.offline import compose
from bot.answering.passages import Passage
from bot.answering.retrieval import Retriever
from bot.answering.smalltalk import smalltalk
from bot.answering.writer import Waiting, Writer
from bot.course.loader import load
from bot.course.model import LANGUAGES, Language
from bot.ports import Message, Usage
from tests.course_for_answers import COURSE
from tests.platforms.openai_server import Behaviour, OpenAIServer, Trouble

HASTE = Patience(connect=0.5, first_token=0.6, first_text=0.8, between_tokens=0.4, whole=2)
SEARCH = Retriever(COURSE)
OFFLINE = Answerer(SEARCH)
SHIPPED = Answerer(Retriever(load(Path(__file__).parent.parent / "lessons")))


@pytest.fixture
def server() -> Iterator[OpenAIServer]:
    with OpenAIServer(answer="Tokens are pieces of text [2]. They are counted [9].") as one:
        yield one


async def collect(parts: AsyncGenerator[str | Waiting | Answer]) -> tuple[list[str], Answer]:
    drafts: list[str] = []
    async for part in parts:
        if isinstance(part, Answer):
            return drafts, part
        if isinstance(part, str):
            drafts.append(part)
    raise AssertionError("no answer")


def offline(question: str, language: Language = "en") -> Answer:
    return asyncio.run(collect(OFFLINE.answer(question, language)))[1]


def online(
    server: OpenAIServer, question: str = "what is a token", history: Sequence[Message] = ()
) -> tuple[list[str], Answer]:
    async def run() -> tuple[list[str], Answer]:
        endpoint = OpenAIEndpoint(server.base_url, server.api_key, "m", 128, patience=HASTE)
        answerer = Answerer(SEARCH, Writer(endpoint, context_tokens=1024, answer_tokens=128))
        try:
            return await collect(answerer.answer(question, "en", history=history))
        finally:
            await endpoint.aclose()

    return asyncio.run(run())


def test_without_an_endpoint_the_course_answers_with_its_sources() -> None:
    """The definition comes first; each [n] stands for the n-th citation, one for each lesson."""
    answer = offline("what is a token?")
    assert answer.text.startswith("token: The unit in which a model handles text. [1]")
    assert answer.citations[0].lesson == "tokens"
    assert len({citation.lesson for citation in answer.citations}) == len(answer.citations)
    assert "“What tokens are” [1]" in answer.more
    assert answer.source == "offline"
    assert answer.why is None
    assert not answer.declined
    assert answer.usage == Usage(0, 0)


def test_a_chinese_question_is_answered_in_chinese() -> None:
    """Sentences of the Chinese course, joined without spaces."""
    answer = offline("大模型采样的温度高了会怎样", "zh")
    assert "温度高，回答更随机。" in answer.text
    assert answer.citations[0].lesson == "sampling"
    assert answer.citations[0].title == "为什么每次回答不一样"


@pytest.mark.parametrize(
    ("question", "language", "said"),
    [
        ("ENIAC 多重", "zh", "27 吨"),
        ("how heavy is ENIAC", "en", "27 t"),
        ("为什么数不清 strawberry 里的 r", "zh", "strawberry"),
        ("what does top-p do", "en", "adds up tokens from the most probable down"),
        ("一个汉字算几个 token", "zh", "0.6 个"),
        ("what is LoRA", "en", "LoRA"),
        ("温度调高会怎么样？", "zh", "概率"),
        ("token 是什么", "zh", "token（词元）："),
    ],
)
def test_the_first_passage_is_the_one_that_answers(
    question: str, language: Language, said: str
) -> None:
    """On the shipped course, in two to five sentences, with up to three lessons to read on."""
    answer = asyncio.run(collect(SHIPPED.answer(question, language)))[1]
    assert said in answer.text.partition("[1]")[0]
    assert 1 <= len(answer.citations) <= 3
    assert all(f"[{number}]" in answer.whole for number in range(1, len(answer.citations) + 1))


def test_an_answer_does_not_begin_in_the_middle_of_a_thought() -> None:
    """The sentence that answers begins with "It", so the one before it comes along."""
    text = "Bread is baked.\nSampling is a draw. It uses odds. Cats sleep. It is late."
    hit = Hit(Passage("sampling", "Sampling", text, "body"), 1.0)
    found = Found([hit], None, {"odds": 1.0}, ["sampling"], on_topic=True, covered=True)
    told, _ = compose(found, lambda one: one.lower().strip(".").split(), "en")
    assert told.startswith("Sampling is a draw. It uses odds.")


def test_a_number_is_told_where_one_is_asked_for() -> None:
    """Of two sentences about the same thing the one with a number answers "how many"."""
    text = "Tubes glow. They are old. Tea is hot. Rice is dry. Tubes were 17,468. Cats sleep."
    hit = Hit(Passage("m", "M", text, "body"), 1.0)
    found = Found(
        [hit], None, {"tubes": 1.0}, ["m"], on_topic=True, covered=True, wants_number=True
    )
    told, _ = compose(found, lambda one: one.lower().strip(".").split(), "en")
    assert told.startswith("Tubes were 17,468.")


def test_a_note_is_told_with_its_claim() -> None:
    """A correction alone would leave the reader asking what was corrected."""
    answer = offline("what does the essay say about why answers differ each time?")
    assert "The essay says it takes the top word. In fact it gives odds" in answer.text


def shipped(question: str, language: Language, *before: str) -> Answer:
    """Ask the shipped course, after other questions and their answers."""
    history: list[Message] = []
    for one in before:
        said = asyncio.run(collect(SHIPPED.answer(one, language, history=history)))[1].text
        history += [Message("user", one), Message("assistant", said)]
    return asyncio.run(collect(SHIPPED.answer(question, language, history=history)))[1]


@pytest.mark.parametrize(
    ("question", "language", "before"),
    [
        ("自回归是什么", "zh", ("微调和训练有什么区别",)),
        ("什么是token", "zh", ("什么是参数", "为什么中文更贵")),
        ("温度是什么意思", "zh", ("为什么中文更贵",)),
        ("what is autoregression", "en", ("what is fine-tuning",)),
    ],
)
def test_a_question_that_names_its_subject_is_answered_the_same_after_another(
    question: str, language: Language, before: tuple[str, ...]
) -> None:
    """What was asked before does not take over."""
    assert shipped(question, language, *before) == shipped(question, language)


@pytest.mark.parametrize(
    ("question", "why"), [("什么是温度", "为什么"), ("what is a token", "why")]
)
def test_a_question_that_only_asks_on_gets_more_of_the_same_lesson(question: str, why: str) -> None:
    """Nothing is said twice, however often it is asked."""
    language: Language = "en" if why.isascii() else "zh"
    first = shipped(question, language)
    second = shipped(why, language, question)
    third = shipped(why, language, question, why)
    assert len({answer.citations[0].lesson for answer in (first, second, third)}) == 1
    assert len({first.text, second.text, third.text}) == 3


def test_no_answer_is_made_of_the_explanations_of_a_quiz() -> None:
    """They speak to somebody who chose an option."""
    course = load(Path(__file__).parent.parent / "lessons")
    explained = [
        option.explanation[language]
        for lesson in course.lessons
        for question in lesson.questions
        for option in question.options
        for language in LANGUAGES
    ]
    texts = [
        shipped(ask, language).text
        for lesson in course.lessons
        for language in LANGUAGES
        for ask in lesson.asks[language][:3]
    ]
    assert not [one for one in explained if any(one in text for text in texts)]


@pytest.mark.parametrize(("question", "reason"), [
    ("为什么同一个问题每次回答不一样", "概率"),
    ("why do answers differ each time", "at random by its probability"),
])  # fmt: skip
def test_why_answers_differ_is_answered_with_the_reason(question: str, reason: str) -> None:
    """Each token is drawn at random by its probability."""
    answer = shipped(question, "en" if question.isascii() else "zh")
    assert reason in answer.text
    assert answer.citations[0].lesson == "sampling"


@pytest.mark.parametrize(("question", "language", "opening"), [
    ("what is a parameter", "zh", "参数："), ("什么是参数", "en", "parameter: "),
])  # fmt: skip
def test_a_question_in_the_other_language_is_answered_in_the_learners(
    question: str, language: Language, opening: str
) -> None:
    """The same passages, in the words of the learner's language."""
    assert shipped(question, language).text.startswith(opening)


@pytest.mark.parametrize(
    ("said", "returned"),
    [("你好", "Hello!"), ("Who are you?", "Hello!"), ("how many lessons", "Hello!"),
     ("谢谢！", "You are welcome!"), ("hi, thanks", "You are welcome!"), ("got it", "You are"),
     ("再见", "See you!"), ("thanks, bye", "See you!")],
)  # fmt: skip
def test_small_talk_gets_a_friendly_sentence(said: str, returned: str) -> None:
    """It is no question, and nothing is turned back."""
    answer = offline(said)
    assert answer.declined
    assert answer.text.startswith(returned)


@pytest.mark.parametrize("said", ["hello world program", "what is a token", "谢谢是什么意思", ""])
def test_a_question_is_no_small_talk(said: str) -> None:
    """Only whole sayings count."""
    assert smalltalk(said) is None


def test_an_off_topic_question_is_turned_back_without_asking_the_endpoint(
    server: OpenAIServer,
) -> None:
    """The weather is nobody's business here."""
    drafts, answer = online(server, "what is the weather in London tomorrow")
    assert answer.declined
    assert answer.citations == ()
    assert drafts == []
    assert server.requests == []


def test_what_the_course_does_not_have_is_said_with_the_nearest_lessons() -> None:
    """Offline, LoRA gets an honest answer and somewhere to go; titles are no quotations."""
    answer = offline("what is fine-tuning with LoRA")
    assert not answer.declined
    assert answer.citations
    assert all(citation.title in answer.text for citation in answer.citations)
    assert "[" not in answer.text


def test_an_endpoint_answers_from_numbered_passages(server: OpenAIServer) -> None:
    """It gets them in the prompt, drafts grow to the answer, its usage is passed on."""
    drafts, answer = online(server)
    assert drafts
    assert all(later.startswith(earlier) for earlier, later in pairwise(drafts))
    assert answer.source == "endpoint"
    assert answer.usage.completion == 10
    assert server.faults == []
    assert "[1] What tokens are: token: The unit" in server.requests[0]["messages"][-1]["content"]


def test_citations_of_nothing_go_and_the_others_are_numbered_anew(server: OpenAIServer) -> None:
    """[2] is the first passage that is cited, so it becomes [1]; there is no passage 9."""
    drafts, answer = online(server)
    assert answer.text == "Tokens are pieces of text [1]. They are counted."
    assert len(answer.citations) == 1
    assert not any("[2]" in draft or "[9]" in draft for draft in drafts)


def test_an_answer_that_cites_nothing_has_no_sources(server: OpenAIServer) -> None:
    """A source that was not used is not claimed: such an answer goes beyond the course."""
    server.answer = "It is a piece of text."
    _, answer = online(server)
    assert answer.source == "endpoint"
    assert answer.citations == ()


def test_brackets_in_code_are_no_citations(server: OpenAIServer) -> None:
    """What a model writes as code stays as it is; an unclosed backtick hides only its own line."""
    code = "Use `x[0]` [1].\n\n```python\ny = arr[1]\nz = `q`[7]\n```\n\na ` b[0]\nEnd [9] [2]."
    server.answer = code
    _, answer = online(server)
    assert answer.text == code.replace("[9] ", "")
    assert len(answer.citations) == 2


@pytest.mark.parametrize("trouble", ["stall", "status", "silent", "ponder"])
def test_an_endpoint_that_says_nothing_is_replaced_by_the_course(
    server: OpenAIServer, trouble: Trouble
) -> None:
    """The learner gets the offline answer, and it is known that there was a fault."""
    server.behaviour = Behaviour(trouble=trouble, status=401)
    _, answer = online(server)
    assert answer.source == "offline"
    assert answer.why == "fault"
    assert answer.text == offline("what is a token").text
    assert answer.usage == Usage(0, 0)


@pytest.mark.parametrize("trouble", ["stall_midway", "truncate", "disconnect", "corrupt"])
def test_an_endpoint_that_fails_midway_keeps_what_it_said(
    server: OpenAIServer, trouble: Trouble
) -> None:
    """The beginning stays, one line says that it was cut off, its cost is counted."""
    server.behaviour = Behaviour(trouble=trouble)
    _, answer = online(server)
    assert answer.text.startswith("Toke")
    assert answer.text.count("\n\n*") == 1
    assert answer.why == "fault"
    assert answer.source == "endpoint"
    assert answer.usage.prompt > 100


def test_the_prompt_stays_within_the_context(server: OpenAIServer) -> None:
    """A long conversation is cut to its newest part, the passages stay."""
    history = [Message("user", "what is a token? " * 30), Message("assistant", "a piece " * 50)] * 9
    online(server, history=history)
    sent = [Message(**message) for message in server.requests[0]["messages"]]
    assert tokens.count_messages(sent) <= 1024 - 128
    assert "[1]" in sent[-1].content


def test_the_first_question_does_not_block_the_event_loop() -> None:
    """Building the index and loading the tokenizer happen in a thread: others get their turns."""

    async def run() -> int:
        asking = asyncio.create_task(collect(Answerer(Retriever(COURSE)).answer("token", "en")))
        turns = 0
        while not asking.done():
            await asyncio.sleep(0.001)
            turns += 1
        await asking
        return turns

    assert asyncio.run(run()) > 50


def test_an_answer_as_long_as_the_context_is_refused() -> None:
    """There would be no room for a prompt."""
    with pytest.raises(ValueError, match="answer_tokens"):
        Writer(OpenAIEndpoint("http://127.0.0.1:9", None, "m", 1), answer_tokens=4096)


@given(
    st.lists(
        st.sampled_from(["a", " ", "[", "]", "1", "2", "7", ", ", "【3】", "[1]", "\n", "`", "```"])
    )
)
def test_citations_come_out_the_same_however_the_text_is_cut(parts: list[str]) -> None:
    """Piece by piece or at once, only passages that exist are cited, from 1 without a gap."""
    text = "".join(parts)
    whole, slow = Citations(3), Citations(3)
    at_once = whole.feed(text) + whole.rest()
    assert at_once == "".join(slow.feed(letter) for letter in text) + slow.rest()
    assert whole.cited == slow.cited
    assert set(whole.cited) <= {0, 1, 2}
