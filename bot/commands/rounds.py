"""The database's side of a quiz: which question comes next, and an answer that counts once.

Each public function is one transaction (see `bot.storage.store`).
"""

import random
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from bot.commands import reviewing
from bot.course.model import Course, Lesson, Question
from bot.learning.grading import Grade
from bot.learning.pace import is_quick
from bot.learning.records import PRIVATE, Attempt, Learner, Quiz
from bot.learning.schedule import Card, rate, review
from bot.storage.tx import Tx

ROUND = 5
"""Questions in a round over everything learned."""


@dataclass(frozen=True, slots=True)
class Sitting:
    """Who is asked, about which course, in which conversation, when."""

    learner: Learner
    course: Course
    conversation: str
    now: datetime

    @property
    def today(self) -> date:
        return self.learner.local_date(self.now)


def ask_next(tx: Tx, sitting: Sitting, lesson: Lesson | None) -> tuple[Quiz, Attempt] | None:
    """Put the next question of the learner's round; begin a round where none is open.

    lesson: what the round is about; None goes on with any, or chooses among the lessons seen.
    None where there is nothing to ask about.
    """
    tx.hold(sitting.learner.id)
    current = tx.quizzes.open(sitting.learner.id, "quiz")
    left = _left(tx, sitting.course, current) if current else []
    if not current or not left or (lesson and current.lesson_id != lesson.id):
        left = _choose(tx, sitting, lesson)
        if not left:
            return None
        lesson_id = lesson.id if lesson else None
        current = tx.quizzes.start(sitting.learner.id, "quiz", lesson_id, left, sitting.now)
    return current, _ask(tx, sitting, left[0], current.id)


def ask_due(tx: Tx, sitting: Sitting) -> tuple[Quiz, Attempt] | None:
    """Put the next card of today's review; None where none is due."""
    learner = sitting.learner
    tx.hold(learner.id)
    current = tx.quizzes.open(learner.id, "review")
    is_todays = current and learner.local_date(current.started_at) == sitting.today
    left = _left_today(tx, sitting, current) if current and is_todays else []
    if not current or not left:
        left = reviewing.choose(tx, learner.id, sitting.course, sitting.today)
        if not left:
            return None
        current = tx.quizzes.start(learner.id, "review", None, left, sitting.now)
    return current, _ask(tx, sitting, left[0], current.id)


def look_ahead(tx: Tx, sitting: Sitting) -> reviewing.Ahead:
    """Return what is due now, and what comes next."""
    return reviewing.ahead(tx, sitting.learner.id, sitting.course, sitting.today)


def ask_one(tx: Tx, sitting: Sitting, question: Question) -> Attempt:
    """Put a single question; a round that is open stays so."""
    tx.hold(sitting.learner.id)
    return _ask(tx, sitting, question.id, None)


def _ask(tx: Tx, sitting: Sitting, question_id: str, quiz_id: int | None) -> Attempt:
    learner_id, conversation = sitting.learner.id, sitting.conversation
    # In a group all press the buttons of one message, so its letters are everybody's.
    draw = random.Random(None if conversation == PRIVATE else f"{conversation} {question_id}")  # noqa: S311
    seed = draw.getrandbits(31)
    return tx.attempts.ask(learner_id, question_id, quiz_id, seed, conversation, sitting.now)


def _left(tx: Tx, course: Course, current: Quiz) -> list[str]:
    """Return the questions of a round that are not answered and that the course still has."""
    return _unanswered(course, current, tx.quizzes.answered_in(current))


def _left_today(tx: Tx, sitting: Sitting, current: Quiz) -> list[str]:
    """Return what is left of a review, without what was answered elsewhere today."""
    cards = tx.cards.all(sitting.learner.id)
    done = {
        one.question_id for one in cards.values() if one.reviewed >= sitting.today or one.is_retired
    }
    return [one for one in _left(tx, sitting.course, current) if one not in done]


def _unanswered(course: Course, current: Quiz, answered: dict[str, Attempt]) -> list[str]:
    return [one for one in current.question_ids if one not in answered and course.question(one)]


def _choose(tx: Tx, sitting: Sitting, lesson: Lesson | None) -> list[str]:
    """Choose a round: all of a lesson, or some of the lessons seen; new and missed ones first."""
    seen = {lesson.id} if lesson else tx.lesson_marks(sitting.learner.id).keys()
    answers = tx.attempts.latest(sitting.learner.id)
    age = {question_id: place for place, question_id in enumerate(answers)}
    pool = [
        (place, question.id)
        for one in sitting.course.lessons
        if one.id in seen
        for place, question in enumerate(one.questions)
    ]

    def urgency(placed: tuple[int, str]) -> tuple[bool, bool, int, int]:
        """New before known, missed before right, long ago before lately, as in the file."""
        place, question_id = placed
        known = answers.get(question_id)
        return (known is not None, bool(known and known.score == 1), age.get(question_id, 0), place)

    chosen = [question_id for _place, question_id in sorted(pool, key=urgency)]
    return chosen if lesson else chosen[:ROUND]


@dataclass(frozen=True, slots=True)
class Answered:
    """What an answer came to.

    grade, card: None where the question had been answered before.
    round: the round that the question belongs to, if any; answers: what is answered of it.
    is_last: whether nothing is left of the round.
    next_up: why the question that comes next was put in, if it was. ahead: after a review, what
    else is due.
    """

    attempt: Attempt
    grade: Grade | None = None
    card: Card | None = None
    round: Quiz | None = None
    answers: dict[str, Attempt] = field(default_factory=dict)
    is_last: bool = False
    next_up: reviewing.Reason | None = None
    ahead: reviewing.Ahead | None = None


def answer_question(
    tx: Tx, sitting: Sitting, question: Question, response: str, given: Grade
) -> Answered:
    """Store an answer and its grade, once; the round ends with its last answer."""
    tx.hold(sitting.learner.id)
    last = tx.attempts.last(sitting.learner.id, question.id)
    # Somebody else's button, in a group, asks and answers at once; nobody knows how long it took.
    attempt = last or _ask(tx, sitting, question.id, None)
    taken = sitting.now - (last.shown_at or last.asked_at) if last else None
    card = (
        _count(tx, sitting, question, response, attempt, given, taken) if attempt.is_open else None
    )
    current = tx.quizzes.get(attempt.quiz_id) if attempt.quiz_id else None
    counted = given if card else None
    if current is None:
        return Answered(attempt, counted, card)
    answers = tx.quizzes.answered_in(current)
    reason = None
    if card and current.kind == "review":
        done = reviewing.Done(question, response, given, card)
        current, reason = reviewing.follow_up(
            tx, sitting.learner.id, sitting.course, current, answers, done, sitting.today
        )
    is_last = not _unanswered(sitting.course, current, answers)
    ahead = None
    if is_last:
        tx.quizzes.finish(current, sitting.now)
        if current.kind == "review":
            ahead = reviewing.ahead(tx, sitting.learner.id, sitting.course, sitting.today)
    return Answered(attempt, counted, card, current, answers, is_last, reason, ahead)


def _count(
    tx: Tx,
    sitting: Sitting,
    question: Question,
    response: str,
    attempt: Attempt,
    given: Grade,
    taken: timedelta | None,
) -> Card | None:
    """Store an answer and what it says of the learner's memory; None where there is one already.

    taken: since the question was put, None where that was never.
    """
    learner, now = sitting.learner, sitting.now
    is_fast = taken is not None and is_quick(question, learner.language, taken)
    rating = rate(given, hints=attempt.hints, is_quick=is_fast)
    if not tx.attempts.answer(attempt, response, given, rating, now):
        return None
    before = tx.cards.get(learner.id, question.id)
    card = review(before, question.id, given, rating, sitting.today)
    tx.cards.put(learner.id, card)
    tx.mark_practised(learner.id, sitting.today)
    tx.mark_done(learner.id, question.lesson_id, now)
    return card


def redrawn(
    tx: Tx, sitting: Sitting, question: Question, hints: int = 0
) -> tuple[Quiz | None, Attempt]:
    """Return the question as it was asked, with its round if it is open; `hints` are shown by now.

    One that is open is put once more, here and now: what is typed next can answer it.
    """
    tx.hold(sitting.learner.id)
    last = tx.attempts.last(sitting.learner.id, question.id)
    attempt = last if last and not last.is_open else ask_one(tx, sitting, question)
    tx.attempts.show_hints(attempt, hints)
    return tx.quizzes.get(attempt.quiz_id) if attempt.quiz_id else None, attempt
