"""/export and /forget: everything in files, and nothing left."""

import json
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
from sqlalchemy.orm import Session

from bot.course.model import Course
from bot.messages import Address, Document
from bot.ports import Budget
from bot.storage.everything import OWNERS
from bot.storage.tx import Tx
from tests.dialog import Dialog
from tests.rows import NOW, TABLES, add, everything

ADA = Address("telegram", "ada", "ada")
BAO = Address("discord", "bao", "bao")
CHAT = "telegram:-1"


@pytest.fixture
def talk(dialog: Dialog) -> Dialog:
    """A conversation in English, begun by Ada on Telegram."""
    dialog.locale = "en"
    dialog.sender = ADA
    dialog.say("/start")
    return dialog


@pytest.fixture
def tight(course: Course, database: str) -> Iterator[Dialog]:
    """A tutor whose language model has a budget in all."""
    with Dialog(course, database, budget=Budget(in_all=1000)) as one:
        one.locale = "en"
        yield one


def _fill(session: Session, learner_id: int) -> None:
    """Add rows to every table that a learner can have rows in."""
    for table in OWNERS:
        if table.name not in ("learner", "identity"):
            known: dict[str, Any] = {}
            if table.name == "utterance":
                known = {"conversation": f"{CHAT}:{learner_id}", "content": f"said {learner_id}"}
            if table.name == "link_code":
                known = {"hash": f"secret {learner_id}"}
            add(session, table.name, learner_id, **known)
    _chain(session, f"{CHAT}:{learner_id}", learner_id)


def _chain(session: Session, thread: str, number: int) -> None:
    add(
        session,
        "thread_message",
        platform="telegram",
        chat_id="-1",
        message_id=str(number),
        thread=thread,
    )


def _filled(talk: Dialog, *senders: Address) -> None:
    for sender in senders:
        talk.sender = sender
        talk.say("/start")

        def fill(tx: Tx) -> None:
            _fill(tx._session, talk.learner_id(tx))

        talk.transact(fill)


def _rows(talk: Dialog) -> dict[str, list[dict[str, Any]]]:
    return talk.transact(lambda tx: everything(tx._session))


def _document(talk: Dialog, name: str) -> bytes:
    [document] = [
        one.document for one in talk.replies if one.document and one.document.name == name
    ]
    assert isinstance(document, Document)
    return document.content


def test_the_export_has_every_row_of_the_learner_and_nothing_of_anybody_else(talk: Dialog) -> None:
    """Every table, in values that any program reads; the hash of an open code stays here."""
    _filled(talk, ADA, BAO)
    talk.sender = ADA
    talk.say("/export")
    content = _document(talk, "llm-tutor-data.json").decode()
    data = json.loads(content)
    assert data.keys() == TABLES.keys() - {"spent_day"}
    assert all(len(rows) == 1 for rows in data.values())
    assert data["learner"][0]["created_at"] == "2026-11-22T04:00:00+00:00"
    assert data["card"][0]["due_date"] == "2026-11-22"
    assert data["identity"][0]["user_id"] == "ada"
    assert data["thread_message"][0]["thread"] == f"{CHAT}:1"
    assert "hash" not in data["link_code"][0]
    assert "said 1" in content
    for foreign in ("said 2", "secret", "bao"):
        assert foreign not in content


def test_the_export_is_readable_as_text(talk: Dialog) -> None:
    """UTF-8 as it is, and a line for each value."""
    talk.sender = ADA
    talk.transact(
        lambda tx: add(
            tx._session, "utterance", 1, conversation="private", content="什么是 token？"
        )
    )
    talk.say("/export")
    assert '\n   "content": "什么是 token？"' in _document(talk, "llm-tutor-data.json").decode()


def test_the_cards_come_as_a_deck_with_their_reviews(talk: Dialog) -> None:
    """A card for each question that the course still has, with a review for each answer."""
    for lesson in ("tokens", "sampling"):
        talk.press(f"check:{lesson}")
        talk.answer(right=lesson == "tokens")
    card = talk.cards["tokens:1"]

    def age(tx: Tx) -> None:
        add(tx._session, "card", 1, question_id="gone:1")
        answered = {"outcome": "partly", "score": 0.5, "answered_at": NOW - timedelta(days=9)}
        add(tx._session, "attempt", 1, question_id="tokens:1", **answered)

    talk.transact(age)
    assert "due dates: 2." in talk.say("/export")
    with closing(sqlite3.connect(":memory:")) as anki:
        with ZipFile(BytesIO(_document(talk, "llm-tutor.apkg"))) as package:
            anki.deserialize(package.read("collection.anki2"))
        query = "SELECT ease, ivl FROM revlog ORDER BY cid, id"
        reviews = sorted(anki.execute(query).fetchall())
        days = [due for (due,) in anki.execute("SELECT ivl FROM cards")]
    assert [ease for ease, _interval in reviews] == [1, 2, 3]
    assert (card.due - card.reviewed).days in days


def test_without_cards_there_is_no_deck_and_the_text_says_why(talk: Dialog) -> None:
    """An empty file would look like a fault."""
    assert "no deck for Anki yet" in talk.say("/export")
    assert [one.document is None for one in talk.replies] == [False, True]
    assert all(one.private for one in talk.replies)


def test_nothing_is_exported_in_front_of_others(talk: Dialog) -> None:
    """Telegram cannot hide a file in a group."""
    talk.enter("-1", person="ada", platform="telegram")
    assert "in private" in talk.say("/export")
    assert not any(one.document for one in talk.replies)


def test_forget_says_what_goes_and_asks(talk: Dialog) -> None:
    """Three ways on; nothing happens before one is pressed."""
    talk.press("check:tokens")
    talk.answer()
    asked = talk.say("/forget")
    assert "On: Telegram\nLessons: 1 · answers: 1 · cards: 1 · days of practice: 1" in asked
    assert [one.label for one in talk.last.buttons] == [
        "Export first",
        "Delete everything",
        "Keep it",
    ]
    assert "nothing was deleted" in talk.press_label("Keep it")
    assert len(talk.cards) == 1


def test_forget_leaves_no_row_of_the_learner_and_every_row_of_others(talk: Dialog) -> None:
    """In every table there is, of all linked identities; the goodbye makes nobody new."""
    _filled(talk, BAO)
    others = _rows(talk)
    _filled(talk, ADA)
    add_identity = {"platform": "discord", "user_id": "ada#1"}
    talk.transact(lambda tx: add(tx._session, "identity", 1, **add_identity))
    both = _rows(talk)
    for name, rows in both.items():
        assert len(rows) > len(others[name]) or name in ("learner", "identity", "spent_day"), name
    talk.say("/forget")
    assert "Everything about you is deleted" in talk.press_label("Delete everything")
    left = _rows(talk)
    assert left == others | {
        "learner": [row for row in others["learner"] if row["id"] != 1],
        "identity": [row for row in others["identity"] if row["user_id"] == "bao"],
    }


def test_after_forget_not_one_row_is_left_where_nobody_else_was(talk: Dialog) -> None:
    """All tables are empty."""
    _filled(talk, ADA)
    assert all(rows for name, rows in _rows(talk).items() if name != "spent_day")
    talk.say("/forget")
    talk.press_label("Delete everything")
    assert not any(_rows(talk).values())


def test_a_second_press_makes_nobody_new_and_the_next_message_does(talk: Dialog) -> None:
    """Fingers are quick; whoever writes again begins anew."""
    talk.say("/forget")
    delete = talk.action("Delete everything")
    for _press in range(2):
        assert "is deleted" in talk.press(delete)
        assert not any(_rows(talk).values())
    assert "Hello" in talk.say("/start")
    assert len(_rows(talk)["learner"]) == 1


def test_a_press_from_before_something_changed_deletes_nothing(talk: Dialog) -> None:
    """Whoever learned something since is asked again."""
    talk.say("/forget")
    delete = talk.action("Delete everything")
    talk.press("check:tokens")
    talk.answer()
    assert "Nothing is deleted" in talk.press(delete)
    assert len(talk.cards) == 1
    talk.say("/forget")
    assert talk.action("Delete everything") != delete


def test_somebody_elses_button_deletes_neither_of_the_two(talk: Dialog) -> None:
    """In a group anybody can press it."""
    talk.enter("-1", person="ada", platform="telegram")
    talk.say("/forget")
    delete = talk.action("Delete everything")
    talk.sender = BAO
    talk.press("check:tokens")
    talk.answer()
    assert "Nothing is deleted" in talk.press(delete)
    assert len(_rows(talk)["learner"]) == 2


def test_a_conversation_in_which_others_spoke_goes_on_without_the_learner(talk: Dialog) -> None:
    """Their words stay, and so do the messages that they reply to."""
    _filled(talk, ADA, BAO)

    def share(tx: Tx) -> None:
        for learner_id in (1, 2):
            add(tx._session, "utterance", learner_id, conversation="shared")
        _chain(tx._session, "shared", 99)

    talk.transact(share)
    talk.sender = ADA
    talk.say("/forget")
    talk.press_label("Delete everything")
    rows = _rows(talk)
    assert {row["thread"] for row in rows["thread_message"]} == {f"{CHAT}:2", "shared"}
    assert {row["learner_id"] for row in rows["utterance"]} == {2}


def test_the_tokens_of_the_forgotten_go_on_counting_in_all_today(tight: Dialog) -> None:
    """Or a budget in all could be spent again and again; who spent them is not kept."""
    today = tight.clock.now().date()
    for number in (1, 2):
        tight.sender = Address("telegram", str(number), "1")
        tight.say("/start")

        def spend(tx: Tx) -> None:
            learner_id = tight.learner_id(tx)
            for tokens, day in ((300, today), (50, today - timedelta(days=1))):
                add(tx._session, "llm_call", learner_id, reserved=tokens, called_date=day)

        tight.transact(spend)
        tight.say("/forget")
        tight.press_label("Delete everything")
        assert tight.transact(lambda tx: tx.ledger.spent(today)) == 300 * number
    assert _rows(tight)["spent_day"] == [{"called_date": today, "tokens": 600}]
    tight.clock.move(days=1)
    tight.say("/start")
    tight.say("/forget")
    tight.press_label("Delete everything")
    assert not any(_rows(tight).values())


def test_all_of_it_is_in_the_list_of_commands(talk: Dialog) -> None:
    """And in the menus, which are made of the same table."""
    listed = re.findall(r"/(\w+) ", talk.say("/help"))
    assert {"link", "export", "forget"} <= {*listed}


def test_the_tables_know_whose_their_rows_are() -> None:
    """All but two, which have nobody's."""
    assert {table.name for table in OWNERS} == TABLES.keys() - {"thread_message", "spent_day"}
