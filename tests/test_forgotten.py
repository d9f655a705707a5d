"""What budgets still know of those who asked to be forgotten."""

from datetime import date, timedelta

from bot.course.model import Course
from bot.forgotten import NOTHING, Forgotten
from bot.messages import Address
from bot.ports import Budget
from tests.platforms.openai_server import OpenAIServer
from tests.tutoring import tutored

DAY = date(2026, 12, 1)
ADA = Address("telegram", "7", "7")
BUDGET = Budget(1000, 5000)


def test_whoever_comes_back_on_the_same_day_has_what_was_left() -> None:
    """On each of their platforms, and nobody else."""
    forgotten = Forgotten()
    forgotten.note([("telegram", "7"), ("discord", "8")], 300, DAY)
    assert forgotten.left_of(BUDGET, ADA, DAY) == Budget(700, 5000)
    assert forgotten.left_of(BUDGET, Address("discord", "8", "1"), DAY) == Budget(700, 5000)
    assert forgotten.left_of(BUDGET, Address("discord", "7", "7"), DAY) == BUDGET


def test_a_spent_budget_stays_spent() -> None:
    """Nothing left is no budget without a limit."""
    forgotten = Forgotten()
    for _ in range(2):
        forgotten.note([("telegram", "7")], 500, DAY)
    assert forgotten.left_of(BUDGET, ADA, DAY).per_learner == NOTHING
    assert forgotten.left_of(Budget(0, 0), ADA, DAY) == Budget(0, 0)


def test_the_next_day_nothing_is_known_any_more() -> None:
    """A day's tokens are a day's."""
    forgotten = Forgotten()
    forgotten.note([("telegram", "7")], 500, DAY)
    assert forgotten.left_of(BUDGET, ADA, DAY + timedelta(days=1)) == BUDGET


def test_deleting_oneself_renews_no_tokens(course: Course, database: str) -> None:
    """Settings tell what is left of the day, and who has spent it is answered by the course."""
    with OpenAIServer(answer="A token is a piece of text [1].") as server:
        budget = Budget(per_learner=300)
        with tutored(course, database, server, budget) as dialog:
            dialog.say("What is a token?")
            dialog.say("/forget")
            dialog.press_label("Delete everything")
            assert "0 of 300 tokens left" in dialog.say("/settings")
            assert "used up for today" in dialog.say("What is a token?")
            assert len(server.requests) == 1
