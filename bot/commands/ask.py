"""/ask, and any plain question: an answer with its sources, streamed where an endpoint answers."""

from collections.abc import AsyncIterator

from bot.answering.answer import Answer, Citation
from bot.commands import quiz_text
from bot.commands.command import Turn
from bot.course.model import Lesson
from bot.messages import Button, Reply
from bot.ports import Message

HISTORY = 20
"""Messages of the conversation that a prompt may draw on; tokens trim them further."""
SOURCES_SHOWN = 3


async def ask(turn: Turn, argument: str) -> AsyncIterator[Reply]:
    """Answer a question about language models."""
    if not argument:
        yield _what_to_ask(turn)
        return
    learner, services = turn.learner, turn.services
    conversation = _conversation(turn)
    history = await services.store.run(
        lambda tx: tx.conversation(learner.id, conversation, HISTORY)
    )
    pieces = services.answerer.answer(
        argument, learner.language, history=history, lesson_id=learner.lesson_id
    )
    async for piece in pieces:
        if isinstance(piece, str):
            yield Reply(piece, draft=True)
            continue
        said = [Message("user", argument), Message("assistant", piece.text)]
        now = services.clock.now()
        if not piece.declined:
            await services.store.run(
                lambda tx: tx.remember(learner.id, conversation, said, now)  # noqa: B023
            )
        yield _answer(turn, piece)


async def new(turn: Turn, argument: str) -> AsyncIterator[Reply]:
    """Forget the conversation, so that the next question starts afresh."""
    _ = turn.translate
    conversation = _conversation(turn)
    await turn.services.store.run(lambda tx: tx.forget_conversation(turn.learner.id, conversation))
    yield Reply(
        _("A fresh conversation. What would you like to know?"),
        (Button(_("Go on learning"), "learn"),),
    )


def _conversation(turn: Turn) -> str:
    """Name the conversation: what is said in private never reaches a group, nor the other way."""
    sender = turn.incoming.sender
    return "private" if turn.incoming.is_private else f"{sender.platform}:{sender.chat_id}"


def _what_to_ask(turn: Turn) -> Reply:
    _ = turn.translate
    course, language = turn.services.course, turn.learner.language
    lesson = course.lesson(turn.learner.lesson_id or "") or course.lessons[0]
    example = lesson.asks[language][0]
    return Reply(_("What would you like to know? For example: `/ask {example}`", example=example))


def _answer(turn: Turn, answer: Answer) -> Reply:
    """Return the finished answer: its text, how it came about, its sources as buttons."""
    _ = turn.translate
    language = turn.learner.language
    cited = _cited(turn, answer.citations)
    parts = [answer.text]
    if cited and answer.covered:
        titles = [
            f"{''.join(f'[{number}]' for number in numbers)} {lesson.title[language]}"
            for lesson, numbers in cited
        ]
        parts.append(_("From the lessons: {titles}", titles=_(", ").join(titles)))
    parts += [f"*{label}*" for label in _labels(turn, answer)]
    buttons = [quiz_text.lesson_button(language, lesson) for lesson, _n in cited[:SOURCES_SHOWN]]
    if answer.declined:
        buttons.append(Button(_("Go on learning"), "learn"))
    return Reply("\n\n".join(parts), tuple(buttons))


def _cited(turn: Turn, citations: tuple[Citation, ...]) -> list[tuple[Lesson, list[int]]]:
    """Return the cited lessons, each with the numbers under which the text cites it."""
    numbers: dict[str, list[int]] = {}
    for number, citation in enumerate(citations, 1):
        numbers.setdefault(citation.lesson, []).append(number)
    found = [(turn.services.course.lesson(one), cited) for one, cited in numbers.items()]
    return [(lesson, cited) for lesson, cited in found if lesson]


def _labels(turn: Turn, answer: Answer) -> list[str]:
    _ = turn.translate
    if answer.declined:
        return []
    if answer.source == "endpoint":
        beyond = _("This goes beyond the course: check it elsewhere before you rely on it.")
        return [] if answer.citations else [beyond]
    if answer.fault:
        return [_("The language model cannot be reached just now, so this is from the lessons.")]
    offline = _("Answered from the lessons themselves, without a language model.")
    return [offline] if answer.covered else []
