"""The database: migrations, transactions, and what they promise."""

import asyncio
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from fsrs import Rating

from bot.errors import DatabaseError
from bot.learning.grading import Grade
from bot.learning.schedule import Card, review
from bot.messages import Address
from bot.ports import Message
from bot.storage import engine
from bot.storage.store import Store
from bot.storage.tables import Row
from bot.storage.tx import Tx

ADA = Address("terminal", "ada", "ada")
NOW = datetime(2026, 11, 22, tzinfo=UTC)


def _add(tx: Tx) -> int:
    return tx.add_learner(ADA, "zh", "Asia/Shanghai", NOW).id


def test_the_migrations_lead_to_exactly_the_tables(database: str) -> None:
    """What Alembic builds is what the rows declare."""
    opened = engine.open_engine(database)
    assert engine.upgrade(opened) == engine.newest_revision()
    with opened.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Row.metadata) == []
    opened.dispose()


def test_revisions_are_numbered_in_the_order_of_their_files() -> None:
    """The newest revision is found by its number, without loading Alembic."""
    files = sorted((engine.MIGRATIONS / "versions").glob("*.py"))
    for number, path in enumerate(files, 1):
        assert path.name.startswith(f"{number:04}_")
        assert f'revision: str = "{number:04}"' in path.read_text()


def test_answers_of_an_earlier_version_become_cards(database: str) -> None:
    """The last answer to each question counts, on the learner's own date; nothing is lost."""
    opened = engine.open_engine(database)
    config = Config()
    config.set_main_option("script_location", str(engine.MIGRATIONS))
    with opened.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0002")
        connection.exec_driver_sql(
            "INSERT INTO learner (id, language, timezone, created_at, seen_at)"
            " VALUES (1, 'zh', 'Asia/Shanghai', '2026-11-01', '2026-11-01')"
        )
        for question, outcome, score, at in (
            ("tokens:1", "wrong", 0.0, "2026-11-20 08:00:00.000000"),
            ("tokens:1", "right", 1.0, "2026-11-20 20:00:00.000000"),
            ("tokens:2", "partly", 0.5, "2026-11-20 08:00:00.000000"),
            ("tokens:3", "unsure", 0.0, "2026-11-20 08:00:00.000000"),
            ("tokens:4", None, None, None),
        ):
            connection.exec_driver_sql(
                "INSERT INTO attempt (learner_id, question_id, conversation, seed, asked_at,"
                " answered_at, outcome, score) VALUES (1, ?, 'private', 1, '2026-11-20', ?, ?, ?)",
                (question, at, outcome, score),
            )
    engine.upgrade(opened)
    store = Store(opened)
    cards = asyncio.run(store.run(lambda tx: tx.cards.all(1)))
    store.close()
    assert {one: (card.score, card.reviews) for one, card in cards.items()} == {
        "tokens:1": (1.0, 2), "tokens:2": (0.5, 1), "tokens:3": (None, 1),
    }  # fmt: skip
    right = cards["tokens:1"]
    first = review(None, "tokens:1", Grade("right", 1.0), Rating.Good, right.reviewed)
    assert right.reviewed.isoformat() == "2026-11-21"
    assert (right.stability, right.difficulty) == pytest.approx((first.stability, first.difficulty))
    assert right.due > right.reviewed


def test_a_database_of_a_newer_version_is_refused(database: str, tmp_path: Path) -> None:
    """One line says what to do, and nothing is changed."""
    Store.open(database).close()
    with sqlite3.connect(tmp_path / "llm-tutor.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    with pytest.raises(DatabaseError, match="newer version") as caught:
        Store.open(database)
    assert "\n" not in str(caught.value)


def test_a_file_that_is_no_database_is_refused(database: str, tmp_path: Path) -> None:
    """The file stays as it was."""
    path = tmp_path / "llm-tutor.db"
    path.write_bytes(b"these are somebody's notes" * 100)
    with pytest.raises(DatabaseError, match="not a database"):
        Store.open(database)
    assert path.read_bytes().startswith(b"these are somebody's notes")


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    """DATA_DIR may be wrong."""
    (tmp_path / "file").write_text("")
    with pytest.raises(DatabaseError, match="folder"):
        Store.open(f"sqlite:///{tmp_path}/file/below/llm-tutor.db")


def test_two_hundred_changes_at_once_lose_nothing(database: str) -> None:
    """Read-modify-write in one transaction: no update is lost, none is locked out."""

    def grow(tx: Tx) -> None:
        learner = tx.learner(ADA)
        assert learner
        tx.change_learner(learner.id, lesson_id=str(int(learner.lesson_id or 0) + 1))

    async def many(stores: list[Store]) -> None:
        await stores[0].run(_add)
        await asyncio.gather(*(stores[n % 2].run(grow) for n in range(200)))
        learner = await stores[0].run(lambda tx: tx.learner(ADA))
        assert learner
        assert learner.lesson_id == "200"

    stores = [Store.open(database), Store.open(database)]
    asyncio.run(many(stores))
    for store in stores:
        store.close()


def test_a_transaction_that_fails_leaves_nothing_behind(database: str) -> None:
    """What it did before it failed is undone."""

    def fail(tx: Tx) -> None:
        _add(tx)
        raise RuntimeError("half way")

    store = Store.open(database)
    with pytest.raises(RuntimeError, match="half way"):
        asyncio.run(store.run(fail))
    assert asyncio.run(store.run(lambda tx: tx.learner(ADA))) is None
    store.close()


def test_a_full_disk_is_an_error_and_corrupts_nothing(database: str, tmp_path: Path) -> None:
    """SQLite's own page limit stands in for the disk; what was there stays readable."""
    store = Store.open(database)

    def limit(tx: Tx) -> None:
        connection = tx._session.connection().connection.dbapi_connection
        assert connection
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages + 2}")

    def fill(tx: Tx) -> None:
        tx.remember(1, "private", [Message("user", "字" * 100_000)], NOW)

    asyncio.run(store.run(_add))
    asyncio.run(store.run(limit))
    with pytest.raises(Exception, match="full"):
        asyncio.run(store.run(fill))
    assert asyncio.run(store.run(lambda tx: tx.learner(ADA)))
    store.close()
    with sqlite3.connect(tmp_path / "llm-tutor.db") as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    connection.close()


def test_an_error_of_the_database_does_not_tell_what_a_learner_wrote(database: str) -> None:
    """Errors end up in logs."""

    def remember(tx: Tx) -> None:
        tx.remember(99, "private", [Message("user", "canary")], NOW)

    store = Store.open(database)
    with pytest.raises(Exception, match="FOREIGN KEY") as caught:
        asyncio.run(store.run(remember))
    assert "canary" not in str(caught.value)
    store.close()


def test_old_messages_of_a_conversation_are_dropped(database: str) -> None:
    """A conversation does not grow for ever."""

    def talk(tx: Tx) -> list[str]:
        learner = tx.add_learner(ADA, "zh", "Asia/Shanghai", NOW)
        for number in range(100):
            tx.remember(learner.id, "private", [Message("user", str(number))], NOW)
        return [one.content for one in tx.conversation(learner.id, "private", 1000)]

    store = Store.open(database)
    kept = asyncio.run(store.run(talk))
    assert kept == [str(number) for number in range(100 - len(kept), 100)]
    assert 20 < len(kept) < 100
    store.close()


def test_one_learner_never_sees_anothers_data(database: str) -> None:
    """Everything that is read is read for one learner."""

    def two(tx: Tx) -> list[object]:
        ada = tx.add_learner(ADA, "zh", "Asia/Shanghai", NOW)
        bao = tx.add_learner(Address("terminal", "bao", "bao"), "en", "UTC", NOW)
        tx.mark_done(ada.id, "tokens", NOW)
        tx.remember(ada.id, "private", [Message("user", "canary")], NOW)
        tx.quizzes.start(ada.id, "review", None, ["tokens:1"], NOW)
        tx.cards.put(ada.id, Card("tokens:1", NOW.date(), NOW.date(), 3.0, 5.0, 1))
        tx.attempts.ask(ada.id, "tokens:1", None, 1, "private", NOW)
        tx.mark_practised(ada.id, NOW.date())
        return [
            tx.lesson_marks(bao.id),
            tx.conversation(bao.id, "private", 9),
            tx.quizzes.open(bao.id, "review"),
            tx.quizzes.latest_kind(bao.id),
            tx.cards.get(bao.id, "tokens:1"),
            tx.cards.all(bao.id),
            tx.cards.due(bao.id, NOW.date()),
            tx.attempts.open_in(bao.id, "private"),
            tx.days_practised(bao.id, NOW.date(), NOW.date()),
            tx.attempts.outcomes(bao.id),
            tx.attempts.latest(bao.id),
        ]

    store = Store.open(database)
    assert not any(asyncio.run(store.run(two)))
    store.close()
