"""/quiz and /review: rounds of questions, and the grading of every answer, pressed or typed."""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from dataclasses import replace
from datetime import datetime, timedelta

from bot.commands import after_answer, quiz_feedback, quiz_text, rounds
from bot.commands.command import Handler, Turn
from bot.commands.explained import explained
from bot.commands.learn import find_lesson
from bot.course.model import Course, Language, Question
from bot.errors import NotAnOption, NotAnOrder, NotANumber, TutorError, UnknownAction
from bot.learning.grading import grade, is_begun
from bot.learning.reading import explains, hints_wanted, is_slip, points_said, read_response
from bot.learning.records import Attempt, Quiz, QuizKind
from bot.messages import Button, Reply

RECENT = timedelta(minutes=30)
"""For how long a question that was left counts as the one the learner is at."""

ANSWERABLE = timedelta(days=1)
"""For how long typed words can answer it; a press of its buttons always can."""


async def quiz(turn: Turn, argument: str) -> AsyncIterator[Reply]:
    """Go on with the open round, or begin one on a lesson or on everything learned."""
    lesson = find_lesson(turn.services.course, argument) if argument else None
    asked = await turn.services.store.run(rounds.ask_next, _sitting(turn), lesson)
    if asked is None:
        yield _nothing_learned(turn)
        return
    yield _next(turn, *asked)


async def review(turn: Turn, argument: str) -> AsyncIterator[Reply]:
    """Go on with today's review, or begin it: the cards that are due."""
    asked = await turn.services.store.run(rounds.ask_due, _sitting(turn))
    if asked is None:
        ahead = await turn.services.store.run(rounds.look_ahead, _sitting(turn))
        yield after_answer.nothing_due(turn, ahead)
        return
    reply = _next(turn, *asked)
    current, attempt = asked
    if attempt.question_id == current.question_ids[0]:
        ahead = await turn.services.store.run(rounds.look_ahead, _sitting(turn))
        if ahead.due > len(current.question_ids):
            told = after_answer.session_of(turn, len(current.question_ids), ahead)
            reply = replace(reply, text=f"{told}\n\n{reply.text}")
    yield reply


async def onward(turn: Turn, argument: str) -> AsyncIterator[Reply]:
    """Go on with the round that was begun last, whichever kind it is."""
    kind = await turn.services.store.run(lambda tx: tx.quizzes.latest_kind(turn.learner.id))
    async for reply in _ROUNDS[kind or "quiz"](turn, ""):
        yield reply


_ROUNDS: dict[QuizKind, Handler] = {"quiz": quiz, "review": review}


def _next(turn: Turn, current: Quiz, attempt: Attempt) -> Reply:
    """Show the next question of a round."""
    return _asking(turn, _question(turn.services.course, attempt.question_id), attempt, current)


async def check(turn: Turn, argument: str) -> AsyncIterator[Reply]:
    """Ask the one question under a lesson."""
    question = find_lesson(turn.services.course, argument).check_question
    attempt = await turn.services.store.run(rounds.ask_one, _sitting(turn), question)
    yield _asking(turn, question, attempt, None)


async def press(turn: Turn, argument: str) -> AsyncIterator[Reply]:
    """Grade a press: "LESSON:N:RESPONSE"; or begin a round: "LESSON" or nothing."""
    question_id, _colon, response = argument.rpartition(":")
    if not question_id:
        async for reply in quiz(turn, argument):
            yield reply
        return
    yield await _grade(turn, _question(turn.services.course, question_id), response)


async def again(turn: Turn, argument: str) -> AsyncIterator[Reply]:
    """Show a question once more: "LESSON:N"."""
    yield await _redrawn(turn, _question(turn.services.course, argument))


async def pick(turn: Turn, argument: str) -> AsyncIterator[Reply]:
    """Redraw a question of several presses with what is picked so far: "LESSON:N:PICKED"."""
    question_id, _colon, picked = argument.rpartition(":")
    question = _question(turn.services.course, question_id)
    if not is_begun(question, picked):
        raise UnknownAction
    yield await _redrawn(turn, question, picked=picked, compares=question.kind == "explain")


async def hint(turn: Turn, argument: str) -> AsyncIterator[Reply]:
    """Redraw a question with so many of its hints: "LESSON:N:COUNT"."""
    question_id, _colon, count = argument.rpartition(":")
    question = _question(turn.services.course, question_id)
    if count not in map(str, range(1, len(question.hints) + 1)):
        raise UnknownAction
    yield await _redrawn(turn, question, hints=int(count))


async def _redrawn(
    turn: Turn, question: Question, picked: str = "", hints: int = 0, *, compares: bool = False
) -> Reply:
    """Show a question that is open as it stands now, or what became of one that is answered.

    compares: its key points are ticked, after an explanation was written.
    """
    language = turn.learner.language
    current, attempt = await turn.services.store.run(
        rounds.redrawn, _sitting(turn), question, hints
    )
    if not attempt.is_open:
        reply = Reply(quiz_feedback.repeated(language, question, attempt))
    elif compares:
        reply = quiz_text.compare(language, question, picked)
    else:
        reply = _asking(turn, question, attempt, current, picked, max(hints, attempt.hints))
    # In a group it may be somebody else's question, with other ticks: that one stays.
    return replace(reply, replaces=turn.incoming.is_private)


async def typed_answer(turn: Turn) -> AsyncIterator[Reply]:
    """Grade what was typed if it answers the question that is open; nothing where it does not."""
    attempt = await _open_attempt(turn, ANSWERABLE)
    question = attempt and turn.services.course.question(attempt.question_id)
    if not attempt or not question:
        return
    typed = turn.incoming.text.strip()
    response = read_response(question, attempt.seed, typed)
    is_recent = _now(turn) - attempt.asked_at < RECENT
    if response is None and is_recent and question.kind == "explain":
        response = points_said(question, typed)
    if response is not None:
        yield await _grade(turn, question, response)
    elif is_recent:
        async with aclosing(_typed_beside(turn, question, typed)) as replies:
            async for reply in replies:
                yield reply


async def _typed_beside(turn: Turn, question: Question, typed: str) -> AsyncGenerator[Reply]:
    """Reply to what is no answer yet but has to do with the question: a hint, an explanation."""
    if hints := hints_wanted(question, typed):
        yield await _redrawn(turn, question, hints=hints)
    elif question.kind == "explain" and explains(typed):
        async for reply in explained(turn, question, typed):
            yield reply
    elif question.kind != "explain" and is_slip(question, typed):
        raise _slip(question, turn.learner.language)


async def _open_attempt(turn: Turn, within: timedelta) -> Attempt | None:
    """Return the question that is open in this place, if it was asked a short while ago."""
    attempt = await turn.services.store.run(
        lambda tx: tx.attempts.open_in(turn.learner.id, turn.place)
    )
    return attempt if attempt and _now(turn) - attempt.asked_at < within else None


def _slip(question: Question, language: Language) -> TutorError:
    """Return the error for something as short as an answer that is none."""
    if question.numeric:
        return NotANumber()
    letters = [quiz_text.letter(place) for place in range(len(question.options))]
    if question.kind == "true_false":
        letters = [option.text[language] for option in question.options]
    if question.order:
        return NotAnOrder(letters=" ".join(reversed(letters)))
    return NotAnOption(letters=" / ".join(letters))


async def asked_at(turn: Turn) -> datetime | None:
    """Return when the question was put that is open in this conversation."""
    attempt = await _open_attempt(turn, ANSWERABLE)
    return attempt.asked_at if attempt else None


async def way_back(turn: Turn) -> tuple[Button, ...]:
    """Return a button back to the question that was left a moment ago, if there is one."""
    _ = turn.translate
    attempt = await _open_attempt(turn, RECENT)
    if attempt is None or not turn.services.course.question(attempt.question_id):
        return ()
    quiz_id = attempt.quiz_id
    current = await turn.services.store.run(lambda tx: tx.quizzes.get(quiz_id)) if quiz_id else None
    action = current.kind if current else f"question:{attempt.question_id}"
    return (Button(_("Back to the question"), action),)


def _asking(
    turn: Turn,
    question: Question,
    attempt: Attempt,
    current: Quiz | None,
    picked: str = "",
    hints: int = 0,
) -> Reply:
    """Show a question, under its place in the round where it belongs to one."""
    language = turn.learner.language
    reply = quiz_text.ask(language, question, attempt.seed, picked, hints)
    ids = current.question_ids if current else ()
    if question.id not in ids:
        return reply
    assert current
    place = quiz_text.place(language, current.kind, ids.index(question.id) + 1, len(ids))
    return replace(reply, text=f"{place}\n\n{reply.text}")


async def _grade(turn: Turn, question: Question, response: str) -> Reply:
    try:
        given = grade(question, response)
    except ValueError:
        raise UnknownAction from None
    answered = await turn.services.store.run(
        rounds.answer_question, _sitting(turn), question, response, given
    )
    language, attempt = turn.learner.language, answered.attempt
    if answered.grade:
        text = quiz_feedback.feedback(language, question, attempt.seed, response, answered.grade)
    else:
        text = quiz_feedback.repeated(language, question, attempt)
    return after_answer.reply(turn, question, answered, text)


def _nothing_learned(turn: Turn) -> Reply:
    _ = turn.translate
    text = _("A quiz asks about what you have read, and you have not opened a lesson yet.")
    return Reply(text, (Button(_("First lesson"), "learn"),))


def _question(course: Course, question_id: str) -> Question:
    question = course.question(question_id)
    if question is None:
        raise UnknownAction
    return question


def _sitting(turn: Turn) -> rounds.Sitting:
    return rounds.Sitting(turn.learner, turn.services.course, turn.place, _now(turn))


def _now(turn: Turn) -> datetime:
    return turn.services.clock.now()
