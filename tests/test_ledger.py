"""Tokens put aside and settled: what a budget promises, whatever the burst, restart or midnight."""

import asyncio
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import delete

from bot.answering.purse import LearnerPurse
from bot.course.model import LANGUAGES, Course, Language
from bot.errors import BudgetSpent
from bot.learning.records import Learner
from bot.messages import Address
from bot.ports import Budget, Usage
from bot.storage.store import Store
from bot.storage.tables import LearnerRow
from bot.storage.tx import Tx
from tests.dialog import Dialog, FakeClock
from tests.platforms.openai_server import OpenAIServer
from tests.tutoring import tutored

COST = 70
"""Tokens of one request; no cap here is a multiple of it."""


class Bank:
    """Learners with one budget, and two connections to the database between them."""

    def __init__(self, stores: list[Store], people: int = 1) -> None:
        self.clock = FakeClock()
        self._stores = stores
        self.learners = [self._learner(number) for number in range(people)]

    def purse(self, budget: Budget, number: int = 0, store: int = 0) -> LearnerPurse:
        return LearnerPurse(self._stores[store], self.learners[number], budget, self.clock)

    def spent(self, number: int | None = None) -> int:
        """Return what a learner, or everybody, has spent today."""
        day = self.clock.now().astimezone(UTC).date()
        one = None if number is None else self.learners[number].id
        return asyncio.run(self._stores[0].run(lambda tx: tx.ledger.spent(day, one)))

    def burst(self, budget: Budget, requests: int, settled: Usage | None = None) -> int:
        """Ask at once, in turn for each learner; return how many got through."""

        async def one(number: int) -> bool:
            purse = self.purse(budget, number % len(self.learners), number % len(self._stores))
            try:
                call = await purse.reserve(COST)
            except BudgetSpent:
                return False
            if settled:
                await purse.settle(call, settled)
            return True

        async def all_of_them() -> list[bool]:
            return await asyncio.gather(*map(one, range(requests)))

        return sum(asyncio.run(all_of_them()))

    def _learner(self, number: int) -> Learner:
        address, now = Address("terminal", str(number), "1"), self.clock.now()
        return asyncio.run(
            self._stores[0].run(
                lambda tx: tx.learner(address) or tx.add_learner(address, "zh", "UTC", now)
            )
        )


@contextmanager
def _opened(database: str, people: int = 1) -> Iterator[Bank]:
    with ExitStack() as closing:
        stores = [Store.open(database), Store.open(database)]
        for store in stores:
            closing.callback(store.close)
        yield Bank(stores, people)


def _is_refused(purse: LearnerPurse) -> BudgetSpent | None:
    try:
        asyncio.run(purse.reserve(COST))
    except BudgetSpent as spent:
        return spent
    return None


def test_a_burst_by_one_learner_spends_at_most_the_cap_and_one_request(database: str) -> None:
    """Two hundred at once: as many get through as fit, and the one that reaches the cap."""
    with _opened(database) as bank:
        assert bank.burst(Budget(per_learner=1000), 200) == 15
        assert 1000 <= bank.spent() < 1000 + COST


def test_a_burst_by_fifty_learners_spends_at_most_the_common_cap_and_one_request(
    database: str,
) -> None:
    """However it is shared out among them, and nobody has more than one request over their own."""
    budget = Budget(per_learner=100, in_all=3000)
    with _opened(database, people=50) as bank:
        assert bank.burst(budget, 200) == 43
        assert 3000 <= bank.spent() < 3000 + COST
        assert all(bank.spent(number) < 100 + COST for number in range(50))


def test_a_burst_that_settles_for_less_leaves_room_for_more(database: str) -> None:
    """What was put aside and not used comes back; the cap holds all the same."""
    with _opened(database, people=5) as bank:
        budget, cost = Budget(in_all=1000), Usage(20, 5)
        assert sum(bank.burst(budget, 10, cost) for _ in range(20)) == 40
        assert bank.spent() == 1000


def test_what_was_never_settled_counts_after_a_restart(database: str) -> None:
    """A crash in the middle of an answer does not give the tokens back."""
    budget = Budget(per_learner=100)
    with _opened(database) as bank:
        assert bank.burst(budget, 200) == 2
    with _opened(database) as bank:
        assert bank.spent(0) == 2 * COST
        assert bank.burst(budget, 200) == 0


def test_a_new_day_in_utc_starts_afresh(database: str) -> None:
    """Midnight elsewhere does not, and an answer over midnight belongs to the day it began on."""
    budget = Budget(per_learner=1)
    with _opened(database) as bank:
        bank.clock.time = datetime(2026, 11, 22, 23, 59, tzinfo=UTC)
        purse = bank.purse(budget)
        call = asyncio.run(purse.reserve(COST))
        assert _is_refused(purse)
        bank.clock.time = bank.clock.time.astimezone().replace(microsecond=1)
        assert _is_refused(purse)
        bank.clock.move(minutes=1)
        asyncio.run(purse.settle(call, Usage(1000, 1000)))
        assert bank.spent() == 0
        assert not _is_refused(purse)
        bank.clock.time -= timedelta(minutes=1)
        assert bank.spent() == 2000


@pytest.mark.parametrize("budget", [Budget(), Budget(0, 10**9), Budget(10**9, 0)])
def test_a_budget_of_nothing_is_no_limit(database: str, budget: Budget) -> None:
    """0 turns each of the two off by itself."""
    with _opened(database) as bank:
        assert bank.burst(budget, 50) == 50


def test_whose_tokens_are_spent_is_told_apart(database: str) -> None:
    """The learner's own come first, then everybody's."""
    with _opened(database, people=2) as bank:
        bank.burst(Budget(), 1)
        own, common = bank.purse(Budget(1, 1)), bank.purse(Budget(1, 1), number=1)
        assert [one and one.is_own for one in map(_is_refused, (own, common))] == [True, False]


def test_a_call_is_settled_once(database: str) -> None:
    """The first word counts, and one that nobody asked for counts nothing."""
    with _opened(database) as bank:
        purse = bank.purse(Budget())
        call = asyncio.run(purse.reserve(COST))
        for cost in (Usage(3, 4), Usage(30, 40), Usage(0, 0)):
            asyncio.run(purse.settle(call, cost))
            assert bank.spent() == 7
        asyncio.run(purse.settle(call + 1, Usage(1, 1)))
        assert bank.spent() == 7


def test_a_learner_who_is_deleted_leaves_the_total(database: str) -> None:
    """Deleting oneself is no way to fill the common budget up again."""

    def forget(tx: Tx) -> None:
        tx._session.execute(delete(LearnerRow))

    with _opened(database) as bank:
        bank.burst(Budget(), 3)
        asyncio.run(bank._stores[0].run(forget))
        assert bank.spent(0) == 0
        assert bank.spent() == 3 * COST


SPENT: dict[Language, dict[str, str]] = {
    "zh": {"own": "你今天的语言模型额度用完了", "all": "今天的语言模型额度已经用完"},
    "en": {
        "own": "Your tokens for the language model are used up for today",
        "all": "The language model's tokens are used up for today",
    },
}
QUESTION: dict[Language, str] = {"zh": "token 是什么？", "en": "what is a token?"}


@contextmanager
def _poor(course: Course, database: str, budget: Budget) -> Iterator[tuple[Dialog, OpenAIServer]]:
    with (
        OpenAIServer(answer="A token is a piece of text. [1]") as server,
        tutored(course, database, server, budget) as dialog,
    ):
        yield dialog, server


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("whose", ["own", "all"])
def test_a_spent_budget_is_answered_by_the_course_and_says_so(
    course: Course, database: str, language: Language, whose: str
) -> None:
    """The endpoint is not asked any more, and the next day it is."""
    budget = Budget(per_learner=1) if whose == "own" else Budget(in_all=1)
    with _poor(course, database, budget) as (dialog, server):
        dialog.locale = language
        assert "A token is a piece of text." in dialog.say(QUESTION[language])
        dialog.say("/new")
        said = dialog.say(QUESTION[language])
        assert SPENT[language][whose] in said
        assert ("词元" if language == "zh" else "token:") in said
        assert len(server.requests) == 1
        dialog.clock.move(days=1)
        assert "A token is a piece of text." in dialog.say(QUESTION[language])


def test_another_learner_is_answered_where_one_has_spent_their_own(
    course: Course, database: str
) -> None:
    """And nobody is where everybody's are spent."""
    with _poor(course, database, Budget(per_learner=1)) as (dialog, server):
        dialog.say(QUESTION["en"])
        dialog.sender = Address("terminal", "bao", "bao")
        assert "A token is a piece of text." in dialog.say(QUESTION["en"])
        assert len(server.requests) == 2


def _left(dialog: Dialog) -> int:
    """Return what /settings says is left."""
    [line] = [one for one in dialog.say("/settings").splitlines() if "tokens left" in one]
    return int(line.split(": ")[1].split(" of ")[0].replace(",", ""))


def test_the_settings_show_what_is_left(course: Course, database: str) -> None:
    """All of it at first, less after a question by what the endpoint counted, never below 0."""
    with _poor(course, database, Budget(per_learner=2000)) as (dialog, _server):
        assert _left(dialog) == 2000
        dialog.say(QUESTION["en"])
        after = _left(dialog)
        assert 0 < after < 2000
        used = asyncio.run(dialog.store.run(lambda tx: tx.ledger.spent(dialog.clock.time.date())))
        assert after == 2000 - used
        for _ in range(20):
            dialog.say(QUESTION["en"])
        assert _left(dialog) == 0
        dialog.clock.move(days=1)
        assert _left(dialog) == 2000


@pytest.mark.parametrize("told", [-(10**6), 10**30, float("inf")])
def test_an_endpoint_that_counts_absurdly_neither_fills_a_budget_nor_breaks_an_answer(
    course: Course, database: str, told: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Then our own count is taken."""
    counts = {"prompt_tokens": told, "completion_tokens": told, "total_tokens": told}
    monkeypatch.setattr("tests.platforms.openai_server.usage", lambda _body, _text: counts)
    with _poor(course, database, Budget(per_learner=10**6)) as (dialog, _server):
        assert "A token is a piece of text." in dialog.say(QUESTION["en"])
        assert 100 < 10**6 - _left(dialog) < 4000
