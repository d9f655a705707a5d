"""Whom a conversation in a group belongs to: the chain of replies, and nobody else."""

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import cast

import pytest
from sqlalchemy import String, func, select

from bot.messages import Address, Reply
from bot.ports import Message, Usage
from bot.storage.store import Store
from bot.storage.tables import ThreadMessageRow, UtteranceRow
from bot.storage.threads import KEPT
from bot.storage.tx import UTTERANCES_KEPT, Tx
from tests.course_for_answers import COURSE
from tests.dialog import Dialog

NOW = datetime(2026, 11, 22, tzinfo=UTC)
GROUP = Address("telegram", "7", "-100")
FIRST, SECOND, THIRD = "token 是什么？", "温度是什么意思？", "参数到底是什么？"
OFF_TOPIC = "明天北京会下雨吗"


class Listener:
    """An endpoint that keeps what it was told."""

    def __init__(self) -> None:
        self.prompts: list[Sequence[Message]] = []

    async def stream(self, messages: Sequence[Message]) -> AsyncIterator[str | Usage]:
        self.prompts.append(messages)
        yield f"answer {len(self.prompts)}"
        yield Usage(1, 1)

    @property
    def recalled(self) -> list[str]:
        """What was said before the last question: all but the rules and the question itself."""
        return [message.content for message in self.prompts[-1][1:-1]]


@pytest.fixture
def endpoint() -> Listener:
    return Listener()


@pytest.fixture
def group(database: str, endpoint: Listener) -> Iterator[Dialog]:
    """A dialog of ada's in a group, with a language model."""
    with Dialog(COURSE, database, endpoint=endpoint) as dialog:
        dialog.enter("group")
        yield dialog


@pytest.fixture
def store(database: str) -> Iterator[Store]:
    store = Store.open(database)
    yield store
    store.close()


def test_a_reply_goes_on_with_the_chain_whoever_writes_it(
    group: Dialog, endpoint: Listener
) -> None:
    """All in the group can read it anyway."""
    group.say(FIRST, mentions_bot=True)
    group.enter("group", "bao")
    group.reply(SECOND)
    assert endpoint.recalled == [FIRST, "answer 1"]
    group.enter("group")
    group.reply(THIRD)
    assert endpoint.recalled == [FIRST, "answer 1", SECOND, "answer 2"]


@pytest.mark.parametrize("question", [SECOND, f"/ask {SECOND}"])
def test_a_new_question_in_a_group_begins_a_new_chain(
    group: Dialog, endpoint: Listener, question: str
) -> None:
    """A mention or a command does, and an older chain can still be gone on with."""
    group.say(FIRST, mentions_bot=True)
    first = group.message_id
    group.say(question, mentions_bot=True)
    assert endpoint.recalled == []
    group.reply(THIRD, to=first)
    assert endpoint.recalled == [FIRST, "answer 1"]


def test_a_press_under_an_answer_goes_on_with_its_chain(group: Dialog, endpoint: Listener) -> None:
    """Even under an answer that turned the question away and is no part of the conversation."""
    group.say(FIRST, mentions_bot=True)
    group.reply(OFF_TOPIC)
    group.enter("group", "bao")
    group.press("example:tokens:0")
    assert "answer 2" in group.last.text
    assert endpoint.recalled == [FIRST, "answer 1"]


def test_a_reply_to_what_is_no_answer_begins_a_new_chain(group: Dialog, endpoint: Listener) -> None:
    """A lesson stands for itself; so does a message that nothing is known of."""
    group.say(FIRST, mentions_bot=True)
    group.say("/learn tokens")
    group.reply(SECOND)
    assert endpoint.recalled == []
    group.reply(THIRD, to="999")
    assert endpoint.recalled == []


@pytest.mark.parametrize(
    ("platform", "chat"), [("terminal", "other"), ("discord", "group"), ("terminal", None)]
)
def test_a_messages_number_means_nothing_in_another_chat(
    group: Dialog, endpoint: Listener, platform: str, chat: str | None
) -> None:
    """Telegram counts in every chat from one; what is said in private stays there."""
    group.say(FIRST, mentions_bot=True)
    group.enter(chat or "ada", platform=platform)
    group.is_private = chat is None
    group.reply(SECOND)
    assert endpoint.recalled == []
    assert (group.last.thread is None) == (chat is None)


def test_a_private_conversation_goes_on_without_replies_and_stays_out_of_groups(
    group: Dialog, endpoint: Listener
) -> None:
    """As long as it is not begun afresh."""
    group.is_private = True
    group.say(FIRST)
    group.say(SECOND)
    assert endpoint.recalled == [FIRST, "answer 1"]
    group.is_private = False
    group.reply(THIRD)
    assert endpoint.recalled == []


def test_new_in_a_group_forgets_ones_own_part_of_the_chain(
    group: Dialog, endpoint: Listener
) -> None:
    """What somebody else said stays theirs."""
    group.say(FIRST, mentions_bot=True)
    group.enter("group", "bao")
    group.reply(SECOND)
    chain = group.message_id
    group.enter("group")
    assert "忘掉了" in group.reply("/new", to=chain)
    group.reply(THIRD, to=chain)
    assert endpoint.recalled == [SECOND, "answer 2"]


def test_new_in_a_group_outside_a_chain_says_how_chains_begin(
    group: Dialog, endpoint: Listener
) -> None:
    """There is nothing to forget."""
    group.say(FIRST, mentions_bot=True)
    chain = group.message_id
    assert "回复我的那条回答" in group.say("/new")
    group.reply(SECOND, to=chain)
    assert endpoint.recalled == [FIRST, "answer 1"]


def test_the_name_of_a_chain_fits_its_column(group: Dialog) -> None:
    """However long the names of the platform and of the chat are."""
    group.enter("c" * 64, platform="p" * 16)
    group.say(FIRST, mentions_bot=True)
    thread = group.last.thread or ""
    limit = cast(String, ThreadMessageRow.__table__.c.thread.type).length or 0
    assert len(f"{'p' * 16}:{'c' * 64}:") < len(thread) <= limit


def test_ids_that_cannot_be_stored_do_not_lose_the_reply(
    group: Dialog, caplog: pytest.LogCaptureFixture
) -> None:
    """It has been sent by then; the log says what went wrong and nothing that was said."""
    group.store.close()
    reply = Reply("canary", thread="telegram:-100:x")
    with caplog.at_level(logging.ERROR):
        asyncio.run(group.tutor.sent(reply, GROUP, ["1"]))
    assert "not stored" in caplog.text
    assert "canary" not in caplog.text


def test_every_message_of_a_reply_leads_to_its_chain(store: Store) -> None:
    """Also one that stood there before, as a draft or under the pressed button."""

    def extend(tx: Tx) -> list[str | None]:
        tx.threads.extend("old", GROUP, ["2"], NOW)
        tx.threads.extend("new", GROUP, ["1", "2"], NOW)
        return [tx.threads.find(GROUP, one) for one in ("1", "2", "3")]

    assert asyncio.run(store.run(extend)) == ["new", "new", None]


def test_a_chain_that_nobody_replied_to_for_a_month_is_dropped(store: Store) -> None:
    """With what was said in it; a chain that is alive and what is private stay."""
    before = NOW - KEPT - timedelta(seconds=1)

    def age(tx: Tx) -> list[str]:
        learner = tx.add_learner(GROUP, "zh", "Asia/Shanghai", before).id
        for thread in ("dead", "alive", "private"):
            tx.remember(learner, thread, [Message("user", f"{thread}, old")], before)
        tx.threads.extend("dead", GROUP, ["1"], before)
        tx.threads.extend("alive", GROUP, ["2"], NOW - KEPT)
        tx.threads.extend("other", GROUP, ["3"], NOW)
        left = tx._session.scalars(select(UtteranceRow.content).order_by(UtteranceRow.id))
        found = [tx.threads.find(GROUP, one) for one in ("1", "2", "3")]
        assert found == [None, "alive", "other"]
        return list(left)

    assert asyncio.run(store.run(age)) == ["alive, old", "private, old"]


def test_old_messages_of_a_chain_are_dropped_whoever_wrote_them(store: Store) -> None:
    """A chain of many people does not grow for ever, and others are left alone."""

    def talk(tx: Tx) -> tuple[list[str], int]:
        people = [
            tx.add_learner(Address("telegram", name, "-100"), "zh", "Asia/Shanghai", NOW).id
            for name in "abc"
        ]
        tx.remember(people[0], "other", [Message("user", "other")], NOW)
        for number in range(3 * UTTERANCES_KEPT):
            tx.remember(people[number % 3], "chain", [Message("user", str(number))], NOW)
        kept = [one.content for one in tx.conversation(people[0], "chain", 1000)]
        return kept, tx._session.scalar(select(func.count()).select_from(UtteranceRow)) or 0

    kept, rows = asyncio.run(store.run(talk))
    assert kept == [str(number) for number in range(2 * UTTERANCES_KEPT, 3 * UTTERANCES_KEPT)]
    assert rows == UTTERANCES_KEPT + 1
