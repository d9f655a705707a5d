"""/quiz: a round of questions, and the grading of every answer, pressed or typed."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta

from bot.commands import quiz_text, rounds
from bot.commands.command import Turn
from bot.commands.learn import find_lesson, next_button
from bot.course.model import Course, Lesson, Question
from bot.errors import NotAnOption, NotANumber, TutorError, UnknownAction
from bot.learning.grading import read_response
from bot.learning.records import Attempt, Quiz, Tally
from bot.messages import Button, Reply

RECENT = timedelta(minutes=30)
"""For how long a question that was left counts as the one the learner is at."""

SLIP = 2
"""Characters up to which a text is taken for an attempt at an answer rather than a question."""


async def quiz(turn: Turn, argument: str) -> AsyncIterator[Reply]:
    """Go on with the open round, or begin one on a lesson or on everything learned."""
    lesson = find_lesson(turn.services.course, argument) if argument else None
    yield await _ask_next(turn, lesson, ())


async def check(turn: Turn, argument: str) -> AsyncIterator[Reply]:
    """Ask the one question under a lesson."""
    lesson = find_lesson(turn.services.course, argument)
    yield await _ask_next(turn, lesson, (lesson.check_question.id,))


async def press(turn: Turn, argument: str) -> AsyncIterator[Reply]:
    """Grade a press: "LESSON:N:RESPONSE"; or begin a round: "LESSON" or nothing."""
    question_id, _colon, response = argument.rpartition(":")
    if not question_id:
        async for reply in quiz(turn, argument):
            yield reply
        return
    yield await _grade(turn, _question(turn.services.course, question_id), response)


async def pick(turn: Turn, argument: str) -> AsyncIterator[Reply]:
    """Redraw a choose-all question with the options ticked that the button names."""
    question_id, _colon, ticked = argument.rpartition(":")
    question = _question(turn.services.course, question_id)
    if question.kind != "multi" or not set(ticked) <= {one.id for one in question.options}:
        raise UnknownAction
    current, attempt = await turn.services.store.run(
        rounds.redrawn, turn.learner, question, _now(turn)
    )
    reply = _asking(turn, question, attempt, current, frozenset(ticked))
    yield replace(reply, replaces=True)


async def typed_answer(turn: Turn) -> Reply | None:
    """Grade what was typed if it answers the question that is open; None where it does not."""
    attempt = await turn.services.store.run(lambda tx: tx.open_attempt(turn.learner.id))
    question = attempt and turn.services.course.question(attempt.question_id)
    if not attempt or not question:
        return None
    typed = turn.incoming.text.strip()
    response = read_response(question, attempt.seed, typed)
    if response is not None:
        return await _grade(turn, question, response)
    if len(typed) <= SLIP and _now(turn) - attempt.asked_at < RECENT:
        raise _slip(question)
    return None


def _slip(question: Question) -> TutorError:
    """Return the error for something as short as an answer that is none."""
    if question.numeric:
        return NotANumber()
    letters = (quiz_text.letter(place) for place in range(len(question.options)))
    return NotAnOption(letters=" / ".join(letters))


async def way_back(turn: Turn) -> tuple[Button, ...]:
    """Return a button back to the question that was left a moment ago, if there is one."""
    _ = turn.translate
    attempt = await turn.services.store.run(lambda tx: tx.open_attempt(turn.learner.id))
    if attempt is None or attempt.quiz_id is None or _now(turn) - attempt.asked_at > RECENT:
        return ()
    return (Button(_("Back to the question"), "quiz"),)


async def _ask_next(turn: Turn, lesson: Lesson | None, wanted: tuple[str, ...]) -> Reply:
    course = turn.services.course
    asked = await turn.services.store.run(
        rounds.ask_next, turn.learner, course, lesson, wanted, _now(turn)
    )
    if asked is None:
        return _nothing_learned(turn)
    current, attempt = asked
    return _asking(turn, _question(course, attempt.question_id), attempt, current)


def _asking(
    turn: Turn,
    question: Question,
    attempt: Attempt,
    current: Quiz | None,
    ticked: frozenset[str] = frozenset(),
) -> Reply:
    """Show a question, under its place in the round where it belongs to one."""
    language = turn.learner.language
    reply = quiz_text.ask(language, question, attempt.seed, ticked)
    ids = current.question_ids if current else ()
    if len(ids) < 2 or question.id not in ids:
        return reply
    place = quiz_text.place(language, ids.index(question.id) + 1, len(ids))
    return replace(reply, text=f"{place}\n\n{reply.text}")


async def _grade(turn: Turn, question: Question, response: str) -> Reply:
    try:
        answered = await turn.services.store.run(
            rounds.answer_question, turn.learner, question, response, _now(turn)
        )
    except ValueError:
        raise UnknownAction from None
    language = turn.learner.language
    if answered.grade is None:
        text = quiz_text.repeated(language, question, answered.attempt)
    else:
        seed = answered.attempt.seed
        text = quiz_text.feedback(language, question, seed, response, answered.grade)
    return _with_ways_on(turn, question, answered, text)


def _with_ways_on(turn: Turn, question: Question, answered: rounds.Answered, text: str) -> Reply:
    """Add what comes next: the rest of the round, its result, or the lesson behind the question."""
    _ = turn.translate
    lesson = find_lesson(turn.services.course, question.lesson_id)
    if answered.left:
        return Reply(text, (Button(_("Next question"), "quiz"),))
    if answered.quiz and len(answered.quiz.question_ids) > 1 and answered.grade:
        return _result(turn, text, answered)
    more = Button(_("More questions"), f"quiz:{lesson.id}")
    read = Button(_("Read the lesson"), f"learn:{lesson.id}")
    return Reply(text, (more, read, next_button(turn, lesson)))


def _result(turn: Turn, text: str, answered: rounds.Answered) -> Reply:
    _ = turn.translate
    course, language = turn.services.course, turn.learner.language
    missed = [one.question_id for one in answered.answers.values() if one.score != 1]
    ids = dict.fromkeys(question_id.partition(":")[0] for question_id in missed)
    lessons = [lesson for lesson in map(course.lesson, ids) if lesson]
    tally = Tally.of(attempt.outcome or "" for attempt in answered.answers.values())
    buttons = [quiz_text.lesson_button(language, lesson) for lesson in lessons[:2]]
    if lessons:
        buttons.insert(0, Button(_("Practise again"), "quiz"))
    return Reply(
        f"{text}\n\n{quiz_text.result(language, tally, lessons)}",
        (*buttons, Button(_("Go on learning"), "learn")),
    )


def _nothing_learned(turn: Turn) -> Reply:
    _ = turn.translate
    text = _("A quiz asks about what you have read, and you have not opened a lesson yet.")
    return Reply(text, (Button(_("First lesson"), "learn"),))


def _question(course: Course, question_id: str) -> Question:
    question = course.question(question_id)
    if question is None:
        raise UnknownAction
    return question


def _now(turn: Turn) -> datetime:
    return turn.services.clock.now()
