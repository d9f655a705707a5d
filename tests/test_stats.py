"""`llm-tutor stats`: numbers from a real database, which stays as it is."""

import asyncio
import json
import sqlite3
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

from adapters.stats import as_dict, as_text
from bot.course.model import Course
from bot.errors import DatabaseError
from bot.learning.grading import Grade
from bot.learning.schedule import Card
from bot.messages import Address
from bot.ports import Budget, Message
from bot.storage.engine import open_engine
from bot.storage.statistics import read
from bot.storage.store import Store
from bot.storage.tables import LlmCallRow
from bot.storage.tx import Tx
from tests.programs import run

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
DAY = timedelta(days=1)

REPORTS = [
    (0, "tokens:1", "key"), (1, "tokens:2", "language"), (1, "tokens:1", "other"),
    (2, "tokens:1", "key"),
]  # fmt: skip
"""Which learner finds what wrong with which question."""


def live(tx: Tx) -> None:
    """Two learners came today, one of them also three days ago, and one a month ago."""
    people = [
        (Address("telegram", "1", "1"), "zh", NOW - timedelta(days=3)),
        (Address("discord", "2", "2"), "en", NOW),
        (Address("telegram", "3", "3"), "zh", NOW - timedelta(days=40)),
    ]
    ada, bao, chi = [tx.add_learner(who, language, "UTC", at) for who, language, at in people]  # type: ignore[arg-type]
    today = NOW.date()
    tx.change_learner(ada.id, seen_at=NOW)
    tx.mark_seen(ada.id, "tokens", NOW)
    tx.mark_done(bao.id, "tokens", NOW)
    tx.mark_seen(bao.id, "sampling", NOW)
    for number, outcome in enumerate(("correct", "wrong", "correct")):
        attempt = tx.attempts.ask(ada.id, f"tokens:{number}", None, 1, "private", NOW)
        tx.attempts.answer(attempt, "a", Grade(outcome, 1.0), number + 2, NOW)  # type: ignore[arg-type]
    tx.attempts.ask(ada.id, "tokens:9", None, 1, "private", NOW)
    for number, due in enumerate((today, today - DAY, today + DAY)):
        card = Card(f"tokens:{number}", due, today - DAY, 9, 5, 3, score=1, longest=6 + number)
        tx.cards.put(ada.id, card)
    tx.cards.put(bao.id, Card("tokens:1", today, today, 1, 5, 9, is_retired=True))
    for learner, question, reason in REPORTS:
        tx.reports.put([ada, bao, chi][learner].id, question, reason, "en", NOW)
    tx.remember(ada.id, "private", [Message("user", "a secret canary")], NOW)


def call(learner: int | None, day: date, prompt: int | None, completion: int | None) -> LlmCallRow:
    """A request of 600 tokens reserved, settled where it is told what it cost."""
    at = datetime.combine(day, NOW.time(), UTC)
    settled = None if prompt is None else at
    return LlmCallRow(
        learner_id=learner, called_date=day, reserved=600, prompt_tokens=prompt,
        completion_tokens=completion, called_at=at, settled_at=settled,
    )  # fmt: skip


@pytest.fixture
def lived(database: str) -> str:
    """A database with some life in it."""
    store = Store.open(database)
    asyncio.run(store.run(live))
    store.close()
    engine, today = open_engine(database), NOW.date()
    with Session(engine) as session, session.begin():
        session.add_all(
            [
                call(1, today, 100, 20),
                call(2, today, 50, 5),
                call(None, today, None, None),
                call(1, today - timedelta(days=10), 1000, 200),
                call(1, today - timedelta(days=30), 7, 7),
            ]
        )
    engine.dispose()
    return database


def told(database: str, budget: int | None = None) -> dict[str, Any]:
    return as_dict(read(database, NOW), budget)


def test_learners_are_counted_by_what_they_are(lived: str) -> None:
    """All of them, by language, by platform, and the new ones."""
    assert told(lived)["learners"] == {
        "all": 3,
        "by_language": {"zh": 2, "en": 1},
        "by_platform": {"telegram": 2, "discord": 1},
        "new_7_days": 2,
    }


def test_a_learner_is_active_once_a_day_however_much_they_do(lived: str) -> None:
    """Fourteen dates, today last, with those on which nobody came."""
    active = told(lived)["active_days"]
    assert list(active["by_date"]) == [f"2026-11-{day:02}" for day in range(9, 23)]
    assert active["by_date"]["2026-11-22"] == 2
    assert active["by_date"]["2026-11-19"] == 1
    assert active["by_date"]["2026-11-12"] == 1
    assert sum(active["by_date"].values()) == 4
    assert active["last_days"] == {"1": 2, "7": 2, "30": 2}


def test_lessons_and_answers_are_counted(lived: str) -> None:
    """Questions that are still open are no answers."""
    assert told(lived)["lessons"] == {
        "opened": 3,
        "done": 1,
        "top": [
            {"lesson": "tokens", "opened": 2, "done": 1},
            {"lesson": "sampling", "opened": 1, "done": 0},
        ],
    }
    reviews = told(lived)["reviews"]
    assert (reviews["answers"], reviews["by_outcome"]) == (3, {"correct": 2, "wrong": 1})
    assert told(lived)["pushes"] == {}


def test_cards_and_reviews_are_counted(lived: str) -> None:
    """What was put aside is never due; what was right after a week, and still is, is kept."""
    reviews = told(lived)["reviews"]
    assert (reviews["cards"], reviews["due"], reviews["kept"]) == (4, 2, 2)
    assert reviews["by_rating"] == {"again": 0, "hard": 1, "good": 1, "easy": 1}


def test_reports_are_counted_by_question_and_reason(lived: str) -> None:
    """The question with the most is first, and so is its most frequent reason."""
    assert told(lived)["reports"] == [
        {"question": "tokens:1", "reasons": {"key": 2, "other": 1}, "total": 3},
        {"question": "tokens:2", "reasons": {"language": 1}, "total": 1},
    ]
    text = as_text(read(lived, NOW), None)
    assert "reported      tokens:1  3: key 2, other 1\n              tokens:2  1: lang" in text


def test_questions_are_measured_by_their_first_answers(lived: str) -> None:
    """All of them in JSON; in the text only what is to be rewritten."""
    assert told(lived)["questions"][1] == {
        "question": "tokens:1", "n": 1, "difficulty": 1.0, "discrimination": None, "unsure": 0.0,
        "unpicked": [], "flags": [],
    }  # fmt: skip
    assert "to rewrite    none" in as_text(read(lived, NOW), None)


def test_the_text_names_five_questions_to_rewrite(database: str, course: Course) -> None:
    """With what is wrong with them, the worst first."""
    single = [one for lesson in course.lessons for one in lesson.questions if one.kind == "single"]
    questions = single[:6]

    def answer(tx: Tx) -> None:
        for number in range(30):
            who = Address("terminal", str(number), str(number))
            learner = tx.add_learner(who, "en", "UTC", NOW)
            for question in questions:
                attempt = tx.attempts.ask(learner.id, question.id, None, 1, "private", NOW)
                tx.attempts.answer(attempt, "".join(question.key), Grade("right", 1.0), 3, NOW)

    store = Store.open(database)
    asyncio.run(store.run(answer))
    store.close()
    statistics = read(database, NOW, course)
    lines = as_text(statistics, None).splitlines()
    [first] = [place for place, line in enumerate(lines) if line.startswith("to rewrite")]
    shown = [line[14:] for line in lines[first : first + 6]]
    assert shown[0].startswith(f"{statistics.items[0].question_id}  n 30, p 1.00, r none: easy, di")
    assert [line.partition(" ")[0] for line in shown[:5]] == sorted(
        question.id for question in questions
    )[:5]
    assert "n 30" not in shown[5]
    assert all(len(line) < 100 for line in lines)


def test_tokens_are_summed_and_the_rest_of_the_budget_told(lived: str) -> None:
    """What was reserved and never settled counts as spent."""
    tokens = told(lived, 2000)["tokens"]
    assert tokens["today"] == {
        "calls": 3, "prompt": 150, "completion": 25, "unsettled": 600, "learners": 2,
    }  # fmt: skip
    assert tokens["last_30_days"]["prompt"] == 1150
    assert tokens["left_today"] == 2000 - 775
    assert told(lived, 700)["tokens"]["left_today"] == 0
    assert told(lived)["tokens"]["left_today"] is None


def test_the_text_is_short_and_tells_nobodys_words(lived: str) -> None:
    """A page on a terminal."""
    text = as_text(read(lived, NOW), 2000)
    assert len(text.splitlines()) < 25
    assert all(len(line) < 100 for line in text.splitlines())
    assert "1225 of 2000" in text
    assert "canary" not in text + json.dumps(told(lived))


def test_reading_changes_nothing(lived: str, tmp_path: Path) -> None:
    """The file is the same, byte for byte, also of an older version, which is told."""
    file = tmp_path / "llm-tutor.db"
    before = file.read_bytes()
    read(lived, NOW)
    assert file.read_bytes() == before
    with sqlite3.connect(file) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '0001'")
    connection.close()
    with pytest.raises(DatabaseError, match="db upgrade"):
        read(lived, NOW)


def test_the_command_prints_one_object_with_the_keys_of_the_contract(tmp_path: Path) -> None:
    """Before the first start everything is zero, and no database is made."""
    finished = run(tmp_path, "stats", "--json", LLM_DAILY_TOKENS="1000")
    shown = json.loads(finished.stdout)
    assert list(shown) == [
        "learners", "active_days", "lessons", "reviews", "pushes", "tokens", "reports", "questions",
    ]  # fmt: skip
    assert finished.stderr == ""
    assert shown["reviews"] == {
        "answers": 0, "by_outcome": {}, "cards": 0, "due": 0, "kept": 0,
        "by_rating": {"again": 0, "hard": 0, "good": 0, "easy": 0},
    }  # fmt: skip
    assert shown["learners"]["all"] == 0
    assert shown["tokens"]["left_today"] == 1000
    assert [one.name for one in tmp_path.iterdir()] == ["search"]  # laid there by the test
    assert run(tmp_path, "stats").stdout.startswith("learners      0, 0 new")


def test_stats_after_a_conversation_count_it(tmp_path: Path) -> None:
    """While nothing is running, and as another process."""
    run(tmp_path, "chat", typed="/start\n/learn tokens\n")
    shown = json.loads(run(tmp_path, "stats", "--json").stdout)
    assert shown["learners"]["by_platform"] == {"terminal": 1}
    assert shown["active_days"]["last_days"]["1"] == 1
    assert shown["lessons"]["opened"] == 1


def test_a_course_that_cannot_be_read_breaks_nothing_else(tmp_path: Path) -> None:
    """One line says so, beside the numbers."""
    folder = tmp_path / "lessons"
    folder.mkdir()
    (folder / "course.yaml").write_text("course: [")
    finished = run(tmp_path, "stats", "--json", LESSONS_DIR=str(folder))
    assert finished.returncode == 0
    assert json.loads(finished.stdout)["questions"] == []
    assert "llm-tutor lessons check" in finished.stderr
    assert len(finished.stderr.splitlines()) == 1


def test_tokens_of_the_forgotten_still_count_in_all(database: str) -> None:
    """What is left of the day's budget does not grow because somebody deleted themselves."""
    today = NOW.date()

    def spend_and_go(tx: Tx) -> None:
        ada = tx.add_learner(Address("telegram", "1", "1"), "zh", "UTC", NOW)
        tx.ledger.reserve(ada.id, 600, Budget(in_all=1000), NOW)
        tx.everything.forget(ada.id, tokens_of=today)

    store = Store.open(database)
    asyncio.run(store.run(spend_and_go))
    store.close()
    tokens = as_dict(read(database, NOW), 1000)["tokens"]
    assert (tokens["forgotten_today"], tokens["left_today"]) == (600, 400)
