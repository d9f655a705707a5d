"""The database's side of a quiz: which question comes next, and an answer that counts once.

Each public function is one transaction (see `bot.storage.store`).
"""

import random
from dataclasses import dataclass
from datetime import datetime

from bot.course.model import Course, Lesson, Question
from bot.learning.grading import Grade, grade
from bot.learning.records import Attempt, Learner, Quiz
from bot.storage.tx import Tx

ROUND = 5
"""Questions in a round over everything learned."""


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
    """Choose a round: all of a lesson, or some of the lessons seen; new and missed ones first."""
    seen = {lesson.id} if lesson else tx.lesson_marks(learner.id).keys()
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

    chosen = [question_id for _place, question_id in sorted(pool, key=urgency)]
    return tuple(chosen if lesson else chosen[:ROUND])


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
    attempt = asked(tx, learner, question, now)
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


def asked(tx: Tx, learner: Learner, question: Question, now: datetime) -> Attempt:
    """Return the asking that a press answers; somebody else's button asks and answers at once."""
    last = tx.last_attempt(learner.id, question.id)
    return last or tx.ask(learner.id, question.id, None, _seed(), now)


def redrawn(
    tx: Tx, learner: Learner, question: Question, now: datetime
) -> tuple[Quiz | None, Attempt]:
    """Return the question as it was asked, with the round that is open."""
    return tx.open_quiz(learner.id), asked(tx, learner, question, now)


def _seed() -> int:
    return random.getrandbits(31)
