"""/quiz: a round of questions, and the grading of every answer, pressed or typed."""

import random
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import datetime

from bot.commands import quiz_text
from bot.commands.command import Turn
from bot.commands.learn import find_lesson, next_button
from bot.course.model import Course, Lesson, Question
from bot.errors import UnknownAction
from bot.learning.grading import Grade, grade, read_response
from bot.learning.records import Attempt, Learner, Quiz, Tally
from bot.messages import Button, Reply
from bot.storage.tx import Tx

ROUND = 5
"""Questions in a round over everything learned."""


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
    attempt = await turn.services.store.run(_asked, turn.learner, question, _now(turn))
    yield quiz_text.ask(turn.learner.language, question, attempt.seed, frozenset(ticked), True)


async def typed_answer(turn: Turn) -> Reply | None:
    """Grade what was typed if it answers the question that is open; None where it does not."""
    attempt = await turn.services.store.run(lambda tx: tx.open_attempt(turn.learner.id))
    question = attempt and turn.services.course.question(attempt.question_id)
    if not attempt or not question:
        return None
    response = read_response(question, attempt.seed, turn.incoming.text)
    return None if response is None else await _grade(turn, question, response)


def ask_next(
    tx: Tx,
    learner: Learner,
    course: Course,
    lesson: Lesson | None,
    wanted: tuple[str, ...],
    now: datetime,
) -> tuple[Quiz, Attempt] | None:
    """Put the next question of the learner's round; begin a round where none fits.

    wanted: the ids of the round's questions; () chooses them. None where nothing can be asked.
    """
    current = tx.open_quiz(learner.id)
    left = _left(tx, course, current) if current else []
    if not current or not left or not _fits(current, lesson, wanted):
        chosen = wanted or _choose(tx, learner, course, lesson)
        if not chosen:
            return None
        current = tx.start_quiz(learner.id, lesson.id if lesson else None, chosen, now)
        left = list(chosen)
    return current, tx.ask(learner.id, left[0], current.id, _seed(), now)


def _left(tx: Tx, course: Course, current: Quiz) -> list[str]:
    """Return the questions of a round that are not answered and that the course still has."""
    answered = tx.answered_in(current)
    return [one for one in current.question_ids if one not in answered and course.question(one)]


def _fits(current: Quiz, lesson: Lesson | None, wanted: tuple[str, ...]) -> bool:
    """Whether the open round is the one that is asked for: left before, and now resumed."""
    if wanted:
        return current.question_ids == wanted
    if lesson is None:
        return True
    return current.lesson_id == lesson.id and len(current.question_ids) > 1


def _choose(tx: Tx, learner: Learner, course: Course, lesson: Lesson | None) -> tuple[str, ...]:
    """Choose a round: all of a lesson; or of the lessons seen, what is new or went badly first."""
    if lesson:
        return tuple(question.id for question in lesson.questions)
    seen = tx.lesson_marks(learner.id)
    answers = tx.latest_answers(learner.id)
    age = {question_id: place for place, question_id in enumerate(answers)}
    pool = [
        (place, question.id)
        for one in course.lessons
        if one.id in seen
        for place, question in enumerate(one.questions)
    ]

    def urgency(placed: tuple[int, str]) -> tuple[bool, bool, int, int]:
        place, question_id = placed
        known = answers.get(question_id)
        return (known is not None, bool(known and known.score == 1), age.get(question_id, 0), place)

    return tuple(question_id for _place, question_id in sorted(pool, key=urgency)[:ROUND])


@dataclass(frozen=True, slots=True)
class Answered:
    """What an answer came to.

    grade: None where the question had been answered before.
    quiz, answers: the round that is open, if any, and what is answered of it.
    """

    attempt: Attempt
    grade: Grade | None
    quiz: Quiz | None
    answers: dict[str, Attempt]

    @property
    def left(self) -> int:
        return len(self.quiz.question_ids) - len(self.answers) if self.quiz else 0


def answer_question(
    tx: Tx, learner: Learner, question: Question, response: str, now: datetime
) -> Answered:
    """Grade and store an answer, once; the round ends with its last answer.

    Raises ValueError where the response cannot be one to this question.
    """
    given = grade(question, response)
    attempt = _asked(tx, learner, question, now)
    is_new = attempt.is_open
    if is_new:
        tx.answer(attempt, response, given, now)
        tx.mark_practised(learner.id, learner.local_date(now))
        tx.mark_done(learner.id, question.lesson_id, now)
    current = tx.open_quiz(learner.id)
    answers = tx.answered_in(current) if current else {}
    if current and len(answers) == len(current.question_ids):
        tx.finish_quiz(learner.id, now)
    return Answered(attempt, given if is_new else None, current, answers)


def _asked(tx: Tx, learner: Learner, question: Question, now: datetime) -> Attempt:
    """Return the asking that a press answers; somebody else's button asks and answers at once."""
    last = tx.last_attempt(learner.id, question.id)
    return last or tx.ask(learner.id, question.id, None, _seed(), now)


async def _ask_next(turn: Turn, lesson: Lesson | None, wanted: tuple[str, ...]) -> Reply:
    course, language = turn.services.course, turn.learner.language
    asked = await turn.services.store.run(
        ask_next, turn.learner, course, lesson, wanted, _now(turn)
    )
    if asked is None:
        return _nothing_learned(turn)
    current, attempt = asked
    question = _question(course, attempt.question_id)
    reply = quiz_text.ask(language, question, attempt.seed)
    ids = current.question_ids
    if len(ids) == 1:
        return reply
    place = quiz_text.place(language, ids.index(question.id) + 1, len(ids))
    return replace(reply, text=f"{place}\n\n{reply.text}")


async def _grade(turn: Turn, question: Question, response: str) -> Reply:
    try:
        answered = await turn.services.store.run(
            answer_question, turn.learner, question, response, _now(turn)
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


def _with_ways_on(turn: Turn, question: Question, answered: Answered, text: str) -> Reply:
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


def _result(turn: Turn, text: str, answered: Answered) -> Reply:
    _ = turn.translate
    course, language = turn.services.course, turn.learner.language
    missed = [one.question_id for one in answered.answers.values() if one.score != 1]
    ids = dict.fromkeys(question_id.partition(":")[0] for question_id in missed)
    lessons = [lesson for lesson in map(course.lesson, ids) if lesson]
    tally = Tally.of(attempt.outcome or "" for attempt in answered.answers.values())
    buttons = [quiz_text.lesson_button(language, lesson) for lesson in lessons[:2]]
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


def _seed() -> int:
    return random.getrandbits(31)
