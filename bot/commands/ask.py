"""/ask, and any plain question: an answer with its sources, streamed where an endpoint answers."""

import random
from collections.abc import AsyncIterator
from dataclasses import replace

from bot.answering.answer import Answer, Citation
from bot.answering.passages import names_of
from bot.commands import quiz_text
from bot.commands.command import Turn
from bot.commands.hinted import hinted
from bot.commands.learn import find_lesson
from bot.commands.markup import bold, italic
from bot.commands.talk import way_back
from bot.commands.written import not_written, waiting
from bot.course.model import Lesson
from bot.errors import UnknownAction
from bot.learning.records import PRIVATE
from bot.messages import Button, Reply
from bot.ports import Message
from bot.storage.tx import Tx

HISTORY = 20
"""Messages of the conversation that a prompt may draw on; tokens trim them further."""
SOURCES_SHOWN = 3
EXAMPLES = 2


async def ask(turn: Turn, argument: str) -> AsyncIterator[Reply]:
    """Answer a question about language models."""
    if not argument:
        yield _what_to_ask(turn)
        return
    if held := await hinted(turn, argument):
        yield held
        return
    learner, services = turn.learner, turn.services
    thread, history = await services.store.run(_recall, turn)
    pieces = services.answerer.answer(
        argument,
        learner.language,
        history=history,
        lesson_id=learner.lesson_id,
        purse=turn.purse,
    )
    async for piece in pieces:
        if not isinstance(piece, Answer):
            yield Reply(piece if isinstance(piece, str) else waiting(turn, piece), draft=True)
            continue
        if not piece.declined:
            # First, because in a group somebody else may reply before all of it has been sent.
            said = [Message("user", argument), Message("assistant", piece.text)]
            await services.store.run(_remember, turn, thread, said)
        reply = await _answer(turn, piece)
        # Nothing was said in a chain that begins with being turned back: it leads nowhere.
        leads_on = thread != PRIVATE and (history or not piece.declined)
        yield replace(reply, thread=thread if leads_on else None)


async def new(turn: Turn, argument: str) -> AsyncIterator[Reply]:
    """Forget the conversation, so that the next question starts afresh."""
    _ = turn.translate
    thread = await turn.services.store.run(_forget, turn)
    told = _("A fresh conversation. What would you like to know?")
    if thread is None:
        told = _(
            "In a group a new question always begins a fresh conversation; to go on with one, "
            "reply to my answer. What would you like to know?"
        )
    elif thread != PRIVATE:
        told = _("I have forgotten what you asked in this conversation. What comes next?")
    yield Reply(told, (Button(_("Go on learning"), "learn"),))


def _recall(tx: Tx, turn: Turn) -> tuple[str, list[Message]]:
    """Return the conversation that a question belongs to, and what was said in it so far."""
    thread = turn.thread(tx)
    return thread, tx.conversation(turn.learner.id, thread, HISTORY)


def _remember(tx: Tx, turn: Turn, thread: str, said: list[Message]) -> None:
    tx.remember(turn.learner.id, thread, said, turn.services.clock.now())


def _forget(tx: Tx, turn: Turn) -> str | None:
    """Forget the learner's part of the conversation, and name it; None where there is none."""
    thread = turn.known_thread(tx)
    if thread is not None:
        tx.forget_conversation(turn.learner.id, thread)
        tx.threads.drop(thread)
    return thread


async def follow(turn: Turn, argument: str) -> AsyncIterator[Reply]:
    """Ask the question that was proposed under an answer: "LESSON:N"."""
    lesson_id, _colon, number = argument.partition(":")
    asks = find_lesson(turn.services.course, lesson_id).asks[turn.learner.language]
    if number not in map(str, range(len(asks))):
        raise UnknownAction
    async for reply in _shown(turn, asks[int(number)]):
        yield reply


async def _shown(turn: Turn, question: str) -> AsyncIterator[Reply]:
    """Ask a question that a button stands for, and show it above its answer."""
    async for reply in ask(turn, question):
        yield replace(reply, text=f"{bold(question)}\n\n{reply.text}")


def _what_to_ask(turn: Turn) -> Reply:
    _ = turn.translate
    [example] = _examples(turn, count=1)
    told = _("What would you like to know? For example: `/ask {example}`", example=example.label)
    return Reply(told, (example,))


async def example(turn: Turn, argument: str) -> AsyncIterator[Reply]:
    """Ask what one of the words of a lesson means: "LESSON:N"."""
    lesson_id, _colon, number = argument.partition(":")
    questions = _questions(turn, find_lesson(turn.services.course, lesson_id))
    if number not in map(str, range(len(questions))):
        raise UnknownAction
    async for reply in _shown(turn, questions[int(number)]):
        yield reply


async def _answer(turn: Turn, answer: Answer) -> Reply:
    """Return the finished answer: its text, how it came about, its sources as buttons."""
    _ = turn.translate
    language = turn.learner.language
    cited = _cited(turn, answer.citations)
    parts = [answer.whole]
    if footer := _footer(turn, answer, cited):
        parts.append(italic(footer))
    buttons = [quiz_text.lesson_button(language, lesson) for lesson, _n in cited[:SOURCES_SHOWN]]
    buttons += _following(turn, answer.next_question)
    if answer.declined:
        buttons = [*_examples(turn), Button(_("Go on learning"), "learn")]
    return Reply("\n\n".join(parts), (*await way_back(turn), *buttons))


def _questions(turn: Turn, lesson: Lesson) -> list[str]:
    """Return questions that the course answers for certain: what the lesson's terms mean."""
    _ = turn.translate
    terms = (term.term[turn.learner.language] for term in turn.services.course.terms_of(lesson))
    return [_("What is {term}?", term=names_of(term)[0]) for term in terms]


def _examples(turn: Turn, count: int = EXAMPLES) -> list[Button]:
    """Return questions that can be asked by a press, about the lesson that is open."""
    course = turn.services.course
    lesson = course.lesson(turn.learner.lesson_id or "") or random.choice(course.lessons)  # noqa: S311
    buttons = [
        Button(text, f"example:{lesson.id}:{number}")
        for number, text in enumerate(_questions(turn, lesson))
    ]
    return random.sample(buttons, min(len(buttons), count))


def _cited(turn: Turn, citations: tuple[Citation, ...]) -> list[tuple[Lesson, list[int]]]:
    """Return the cited lessons, each with the numbers under which the text cites it."""
    numbers: dict[str, list[int]] = {}
    for number, citation in enumerate(citations, 1):
        numbers.setdefault(citation.lesson, []).append(number)
    found = [(turn.services.course.lesson(one), cited) for one, cited in numbers.items()]
    return [(lesson, cited) for lesson, cited in found if lesson]


def _footer(turn: Turn, answer: Answer, cited: list[tuple[Lesson, list[int]]]) -> str:
    """Return in one line how the answer came about; "" where there is nothing to say."""
    _ = turn.translate
    if answer.declined:
        return ""
    if answer.source == "endpoint" and cited:
        titles = _(", ").join(
            f"{''.join(f'[{number}]' for number in numbers)} {lesson.title[turn.learner.language]}"
            for lesson, numbers in cited
        )
        return _("From the lessons: {titles}", titles=titles)
    if answer.source == "endpoint":
        return _("This goes beyond the course: check it elsewhere before you rely on it.")
    if answer.why:
        return not_written(turn, answer.why)
    return _("From the lessons alone, without a language model.") if answer.covered else ""


def _following(turn: Turn, question: str) -> list[Button]:
    """Return a button that asks the next question."""
    language = turn.learner.language
    return [
        Button(quiz_text.cut(question), f"follow:{lesson.id}:{place}")
        for lesson in turn.services.course.lessons
        for place, one in enumerate(lesson.asks[language])
        if one == question
    ][:1]
