"""Whoever acts for a learner acts alone, from whichever identity."""

import asyncio

import pytest

from bot.locks import Locks
from bot.messages import Address, Incoming
from bot.storage.tx import Tx
from bot.tutor import OUTDATED
from tests.dialog import Dialog
from tests.rows import add, everything

ADA = Address("telegram", "ada", "ada")
ALSO_ADA = Address("discord", "ada#1", "ada#1")


async def _heard(talk: Dialog, sender: Address, text: str = "", action: str | None = None) -> str:
    incoming = Incoming(sender, text, action, locale="en")
    return "".join([reply.text async for reply in talk.tutor.handle(incoming)])


@pytest.fixture
def linked(dialog: Dialog) -> Dialog:
    """Ada is on two platforms."""
    dialog.locale, dialog.sender = "en", ADA
    dialog.say("/start")
    dialog.transact(lambda tx: add(tx._session, "identity", 1, platform="discord", user_id="ada#1"))
    return dialog


def test_one_at_a_time_acts_for_a_learner_in_the_order_of_coming() -> None:
    """And whoever waits knows that somebody has been there."""
    locks, order = Locks(), []

    async def act(number: int) -> None:
        async with locks.learner(1) as had_to_wait:
            order.append((number, had_to_wait))
            await asyncio.sleep(0)

    async def all_at_once() -> None:
        await asyncio.gather(*map(act, range(5)))
        async with locks.learner(1) as had_to_wait:
            assert not had_to_wait

    asyncio.run(all_at_once())
    assert order == [(0, False), *((number, True) for number in range(1, 5))]


def test_a_second_learner_is_waited_for_only_so_long() -> None:
    """Two who want each other's would wait for ever; afterwards nothing is left locked."""
    locks = Locks()

    async def want(mine: int, other: int) -> bool:
        async with locks.learner(mine):
            await asyncio.sleep(0)
            try:
                async with locks.another(other, 0.05):
                    return True
            except TimeoutError:
                return False

    async def both() -> None:
        await asyncio.gather(want(1, 2), want(2, 1))
        assert await want(1, 2)

    asyncio.run(both())


def test_an_identity_that_waits_while_it_is_forgotten_writes_nothing(linked: Dialog) -> None:
    """Deleted from Telegram while a message from Discord waits: it is told, and nobody is made."""
    linked.say("/forget")
    delete = linked.action("Delete everything")

    async def at_once() -> None:
        heard = await asyncio.gather(
            _heard(linked, ADA, action=delete),
            _heard(linked, ALSO_ADA, "/learn tokens"),
        )
        assert "is deleted" in heard[0]
        assert heard[1] == OUTDATED

    linked.run(at_once())
    assert not any(linked.transact(lambda tx: everything(tx._session)).values())


def test_a_learner_who_is_deleted_under_a_turn_is_told_so(linked: Dialog) -> None:
    """As another process may do: the database takes no row of nobody's, and nothing crashes."""

    def vanish(tx: Tx) -> None:
        tx.everything.forget(1, None)

    async def meanwhile() -> None:
        replies = linked.tutor.handle(Incoming(ADA, "/export", locale="en"))
        assert "everything I have stored" in (await anext(replies)).text
        await linked.store.run(vanish)
        rest = [reply.text async for reply in replies]
        assert rest

    linked.run(meanwhile())
    assert not any(linked.transact(lambda tx: everything(tx._session)).values())


def test_a_turn_that_the_database_refuses_because_the_learner_is_gone_is_explained(
    linked: Dialog, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The learner vanishes between being found and the first row that is written."""
    find = linked.tutor._learner

    def found_and_deleted(tx: Tx, *rest: object) -> object:
        learner = find(tx, *rest)  # type: ignore[arg-type]
        tx.everything.forget(learner.id, None)
        return learner

    monkeypatch.setattr(linked.tutor, "_learner", found_and_deleted)
    assert linked.say("/learn tokens") == OUTDATED
    assert not any(linked.transact(lambda tx: everything(tx._session)).values())
