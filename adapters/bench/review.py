"""What a quiz answer costs beside its bare transaction, and finding due cards among a million."""

import asyncio
import json
import random
import sqlite3
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import fsrs
from telegram import Update

from adapters.telegram import inbound
from adapters.telegram.render import render
from adapters.terminal.inbound import read_json
from adapters.terminal.render import as_json
from bot.answering.answer import Answerer
from bot.answering.retrieval import Retriever
from bot.commands import rounds
from bot.commands.command import Services
from bot.commands.reviewing import SESSION
from bot.course.loader import load
from bot.course.model import Course, Question
from bot.learning import schedule
from bot.learning.grading import NO_POINT, Grade, grade
from bot.learning.records import PRIVATE, Learner
from bot.learning.schedule import Card
from bot.messages import Address
from bot.ports import SystemClock
from bot.settings import ROOT
from bot.storage.store import Store
from bot.storage.tx import Tx
from bot.tutor import Tutor

ROUNDS: Final = 5
ANSWERS: Final = 150
CARDS: Final = 1_000_000
CARDS_OF_ONE: Final = 100
LOOKS: Final = 300
REVIEWS: Final = 20_000
TODAY: Final = date(2026, 12, 1)
_RIGHT: Final = Grade("right", 1.0)


def review() -> Mapping[str, float]:
    """Rates by the second, one thing after the other, warm.

    answers: a press, parsed, graded, committed, and the reply rendered, as `chat --json` does it;
    telegram_: as Telegram sends and takes it, with all that its library costs.
    transactions: the database's work of the same answer in one bare transaction, from finding the
    learner to the commit. ratios: the first two by this.
    upserts: one look-up and one upsert in a transaction, which is the least there can be.
    due_ms: the cards of a learner that are due, among a million; due_ratio: beside bare SQL.
    fsrs_us: one review in the core; fsrs_ratio: beside the library alone.
    """
    with tempfile.TemporaryDirectory() as folder:
        figures = asyncio.run(_answers(Path(folder)))
    with tempfile.TemporaryDirectory() as folder:
        figures |= asyncio.run(_due(Path(folder)))
    return figures | _fsrs()


async def _answers(folder: Path) -> dict[str, float]:
    course = load(ROOT / "lessons")
    store = Store.open(f"sqlite:///{folder / 'bench.db'}")
    services = Services(course, store, Answerer(Retriever(course), None), SystemClock())
    tutor = Tutor(services)
    rates: dict[str, list[float]] = defaultdict(list)
    numbers = iter(range(1, 100))
    for _ in range(ROUNDS):
        for name, platform, answer in (
            ("answers", "terminal", _as_json(tutor)),
            ("telegram_answers", "telegram", _as_telegram(tutor)),
            ("transactions", "telegram", _transaction(store, course)),
            ("upserts", "telegram", _upsert(store)),
        ):
            sender = Address(platform, *[str(next(numbers))] * 2)
            rates[name].append(await _rate(store, course, sender, answer))
    store.close()
    middle = {name: statistics.median(found) for name, found in rates.items()}
    return {
        **{f"{name}_per_second": round(rate) for name, rate in middle.items()},
        "ratio": round(middle["answers"] / middle["transactions"], 3),
        "telegram_ratio": round(middle["telegram_answers"] / middle["transactions"], 3),
        "ratio_to_upserts": round(middle["answers"] / middle["upserts"], 3),
    }


_Answer = Callable[[Address, Learner, Question], Awaitable[None]]


async def _rate(store: Store, course: Course, sender: Address, answer: _Answer) -> float:
    """Return how many answers a second a new learner can give, in rounds of ten; the first round
    warms things up."""
    now = datetime.now(UTC)
    learner = await store.run(lambda tx: tx.add_learner(sender, "zh", "Asia/Shanghai", now))
    every = [one for lesson in course.lessons for one in lesson.questions]
    questions = random.Random(sender.user_id).sample(every, ANSWERS)  # noqa: S311
    spent = 0.0
    for begin in range(0, ANSWERS, SESSION):
        asked = questions[begin : begin + SESSION]
        await store.run(_ask, learner, asked, now)
        start = time.perf_counter()
        for question in asked:
            await answer(sender, learner, question)
        spent += time.perf_counter() - start if begin else 0
    return (ANSWERS - SESSION) / spent


def _ask(tx: Tx, learner: Learner, questions: list[Question], now: datetime) -> None:
    quiz = tx.quizzes.start(learner.id, "quiz", None, [one.id for one in questions], now)
    for one in questions:
        tx.attempts.ask(learner.id, one.id, quiz.id, 1, PRIVATE, now)


def _as_json(tutor: Tutor) -> _Answer:
    async def answer(sender: Address, learner: Learner, question: Question) -> None:
        line = json.dumps({"action": f"quiz:{question.id}:{_response(question)}"})
        async for reply in tutor.handle(read_json(line, sender.user_id)):
            as_json(reply)

    return answer


def _as_telegram(tutor: Tutor) -> _Answer:
    async def answer(sender: Address, learner: Learner, question: Question) -> None:
        update = Update.de_json(_press(int(sender.user_id), question), None)
        incoming = inbound.read(update, "bot", 1)
        assert incoming
        async for reply in tutor.handle(incoming):
            render(reply)

    return answer


def _press(number: int, question: Question) -> dict[str, Any]:
    chat = {"id": number, "type": "private", "first_name": "Ada"}
    person = {"id": number, "is_bot": False, "first_name": "Ada", "language_code": "zh"}
    message = {"message_id": 1, "date": 1_764_547_200, "chat": chat, "text": "?"}
    data = f"quiz:{question.id}:{_response(question)}"
    query = {"id": "1", "from": person, "chat_instance": "1", "message": message, "data": data}
    return {"update_id": 1, "callback_query": query}


def _response(question: Question) -> str:
    if question.numeric:
        return f"{question.numeric.value:g}"
    if question.rubric:
        return NO_POINT
    return "".join(question.order or sorted(question.key))


def _transaction(store: Store, course: Course) -> _Answer:
    async def answer(sender: Address, learner: Learner, question: Question) -> None:
        await store.run(_find_and_answer, sender, course, question)

    return answer


def _find_and_answer(tx: Tx, sender: Address, course: Course, question: Question) -> None:
    learner = tx.learner(sender)
    assert learner
    sitting = rounds.Sitting(learner, course, PRIVATE, datetime.now(UTC))
    response = _response(question)
    rounds.answer_question(tx, sitting, question, response, grade(question, response))


def _upsert(store: Store) -> _Answer:
    async def answer(sender: Address, learner: Learner, question: Question) -> None:
        await store.run(_look_and_put, learner.id, question.id)

    return answer


def _look_and_put(tx: Tx, learner_id: int, question_id: str) -> None:
    tx.cards.get(learner_id, question_id)
    tx.cards.put(learner_id, Card(question_id, TODAY, TODAY, 1.0, 5.0, 1))


async def _due(folder: Path) -> dict[str, float]:
    path = folder / "million.db"
    store = Store.open(f"sqlite:///{path}")
    connection = sqlite3.connect(path)
    people = CARDS // CARDS_OF_ONE
    moment = "2026-01-01 00:00:00"
    with connection:
        connection.executemany(
            "INSERT INTO learner (id, language, timezone, created_at, seen_at)"
            " VALUES (?, 'zh', 'UTC', ?, ?)",
            ((one, moment, moment) for one in range(1, people + 1)),
        )
        marks = ", ".join("?" * 11)
        connection.executemany(f"INSERT INTO card VALUES ({marks})", _million(people))  # noqa: S608
        connection.execute("ANALYZE")
    draw = random.Random(1)  # noqa: S311
    ours, bare = [], []
    for _ in range(LOOKS):
        learner_id = draw.randint(1, people)
        ours.append(await _timed(store, learner_id))
        begin = time.perf_counter()
        connection.execute(_BARE, (learner_id, TODAY.isoformat())).fetchall()
        bare.append(time.perf_counter() - begin)
    connection.close()
    store.close()
    here, floor = 1000 * statistics.median(ours), 1000 * statistics.median(bare)
    return {
        "due_ms": round(here, 3),
        "due_bare_ms": round(floor, 3),
        "due_ratio": round(here / floor, 2),
    }


_BARE: Final = (
    "SELECT * FROM card WHERE learner_id = ? AND due_date <= ? AND NOT is_retired"
    " ORDER BY due_date, question_id"
)


async def _timed(store: Store, learner_id: int) -> float:
    begin = time.perf_counter()
    await store.run(lambda tx: tx.cards.due(learner_id, TODAY))
    return time.perf_counter() - begin


def _million(people: int) -> Iterator[tuple[object, ...]]:
    """Yield the rows of all cards, one in ten of them due."""
    draw = random.Random(2)  # noqa: S311
    for learner_id in range(1, people + 1):
        for number in range(CARDS_OF_ONE):
            due = TODAY + timedelta(days=draw.randint(-10, 90))
            row = (learner_id, f"lesson-{number // 8}:{number % 8}", due.isoformat(), "2026-11-01")
            yield (*row, 10.0, 5.0, 3, 0, 1.0, 7, 0)


def _fsrs() -> dict[str, float]:
    known = Card("tokens:1", TODAY, TODAY - timedelta(days=9), 10.0, 5.0, 3)
    library, card = schedule.MODEL, fsrs.Card(1, fsrs.State.Review, None, 10.0, 5.0)
    now = datetime(2026, 12, 1, tzinfo=UTC)
    card.last_review = now - timedelta(days=9)
    rating = fsrs.Rating.Good
    ours = _microseconds(lambda: schedule.review(known, "tokens:1", _RIGHT, rating, TODAY))
    bare = _microseconds(lambda: library.review_card(card, rating, now))
    return {
        "fsrs_us": round(ours, 1),
        "fsrs_bare_us": round(bare, 1),
        "fsrs_ratio": round(ours / bare, 2),
    }


def _microseconds(work: Callable[[], object]) -> float:
    """Return what one call takes, the best of a few runs."""
    times = []
    for _ in range(5):
        begin = time.perf_counter()
        for _ in range(REVIEWS // 5):
            work()
        times.append(time.perf_counter() - begin)
    return 1_000_000 * min(times) / (REVIEWS // 5)
